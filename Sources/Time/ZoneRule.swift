/// How clocks go on after the last change that a table has: the text that POSIX defines for the variable TZ.
struct ZoneRule {
    /// A day of each year and the second of it, in local time.
    private enum Date {
        /// The day of the year from 1, the 29th of February never counted.
        case julian(Int, second: Int)
        /// The day of the year from 0, the 29th of February counted.
        case ordinal(Int, second: Int)
        /// A weekday (Sunday is 0) of a week of a month, the fifth meaning the last.
        case weekday(month: Int, week: Int, day: Int, second: Int)
    }

    private let standard: Int32
    private let summer: (offset: Int32, start: Date, end: Date)?

    /// Reads such as `GMT0BST,M3.5.0/1,M10.5.0`; nil for other texts.
    init?(_ text: [UInt8]) {
        var reader = Reader(text: text)
        guard reader.name(), let standard = reader.offset() else { return nil }
        self.standard = standard
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        let offset: Int32
        if reader.peek == UInt8(ascii: ",") {
            offset = standard + 3600
        } else {
            guard let own = reader.offset() else { return nil }
            offset = own
        }
        guard reader.take(","), let start = reader.date(), reader.take(","), let end = reader.date(),
            reader.isAtEnd
        else { return nil }
        summer = (offset, start, end)
    }

    /// The changes after an instant and up to another, by time.
    func changes(after first: Int64, through last: Int64) -> [ZoneCalendar.Change] {
        guard let summer else { return [ZoneCalendar.Change(start: first + 1, offset: standard)] }
        var changes: [ZoneCalendar.Change] = []
        let years =
            (Timestamp(seconds: first).day.year - 1)...(Timestamp(seconds: last).day.year + 1)
        for year in years {
            changes.append(
                ZoneCalendar.Change(
                    start: instant(summer.start, year) - Int64(standard),
                    offset: summer.offset
                )
            )
            changes.append(
                ZoneCalendar.Change(
                    start: instant(summer.end, year) - Int64(summer.offset),
                    offset: standard
                )
            )
        }
        return changes.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element).filter { $0.start > first && $0.start <= last }
    }

    /// The local second of a date in a year, counted as if it were UTC.
    private func instant(_ date: Date, _ year: Int) -> Int64 {
        func first(_ month: Int) -> Int {
            guard let day = Day(year: year, month: month, day: 1) else {
                preconditionFailure("the years of the table are years of the calendar")
            }
            return Int(day.number)
        }
        let (day, second): (Int, Int)
        switch date {
        case .julian(let number, let time):
            let isLate = number >= 60 && Day.length(ofMonth: 2, year: year) == 29
            (day, second) = (first(1) + number - 1 + (isLate ? 1 : 0), time)
        case .ordinal(let number, let time): (day, second) = (first(1) + number, time)
        case .weekday(let month, let week, let weekday, let time):
            let begin = first(month)
            // The epoch was a Thursday.
            let ahead = ((weekday - begin - 4) % 7 + 7) % 7
            let most = begin + Day.length(ofMonth: month, year: year) - 1
            var found = begin + ahead + (week - 1) * 7
            while found > most { found -= 7 }
            (day, second) = (found, time)
        }
        return Int64(day) * 86_400 + Int64(second)
    }

    private struct Reader {
        let text: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == text.count }
        var peek: UInt8? { place < text.count ? text[place] : nil }

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard peek == UInt8(ascii: mark) else { return false }
            place += 1
            return true
        }

        /// The name of a time: letters, or anything in angle brackets.
        mutating func name() -> Bool {
            let start = place
            if take("<") {
                while let byte = peek, byte != UInt8(ascii: ">") {
                    place += byte == 0 ? text.count : 1
                }
                return take(">")
            }
            while let byte = peek, (0x61...0x7A).contains(byte | 0x20) { place += 1 }
            return place - start >= 3
        }

        mutating func number(through most: Int) -> Int? {
            let start = place
            var value = 0
            while let byte = peek, (0x30...0x39).contains(byte), place - start < 4 {
                value = value * 10 + Int(byte - 0x30)
                place += 1
            }
            return place > start && value <= most ? value : nil
        }

        /// Hours, minutes and seconds with a sign, in seconds.
        mutating func time(hoursMax: Int) -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number(through: hoursMax) else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] where take(":") {
                guard let part = number(through: 59) else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        /// An offset, which POSIX counts towards the west; here it counts towards the east.
        mutating func offset() -> Int32? {
            time(hoursMax: 24).map { Int32(-$0) }
        }

        mutating func date() -> Date? {
            if take("M") {
                guard let month = number(through: 12), month > 0, take("."),
                    let week = number(through: 5), week > 0, take("."), let day = number(through: 6),
                    let second = second()
                else { return nil }
                return .weekday(month: month, week: week, day: day, second: second)
            }
            if take("J") {
                guard let day = number(through: 365), day > 0, let second = second() else { return nil }
                return .julian(day, second: second)
            }
            guard let day = number(through: 365), let second = second() else { return nil }
            return .ordinal(day, second: second)
        }

        /// The second of the day, two o'clock unless given.
        private mutating func second() -> Int? {
            take("/") ? time(hoursMax: 167) : 7200
        }
    }
}
