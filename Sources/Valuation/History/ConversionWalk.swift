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
        if isSame { return amount }
        if plain != nil {
            guard let point = plain?.cursor.point(asOf: time.microseconds) else { return nil }
            return try Amount.multiplyDivide(amount.raw, point.price.raw, dividedBy: Amount.one.raw)
        }
        guard let way = chosen?.way(asOf: time.microseconds) else { return nil }
        var numerators = [amount.raw.magnitude]
        var denominators: [UInt128] = []
        for hop in way.hops { hop.append(to: &numerators, over: &denominators) }
        guard let value = WideQuotient.rounded(numerators, over: denominators), value < UInt128(Amount.limit)
        else { throw .overflow }
        return Amount(unchecked: amount.isNegative ? -Int128(value) : Int128(value))
    }
}
