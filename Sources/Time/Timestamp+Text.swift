extension Timestamp: CustomStringConvertible {
    /// The instant as ISO 8601 in UTC, with decimals only when not zero.
    public var description: String {
        var bytes: [UInt8] = []
        render(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `2024-01-02T03:04:05Z`, with up to six decimals of a second when they are not zero.
    public func render(into output: inout [UInt8]) {
        let text = TimeText(self)
        output.append(addingCapacity: TimeText.lengthMax) { free in
            for index in 0..<text.count { free.append(text.bytes[index]) }
        }
    }

    /// Appends `2024-01-02T03:04:05.678Z`: always three decimals, what lies beyond them left away.
    public func renderMilliseconds(into output: inout [UInt8]) {
        let text = TimeText(self, decimals: .three)
        output.append(addingCapacity: TimeText.lengthMax) { free in
            for index in 0..<text.count { free.append(text.bytes[index]) }
        }
    }

    /// Calls the closure with the bytes that `render` appends, for writers that take bytes without an array.
    public func withText<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let text = TimeText(self)
        return body(text.bytes.span.extracting(first: text.count))
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
        let text = TimeText(self)
        output.append(addingCapacity: TimeText.lengthMax) { free in
            for index in 0..<text.count { free.append(text.bytes[index]) }
        }
    }
}

/// The text of a day or instant in a fixed place.
///
/// Years beyond 0 to 9999, which no parser makes, get a sign and as many digits as they need, as ISO 8601 has it.
private struct TimeText {
    /// A sign, seven digits of the year, 22 of the rest.
    static let lengthMax = 32

    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var count = 0

    init(_ day: Day) {
        append(day)
    }

    /// How many decimals of a second are written.
    enum Decimals {
        /// Up to six, as many as needed.
        case needed
        /// Three, zeros too.
        case three
    }

    init(_ instant: Timestamp, decimals: Decimals = .needed) {
        let second = instant.seconds
        let day = instant.day
        let secondOfDay = Int(second - Int64(day.number) * 86_400)
        append(day)
        append(UInt8(ascii: "T"))
        append(pair: secondOfDay / 3600)
        append(UInt8(ascii: ":"))
        append(pair: secondOfDay / 60 % 60)
        append(UInt8(ascii: ":"))
        append(pair: secondOfDay % 60)
        var fraction = Int(instant.microseconds % 1_000_000)
        if fraction < 0 { fraction += 1_000_000 }
        if decimals == .three {
            append(UInt8(ascii: "."))
            append(pair: fraction / 10_000)
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / 1_000 % 10))
        } else if fraction != 0 {
            append(UInt8(ascii: "."))
            append(pair: fraction / 10_000)
            append(pair: fraction / 100 % 100)
            append(pair: fraction % 100)
            while bytes[count - 1] == UInt8(ascii: "0") { count -= 1 }
        }
        append(UInt8(ascii: "Z"))
    }

    private mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    private mutating func append(pair number: Int) {
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    private mutating func append(_ day: Day) {
        let (year, month, dayOfMonth) = day.date
        if year < 0 || year > 9999 { append(UInt8(ascii: year < 0 ? "-" : "+")) }
        let size = Int(year.magnitude)
        var divisor = 1_000_000
        while divisor > 1000 {
            if size >= divisor { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: size / divisor % 10)) }
            divisor /= 10
        }
        append(pair: size / 100 % 100)
        append(pair: size % 100)
        append(UInt8(ascii: "-"))
        append(pair: month)
        append(UInt8(ascii: "-"))
        append(pair: dayOfMonth)
    }
}
