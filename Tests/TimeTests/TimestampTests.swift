import TestSupport
import Testing
import Time

@Suite("Reading instants")
private struct TimestampParsingTests {
    @Test(arguments: [
        ("2024-01-02", "2024-01-02T00:00:00Z"),
        ("2024-01-02T03:04", "2024-01-02T03:04:00Z"),
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05Z"),
        ("2024-01-02 03:04:05", "2024-01-02T03:04:05Z"),
        ("2024-01-02t03:04:05z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04Z", "2024-01-02T03:04:00Z"),
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2022-03-25 06:45:27 UTC", "2022-03-25T06:45:27Z"),
        ("2022-03-25 06:45:27 Z", "2022-03-25T06:45:27Z"),
        ("2024-01-02T03:04:05.6", "2024-01-02T03:04:05.6Z"),
        ("2024-01-02T03:04:05.000001Z", "2024-01-02T03:04:05.000001Z"),
        ("2024-01-02T03:04:05.1234567Z", "2024-01-02T03:04:05.123456Z"),
        ("2024-01-02T03:04:05.999999999Z", "2024-01-02T03:04:05.999999Z"),
        ("2024-01-02T03:04:05.000000000Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05+05:30", "2024-01-01T21:34:05Z"),
        ("2024-01-02T03:04:05.25-0800", "2024-01-02T11:04:05.25Z"),
        ("2024-01-02T03:04+01", "2024-01-02T02:04:00Z"),
        ("2024-02-29T23:59:59-18:00", "2024-03-01T17:59:59Z"),
        ("0001-01-01", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ])
    func `the accepted forms mean what they say`(text: String, expected: String) throws {
        #expect(try Timestamp.parse(text).description == expected)
        #expect(try Timestamp.parse(Array(text.utf8)).description == expected)
        #expect(try Timestamp.parse(Array(text.utf8).span).description == expected)
    }

    @Test(arguments: [
        "", "2024", "2024-01", "2024-1-2", "24-01-02", "2024/01/02", "20240102", "01/02/2024", "2024-01-02T",
        "2024-01-02T03", "2024-01-02T03:", "2024-01-02T03:4", "2024-01-02T3:04", "2024-01-02T03:04:",
        "2024-01-02T03:04:5", "2024-01-02T03:04:05.", "2024-01-02T03:04:05,5",
        "2024-01-02T03:04:05.1234567890",
        "2024-01-02T03:04:05.Z", "2024-01-02  03:04:05", "2024-01-02_03:04:05", "2024-01-02T03:04:05ZZ",
        "2024-01-02T03:04:05 utc", "2024-01-02T03:04:05 GMT", "2024-01-02T03:04:05 ", " 2024-01-02",
        "2024-01-02 ",
        "2024-01-02Z", "2024-01-02+01:00", "2024-01-02T03:04:05+", "2024-01-02T03:04:05+1",
        "2024-01-02T03:04:05+01:",
        "2024-01-02T03:04:05+01:0", "2024-01-02T03:04:05+01.00", "2024-01-02T03:04:05+010",
        "2024-01-02T03:04:05+01:000",
        "2024-01-02T03-04-05", "-2024-01-02", "+12024-01-02", "２０２４-01-02", "2024-01-0٢",
        "2024-01-02T03:04:0\u{0}",
        "tomorrow", "1704164645", "2024-01--2", "2024-01-02T-1:00",
    ])
    func `other forms are refused as malformed`(text: String) {
        #expect(throws: TimeError.malformed(text: text)) { try Timestamp.parse(text) }
    }

    @Test(arguments: [
        "2023-02-29", "2100-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-13-01", "2024-00-01",
        "2024-01-00",
        "2024-01-32", "0000-01-01", "2024-01-02T24:00", "2024-01-02T23:60", "2024-01-02T23:59:60",
        "2024-01-02T00:00:00+18:01", "2024-01-02T00:00:00+01:60", "2024-01-02T00:00:00-99:00",
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func `days and hours that are not there are refused as such`(text: String) {
        #expect(throws: TimeError.nonexistent(text: text)) { try Timestamp.parse(text) }
    }

    @Test func `the text in an error is cut`() {
        let cell = String(repeating: "2", count: 1_000_000)
        #expect(throws: TimeError.malformed(text: String(repeating: "2", count: 80))) {
            try Timestamp.parse(cell)
        }
        #expect(throws: TimeError.malformed(text: String(repeating: "2", count: 80))) { try Day.parse(cell) }
    }

    @Test(arguments: 1...8)
    func `random instants come back from their text`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let range = Timestamp.earliest.microseconds...Timestamp.latest.microseconds
        for _ in 0..<2_000 {
            var microseconds = Int64.random(in: range, using: &generator)
            if Bool.random(using: &generator) { microseconds -= microseconds % 1_000 }
            if Bool.random(using: &generator) { microseconds -= microseconds % 1_000_000 }
            let instant = Timestamp(microseconds: microseconds)
            #expect(try Timestamp.parse(instant.description) == instant)
            let copied = instant.withText { span in
                var bytes: [UInt8] = []
                for index in span.indices { bytes.append(span[index]) }
                return String(decoding: bytes, as: UTF8.self)
            }
            #expect(copied == instant.description)
        }
    }

    @Test(arguments: 1...4)
    func `random bytes never crash the parser`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed) &* 131)
        let base = Array("2024-01-02T03:04:05.678901+02:30".utf8)
        let marks = Array("0123456789-:TZ. +zUC".utf8) + [0xFF, 0]
        for _ in 0..<5_000 {
            var bytes = Array(base.prefix(Int.random(in: 0...base.count, using: &generator)))
            for _ in 0..<Int.random(in: 0..<4, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
                    marks[Int.random(in: 0..<marks.count, using: &generator)]
            }
            guard let instant = try? Timestamp.parse(bytes) else { continue }
            #expect(instant >= .earliest && instant <= .latest)
            #expect(try Timestamp.parse(instant.description) == instant)
        }
    }
}

