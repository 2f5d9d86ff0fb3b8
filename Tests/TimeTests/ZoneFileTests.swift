import Foundation
import TestSupport
import Testing
import Time

@Suite("Files of the time-zone database")
private struct ZoneFileTests {
    private static let folder = "/usr/share/zoneinfo/"

    private static func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + name)))
    }

    /// A file whose table is empty, so that its last line tells all.
    private static func file(footer: String, offset: Int32 = 0) -> [UInt8] {
        func block(_ version: String) -> [UInt8] {
            var bytes = Array("TZif\(version)".utf8) + [UInt8](repeating: 0, count: 15)
            for count in [0, 0, 0, 0, 1, 4] as [UInt8] { bytes += [0, 0, 0, count] }
            let bits = UInt32(bitPattern: offset)
            bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
            return bytes + [0, 0] + Array("LMT\0".utf8)
        }
        return block("2") + block("2") + Array("\n\(footer)\n".utf8)
    }

    /// The offset at an instant, as the system's own library has it.
    private func expected(_ zone: TimeZone, _ time: Timestamp) -> Day {
        let seconds = time.seconds
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        return Timestamp(seconds: seconds + Int64(offset)).day
    }

    @Test(arguments: [
        "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Sydney",
        "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Auckland",
        "America/Sao_Paulo", "Europe/Dublin", "Africa/Johannesburg", "America/St_Johns", "Pacific/Kiritimati",
        "Etc/GMT+5",
    ])
    func `days are those that the system's own library has`(name: String) throws {
        let calendar = try #require(ZoneFile.parse(try ZoneFileTests.file(name)))
        let zone = try #require(TimeZone(identifier: name))
        var generator = SplitMix64(seed: 7)
        var apart = 0
        for _ in 0..<4000 {
            let time = Timestamp(seconds: Int64(generator.next() % 2_500_000_000))
            if calendar.day(of: time) != expected(zone, time) { apart += 1 }
        }
        #expect(apart == 0)
    }

    @Test(arguments: [
        ("UTC0", "2024-07-01T23:59:59Z", "2024-07-01"),
        ("<-03>3", "2024-07-01T02:59:59Z", "2024-06-30"),
        ("<+0545>-5:45", "2024-07-01T18:15:00Z", "2024-07-02"),
        ("GMT0BST,M3.5.0/1,M10.5.0", "2024-03-31T23:00:00Z", "2024-04-01"),
        ("GMT0BST,M3.5.0/1,M10.5.0", "2024-03-30T23:00:00Z", "2024-03-30"),
        ("GMT0BST,M3.5.0/1,M10.5.0", "2024-10-26T23:30:00Z", "2024-10-27"),
        ("GMT0BST,M3.5.0/1,M10.5.0", "2024-10-27T23:30:00Z", "2024-10-27"),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-01-01T13:30:00Z", "2024-01-02"),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-07-01T13:30:00Z", "2024-07-01"),
        // The 60th day never counts the 29th of February: the 1st of March.
        ("AAA0BBB,J60/0,J300/0", "2024-02-29T23:30:00Z", "2024-02-29"),
        ("AAA0BBB,J60/0,J300/0", "2024-03-01T23:30:00Z", "2024-03-02"),
        ("AAA0BBB,59/0,300/0", "2024-02-29T23:30:00Z", "2024-03-01"),
        // Summer time all year round.
        ("XXX3EDT4,0/0,J365/23", "2024-06-01T03:30:00Z", "2024-05-31"),
    ])
    func `the line at the end tells how it goes on`(rule: String, time: String, day: String) throws {
        let calendar = try #require(ZoneFile.parse(ZoneFileTests.file(footer: rule)))
        #expect(calendar.day(of: try Timestamp.parse(time)).description == day)
    }

    @Test(arguments: [
        "A0", "GMT", "GMT25", "GMT0BST", "GMT0BST,M3.5.0", "GMT0BST,M13.5.0,M10.5.0",
        "GMT0BST,M3.6.0,M10.5.0", "GMT0BST,M3.5.7,M10.5.0", "GMT0BST,J0,J1", "GMT0BST,J366,J1",
        "GMT0BST,M3.5.0/168,M10.5.0",
        "GMT0BST,M3.5.0/1,M10.5.0x", "<GMT0", "GMT0:60", "GMT99999999999999999999",
    ])
    func `a line that is no rule is refused`(rule: String) {
        #expect(ZoneFile.parse(ZoneFileTests.file(footer: rule)) == nil)
    }

    @Test func `a file that is cut off, or changed anywhere, never stops the program`() throws {
        let whole = try ZoneFileTests.file("America/New_York")
        #expect(ZoneFile.parse([]) == nil)
        for count in stride(from: 0, to: whole.count, by: 7) {
            #expect(ZoneFile.parse(Array(whole.prefix(count))) == nil)
        }
        var generator = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<3 {
                let place = Int(generator.next() % UInt64(bytes.count))
                bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = ZoneFile.parse(bytes)
        }
        #expect(ZoneFile.parse([UInt8](repeating: 0x54, count: ZoneFile.bytesMax + 1)) == nil)
    }
}
