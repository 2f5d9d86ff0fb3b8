/// Why a text is not an instant.
public enum TimeError: Error, Hashable, Sendable {
    /// The text has not the form of an ISO 8601 date or date-time.
    case malformed(text: String)
    /// The text has the right form but names a day or hour that does not exist.
    case nonexistent(text: String)
}

extension Timestamp: CustomStringConvertible {
    /// The instant as ISO 8601 in UTC, with decimals only when not zero.
    public var description: String {
        var bytes: [UInt8] = []
        render(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `2024-01-02T03:04:05Z`, with up to six decimals of a second when they are not zero.
    public func render(into output: inout [UInt8]) {
        let second = seconds
        let day = self.day
        let secondOfDay = Int(second - Int64(day.number) * 86_400)
        day.render(into: &output)
        output.append(UInt8(ascii: "T"))
        appendDigits(secondOfDay / 3600, width: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        appendDigits(secondOfDay / 60 % 60, width: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        appendDigits(secondOfDay % 60, width: 2, to: &output)
        var fraction = Int(microseconds - second * 1_000_000)
        if fraction != 0 {
            var width = 6
            while fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            output.append(UInt8(ascii: "."))
            appendDigits(fraction, width: width, to: &output)
        }
        output.append(UInt8(ascii: "Z"))
    }

    /// Reads an ISO 8601 instant or date.
    ///
    /// Accepted: `2024-01-02`, `2024-01-02T03:04`, `2024-01-02T03:04:05`, with up to nine decimals of a second
    /// (those beyond six are cut), a blank instead of `T`, and an optional `Z`, ` UTC` or offset `+hh:mm`.
    /// A text without a zone is UTC; a date alone is its midnight.
    ///
    /// - Throws: `TimeError.malformed` for another form, `.nonexistent` for a day or hour that is not there.
    public static func parse(_ text: String) throws(TimeError) -> Timestamp {
        try parse(Array(text.utf8))
    }

    /// Reads an ISO 8601 instant or date from bytes.
    ///
    /// - Throws: as `parse(_: String)`.
    public static func parse(_ bytes: [UInt8]) throws(TimeError) -> Timestamp {
        var reader = DigitReader(bytes: bytes)
        guard let year = reader.number(width: 4), reader.take("-"),
            let month = reader.number(width: 2), reader.take("-"),
            let dayOfMonth = reader.number(width: 2)
        else { throw .malformed(text: String(decoding: bytes, as: UTF8.self)) }
        var secondOfDay = 0
        var fraction = 0
        var offsetSeconds = 0
        if !reader.atEnd {
            guard reader.take("T") || reader.take("t") || reader.take(" "),
                let clock = reader.clock(), let zone = reader.zone(), reader.atEnd
            else { throw .malformed(text: String(decoding: bytes, as: UTF8.self)) }
            guard clock.hour < 24, clock.minute < 60, clock.second < 60, abs(zone) <= 18 * 3600 else {
                throw .nonexistent(text: String(decoding: bytes, as: UTF8.self))
            }
            secondOfDay = clock.hour * 3600 + clock.minute * 60 + clock.second
            fraction = clock.microsecond
            offsetSeconds = zone
        }
        guard let day = Day(year: year, month: month, day: dayOfMonth) else {
            throw .nonexistent(text: String(decoding: bytes, as: UTF8.self))
        }
        let seconds = Int64(day.number) * 86_400 + Int64(secondOfDay - offsetSeconds)
        let instant = Timestamp(microseconds: seconds * 1_000_000 + Int64(fraction))
        guard instant >= .earliest, instant <= .latest else {
            throw .nonexistent(text: String(decoding: bytes, as: UTF8.self))
        }
        return instant
    }
}

extension Day: CustomStringConvertible {
    /// The day as `2024-01-02`.
    public var description: String {
        var bytes: [UInt8] = []
        render(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `2024-01-02`.
    public func render(into output: inout [UInt8]) {
        let (year, month, day) = date
        appendDigits(year, width: 4, to: &output)
        output.append(UInt8(ascii: "-"))
        appendDigits(month, width: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        appendDigits(day, width: 2, to: &output)
    }
}

private func appendDigits(_ value: Int, width: Int, to output: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<max(width, 1) { divisor *= 10 }
    while divisor > 0 {
        output.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
    }
}

/// Reads fixed-width numbers and marks from the front of a byte string.
private struct DigitReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var atEnd: Bool { position == bytes.count }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func number(width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + width {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
        }
        position += width
        return value
    }

    mutating func clock() -> (hour: Int, minute: Int, second: Int, microsecond: Int)? {
        guard let hour = number(width: 2), take(":"), let minute = number(width: 2) else { return nil }
        guard take(":") else { return (hour, minute, 0, 0) }
        guard let second = number(width: 2) else { return nil }
        guard take(".") else { return (hour, minute, second, 0) }
        var microsecond = 0
        var digits = 0
        while let digit = number(width: 1) {
            if digits < 6 { microsecond = microsecond * 10 + digit }
            digits += 1
        }
        guard (1...9).contains(digits) else { return nil }
        for _ in digits..<max(digits, 6) { microsecond *= 10 }
        return (hour, minute, second, microsecond)
    }

    /// The zone's offset east of UTC in seconds; none means UTC.
    mutating func zone() -> Int? {
        if atEnd { return 0 }
        if take("Z") || take("z") { return 0 }
        if take(" ") {
            if take("Z") { return 0 }
            return take("U") && take("T") && take("C") ? 0 : nil
        }
        let east = take("+")
        guard east || take("-"), let hours = number(width: 2) else { return nil }
        _ = take(":")
        var minutes = 0
        if !atEnd {
            guard let read = number(width: 2) else { return nil }
            minutes = read
        }
        guard minutes < 60 else { return nil }
        return (east ? 1 : -1) * (hours * 3600 + minutes * 60)
    }
}
