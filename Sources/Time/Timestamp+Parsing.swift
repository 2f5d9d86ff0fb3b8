/// Why a text is not an instant.
public enum TimeError: Error, Hashable, Sendable {
    /// The text has not the form of an ISO 8601 date or date-time.
    case malformed(text: String)
    /// The text has the right form but names a day or hour that does not exist.
    case nonexistent(text: String)
}

extension Timestamp {
    /// Reads an ISO 8601 instant or date.
    ///
    /// Accepted: `2024-01-02`, `2024-01-02T03:04`, `2024-01-02T03:04:05`, with up to nine decimals of a second
    /// (those beyond six are cut), a blank instead of `T`, and an optional `Z`, ` UTC` or offset `+hh:mm`, `+hhmm`
    /// or `+hh` of at most 18 hours. A text without a zone is UTC; a date alone is its midnight. There are no leap
    /// seconds and no hour 24. Forms of other countries belong to those who know where a file comes from.
    ///
    /// - Throws: `TimeError.malformed` for another form, `.nonexistent` for a day or hour that is not there, also
    ///   when the offset leads out of the years 0001 to 9999.
    public static func parse(_ text: String) throws(TimeError) -> Timestamp {
        try parse(text.utf8Span.span)
    }

    /// Reads an ISO 8601 instant or date from bytes.
    ///
    /// - Throws: as `parse(_: String)`.
    public static func parse(_ bytes: [UInt8]) throws(TimeError) -> Timestamp {
        try parse(bytes.span)
    }

    /// Reads an ISO 8601 instant or date from bytes where they lie.
    ///
    /// - Throws: as `parse(_: String)`.
    public static func parse(_ bytes: Span<UInt8>) throws(TimeError) -> Timestamp {
        guard let date = Digits.date(bytes) else { throw .malformed(text: Digits.excerpt(bytes)) }
        var clock = Clock()
        if bytes.count > 10 {
            guard let read = Clock(bytes) else { throw .malformed(text: Digits.excerpt(bytes)) }
            clock = read
        }
        guard clock.isReal, let day = Day(year: date.year, month: date.month, day: date.day) else {
            throw .nonexistent(text: Digits.excerpt(bytes))
        }
        let seconds = Int64(day.number) * 86_400 + Int64(clock.second - clock.offset)
        let instant = Timestamp(microseconds: seconds * 1_000_000 + Int64(clock.microsecond))
        guard instant >= .earliest, instant <= .latest else {
            throw .nonexistent(text: Digits.excerpt(bytes))
        }
        return instant
    }
}

extension Day {
    /// Reads a date such as `2024-01-02` and nothing else.
    ///
    /// - Throws: `TimeError.malformed` for another form, `.nonexistent` for a day that is not there.
    public static func parse(_ bytes: Span<UInt8>) throws(TimeError) -> Day {
        guard bytes.count == 10, let date = Digits.date(bytes) else {
            throw .malformed(text: Digits.excerpt(bytes))
        }
        guard let day = Day(year: date.year, month: date.month, day: date.day) else {
            throw .nonexistent(text: Digits.excerpt(bytes))
        }
        return day
    }

    /// Reads a date such as `2024-01-02` and nothing else.
    ///
    /// - Throws: as `parse(_: Span<UInt8>)`.
    public static func parse(_ text: String) throws(TimeError) -> Day {
        try parse(text.utf8Span.span)
    }
}

/// The time of day of an instant's text, from its eleventh byte on.
private struct Clock {
    var second = 0
    var microsecond = 0
    /// The zone's seconds east of UTC.
    var offset = 0
    /// Whether hour, minute and second are those of a clock.
    var isReal = true

    init() {}

    /// Reads `T03:04:05.6+07:00` in all its forms; nil when it is none.
    init?(_ bytes: Span<UInt8>) {
        let mark = bytes[10]
        guard mark | 0x20 == UInt8(ascii: "t") || mark == UInt8(ascii: " "), bytes.count >= 16 else {
            return nil
        }
        let hour = Digits.pair(bytes, 11)
        let minute = Digits.pair(bytes, 14)
        guard hour >= 0, minute >= 0, bytes[13] == UInt8(ascii: ":") else { return nil }
        var seconds = 0
        var position = 16
        if bytes.count > 16, bytes[16] == UInt8(ascii: ":") {
            guard bytes.count >= 19 else { return nil }
            seconds = Digits.pair(bytes, 17)
            guard seconds >= 0 else { return nil }
            position = 19
            if bytes.count > 19, bytes[19] == UInt8(ascii: ".") {
                guard let end = readFraction(bytes) else { return nil }
                position = end
            }
        }
        guard readZone(bytes, from: position) else { return nil }
        if hour > 23 || minute > 59 || seconds > 59 { isReal = false }
        second = hour * 3600 + minute * 60 + seconds
    }

    /// Reads one to nine decimals of a second behind the twentieth byte and says where they end.
    private mutating func readFraction(_ bytes: Span<UInt8>) -> Int? {
        var position = 20
        var unit = 100_000
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            // From the seventh decimal on the unit is 0.
            microsecond += Int(digit) * unit
            unit /= 10
            position += 1
        }
        return (21...29).contains(position) ? position : nil
    }

    /// Reads the zone, which ends the text; false when it is none.
    private mutating func readZone(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        let length = bytes.count - start
        guard length > 0 else { return true }
        let mark = bytes[start]
        switch mark {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            return length == 1
        case UInt8(ascii: " "):
            if length == 2 { return bytes[start + 1] == UInt8(ascii: "Z") }
            return length == 4 && bytes[start + 1] == UInt8(ascii: "U")
                && bytes[start + 2] == UInt8(ascii: "T")
                && bytes[start + 3] == UInt8(ascii: "C")
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard length >= 3 else { return false }
            let hours = Digits.pair(bytes, start + 1)
            var minutes = 0
            switch length {
            case 3: break
            case 5: minutes = Digits.pair(bytes, start + 3)
            case 6 where bytes[start + 3] == UInt8(ascii: ":"): minutes = Digits.pair(bytes, start + 4)
            default: return false
            }
            guard hours >= 0, minutes >= 0 else { return false }
            let size = hours * 3600 + minutes * 60
            if minutes > 59 || size > 18 * 3600 { isReal = false }
            offset = mark == UInt8(ascii: "+") ? size : -size
            return true
        default:
            return false
        }
    }
}

/// Digits at fixed places of a byte string.
private enum Digits {
    /// The number of two digits from a place inside on, or −1 when they are no digits.
    static func pair(_ bytes: Span<UInt8>, _ place: Int) -> Int {
        let tens = bytes[place] &- UInt8(ascii: "0")
        let ones = bytes[place + 1] &- UInt8(ascii: "0")
        guard tens <= 9, ones <= 9 else { return -1 }
        return Int(tens) * 10 + Int(ones)
    }

    /// The parts of a date in the first ten bytes, whether it exists or not.
    static func date(_ bytes: Span<UInt8>) -> (year: Int, month: Int, day: Int)? {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
            return nil
        }
        let century = pair(bytes, 0)
        let year = pair(bytes, 2)
        let month = pair(bytes, 5)
        let day = pair(bytes, 8)
        guard century >= 0, year >= 0, month >= 0, day >= 0 else { return nil }
        return (century * 100 + year, month, day)
    }

    /// The offending text, cut so that a huge cell does not fill a message.
    static func excerpt(_ bytes: Span<UInt8>) -> String {
        var cut: [UInt8] = []
        for index in 0..<min(bytes.count, 80) { cut.append(bytes[index]) }
        return String(decoding: cut, as: UTF8.self)
    }
}
