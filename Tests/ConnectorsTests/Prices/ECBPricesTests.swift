import TestSupport
import Testing
import Time

@testable import Connectors

/// The documents of the European Central Bank in their form, with made-up rates.
private func ecb(now: Timestamp) -> LoopbackServer {
    LoopbackServer { request in
        let count: Int32
        switch request.path {
        case "/eurofxref-daily.xml": count = 1
        case "/eurofxref-hist-90d.xml": count = 62
        case "/eurofxref-hist.xml": count = 800
        default: return .answer(404, [], [])
        }
        var cubes = ""
        var day = now.day
        var written: Int32 = 0
        while written < count {
            // 1970-01-01 was a Thursday; no rates on Saturday and Sunday.
            let weekday = (day.number % 7 + 7) % 7
            if weekday != 2, weekday != 3 {
                cubes +=
                    "<Cube time=\"\(day)\"><Cube currency=\"USD\" rate=\"1.0\(100 + day.number % 800)\"/>"
                cubes += "<Cube currency=\"RUB\" rate=\"N/A\"/><Cube currency='JPY' rate='168.32'/></Cube>"
                written += 1
            }
            day = day.advanced(byDays: -1)
        }
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
            \t<gesmes:subject>Reference rates</gesmes:subject>
            \t<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
            \t<Cube>\(cubes)</Cube>
            </gesmes:Envelope>
            """
        return .answer(200, ["Content-Type: text/xml"], Array(text.utf8))
    }
}

@Suite("The euro's reference rates")
struct ECBPricesTests {
    private let now = Timestamp(seconds: 1_718_446_800)  // 2024-06-15T10:20:00Z, a Saturday

    @Test("a recent range takes the short document, an older one the long; all currencies share it")
    func documents() throws {
        let server = ecb(now: now)
        let source = ECBPrices(try pricesClient(server), url: server.base)
        let lines = try fetchAll(source, try query("eur/usd", .day, "2024-06-10", "2024-06-20"), now: now)
        #expect(
            lines.map { String($0.prefix(10)) } == [
                "2024-06-11", "2024-06-12", "2024-06-13", "2024-06-14", "2024-06-15",
            ]
        )
        #expect(
            try fetchAll(source, try query("eur/jpy", .day, "2024-06-10", "2024-06-20"), now: now).count == 5
        )
        #expect(server.requests.map(\.path) == ["/eurofxref-hist-90d.xml"])
        #expect(
            try fetchAll(source, try query("eur/usd", .day, "2023-01-01", "2024-01-01"), now: now).count
                == 260
        )
        #expect(server.requests.map(\.path) == ["/eurofxref-hist-90d.xml", "/eurofxref-hist.xml"])
    }

    @Test("the latest rate is of the last working day")
    func spot() throws {
        let server = ecb(now: now)
        let source = ECBPrices(try pricesClient(server), url: server.base)
        let price = try source.fetchSpot(base: "eur", quote: "usd", now: now)
        #expect(price.time.description == "2024-06-14T13:15:00Z")
    }

    @Test("what it does not have is named")
    func unknown() throws {
        let server = ecb(now: now)
        let source = ECBPrices(try pricesClient(server), url: server.base)
        #expect(!source.mayServe(base: "usd", quote: "eur"))
        let rub = try query("eur/rub", .day, "2024-06-10", "2024-06-20")
        #expect(failure { _ = try fetchAll(source, rub, now: now) } == .unknown("ecb has no rate of RUB"))
        let usd = try query("usd/jpy", .day, "2024-06-10", "2024-06-20")
        #expect(
            failure { _ = try fetchAll(source, usd, now: now) } == .unknown("ecb has the euro's rates alone")
        )
        let hours = try query("eur/usd", .hour, "2024-06-10", "2024-06-20")
        #expect(
            failure { _ = try fetchAll(source, hours, now: now) } == .unknown("ecb has prices of days alone")
        )
    }

    @Test(
        "a document that is none is refused by name",
        arguments: [
            ("", "the document is cut off"), ("<a", "the document is cut off"),
            ("<!DOCTYPE x [<!ENTITY a 'b'>]>", "XML of another kind"),
            ("<Cube time='2024-06-31'></Cube></gesmes:Envelope>", "a day is no date"),
            (
                "<Cube time='2024-06-03'><Cube currency='USD' rate='-1'/></Cube></gesmes:Envelope>",
                "a rate is not above zero"
            ),
            (
                "<Cube time='2024-06-03'><Cube currency='USD' rate='1,1'/></Cube></gesmes:Envelope>",
                "a rate is no number"
            ),
            (
                "<Cube time='2024-06-03'><Cube currency='USD' rate='1'/><Cube currency='USD' rate='2'/>",
                "two rates of USD"
            ),
            ("<Cube currency='USD' rate='1'/>", "a rate without a day"),
            (
                "<Cube time='2024-06-03'></Cube><Cube time='2024-06-03'></Cube></gesmes:Envelope>",
                "two lists of 2024-06-03"
            ),
            ("<Cube time='2024-06-03'><Cube currency='USD' rate='1'/>", "the document is cut off"),
            ("<Cube time=2024>", "an attribute without quotes"),
            ("<Cube time>", "an attribute without a value"),
            ("<Cube time='20", "an attribute that does not end"), ("<>", "a tag without a name"),
        ]
    )
    func hostile(_ text: String, _ reason: String) throws {
        #expect(failure { _ = try ECBDocument.parse(Array(text.utf8)) } == .malformed(reason))
    }
}
