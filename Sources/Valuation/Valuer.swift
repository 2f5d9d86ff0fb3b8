public import Money
public import Time

/// How old prices may be, and through which assets conversions may lead.
public struct ValuationSettings: Hashable, Sendable {
    /// A price with a coin in its pair is stale when older than this.
    public var coinFreshSeconds: Int64
    /// A price between two fiat currencies is stale when older than this: long enough for Easter.
    public var fiatFreshSeconds: Int64
    /// The assets through which a conversion may lead, in order of preference.
    public var hubs: [AssetID]

    /// Settings; the defaults are 48 hours, 5 days, and USD, EUR, BTC.
    public init(
        coinFreshSeconds: Int64 = 48 * 3600,
        fiatFreshSeconds: Int64 = 5 * 86_400,
        hubs: [AssetID] = [.usd, .eur, .btc]
    ) {
        self.coinFreshSeconds = coinFreshSeconds
        self.fiatFreshSeconds = fiatFreshSeconds
        self.hubs = hubs
    }

    /// The age in seconds from which on a price of a pair is stale.
    public func freshSeconds(of pair: PricePair, isFiat: (AssetID) -> Bool) -> Int64 {
        isFiat(pair.base) && isFiat(pair.quote) ? fiatFreshSeconds : coinFreshSeconds
    }
}

/// Converts amounts between assets as of an instant, from one snapshot of prices.
///
/// The shortest path wins. Among paths of one length a fresh one wins over a stale one, then the order of the hubs
/// decides. Within a hop a fresh price wins over a stale one, then the pair as asked for over its inverse.
public struct Valuer: Sendable {
    /// The prices used.
    public let book: PriceBook
    /// The limits of age and the hubs.
    public let settings: ValuationSettings
    private let isFiat: @Sendable (AssetID) -> Bool

    /// A valuer over a snapshot.
    public init(
        book: PriceBook,
        settings: ValuationSettings = ValuationSettings(),
        isFiat: @escaping @Sendable (AssetID) -> Bool
    ) {
        self.book = book
        self.settings = settings
        self.isFiat = isFiat
    }

    /// The age in seconds from which on a price of a pair is stale.
    func freshSeconds(of pair: PricePair) -> Int64 {
        settings.freshSeconds(of: pair, isFiat: isFiat)
    }

    /// The amount's worth in another asset at an instant.
    public func convert(_ amount: Amount, from: AssetID, to: AssetID, at time: Timestamp) -> ConversionLookup
    {
        switch rate(from: from, to: to, at: time) {
        case .missing(let reason): return .missing(reason)
        case .found(let rate):
            do {
                let value = try rate.convert(amount)
                return .found(
                    Conversion(
                        value: value,
                        path: rate.path,
                        priceTime: rate.priceTime,
                        isStale: rate.isStale
                    )
                )
            } catch {
                // A product of positive rates fails for its size only.
                return .missing(.outOfRange(from: from, to: to))
            }
        }
    }

    /// The rate between two assets at an instant.
    public func rate(from: AssetID, to: AssetID, at time: Timestamp) -> RateLookup {
        guard from != to else {
            return .found(ConversionRate(path: [from], hops: [], priceTime: time, isStale: false))
        }
        if let direct = hop(from, to, at: time) { return .found(rate([from, to], [direct])) }
        let hubs = settings.hubs.filter { $0 != from && $0 != to }
        if let best = bestOverOneHub(from: from, to: to, hubs: hubs, at: time) { return .found(best) }
        if let best = bestOverTwoHubs(from: from, to: to, hubs: hubs, at: time) { return .found(best) }
        return .missing(
            reachable(from: from, to: to, hubs: hubs)
                ? .nonePriorTo(time: time, from: from, to: to) : .noSeries(from: from, to: to)
        )
    }

