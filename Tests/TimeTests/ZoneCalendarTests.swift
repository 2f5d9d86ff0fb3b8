import TestSupport
import Testing

@testable import Time

@Suite("The local days of a time zone")
private struct ZoneCalendarTests {
    /// Clocks that stand at +1 h, and a minute past midnight of 2 January go back an hour.
    private static let backOverMidnight = ZoneCalendar(
        offset: 3600,
        changes: [.init(start: 86_400 - 3600 + 60, offset: 0)]
    )

    private func day(_ calendar: ZoneCalendar, _ second: Int64) -> Int32 {
        calendar.day(of: Timestamp(seconds: second)).number
    }

    @Test func `without changes a day begins at the offset`() throws {
        let calendar = try #require(ZoneCalendar(offset: -5 * 3600, changes: []))
        #expect(day(calendar, 5 * 3600 - 1) == -1)
        #expect(day(calendar, 5 * 3600) == 0)
        #expect(calendar.day(of: Timestamp(microseconds: 5 * 3_600_000_000 - 1)).number == -1)
        #expect(!calendar.isUTC)
        #expect(try #require(ZoneCalendar(offset: 0, changes: [])).isUTC)
    }

    @Test func `a day that had begun stays begun when clocks go back over midnight`() throws {
        let calendar = try #require(ZoneCalendarTests.backOverMidnight)
        let change: Int64 = 86_400 - 3600 + 60
        #expect(day(calendar, change - 61) == 0)
        #expect(day(calendar, change - 60) == 1)
        #expect(day(calendar, change - 1) == 1)
        // By the clock it is 23:01 of the day before for another 59 minutes.
        #expect(day(calendar, change) == 1)
        #expect(day(calendar, 86_399) == 1)
        #expect(day(calendar, 86_400) == 1)
        #expect(day(calendar, 2 * 86_400) == 2)
    }

    @Test func `a day that is left out is never said`() throws {
        // Samoa went from the 29th to the 31st of December 2011.
        let change: Int64 = 1_325_239_200
        let calendar = try #require(
            ZoneCalendar(offset: -10 * 3600, changes: [.init(start: change, offset: 14 * 3600)])
        )
        #expect(Day(number: day(calendar, change - 1)).description == "2011-12-29")
        #expect(Day(number: day(calendar, change)).description == "2011-12-31")
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `any table gives the days of a plain search, never backwards`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var changes: [ZoneCalendar.Change] = []
        var start = Int64.random(in: -1_000_000_000...0, using: &random)
        for _ in 0..<Int.random(in: 0...300, using: &random) {
            start += Int64.random(in: 1...30_000_000, using: &random)
            let offset = Int32.random(in: -64_800...64_800, using: &random)
            changes.append(ZoneCalendar.Change(start: start, offset: offset))
        }
        let calendar = try #require(ZoneCalendar(offset: 7200, changes: changes))
        var instants = (0..<2000).map { _ in Int64.random(in: -3_000_000_000...9_000_000_000, using: &random)
        }
        for change in changes { instants += [change.start - 1, change.start, change.start + 1] }
        var last = Int32.min
        for second in instants.sorted() {
            let found = day(calendar, second)
            #expect(found >= last)
            let offset = changes.last { $0.start <= second }?.offset ?? 7200
            let plain = Timestamp(seconds: second + Int64(offset)).day.number
            #expect(found == max(plain, last) || found == plain, "\(second)")
            last = found
        }
    }

    @Test func `tables that no zone has are refused`() {
        #expect(ZoneCalendar(offset: 64_801, changes: []) == nil)
        #expect(
            ZoneCalendar(offset: 0, changes: [.init(start: 5, offset: 0), .init(start: 5, offset: 1)]) == nil
        )
        #expect(ZoneCalendar(offset: 0, changes: [.init(start: 0, offset: .min)]) == nil)
        #expect(ZoneCalendar(offset: 0, changes: [.init(start: .min, offset: 0)]) == nil)
        #expect(
            ZoneCalendar(offset: 0, changes: [.init(start: 0, offset: 0), .init(start: .max / 2, offset: 1)])
                == nil
        )
        let many = (0...ZoneCalendar.changesMax).map { ZoneCalendar.Change(start: Int64($0), offset: 0) }
        #expect(ZoneCalendar(offset: 0, changes: many) == nil)
    }
}
