import Connectors
import Crypto
import Foundation
import HTTPClient
import Importing
import Money
import Storage
import Synchronization
import TestSupport
import Testing
import Time
import Valuation

@testable import Services

/// A Coinbase and a European Central Bank on this computer, which can be made to fail.
private final class Market: Sendable {
    let server: LoopbackServer
    private let down: Switch

    private final class Switch: Sendable {
        let isOn = Mutex(false)
    }

    init() {
        let down = Switch()
        self.down = down
        server = LoopbackServer { request in
            down.isOn.withLock { $0 } ? .answer(503, [], []) : Market.answer(request)
        }
    }

    func setDown(_ isDown: Bool) { down.isOn.withLock { $0 = isDown } }

    private static func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let parts = request.path.split(separator: "/")
        if request.path.hasSuffix(".xml") {
            return .answer(
                200,
                [],
                Array(
                    """
                    <gesmes:Envelope><Cube><Cube time='2024-06-13'><Cube currency='USD' rate='1.0784'/>
                    <Cube currency='GBP' rate='0.84285'/></Cube><Cube time='2024-06-14'><Cube currency='USD' rate='1.0686'/>
                    <Cube currency='GBP' rate='0.84125'/></Cube></Cube></gesmes:Envelope>
                    """.utf8
                )
            )
        }
        guard parts.count == 3, parts[1] == "BTC-USD" else {
            return .json(#"{"message":"NotFound"}"#, status: 404)
        }
        if parts[2] == "ticker" {
            return .json(#"{"price":"66500.25","time":"2024-06-15T11:59:58Z"}"#)
        }
        guard let start = request.query("start").flatMap({ try? Timestamp.parse($0) as Timestamp }),
            let end = request.query("end").flatMap({ try? Timestamp.parse($0) as Timestamp })
        else { return .json("{}", status: 400) }
        var rows: [String] = []
        var second = start.seconds
        while second <= end.seconds {
            rows.append("[\(second),1,99999,1,\(60_000 + second / 86_400 % 1_000).5,1]")
            second += 86_400
        }
        return .json("[\(rows.reversed().joined(separator: ","))]")
    }

    func fixture(_ names: [String] = ["coinbase", "ecb"]) throws -> Fixture {
        let base = server.base
        return try Fixture { configuration in
            configuration.priceServices.names = names
            for name in names { configuration.priceServices.urls[name] = base }
            configuration.priceServices.isPaced = false
        }
    }
}

@Suite("Fetching prices")
private struct PriceFetchTests {
    @Test func `without a named service nothing is asked`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.deposit("1"))
            #expect(throws: PriceServiceError.noneOn) { try fixture.workspace.fetchPrices() }
            #expect(try fixture.workspace.fetchDuePrices().results.isEmpty)
        }
    }

    @Test func `closes since the first entry and the latest price come, are stored and are seen at once`()
        throws
    {
        let market = Market()
        let fixture = try market.fixture()
        defer { fixture.remove() }
        _ = try fixture.importText(Sample.deposit("1"))
        _ = try fixture.workspace.priceBook()
        let outcome = try fixture.workspace.fetchPrices()
        #expect(outcome.results.map(\.source).sorted() == ["coinbase", "ecb"])
        #expect(outcome.results.allSatisfy { $0.error == nil }, "\(outcome.results)")
        let report = try fixture.workspace.holdings(of: fixture.owner, settings: ReportSettings())
        #expect(report.holdings.first?.price?.price.description == "66500.25")
        let status = try fixture.workspace.priceStatus().filter { $0.source == "coinbase" }
        #expect(status.map(\.base) == ["BTC"])
        #expect(status.first?.nextFetch?.description == "2024-06-15T13:00:00Z")
        // What was read again from the folder is the same.
        let known = try fixture.workspace.priceBook()
        fixture.workspace.prices.invalidate()
        let again = try fixture.workspace.priceBook()
        #expect(known.count == again.count)
        for pair in again.pairs {
            #expect(known.series(of: pair).map(\.source) == again.series(of: pair).map(\.source))
            #expect(known.series(of: pair).map(\.series.last) == again.series(of: pair).map(\.series.last))
        }
    }

    @Test func `what is due is asked for once an hour, closes from where the last fetch ended`() throws {
        let market = Market()
        let fixture = try market.fixture(["coinbase"])
        defer { fixture.remove() }
        _ = try fixture.importText(Sample.deposit("1"))
        #expect(try fixture.workspace.fetchDuePrices().results.count == 1)
        let asked = market.server.requests.count
        #expect(try fixture.workspace.fetchDuePrices().results.isEmpty)
        fixture.clock.advance(seconds: 1_800)
        #expect(try fixture.workspace.fetchDuePrices().results.isEmpty)
        #expect(market.server.requests.count == asked)
        fixture.clock.advance(seconds: 86_400)
        let next = try fixture.workspace.fetchDuePrices()
        #expect(next.results.map(\.closes) == [1])
    }

    @Test func `a service that fails is told, left alone for longer and longer, and asked again`() throws {
        let market = Market()
        let fixture = try market.fixture(["coinbase"])
        defer { fixture.remove() }
        _ = try fixture.importText(Sample.deposit("1"))
        market.setDown(true)
        let first = try fixture.workspace.fetchDuePrices()
        #expect(first.results.map(\.error) == ["answered with status 503"])
        func record() throws -> PriceFetch? {
            try fixture.workspace.database.read { connection throws(StorageError) in
                try connection.priceFetches().first
            }
        }
        #expect(try record()?.failures == 1)
        #expect(try record()?.latestError == "answered with status 503")
        #expect(try record()?.nextFetch == fixture.clock.now.advanced(bySeconds: 120))
        fixture.clock.advance(seconds: 120)
        _ = try fixture.workspace.fetchDuePrices()
        #expect(try record()?.nextFetch == fixture.clock.now.advanced(bySeconds: 240))
        market.setDown(false)
        fixture.clock.advance(seconds: 240)
        #expect(try fixture.workspace.fetchDuePrices().results.map(\.error) == [nil])
        #expect(try record()?.failures == 0)
        #expect(try record()?.latestError == nil)
    }

    @Test func `an asset that the first service does not know is asked of the next one`() throws {
        let market = Market()
        let fixture = try market.fixture(["coinbase", "kraken"])
        defer { fixture.remove() }
        _ = try fixture.importText(Sample.deposit("1", "ETH"))
        let outcome = try fixture.workspace.fetchPrices()
        #expect(outcome.results.map(\.source) == ["coinbase", "kraken"])
        #expect(outcome.results.first?.error == "coinbase does not know ETH-USD")
        #expect(outcome.unserved == ["USD"])
    }

    @Test func `a code of one's own is asked for only under a named id`() throws {
        let market = Market()
        let fixture = try market.fixture(["coinbase"])
        defer { fixture.remove() }
        _ = try fixture.importText(Sample.deposit("1", "MINE"))
        #expect(try fixture.workspace.fetchPrices().results.isEmpty)
        #expect(market.server.requests.isEmpty)
    }

    @Test func `a service of another name, or an address that none may have, is refused`() throws {
        let market = Market()
        let fixture = try market.fixture(["coinbase"])
        defer { fixture.remove() }
        var request = PriceFetchRequest()
        request.source = "kraken"
        #expect(throws: PriceServiceError.unknownService("kraken")) {
            try fixture.workspace.fetchPrices(request)
        }
        let wrong = try Fixture {
            $0.priceServices.names = ["kraken"]
            $0.priceServices.urls["kraken"] = "http://example.com"
        }
        defer { wrong.remove() }
        #expect(throws: PriceServiceError.self) { try wrong.workspace.fetchPrices() }
    }
}

