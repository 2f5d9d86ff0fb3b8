public import Money
public import Time

/// Converts amounts of one asset at instants that never decrease; the results are those of `Valuer.convert`.
public struct ConversionWalk {
    private let isSame: Bool
    private var plain: (cursor: SeriesCursor, freshMicroseconds: Int64)?
    private var chosen: RateCursor?

    /// A walk over the prices between two assets.
    public init(from: AssetID, to: AssetID, _ valuer: Valuer) {
        isSame = from == to
        guard !isSame else { return }
        if let way = PlainWay(from: from, to: to, since: nil, valuer), way.tail == [to] {
            plain = (SeriesCursor(way.series), way.freshMicroseconds)
        } else {
            chosen = RateCursor(from, to, valuer)
        }
    }

    /// The amount's worth, or nil when no price is known then.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    public mutating func value(of amount: Amount, at time: Timestamp) throws(MoneyError) -> Amount? {
        try rate(at: time)?.convert(amount)
    }

    /// The rate as of an instant, or nil when no price is known then.
    public mutating func rate(at time: Timestamp) -> WalkedRate? {
        if isSame { return WalkedRate(.same, priceTime: time) }
        if plain != nil {
            guard let point = plain?.cursor.point(asOf: time.microseconds) else { return nil }
            return WalkedRate(.product(point.price.raw), priceTime: point.time)
        }
        guard let way = chosen?.way(asOf: time.microseconds) else { return nil }
        let oldest = way.hops.reduce(way.hops[0].time) { min($0, $1.time) }
        if way.hops.count == 1, !way.hops[0].isInverted {
            return WalkedRate(.product(way.hops[0].price), priceTime: oldest)
        }
        let one = Amount.one.raw
        let fraction = ConversionRate.fraction(
            way.hops.map { $0.isInverted ? one : $0.price },
            over: way.hops.map { $0.isInverted ? $0.price : one }
        )
        if let (numerator, denominator) = fraction {
            return WalkedRate(.fraction(numerator, denominator), priceTime: oldest)
        }
        return WalkedRate(.hops(way.hops), priceTime: oldest)
    }
}

/// The rate between two assets as of an instant.
public struct WalkedRate: Sendable {
    enum Kind {
        /// Both are the same.
        case same
        /// One price that is multiplied with.
        case product(Int128)
        /// Prices that shrink to one product and one division.
        case fraction(Int128, Int128)
        /// Prices that do not.
        case hops([HopCursor.Step])
    }

    private let kind: Kind
    /// The instant from which the oldest price used counts; the instant asked for when no price was needed.
    public let priceTime: Timestamp

    init(_ kind: Kind, priceTime: Timestamp) {
        self.kind = kind
        self.priceTime = priceTime
    }

    /// The amount in the wanted asset, exact over all hops and rounded half-even once.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    public func convert(_ amount: Amount) throws(MoneyError) -> Amount {
        switch kind {
        case .same: return amount
        case .product(let price):
            return try Amount.multiplyDivide(amount.raw, price, dividedBy: Amount.one.raw)
        case .fraction(let numerator, let denominator):
            return try Amount.multiplyDivide(amount.raw, numerator, dividedBy: denominator)
        case .hops(let hops):
            var numerators = [amount.raw.magnitude]
            var denominators: [UInt128] = []
            for hop in hops { hop.append(to: &numerators, over: &denominators) }
            guard let value = WideQuotient.rounded(numerators, over: denominators),
                value < UInt128(Amount.limit)
            else { throw .overflow }
            return Amount(unchecked: amount.isNegative ? -Int128(value) : Int128(value))
        }
    }
}
