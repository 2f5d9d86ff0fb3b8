import Time

/// Reads the forms of times that files use from a range of bytes.
struct TimeText {
    private var dayKey: UInt128 = 0
    private var dayStart: Int64?

    /// Reads `2024-01-02T03:04:05Z` and its relatives; the day last met costs nothing.
    ///
    /// Beyond what `Timestamp.parse` takes, a blank before an offset is allowed (`2013-05-06 01:12:00 -0700`).
    mutating func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(TimeError) -> Timestamp {
        if let quick = readQuickly(bytes, start, end) { return quick }
        var text: [UInt8] = []
        for position in start..<min(end, start + 80) {
            let byte = bytes[position]
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), text.count > 10, text.last == 0x20 {
                text.removeLast()
            }
            text.append(byte)
        }
        return try Timestamp.parse(text)
    }

    /// Reads the full form with `Z` or ` UTC`; nil for every other form and for times that do not exist.
    private mutating func readQuickly(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Timestamp? {
        let length = end - start
        guard length == 20 || length == 23 else { return nil }
        let separator = bytes[start + 10]
        guard separator == UInt8(ascii: "T") || separator == 0x20,
            bytes[start + 13] == UInt8(ascii: ":"), bytes[start + 16] == UInt8(ascii: ":")
        else { return nil }
        if length == 20 {
            guard bytes[start + 19] == UInt8(ascii: "Z") else { return nil }
        } else {
            guard bytes[start + 19] == 0x20, bytes[start + 20] == UInt8(ascii: "U"),
                bytes[start + 21] == UInt8(ascii: "T"), bytes[start + 22] == UInt8(ascii: "C")
            else { return nil }
        }
        guard let hour = pair(bytes, start + 11), hour < 24, let minute = pair(bytes, start + 14),
            minute < 60,
            let second = pair(bytes, start + 17), second < 60
        else { return nil }
        var key: UInt128 = 0
        for position in start..<start + 10 { key = key << 8 | UInt128(bytes[position]) }
        if key != dayKey || dayStart == nil {
            guard bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
                let century = pair(bytes, start), let year = pair(bytes, start + 2),
                let month = pair(bytes, start + 5), let dayOfMonth = pair(bytes, start + 8),
                let day = Day(year: century * 100 + year, month: month, day: dayOfMonth)
            else { return nil }
            dayKey = key
            dayStart = day.start.seconds
        }
        guard let dayStart else { return nil }
        return Timestamp(seconds: dayStart + Int64(hour * 3600 + minute * 60 + second))
    }

    private func pair(_ bytes: Span<UInt8>, _ position: Int) -> Int? {
        let tens = bytes[position] &- UInt8(ascii: "0")
        let ones = bytes[position + 1] &- UInt8(ascii: "0")
        guard tens <= 9, ones <= 9 else { return nil }
        return Int(tens) * 10 + Int(ones)
    }

    /// Reads `month/day/year`, with a year of two or four digits and an optional `hour:minute[:second]`, as UTC.
    ///
    /// Years of two digits are 2000 to 2099: the files that use them begin in 2012.
    static func readAmerican(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> American {
        var numbers: [Int] = []
        var widths: [Int] = []
        var marks: [UInt8] = []
        var position = start
        while position < end {
            let first = position
            var value = 0
            while position < end, bytes[position] &- UInt8(ascii: "0") <= 9, position - first < 4 {
                value = value * 10 + Int(bytes[position] &- UInt8(ascii: "0"))
                position += 1
            }
            guard position > first else { return .malformed }
            numbers.append(value)
            widths.append(position - first)
            guard position < end else { break }
            marks.append(bytes[position])
            position += 1
        }
        guard marks.count == numbers.count - 1, (3...6).contains(numbers.count), numbers.count != 4,
            marks.elementsEqual([UInt8]("// ::".utf8).prefix(marks.count)), widths[0] <= 2, widths[1] <= 2,
            widths[2] == 2 || widths[2] == 4, widths.dropFirst(3).allSatisfy({ $0 <= 2 })
        else { return .malformed }
        let year = widths[2] == 2 ? 2000 + numbers[2] : numbers[2]
        let clock = Array(numbers.dropFirst(3)) + [0, 0, 0]
        guard let day = Day(year: year, month: numbers[0], day: numbers[1]), clock[0] < 24, clock[1] < 60,
            clock[2] < 60
        else { return .nonexistent }
        return .time(day.start.advanced(bySeconds: Int64(clock[0] * 3600 + clock[1] * 60 + clock[2])))
    }

    /// What a text turned out to be.
    enum American: Equatable {
        case time(Timestamp)
        case malformed
        case nonexistent
    }
}
