public import Money
public import Time

/// The figures of a portfolio's performance over a range; `docs/performance.md` defines each.
///
/// Fractions are of one: 0.05 is 5 %. Every figure is rounded once, to the nearest of 18 decimals, and is nil where it
/// has no meaning or would reach 10²⁰.
public struct Performance: Hashable, Sendable {
    /// The first instant.
    public let start: Timestamp
    /// The last instant.
    public let end: Timestamp
    /// The number of instants looked at.
    public let pointCount: Int
    /// The calendar days from the first instant's day to the last one's.
    public let calendarDays: Int

    /// The value right after the first instant, whose flows do not count.
    public let startingValue: Amount
    /// The value right after the last instant.
    public let endingValue: Amount
    /// What came in from outside after the first instant.
    public let inflows: Amount
    /// What went out after the first instant; zero or more.
    public let outflows: Amount
    /// What came in less what went out.
    public let netFlows: Amount
    /// The gain: ending value less starting value less net flows.
    public let absoluteChange: Amount
    /// The starting value and each flow weighted by the share of the range for which it was there.
    public let averageCapital: Amount?
    /// The modified Dietz return: the gain over the average capital; nil where that is not above zero.
    public let relativeChange: Amount?

    /// The return of one unit that stayed in from the start to the end, over the whole range.
    public let timeWeightedReturn: Amount?
    /// The same for a year; nil for ranges shorter than a year.
    public let annualizedTimeWeightedReturn: Amount?
    /// The instant at which more than everything was lost, so that nothing can be linked over it.
    public let brokenAt: Timestamp?
    /// The number of sub-periods in which the value changed without capital, which no return can include.
    public let unlinkedCount: Int

    /// The yearly rate at which the flows and the values have a present value of zero; as spreadsheets' XIRR.
    public let moneyWeightedReturn: Amount?
    /// The same over the days from the first to the last flow.
    public let periodMoneyWeightedReturn: Amount?

    /// The highest value and its earliest instant.
    public let highest: ValueMoment
    /// The lowest value and its earliest instant.
    public let lowest: ValueMoment
    /// The deepest fall of the time-weighted index below an earlier height.
    public let maxDrawdown: Drawdown?

    /// The number of daily returns behind the figures below.
    public let dayCount: Int
    /// The sample standard deviation of the daily returns, for a year.
    public let volatility: Amount?
    /// The deviation of the daily returns below the acceptable one, for a year.
    public let downsideDeviation: Amount?
    /// The mean return above the risk-free rate per unit of volatility, for a year.
    public let sharpe: Amount?
    /// The mean return above the acceptable one per unit of downside deviation, for a year.
    public let sortino: Amount?
    /// The day with the highest return, the earliest of equal ones.
    public let bestDay: DayReturn?
    /// The day with the lowest return, the earliest of equal ones.
    public let worstDay: DayReturn?
    /// The loss of a day that 95 % of the days stayed within; above zero for a loss.
    public let valueAtRisk95: Amount?
    /// The loss of a day that 99 % of the days stayed within; above zero for a loss.
    public let valueAtRisk99: Amount?
    /// The mean loss of the days that lost at least the value at risk of 95 %.
    public let conditionalValueAtRisk95: Amount?
}

/// A value and when it was first there.
public struct ValueMoment: Hashable, Sendable {
    /// The earliest instant.
    public let time: Timestamp
    /// The value.
    public let value: Amount
}

/// The return of one calendar day.
public struct DayReturn: Hashable, Sendable {
    /// The day in the reader's zone.
    public let day: Day
    /// The return as a fraction.
    public let fraction: Amount
}

/// A fall of the time-weighted index from a height to the depth before the next one.
public struct Drawdown: Hashable, Sendable {
    /// The fall as a fraction of the height, from zero to one.
    public let fraction: Amount
    /// The last instant at the height; nil when the index never fell.
    public let peak: Timestamp?
    /// The first instant at the depth; nil when the index never fell.
    public let trough: Timestamp?
    /// The first instant after the depth at which the height was reached again; nil while it is not.
    public let recovery: Timestamp?
}
