public import Money
public import Time

/// The value of what is looked at right after an instant's flows, and these flows.
public struct ValuedInstant: Hashable, Sendable {
    /// When.
    public let time: Timestamp
    /// The value in the report's currency right after the flows of this instant.
    public let value: Amount
    /// What came in from outside at this instant, zero or more.
    public let inflow: Amount
    /// What went out at this instant, zero or more.
    public let outflow: Amount
    /// The value right before the entries of this instant, at its prices; nil when it is not known.
    ///
    /// Where it is known, what a flow costs is borne by the old and the new capital alike. It counts only with a flow,
    /// with capital before, and when it is not below zero.
    public let valueBefore: Amount?
    /// The calendar day in the reader's zone that this instant closes or lies in.
    public let day: Day

    /// An instant from all its parts.
    public init(
        time: Timestamp,
        value: Amount,
        inflow: Amount = .zero,
        outflow: Amount = .zero,
        valueBefore: Amount? = nil,
        day: Day
    ) {
        self.time = time
        self.value = value
        self.inflow = inflow
        self.outflow = outflow
        self.valueBefore = valueBefore
        self.day = day
    }

    /// An instant with one net flow, above zero when it comes in.
    public init(time: Timestamp, value: Amount, flow: Amount, day: Day) {
        self.init(
            time: time,
            value: value,
            inflow: flow.isPositive ? flow : .zero,
            outflow: flow.isNegative ? flow.negated : .zero,
            day: day
        )
    }

    /// What came in less what went out, as a count of 10⁻¹⁸; both are below 10³⁸, so the difference fits.
    var netFlow: Int128 { inflow.raw - outflow.raw }
}

/// What figures of performance are measured against.
public struct PerformanceSettings: Hashable, Sendable {
    /// The risk-free rate of a year as a fraction, which Sharpe's ratio and alpha take off.
    public var riskFreeRate: Amount
    /// The return of a year as a fraction below which a day counts as downside.
    public var minimumAcceptableReturn: Amount
    /// The days with prices in a year, for figures of daily returns: 365, since coins trade every day.
    public var daysPerYear: Int

    /// Settings; the defaults are rates of zero and 365 days.
    public init(
        riskFreeRate: Amount = .zero,
        minimumAcceptableReturn: Amount = .zero,
        daysPerYear: Int = 365
    ) {
        precondition((1...366).contains(daysPerYear), "a year has 1 to 366 days")
        self.riskFreeRate = riskFreeRate
        self.minimumAcceptableReturn = minimumAcceptableReturn
        self.daysPerYear = daysPerYear
    }
}

/// Why figures of performance cannot be computed from some instants.
public enum PerformanceError: Error, Hashable, Sendable {
    /// There is no instant at all.
    case noInstants
    /// An instant lies before the one that it follows, or its day does.
    case notAscending(time: Timestamp)
    /// An inflow or outflow is below zero.
    case negativeFlow(time: Timestamp)
    /// A sum of flows or a change of value would reach 10²⁰ units.
    case overflow
}
