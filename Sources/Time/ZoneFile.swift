/// Reads files of the time-zone database in their compiled form, TZif (RFC 9636), as systems have them installed.
public enum ZoneFile {
    /// The largest file that is read.
    public static let bytesMax = 262_144
    /// The instants whose changes are taken: the years 1970 to 2100.
    public static let known: ClosedRange<Int64> = 0...4_133_980_799

    /// The days of the zone that a file describes; nil for what is no such file, or counts leap seconds.
    public static func parse(_ bytes: [UInt8]) -> ZoneCalendar? {
        guard bytes.count <= bytesMax, let old = Header(bytes, at: 0), old.version >= 2,
            let header = Header(bytes, at: old.end(timeBytes: 4)), header.leaps == 0, header.types > 0,
            header.end(timeBytes: 8) <= bytes.count
        else { return nil }
        let times = header.start
        let places = times + header.times * 8
        let types = places + header.times
        var offset = int32(bytes, at: types)
        var changes: [ZoneCalendar.Change] = []
        var last = Int64.min
        for number in 0..<header.times {
            let type = Int(bytes[places + number])
            let time = int64(bytes, at: times + number * 8)
            guard type < header.types, time > last else { return nil }
            last = time
            add(time, int32(bytes, at: types + type * 6), to: &changes, from: &offset)
        }
        let end = header.end(timeBytes: 8)
        guard let footer = line(bytes, after: end) else { return nil }
        if !footer.isEmpty {
            guard let rule = ZoneRule(footer), last < known.upperBound else { return nil }
            for change in rule.changes(after: max(last, known.lowerBound - 1), through: known.upperBound) {
                add(change.start, change.offset, to: &changes, from: &offset)
            }
        }
        return ZoneCalendar(offset: offset, changes: changes)
    }

    /// Adds a change; what comes before the instants that are taken becomes the offset to start with.
    private static func add(
        _ start: Int64,
        _ new: Int32,
        to changes: inout [ZoneCalendar.Change],
        from offset: inout Int32
    ) {
        guard start > known.lowerBound else {
            offset = new
            return
        }
        if changes.last?.start == start { changes.removeLast() }
        guard start <= known.upperBound, new != changes.last?.offset ?? offset else { return }
        changes.append(ZoneCalendar.Change(start: start, offset: new))
    }

    /// The line between the line ends that stand at a place and after it.
    private static func line(_ bytes: [UInt8], after place: Int) -> [UInt8]? {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\n") else { return nil }
        let rest = bytes[(place + 1)...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return Array(rest[..<end])
    }

    private static func int32(_ bytes: [UInt8], at place: Int) -> Int32 {
        Int32(bitPattern: bytes[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) })
    }

    private static func int64(_ bytes: [UInt8], at place: Int) -> Int64 {
        Int64(bitPattern: bytes[place..<(place + 8)].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// The counts at the head of one of the two blocks of data.
    private struct Header {
        let version: Int
        let start: Int
        let marks: Int
        let leaps: Int
        let times: Int
        let types: Int
        let letters: Int

        init?(_ bytes: [UInt8], at place: Int) {
            guard place + 44 <= bytes.count, bytes[place..<(place + 4)].elementsEqual("TZif".utf8) else {
                return nil
            }
            func count(_ number: Int) -> Int { Int(int32(bytes, at: place + 20 + number * 4)) }
            let counts = (0..<6).map(count)
            guard counts.allSatisfy({ (0...ZoneFile.bytesMax).contains($0) }) else { return nil }
            version = Int(bytes[place + 4]) - Int(UInt8(ascii: "0"))
            start = place + 44
            marks = counts[0] + counts[1]
            leaps = counts[2]
            times = counts[3]
            types = counts[4]
            letters = counts[5]
        }

        /// Where the block ends whose instants have so many bytes.
        func end(timeBytes: Int) -> Int {
            start + times * (timeBytes + 1) + types * 6 + letters + leaps * (timeBytes + 4) + marks
        }
    }
}
