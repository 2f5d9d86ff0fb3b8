import TestSupport
import Testing
import Time

@Suite("Days")
private struct DayTests {
    @Test func `days from the year 0001 to 9999 follow one another and come back`() throws {
        // A calendar that only knows how to count on is the slow model; every 13th day of it is compared.
        var (year, month, day) = (1, 1, 1)
        var number = try #require(Day(year: 1, month: 1, day: 1)).number
        #expect(number == -719_162)
        while year <= 9999 {
            if number % 13 == 0 {
                let found = Day(number: number)
                #expect(found.date == (year, month, day))
                #expect(Day(year: year, month: month, day: day) == found)
            }
            number += 1
            day += 1
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            if day > length { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(Day(number: number - 1).description == "9999-12-31")
    }

    @Test(arguments: 1...4)
    func `random days come back from their text`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<2_000 {
            let day = Day(number: Int32.random(in: -719_162...2_932_896, using: &generator))
            #expect(try Day.parse(day.description) == day)
            #expect(try Timestamp.parse(day.description) == day.start)
            #expect(day.start.day == day && day.start.advanced(bySeconds: 86_399).day == day)
            #expect(day.advanced(byDays: 1) > day && day.advanced(byDays: -400).number == day.number - 400)
        }
    }

    @Test(arguments: [
        (2023, 2, 29), (2024, 2, 30), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0),
        (2024, 1, 32), (2024, 1, -1), (0, 1, 1), (-1, 1, 1), (10_000, 1, 1), (.max, 1, 1), (.min, 1, 1),
        (2024, .max, 1), (2024, 1, .max),
    ])
    func `a date that does not exist is no day`(year: Int, month: Int, day: Int) {
        #expect(Day(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [("2000-01-01", 10_957), ("1970-01-01", 0), ("1969-12-31", -1), ("2024-02-29", 19_782)])
    func `known days have their known numbers`(text: String, number: Int32) throws {
        let day = try Day.parse(text)
        #expect(day.number == number)
        #expect(day.description == text)
        #expect(String(day.year) == text.prefix(4))
    }

    @Test(arguments: ["", "2024-01-2", "2024-01-02T", "2024-01-02T03:04", " 2024-01-02", "2024/01/02"])
    func `a day's text is the date alone`(text: String) {
        #expect(throws: TimeError.malformed(text: text)) { try Day.parse(text) }
    }

    @Test func `a day that is not there is refused as such`() {
        #expect(throws: TimeError.nonexistent(text: "2023-02-29")) { try Day.parse("2023-02-29") }
    }

    @Test func `the ends of the count are printed without a trap`() {
        #expect(!Day(number: .max).description.isEmpty)
        #expect(!Day(number: .min).description.isEmpty)
    }
}
