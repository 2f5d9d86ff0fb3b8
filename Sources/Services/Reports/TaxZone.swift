import Foundation
public import Time

/// The time zone whose days count for tax, by its name of the time-zone database.
public struct TaxZone: Hashable, Sendable {
    /// Such as `Europe/London`.
    public let name: String
    /// Its days.
    public let calendar: ZoneCalendar

    /// The longest name in bytes.
    static let nameBytesMax = 64
    /// The instants between which changes of the clocks are known: the years 1970 to 2100.
    private static let known: ClosedRange<Int64> = 0...4_133_980_799

    /// A zone by its name, in the letters in which the time-zone database has it.
    ///
    /// - Throws: `WorkspaceError.unknownZone`.
    public init(named name: String) throws(WorkspaceError) {
        guard let zone = TaxZone.find(name) else { throw .unknownZone(name) }
        self.name = name
        var date = Date(timeIntervalSince1970: 0)
        let offset = Int32(clamping: zone.secondsFromGMT(for: date))
        var changes: [ZoneCalendar.Change] = []
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date,
            changes.count < ZoneCalendar.changesMax
        {
            let start = Int64(next.timeIntervalSince1970)
            guard TaxZone.known.contains(start) else { break }
            let offset = Int32(clamping: zone.secondsFromGMT(for: next))
            changes.append(ZoneCalendar.Change(start: start, offset: offset))
            date = next
        }
        guard let calendar = ZoneCalendar(offset: offset, changes: changes) else { throw .unknownZone(name) }
        self.calendar = calendar
    }

    /// Whether there is a zone of that name.
    public static func isKnown(_ name: String) -> Bool { find(name) != nil }

    /// The zone of a name.
    ///
    /// The library below also reads texts such as `GMT+5`, which no database has; these must not pass for zones.
    private static func find(_ name: String) -> TimeZone? {
        guard name.utf8.count <= nameBytesMax else { return nil }
        let isPlain = !name.hasPrefix("GMT") && !name.hasPrefix("UTC")
        guard isPlain || name == "GMT" || name == "UTC" else { return nil }
        return TimeZone(identifier: name)
    }
}
