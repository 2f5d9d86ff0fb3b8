public import Money
public import Storage
import Synchronization
public import Time
import Valuation

/// What a user held at some instants, what that was worth, and the rates to count it in other currencies.
///
/// Rates between two assets are looked up for all instants at once when the first of them is asked for.
public final class HoldingPoints: Sendable {
    /// A currency or other asset with the code that people read, made once.
    public final class Currency: Sendable {
        /// Which; nil for a code that stands for nothing known.
        public let asset: Asset?
        /// Whether it stands for something known.
        public let isKnown: Bool
        /// The code: upper-case letters, or as somebody typed it where it stands for nothing.
        public let code: String

        init(_ asset: Asset) {
            self.asset = asset
            isKnown = true
            code = asset.displayCode
        }

        init(unknown code: String) {
            asset = nil
            isKnown = false
            self.code = code
        }
    }

    /// How much of an asset was held.
    public struct Held: Sendable {
        /// Of what.
        public let currency: Currency
        /// How much; below zero where the history lacks an acquisition.
        public let amount: Amount
        /// What it was worth; nil without a price.
        public let value: Amount?
    }

    /// All that was held at one instant.
    public struct Point: Sendable {
        /// When.
        public let time: Timestamp
        /// The sum of what has a price, rounded once.
        public let total: Amount
        /// By value, largest first, then by code; those without a value last.
        public let held: [Held]
        /// Whether a price used was older than its limit.
        public let isStale: Bool
    }

    /// What the totals are counted in.
    public let currency: Currency
    /// The newest first.
    public let points: [Point]
    /// What was held at some instant and had no price then, by code.
    public let unpriced: [UnpricedAsset]

    private struct Way: Hashable {
        let from: AssetID
        let to: AssetID
    }

    private let registry: AssetRegistry
    private let valuer: Valuer
    private let columns = Mutex<[Way: [WalkedRate?]]>([:])
    private let currencies = Mutex(Currencies())

    /// The currencies that were asked for by their codes.
    private struct Currencies {
        var all: [String: Currency] = [:]
        /// The last one: the same code is asked for again and again.
        var last: (code: String, currency: Currency)?
    }

    /// The most codes whose currencies are kept; all are dropped when one more comes.
    static let codesMax = 256
    /// The most ways between two assets whose rates are kept; all are dropped when one more comes.
    static let columnsMax = 512

    init(
        currency: Asset,
        points: [Point],
        unpriced: [UnpricedAsset],
        registry: AssetRegistry,
        valuer: Valuer
    ) {
        self.currency = Currency(currency)
        self.points = points
        self.unpriced = unpriced
        self.registry = registry
        self.valuer = valuer
    }

    /// The currency of a code in any case.
    public func currency(code: String) -> Currency {
        let known = currencies.withLock { currencies -> Currency? in
            if let last = currencies.last, last.code == code { return last.currency }
            guard let currency = currencies.all[code] else { return nil }
            currencies.last = (code, currency)
            return currency
        }
        if let known { return known }
        let asset = AssetCode.normalize(code).flatMap { registry.asset(code: $0) }
        let currency = asset.map { Currency($0) } ?? Currency(unknown: code)
        currencies.withLock { currencies in
            if currencies.all.count >= HoldingPoints.codesMax { currencies.all = [:] }
            currencies.all[code] = currency
        }
        return currency
    }

    /// An amount of an asset, listed as those of the points are but without its worth.
    public func held(_ amount: Amount, of asset: Asset) -> Held {
        Held(currency: currency(code: asset.code), amount: amount, value: nil)
    }

    /// How many amounts there are over all instants, totals included.
    public var amountCount: Int { points.reduce(points.count) { $0 + $1.held.count } }

