/// The local days of a time zone, from a table of its offsets.
///
/// Where clocks are set back over midnight the local day would begin twice; it then stays begun, so that a later instant
/// never has an earlier day. Before the first change its offset of then holds, after the last change that one.
public struct ZoneCalendar: Hashable, Sendable {
    /// An offset and the instant from which it holds.
    public struct Change: Hashable, Sendable {
        /// Seconds since the Unix epoch.
        public let start: Int64
        /// Seconds east of UTC.
        public let offset: Int32

        /// A change from its parts.
        public init(start: Int64, offset: Int32) {
            self.start = start
            self.offset = offset
        }
    }

    /// The offset from an instant on, and the day that had begun before.
    private struct Span: Hashable {
        let start: Int64
        let offset: Int64
        let dayBefore: Int32
    }

    private let spans: [Span]
    /// For each stretch of 2²² seconds from the first change on the span in which it begins.
    private let stretches: [UInt16]
    private let origin: Int64

    /// The most changes of a table.
    public static let changesMax = 10_000
    /// The largest offset in seconds.
    public static let offsetMax: Int32 = 18 * 3600

    private static let stretchBits: Int64 = 22
    /// Some 500 years.
    private static let stretchesMax = 4096

    /// A calendar of a zone, or nil for changes that are out of order, too many, too far apart or too large.
    public init?(offset: Int32, changes: [Change]) {
        let offsets = -ZoneCalendar.offsetMax...ZoneCalendar.offsetMax
        let seconds = Timestamp.earliest.seconds...Timestamp.latest.seconds
        guard changes.count <= ZoneCalendar.changesMax,
            (changes.map(\.offset) + [offset]).allSatisfy({ offsets.contains($0) }),
            changes.allSatisfy({ seconds.contains($0.start) }),
            zip(changes, changes.dropFirst()).allSatisfy({ $0.start < $1.start })
        else { return nil }
        var spans = [Span(start: .min, offset: Int64(offset), dayBefore: .min)]
        for change in changes {
            let last = spans[spans.count - 1]
            let eve = ZoneCalendar.day(change.start - 1 + last.offset)
            spans.append(
                Span(
                    start: change.start,
                    offset: Int64(change.offset),
                    dayBefore: max(last.dayBefore, eve)
                )
            )
        }
        origin = changes.first?.start ?? 0
        let length = (changes.last?.start ?? 0) - origin
        guard length >> ZoneCalendar.stretchBits < Int64(ZoneCalendar.stretchesMax) else { return nil }
        var stretches: [UInt16] = []
        var place = 0
        for stretch in 0...length >> ZoneCalendar.stretchBits {
            let start = origin + stretch << ZoneCalendar.stretchBits
            while place + 1 < spans.count, spans[place + 1].start <= start { place += 1 }
            stretches.append(UInt16(place))
        }
        self.spans = spans
        self.stretches = stretches
    }

    /// Whether its days are those of UTC.
    public var isUTC: Bool { spans.count == 1 && spans[0].offset == 0 }

    /// The local day of an instant.
    public func day(of time: Timestamp) -> Day {
        let second = time.seconds
        var place = 0
        if second >= origin {
            let stretch = Int((second - origin) >> ZoneCalendar.stretchBits)
            place = Int(stretches[min(stretch, stretches.count - 1)])
            while place + 1 < spans.count, spans[place + 1].start <= second { place += 1 }
        }
        let span = spans[place]
        return Day(number: max(ZoneCalendar.day(second + span.offset), span.dayBefore))
    }

    /// The first instant of a local day; where clocks skip the whole day, that of the next one.
    public func start(of day: Day) -> Timestamp {
        if isUTC { return day.start }
        // Offsets are below a day, so the start lies within one day of the day of UTC.
        var low = max(day.start.seconds - 86_400, Timestamp.earliest.seconds)
        var high = min(day.start.seconds + 86_400, Timestamp.latest.seconds)
        while low < high {
            let middle = low + (high - low) / 2
            if self.day(of: Timestamp(seconds: middle)) >= day { high = middle } else { low = middle + 1 }
        }
        return Timestamp(seconds: low)
    }

    private static func day(_ second: Int64) -> Int32 {
        let quotient = second / 86_400
        return Int32(second % 86_400 < 0 ? quotient - 1 : quotient)
    }
}
