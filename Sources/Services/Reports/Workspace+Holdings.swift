import CostBasis
import Ledger
public import Money
public import Storage
public import Time
import Valuation

/// How much of an asset is held and what it is worth.
public struct ValuedBalance: Hashable, Sendable {
    /// Of what.
    public let asset: Asset
    /// How much.
    public let quantity: Amount
    /// The price; nil when none is known.
    public let price: PriceView?
    /// Quantity × price; nil when no price is known.
    public let value: Amount?
}

/// Balances with the sum of their known values.
public struct ValuedBalances: Sendable {
    /// By value, largest first, then by code; those without a value last.
    public let balances: [ValuedBalance]
    /// The sum of the known values.
    public let total: Amount
}

/// What each venue's accounts hold together.
public struct VenueTotals: Sendable {
    /// One venue.
    public struct Venue: Sendable {
        /// The venue's lower-case name.
        public let venue: String
        /// The sum of the known values.
        public let total: Amount
        /// How many assets are held there.
        public let assets: Int
    }

    /// By name.
    public let venues: [Venue]
    /// Over all venues.
    public let all: ValuedBalances
}

extension Workspace {
    /// What the accounts of a venue hold, or all accounts when none is named.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    public func valuedBalances(
        of user: UserID,
        venue: String?,
        currency: AssetID,
        at time: Timestamp
    ) throws -> ValuedBalances {
        let (snapshot, valuer, _) = try valuation(of: user)
        let balances = snapshot.book.balances.filter { balance in
            venue == nil || snapshot.accounts[balance.account]?.venue == venue
        }
        return try Workspace.value(balances, in: currency, at: time, snapshot.registry, valuer)
    }

    /// What each venue's accounts hold.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: as `valuedBalances`.
    public func venueTotals(of user: UserID, currency: AssetID, at time: Timestamp) throws -> VenueTotals {
        let (snapshot, valuer, _) = try valuation(of: user)
        let all = snapshot.book.balances
        let names = Set(all.compactMap { snapshot.accounts[$0.account]?.venue }).sorted()
        let venues = try names.map { name in
            let here = all.filter { snapshot.accounts[$0.account]?.venue == name }
            let valued = try Workspace.value(here, in: currency, at: time, snapshot.registry, valuer)
            return VenueTotals.Venue(venue: name, total: valued.total, assets: valued.balances.count)
        }
        return VenueTotals(
            venues: venues,
            all: try Workspace.value(all, in: currency, at: time, snapshot.registry, valuer)
        )
    }

    /// Sums balances by asset and values them.
    static func value(
        _ balances: [Balance],
        in currency: AssetID,
        at time: Timestamp,
        _ registry: AssetRegistry,
        _ valuer: Valuer
    ) throws -> ValuedBalances {
        var valued: [ValuedBalance] = []
        // The same sum as in a value history: rounded once, not once for each asset.
        var sweep = ValueSweep([time], in: currency, valuer)
        for held in try Book.totals(of: balances) {
            guard let asset = registry.asset(held.asset) else {
                preconditionFailure("every asset of a Book is in its user's registry")
            }
            let price = try price(of: held.asset, in: currency, at: time, valuer)
            let value = valuer.convert(held.amount, from: held.asset, to: currency, at: time).conversion?
                .value
            var runs = HoldingRuns(asset: held.asset)
            runs.hold(held.amount, from: 0)
            sweep.add(runs)
            valued.append(ValuedBalance(asset: asset, quantity: held.amount, price: price, value: value))
        }
        valued.sort { left, right in
            switch (left.value, right.value) {
            case (let first?, let second?) where first != second: first > second
            case (.some, .none): true
            case (.none, .some): false
            default: left.asset.code < right.asset.code
            }
        }
        let total = try sweep.finish().values[0]
        return ValuedBalances(balances: valued, total: total)
    }

    private static func price(
        of asset: AssetID,
        in currency: AssetID,
        at time: Timestamp,
        _ valuer: Valuer
    ) throws -> PriceView? {
        guard case .found(let rate) = valuer.rate(from: asset, to: currency, at: time) else { return nil }
        return PriceView(price: try rate.price(), time: rate.priceTime, isStale: rate.isStale)
    }

    /// What a user holds at an instant, with cost and unrealised gain.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func holdings(
        of user: UserID,
        settings: ReportSettings,
        at time: Timestamp? = nil
    ) throws -> HoldingsReport {
        try holdings(computedLots(of: user, settings: settings), at: time)
    }

    /// The same from computed lots.
    func holdings(_ computed: ComputedLots, at time: Timestamp?) throws -> HoldingsReport {
        let (snapshot, valuer) = (computed.snapshot, computed.valuer)
        var (book, kept) = (snapshot.book, computed.kept)
        if let time {
            let earlier = snapshot.book.through(time)
            // Where nothing comes later the lots are those that there are.
            if earlier.count < book.count {
                book = earlier
                kept = try compute(book, computed.settings.inForce(at: time, in: book), snapshot, valuer)
            }
        }
        let lots = kept.lots
        let now = time ?? now()
        let currency = computed.currency
        let valued = try Workspace.value(book.balances, in: currency.id, at: now, snapshot.registry, valuer)
        let costs = try Workspace.heldCosts(lots)
        let holdings = try valued.balances.map { balance in
            let cost = balance.asset.kind == .fiat ? nil : costs[balance.asset.id] ?? .zero
            var unrealised: Amount?
            if let value = balance.value, let cost { unrealised = try value.subtracting(cost) }
            return Holding(
                asset: balance.asset,
                quantity: balance.quantity,
                price: balance.price,
                value: balance.value,
                cost: cost,
                unrealised: unrealised
            )
        }
        return HoldingsReport(
            currency: currency,
            time: now,
            holdings: holdings,
            totalValue: valued.total,
            unpriced: valued.balances.filter { $0.value == nil }.map(\.asset),
            problems: Workspace.problems(of: kept, snapshot.registry)
        )
    }

    /// What the lots in accounts cost by asset; those in transit are not part of any balance.
    static func heldCosts(_ lots: LotBook) throws(MoneyError) -> [AssetID: Amount] {
        var costs: [AssetID: Amount] = [:]
        for lot in lots.openLots() where lot.place == .held {
            costs[lot.asset] = try (costs[lot.asset] ?? .zero).adding(lot.remainingCost)
        }
        return costs
    }

    /// What is missing or odd, in the order of the journal.
    static func problems(of kept: KeptLots, _ registry: AssetRegistry) -> [ReportProblem] {
        let problems = kept.lots.problems.map { problem in
            ReportProblem(
                entry: problem.entry,
                time: problem.time,
                code: problem.code.name,
                message: problem.message { registry.displayCode($0) }
            )
        }
        guard !kept.unknownNames.isEmpty else { return problems }
        let names = kept.unknownNames.map { unknown in
            ReportProblem(
                entry: unknown.entry,
                time: unknown.time,
                code: LotProblem.Code.unknownLot.name,
                message: "Entry \(unknown.entry.raw) at \(unknown.time) names \(unknown.name), which is no "
                    + "acquisition of \(registry.displayCode(unknown.asset)) or one too many: correct the entry's "
                    + "lot, or import the acquisition that it names."
            )
        }
        return (problems + names).enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}