@Suite("Sources of prices")
private struct PriceSourceTests {
    private func price(_ fixture: Fixture) throws -> String? {
        try fixture.workspace.holdings(of: fixture.owner, settings: ReportSettings())
            .holdings.first?.price?.price.description
    }

    private func store(_ price: Int32, _ source: String, _ fixture: Fixture) throws {
        let key = PriceSeriesKey(base: .btc, quote: .usd, source: source)
        let row = Storage.PriceRow(time: fixture.clock.now, price: Amount(whole: price))
        try fixture.workspace.keepPrices([row], of: key)
    }

    @Test func `manual prices come first, then the owner's order, then files by name, then services`() throws
    {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.deposit("1"))
            try store(4, "kraken", fixture)
            #expect(try price(fixture) == "4")
            try store(3, "zeta", fixture)
            #expect(try price(fixture) == "3")
            try store(2, "alpha", fixture)
            #expect(try price(fixture) == "2")
            #expect(
                try fixture.workspace.priceOrder(of: "btc").known.prefix(3) == ["manual", "alpha", "zeta"]
            )
            try fixture.workspace.setPriceOrder(of: "BTC", ["kraken", "zeta"])
            #expect(try price(fixture) == "4")
            try fixture.workspace.setPriceOrder(of: "BTC", ["bundled", "alpha"])
            #expect(try price(fixture) == "2")
            try fixture.workspace.setPrice(of: "btc", in: "usd", Amount(whole: 1), at: fixture.clock.now)
            #expect(try price(fixture) == "1")
            #expect(try fixture.workspace.unsetPrice(of: "btc", in: "usd", at: fixture.clock.now) == 1)
            #expect(try price(fixture) == "2")
            try fixture.workspace.setPriceOrder(of: "BTC", [])
            #expect(try fixture.workspace.priceOrder(of: "btc").given.isEmpty)
        }
    }

    @Test func `what cannot be a price, an asset or a source is refused by name`() throws {
        try withFixture { (fixture) throws in
            let workspace = fixture.workspace
            let now = fixture.clock.now
            #expect(throws: PriceServiceError.notPositive("-1")) {
                try workspace.setPrice(of: "btc", in: "usd", Amount(whole: -1), at: now)
            }
            #expect(throws: PriceServiceError.notPositive("0")) {
                try workspace.setPrice(of: "btc", in: "usd", .zero, at: now)
            }
            #expect(throws: PriceServiceError.sameAsset("BTC")) {
                try workspace.setPrice(of: "btc", in: "BTC", .one, at: now)
            }
            #expect(throws: PriceServiceError.unknownAsset("NOBODYS")) {
                try workspace.setPrice(of: "NOBODYS", in: "usd", .one, at: now)
            }
            #expect(throws: PriceServiceError.noManualPrice("BTC in USD")) {
                try workspace.unsetPrice(of: "btc", in: "usd", at: nil)
            }
            #expect(throws: PriceServiceError.self) { try workspace.setPriceOrder(of: "btc", ["nowhere"]) }
            #expect(throws: PriceServiceError.reservedName("kraken")) {
                try workspace.importPrices(from: { { nil } }, source: "kraken", progress: { _, _ in })
            }
        }
    }

    @Test func `gaps are told by day, weekends of currencies are none, and unpriced assets are named`() throws
    {
        try withFixture { (fixture) throws in
            _ = try fixture.importText(Sample.deposit("1") + Sample.row("1", "MINE"))
            _ = try fixture.importPrices(
                """
                time,base,quote,price
                2024-06-03,BTC,USD,1
                2024-06-04,BTC,USD,1
                2024-06-07,BTC,USD,1
                2024-06-06,EUR,SEK,11
                2024-06-07,EUR,SEK,11
                2024-06-10,EUR,SEK,11
                2024-06-12,EUR,SEK,11

                """
            )
            let report = try fixture.workspace.priceGaps()
            func gaps(_ base: String) -> [String] {
                report.rows.filter { $0.base == base }.flatMap(\.gaps).map {
                    "\($0.from) \($0.to) \($0.days)"
                }
            }
            #expect(gaps("BTC") == ["2024-06-05 2024-06-06 2", "2024-06-08 2024-06-14 7"])
            #expect(gaps("EUR") == ["2024-06-11 2024-06-11 1", "2024-06-13 2024-06-14 2"])
            #expect(report.unpriced == ["MINE"])
            #expect(try fixture.workspace.unpricedAssets() == ["MINE"])
            let early = try fixture.workspace.priceGaps(
                asset: "btc",
                from: try Timestamp.parse("2024-06-01"),
                to: try Timestamp.parse("2024-06-05")
            )
            #expect(early.rows.flatMap(\.gaps).map(\.days) == [2])
            #expect(throws: WorkspaceError.self) {
                try fixture.workspace.priceGaps(
                    from: try Timestamp.parse("2024-06-10"),
                    to: try Timestamp.parse("2024-06-05")
                )
            }
        }
    }

    @Test func `a conversion tells its path, rate and the age of its prices`() throws {
        try withFixture { (fixture) throws in
            _ = try fixture.importPrices("time,base,quote,price\n2024-06-15T00:00:00Z,BTC,USD,66000\n")
            let report = try fixture.workspace.convert(
                try Amount.parse("0.5"),
                from: "btc",
                to: "EUR",
                of: fixture.owner
            )
            #expect(report.path.map(\.displayCode) == ["BTC", "USD", "EUR"])
            #expect(report.value.description == "30881.527231892195395845")
            #expect(report.steps.map(\.source) == ["test", "ECB reference rate"])
            #expect(report.ageSeconds == 43_200)
            #expect(!report.isStale)
            #expect(throws: PriceServiceError.self) {
                try fixture.workspace.convert(.one, from: "eth", to: "eur", of: fixture.owner)
            }
            #expect(throws: WorkspaceError.self) {
                try fixture.workspace.convert(.one, from: "nothing", to: "eur", of: fixture.owner)
            }
        }
    }
}