@Suite("Instants")
private struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (1_704_164_645_678_900, "2024-01-02T03:04:05.6789Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
        (253_402_300_800_000_000, "+10000-01-01T00:00:00Z"),
        (-62_135_596_800_000_001, "0000-12-31T23:59:59.999999Z"),
        (-62_167_219_200_000_001, "-0001-12-31T23:59:59.999999Z"), (.max, "+294247-01-10T04:00:54.775807Z"),
        (.min, "-290308-12-21T19:59:05.224192Z"),
    ])
    func `an instant is printed as known calendars have it`(microseconds: Int64, expected: String) {
        #expect(Timestamp(microseconds: microseconds).description == expected)
    }

    @Test func `seconds and days round towards the past`() {
        let before = Timestamp(microseconds: -1)
        #expect(before.seconds == -1)
        #expect(before.day.number == -1)
        #expect(Timestamp(microseconds: -86_400_000_000).day.number == -1)
        #expect(Timestamp(microseconds: -86_400_000_001).day.number == -2)
        #expect(Timestamp(seconds: 86_399).day.number == 0)
        #expect(Timestamp(seconds: 86_400).day.number == 1)
    }

    @Test func `the range ends with the years 0001 and 9999`() throws {
        #expect(try Timestamp.parse("0001-01-01") == .earliest)
        #expect(try Timestamp.parse("9999-12-31T23:59:59.999999") == .latest)
        #expect(Timestamp.earliest.description == "0001-01-01T00:00:00Z")
        #expect(Timestamp.latest.description == "9999-12-31T23:59:59.999999Z")
    }

    @Test func `instants move and compare`() throws {
        let instant = try Timestamp.parse("2024-02-29T12:00:00Z")
        #expect(instant.advanced(bySeconds: 43_200).description == "2024-03-01T00:00:00Z")
        #expect(instant.advanced(byMicroseconds: -1).description == "2024-02-29T11:59:59.999999Z")
        #expect(instant.advanced(bySeconds: -1) < instant && !(instant < instant))
        #expect(instant.year == 2024)
    }

    @Test func `every year starts right after the year before it ends`() throws {
        for year in 1...9999 {
            let start = try #require(Timestamp(startOfYear: year))
            let end = try #require(Timestamp(startOfYear: year + 1))
            #expect(start.year == year && end.advanced(byMicroseconds: -1).year == year)
            #expect(
                (end.seconds - start.seconds) / 86_400
                    == (Day.length(ofMonth: 2, year: year) == 29 ? 366 : 365)
            )
        }
        #expect(Timestamp(startOfYear: 2024)?.description == "2024-01-01T00:00:00Z")
        #expect(Timestamp(startOfYear: 0) == nil && Timestamp(startOfYear: 10_001) == nil)
        #expect(Timestamp(startOfYear: .min) == nil && Timestamp(startOfYear: .max) == nil)
    }
}
