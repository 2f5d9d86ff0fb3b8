/// An instant as microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Range: years 0001 to 9999, which is what the parsers accept.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch; negative before it.
    public let microseconds: Int64

    /// An instant from microseconds since the Unix epoch.
    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// An instant from whole seconds since the Unix epoch; some 290,000 years around it can be counted.
    @inlinable
    public init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    /// Whole seconds since the Unix epoch, rounded towards the past.
    @inlinable
    public var seconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    /// The UTC calendar day that holds this instant.
    @inlinable
    public var day: Day {
        let perDay: Int64 = 86_400_000_000
        let quotient = microseconds / perDay
        return Day(number: Int32(microseconds % perDay < 0 ? quotient - 1 : quotient))
    }

    /// Midnight UTC at the start of a calendar year, or nil for years other than 1 to 10,000.
    ///
    /// The last one is there as the end of the year 9999.
    public init?(startOfYear year: Int) {
        guard year != 10_000 else {
            self = Timestamp.latest.advanced(byMicroseconds: 1)
            return
        }
        guard let day = Day(year: year, month: 1, day: 1) else { return nil }
        self = day.start
    }

    /// The UTC calendar year that holds this instant.
    public var year: Int { day.year }

    /// The instant this many microseconds later, or earlier when negative.
    @inlinable
    public func advanced(byMicroseconds microseconds: Int64) -> Timestamp {
        Timestamp(microseconds: self.microseconds + microseconds)
    }

    /// The instant this many seconds later, or earlier when negative.
    @inlinable
    public func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }

    /// Earlier instants come first.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// 0001-01-01T00:00:00Z, the earliest instant the parsers accept.
    public static let earliest = Timestamp(seconds: -62_135_596_800)

    /// 9999-12-31T23:59:59.999999Z, the latest instant the parsers accept.
    public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)
}
