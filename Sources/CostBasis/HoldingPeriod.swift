public import Time

/// A time that a lot must be held for longer than.
public enum HoldingPeriod: Hashable, Sendable {
    /// Days, the day of acquisition not counted.
    case days(Int32)
    /// Calendar years that begin on the day after the acquisition; a year from 29 February ends with 28 February.
    case years(Int32)

    /// The last day of acquisition from which a lot disposed of on a day was held for longer.
    ///
    /// For a year (26 USC 1222: "more than 1 year"; Rev. Rul. 66-7: it begins on the day after the acquisition) a lot of
    /// 1 March 2023 was held for longer from 2 March 2024 on, and one of 28 February 2023 from 1 March 2024 on.
    public func lastAcquired(disposed day: Day) -> Day {
        switch self {
        case .days(let days):
            return day.advanced(byDays: -days - 1)
        case .years(let years):
            let date = day.date
            let year = date.year - Int(years)
            // The last day from which so many years end before this one.
            let begin =
                Day(year: year, month: date.month, day: date.day) ?? Day(year: year, month: 2, day: 28)
            return begin?.advanced(byDays: -1) ?? Day(number: Int32.min)
        }
    }

    /// Such as `365d` or `1y`.
    public var text: String {
        switch self {
        case .days(let days): "\(days)d"
        case .years(let years): "\(years)y"
        }
    }

    /// The largest number of either unit.
    public static let numberMax: Int32 = 36_500

    /// A period of a text such as `365d`, `365` or `1y`; nil for any other and beyond `numberMax`.
    public init?(text: String) {
        let unit = text.last
        let digits = unit == "d" || unit == "y" ? text.dropLast() : Substring(text)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int32(digits),
            number <= HoldingPeriod.numberMax
        else { return nil }
        self = unit == "y" ? .years(number) : .days(number)
    }
}
