import Testing
import Time

@testable import Services

@Suite("Time zones")
private struct TaxZoneTests {
    @Test(arguments: [
        // Summer time began on 31 March 2024 at 01:00 UTC and ended on 27 October.
        ("Europe/London", "2024-04-05T22:59:59Z", "2024-04-05"),
        ("Europe/London", "2024-04-05T23:00:00Z", "2024-04-06"),
        ("Europe/London", "2024-12-31T23:59:59Z", "2024-12-31"),
        ("America/New_York", "2025-01-01T04:59:59Z", "2024-12-31"),
        ("America/New_York", "2025-01-01T05:00:00Z", "2025-01-01"),
        ("Asia/Kolkata", "2024-12-31T18:30:00Z", "2025-01-01"),
        ("Asia/Kathmandu", "2024-12-31T18:14:59Z", "2024-12-31"),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
        ("Pacific/Kiritimati", "2024-12-31T10:00:00Z", "2025-01-01"),
        ("UTC", "2024-12-31T23:59:59.999999Z", "2024-12-31"),
        ("Europe/Berlin", "2099-06-30T22:00:00Z", "2099-07-01"),
    ])
    func `the local day of an instant`(zone: String, time: String, day: String) throws {
        let calendar = try TaxZone(named: zone).calendar
        #expect(calendar.day(of: try Timestamp.parse(time)).description == day)
    }

    @Test func `clocks set back a minute past midnight do not make a day begin twice`() throws {
        // Newfoundland, 29 October 2006: at 00:01 back to 23:01.
        let calendar = try TaxZone(named: "America/St_Johns").calendar
        var last = Day(number: 0)
        for minute in Int64(0)..<180 {
            let time = try Timestamp.parse("2006-10-29T01:30:00Z").advanced(bySeconds: minute * 60)
            let day = calendar.day(of: time)
            #expect(day >= last)
            last = day
        }
        let begun = try Timestamp.parse("2006-10-29T02:30:30Z")
        #expect(calendar.day(of: begun).description == "2006-10-29")
        #expect(calendar.day(of: begun.advanced(bySeconds: 1800)).description == "2006-10-29")
    }

    @Test(arguments: [
        "", "Europe/Nowhere", "../../etc/passwd", "GMT+5", "UTC+1", "europe/london",
        String(repeating: "A", count: 65),
    ])
    func `an unknown zone is refused by name`(name: String) {
        #expect(throws: WorkspaceError.unknownZone(name)) { _ = try TaxZone(named: name) }
        #expect(!TaxZone.isKnown(name))
    }

    @Test func `a million instants in order take less than a blink`() throws {
        let calendar = try TaxZone(named: "Europe/London").calendar
        let start = try Timestamp.parse("2015-01-01T00:00:00Z")
        let clock = ContinuousClock()
        var sum: Int64 = 0
        let time = clock.measure {
            for number in Int64(0)..<1_000_000 {
                sum += Int64(calendar.day(of: start.advanced(bySeconds: number * 300)).number)
            }
        }
        #expect(sum > 0)
        // 20 ms where code is optimised; tests are not.
        #expect(time < .milliseconds(2000), "\(time)")
    }
}