    /// An amount in another asset by the prices known at an instant, and the instant from which the oldest of them counts; nil
    /// when there is none.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    public func convert(
        _ amount: Amount,
        from: Currency,
        to: Currency,
        at place: Int
    ) throws(MoneyError) -> (value: Amount, priceTime: Timestamp)? {
        guard let from = from.asset, let to = to.asset else { return nil }
        let way = Way(from: from.id, to: to.id)
        let known = columns.withLock { columns -> (isThere: Bool, rate: WalkedRate?) in
            guard let column = columns[way] else { return (false, nil) }
            return (true, column[place])
        }
        let rate = known.isThere ? known.rate : fill(way)[place]
        guard let rate else { return nil }
        return (try rate.convert(amount), rate.priceTime)
    }

    /// Looks up the rates of a way at all instants, in one walk over its prices.
    private func fill(_ way: Way) -> [WalkedRate?] {
        var walk = ConversionWalk(from: way.from, to: way.to, valuer)
        var column = [WalkedRate?](repeating: nil, count: points.count)
        for place in points.indices.reversed() { column[place] = walk.rate(at: points[place].time) }
        columns.withLock { columns in
            if columns.count >= HoldingPoints.columnsMax { columns = [:] }
            columns[way] = column
        }
        return column
    }
}

extension Workspace {
    /// What a user held at some instants, which are given the newest first.
    ///
    /// Totals are in the user's own currency. Blocks until the Book is in memory; one walk over it for all instants.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    public func holdingPoints(of user: UserID, at times: [Timestamp]) throws -> HoldingPoints {
        let (snapshot, valuer, _) = try valuation(of: user)
        let currency = try ownCurrency(of: user, snapshot.registry)
        let ascending = Array(times.reversed())
        precondition(zip(ascending, ascending.dropFirst()).allSatisfy { $0 < $1 }, "instants are in order")
        guard let first = ascending.first else {
            return HoldingPoints(
                currency: currency,
                points: [],
                unpriced: [],
                registry: snapshot.registry,
                valuer: valuer
            )
        }
        let inside = try snapshot.slots(in: .user)
        let runs = try HoldingTimeline(
            snapshot.book,
            inside,
            at: ascending,
            columns(of: snapshot, scope: .user, from: first)
        ).runs
        var sweep = ValueSweep(ascending, in: currency.id, valuer)
        var held = [[HoldingPoints.Held]](repeating: [], count: ascending.count)
        for run in runs where run.firstPlace != nil {
            sweep.add(run)
            let listed = HoldingPoints.Currency(snapshot.asset(run.asset))
            var walk = ConversionWalk(from: run.asset, to: currency.id, valuer)
            for (place, amount) in run.amounts(count: ascending.count).enumerated() where !amount.isZero {
                let value = try walk.value(of: amount, at: ascending[place])
                held[place].append(HoldingPoints.Held(currency: listed, amount: amount, value: value))
            }
        }
        let series = try sweep.finish()
        let points = ascending.indices.reversed().map { place in
            HoldingPoints.Point(
                time: ascending[place],
                total: series.values[place],
                held: held[place].sorted(by: Workspace.isListedBefore),
                isStale: series.isStale[place]
            )
        }
        return HoldingPoints(
            currency: currency,
            points: points,
            unpriced: snapshot.unpriced(series, in: currency.id, valuer),
            registry: snapshot.registry,
            valuer: valuer
        )
    }

    private static func isListedBefore(_ left: HoldingPoints.Held, _ right: HoldingPoints.Held) -> Bool {
        switch (left.value, right.value) {
        case (let first?, let second?) where first != second: first > second
        case (.some, .none): true
        case (.none, .some): false
        default: left.currency.code < right.currency.code
        }
    }

    /// The currency that a user's reports are in when none is named.
    func ownCurrency(of user: UserID, _ registry: AssetRegistry) throws -> Asset {
        let code = try database.read { connection throws(StorageError) in
            try connection.user(user)?.currency ?? "usd"
        }
        guard let own = registry.asset(code: code) ?? AssetRegistry.builtIn.asset(.usd) else {
            preconditionFailure("the dollar is built in")
        }
        return own
    }
}