    private func bestOverOneHub(
        from: AssetID,
        to: AssetID,
        hubs: [AssetID],
        at time: Timestamp
    ) -> ConversionRate? {
        var best: ConversionRate?
        for hub in hubs {
            guard let first = hop(from, hub, at: time), let second = hop(hub, to, at: time) else { continue }
            let candidate = rate([from, hub, to], [first, second])
            guard candidate.isStale else { return candidate }
            if best == nil { best = candidate }
        }
        return best
    }

    private func bestOverTwoHubs(
        from: AssetID,
        to: AssetID,
        hubs: [AssetID],
        at time: Timestamp
    ) -> ConversionRate? {
        var best: ConversionRate?
        for first in hubs {
            guard let start = hop(from, first, at: time) else { continue }
            for second in hubs where second != first {
                guard let middle = hop(first, second, at: time), let end = hop(second, to, at: time) else {
                    continue
                }
                let candidate = rate([from, first, second, to], [start, middle, end])
                guard candidate.isStale else { return candidate }
                if best == nil { best = candidate }
            }
        }
        return best
    }

    /// The prices by which one asset is worth another at an instant, in order; none when it has no worth there.
    ///
    /// They are those that `rate` and `convert` use.
    public func steps(from: AssetID, to: AssetID, at time: Timestamp) -> [PriceStep] {
        guard case .found(let rate) = rate(from: from, to: to, at: time) else { return [] }
        return zip(rate.path, rate.path.dropFirst()).compactMap { step($0, $1, at: time) }
    }

    private struct Hop {
        let rate: Rate
        let time: Timestamp
        let isStale: Bool
    }

    private func hop(_ from: AssetID, _ to: AssetID, at time: Timestamp) -> Hop? {
        // The builder lets only prices above zero in, so a rate never fails.
        guard let step = step(from, to, at: time), let rate = try? Rate(price: step.point.price) else {
            return nil
        }
        return Hop(
            rate: step.isInverted ? rate.inverted : rate,
            time: step.point.time,
            isStale: step.isStale
        )
    }

    /// One step between two assets by a price of the pair or of its inverse.
    @inline(__always)
    private func step(_ from: AssetID, _ to: AssetID, at time: Timestamp) -> PriceStep? {
        let pair = PricePair(base: from, quote: to)
        let limit = freshSeconds(of: pair)
        let direct = book.sourcedPoint(of: pair, asOf: time, freshSeconds: limit)
        if let direct, !direct.point.isStale(at: time, freshSeconds: limit) {
            return PriceStep(pair, direct, isStale: false, isInverted: false)
        }
        guard let inverse = book.sourcedPoint(of: pair.inverted, asOf: time, freshSeconds: limit) else {
            return direct.map { PriceStep(pair, $0, isStale: true, isInverted: false) }
        }
        let stale = inverse.point.isStale(at: time, freshSeconds: limit)
        if let direct, stale, direct.point.time >= inverse.point.time {
            return PriceStep(pair, direct, isStale: true, isInverted: false)
        }
        return PriceStep(pair.inverted, inverse, isStale: stale, isInverted: true)
    }

    private func rate(_ path: [AssetID], _ hops: [Hop]) -> ConversionRate {
        var oldest = hops[0].time
        var stale = false
        for hop in hops {
            oldest = min(oldest, hop.time)
            if hop.isStale { stale = true }
        }
        return ConversionRate(path: path, hops: hops.map(\.rate), priceTime: oldest, isStale: stale)
    }

    /// Whether series lead from one asset to the other, whatever their times.
    private func reachable(from: AssetID, to: AssetID, hubs: [AssetID]) -> Bool {
        if linked(from, to) { return true }
        for first in hubs where linked(from, first) {
            if linked(first, to) { return true }
            for second in hubs where second != first && linked(first, second) && linked(second, to) {
                return true
            }
        }
        return false
    }

    private func linked(_ left: AssetID, _ right: AssetID) -> Bool {
        let pair = PricePair(base: left, quote: right)
        return !book.series(of: pair).isEmpty || !book.series(of: pair.inverted).isEmpty
    }
}
