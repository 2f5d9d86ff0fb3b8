import JSON
import Money
import MoneyJSON
import Testing
import Time

@Suite("Money and time in JSON") private struct MoneyWriterTests {
    @Test func `amounts are texts with all digits, absent ones null`() throws {
        var json = JSONWriter()
        json.beginObject()
        json.key("least")
        json.amount(try Amount.parse("-0.000000000000000001"))
        json.key("padded")
        json.amount(try Amount.parse("5.1"), minimumDecimals: 2)
        json.key("longer")
        json.amount(try Amount.parse("5.123"), minimumDecimals: 2)
        json.key("absent")
        json.amount(nil)
        json.endObject()
        #expect(
            String(decoding: json.finish(), as: UTF8.self)
                == #"{"least":"-0.000000000000000001","padded":"5.10","longer":"5.123","absent":null}"#
        )
    }

    @Test func `instants are ISO 8601 in UTC, absent ones null`() throws {
        var json = JSONWriter()
        json.beginObject()
        json.array("times", [Timestamp(microseconds: 1_700_000_000_250_000), nil]) { json, time in
            json.time(time)
        }
        json.endObject()
        #expect(
            String(decoding: json.finish(), as: UTF8.self) == #"{"times":["2023-11-14T22:13:20.25Z",null]}"#
        )
    }
}
