public import Money
public import Time

/// A rate between two assets over up to three hops, with where it came from and how old it is.
public struct ConversionRate: Hashable, Sendable {
    /// The assets of the path, from the one converted to the one wanted; a single one when both are the same.
    public let path: [AssetID]
    /// The rate of each hop, exact.
    public let hops: [Rate]
    /// The instant from which the oldest price used counts; the instant asked for when no price was needed.
    public let priceTime: Timestamp
    /// Whether a price used was older than its limit at the instant asked for.
    public let isStale: Bool

    /// The amount in the wanted asset, exact over all hops and rounded half-even once.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    public func convert(_ amount: Amount) throws(MoneyError) -> Amount {
        guard !hops.isEmpty else { return amount }
        var numerators: [Int128] = []
        var denominators: [Int128] = []
        for hop in hops {
            numerators.append(hop.numerator.raw)
            denominators.append(hop.denominator.raw)
        }
        if let (numerator, denominator) = ConversionRate.fraction(numerators, over: denominators) {
            return try Amount.multiplyDivide(amount.raw, numerator, dividedBy: denominator)
        }
        let quotient = WideQuotient.rounded(
            [amount.raw.magnitude] + numerators.map(\.magnitude),
            over: denominators.map(\.magnitude)
        )
        guard let quotient, quotient < UInt128(Amount.limit) else { throw .overflow }
        return Amount(unchecked: amount.isNegative ? -Int128(quotient) : Int128(quotient))
    }

    /// The worth of one unit, rounded half-even once to 18 decimals.
    ///
    /// - Throws: `MoneyError.overflow` from 10²⁰ units on.
    public func price() throws(MoneyError) -> Amount {
        try convert(.one)
    }

    /// The products of both sides without what they share, when both fit.
    ///
    /// A price has 10¹⁸ on its other side, so most chains shrink to one product and one division.
    static func fraction(
        _ numerators: [Int128],
        over denominators: [Int128]
    ) -> (numerator: Int128, denominator: Int128)? {
        var (numerators, denominators) = (numerators, denominators)
        for place in numerators.indices.reversed() {
            guard let twin = denominators.firstIndex(of: numerators[place]) else { continue }
            numerators.remove(at: place)
            denominators.remove(at: twin)
        }
        guard let numerator = product(numerators), let denominator = product(denominators) else { return nil }
        return (numerator, denominator)
    }

    /// The product when it fits.
    private static func product(_ factors: [Int128]) -> Int128? {
        var result: Int128 = 1
        for factor in factors {
            let (next, overflow) = result.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            result = next
        }
        return result
    }
}

/// One price that a conversion uses.
public struct PriceStep: Hashable, Sendable {
    /// The pair that it is a price of.
    public let pair: PricePair
    /// The price and the instant from which it counts.
    public let point: PricePoint
    /// Where it came from.
    public let source: PriceOrigin
    /// Whether it was older than its limit.
    public let isStale: Bool
    /// Whether the step leads from the quote to the base, so that the price is divided by.
    public let isInverted: Bool

    init(_ pair: PricePair, _ found: SourcedPoint, isStale: Bool, isInverted: Bool) {
        self.pair = pair
        point = found.point
        source = found.source
        self.isStale = isStale
        self.isInverted = isInverted
    }
}

/// Why an amount has no value.
public enum MissingPrice: Hashable, Sendable {
    /// No series of prices leads from one asset to the other.
    case noSeries(from: AssetID, to: AssetID)
    /// Prices lead from one asset to the other, but none of them was known at that instant.
    case nonePriorTo(time: Timestamp, from: AssetID, to: AssetID)
    /// The value would reach 10²⁰ units.
    case outOfRange(from: AssetID, to: AssetID)
}

/// The answer to a question for a rate.
public enum RateLookup: Hashable, Sendable {
    /// The rate.
    case found(ConversionRate)
    /// No rate, and why; never to be read as zero.
    case missing(MissingPrice)
}

/// A converted amount and where its value came from.
public struct Conversion: Hashable, Sendable {
    /// The amount in the wanted asset.
    public let value: Amount
    /// The assets of the path, from the one converted to the one wanted.
    public let path: [AssetID]
    /// The instant from which the oldest price used counts.
    public let priceTime: Timestamp
    /// Whether a price used was older than its limit at the instant asked for.
    public let isStale: Bool
}

/// The answer to a question for a value.
public enum ConversionLookup: Hashable, Sendable {
    /// The value.
    case found(Conversion)
    /// No value, and why; never to be read as zero.
    case missing(MissingPrice)

    /// The value, or nil when it is missing.
    public var conversion: Conversion? {
        guard case .found(let conversion) = self else { return nil }
        return conversion
    }
}
