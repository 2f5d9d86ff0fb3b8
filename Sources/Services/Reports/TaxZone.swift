import FoundationEssentials
public import Time

/// The time zone whose days count for tax, by its name of the time-zone database.
public struct TaxZone: Hashable, Sendable {
    /// Such as `Europe/London`.
    public let name: String
    /// Its days.
    public let calendar: ZoneCalendar

    /// The longest name in bytes.
    static let nameBytesMax = 64
    /// Where systems have the time-zone database.
    private static let folder = "/usr/share/zoneinfo/"

    /// A zone by its name, in the letters in which the time-zone database has it.
    ///
    /// - Throws: `WorkspaceError.unknownZone`.
    public init(named name: String) throws(WorkspaceError) {
        guard let calendar = TaxZone.find(name) else { throw .unknownZone(name) }
        self.name = name
        self.calendar = calendar
    }

    /// Whether there is a zone of that name.
    public static func isKnown(_ name: String) -> Bool { find(name) != nil }

    /// The days of the zone of a name.
    ///
    /// UTC needs no database. Names that begin with `GMT` or `UTC` are odd ones such as `GMT+0`, which nobody means.
    private static func find(_ name: String) -> ZoneCalendar? {
        if name == "UTC" || name == "GMT" { return ZoneCalendar(offset: 0, changes: []) }
        guard isPlain(name) else { return nil }
        return FileManager.default.contents(atPath: folder + name).flatMap { ZoneFile.parse([UInt8]($0)) }
    }

    /// Whether a text may be the name of a zone, and leads nowhere but into the database.
    private static func isPlain(_ name: String) -> Bool {
        guard (1...nameBytesMax).contains(name.utf8.count), name.utf8.first.map({ $0 < 0x5B }) ?? false else {
            return false
        }
        // The database keeps other forms of the same zones under names in lower case, which no zone has.
        let isOdd = name.hasPrefix("GMT") || name.hasPrefix("UTC")
        return !isOdd && !name.hasSuffix("/")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || "_+-/".utf8.contains(byte)
            }
    }
}
