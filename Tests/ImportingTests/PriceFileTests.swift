import Money
import TestSupport
import Testing
import Time

@testable import Importing

/// What a file comes to: each price in words, or the codes of the errors by line.
private func outcome(_ text: String, _ hint: PriceFileHint = PriceFileHint()) throws -> [String] {
    func source() -> ByteSource {
        var rest = Array(text.utf8)[...]
        return {
            guard !rest.isEmpty else { return nil }
            let piece = Array(rest.prefix(7))
            rest = rest.dropFirst(7)
            return piece
        }
    }
    let survey = try PriceFileReader.survey(source(), hint: hint)
    guard survey.errorCount == 0 else { return survey.issues.map { "\($0.line) \($0.code)" } }
    var lines: [String] = []
    try PriceFileReader.read(source(), hint: hint) { row in
        lines.append("\(row.stamp) \(row.period) \(row.base)/\(row.quote) \(row.price)")
    }
    #expect(survey.prices == lines.count)
    return lines
}

private func failure(_ text: String, _ hint: PriceFileHint = PriceFileHint()) -> ImportError? {
    do {
        _ = try outcome(text, hint)
        return nil
    } catch {
        return error as? ImportError
    }
}

@Suite("Files of prices")
private struct PriceFileTests {
    @Test func `candles with an address in front tell their pair and step themselves`() throws {
        let head = "https://www.example.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n"
        let rows = """
            1718409600,2024-06-15 00:00:00,BTC/USD,1,9,1,8.5,1,1
            1718406000,2024-06-14 23:00:00,BTC/USD,1,9,1,7.25,1,1

            """
        #expect(
            try outcome(head + rows) == [
                "2024-06-15T00:00:00Z span(3600) btc/usd 8.5", "2024-06-14T23:00:00Z span(3600) btc/usd 7.25",
            ]
        )
        let milliseconds = rows.replacing("1718409600,", with: "1718409600000,")
            .replacing("1718406000,", with: "1718406000000,")
        #expect(try outcome(head + milliseconds) == outcome(head + rows))
    }

    @Test(arguments: [(60, "60"), (300, "300"), (3_600, "3600"), (86_400, "86400")])
    func `the step is the least distance between neighbours`(_ step: Int64, _ shown: String) throws {
        var text = "unix,symbol,open,high,low,close\n"
        // One candle is absent, and there are more of them than the step is learned from.
        for number in 0..<120 where number != 1 {
            text += "\(1_718_409_600 + Int64(number) * step),ETHUSDT,1,9,1,\(number + 1).5\n".replacing(
                ",9,",
                with: ",999,"
            )
        }
        let lines = try outcome(text)
        #expect(lines.count == 119)
        #expect(lines.allSatisfy { $0.contains(" span(\(shown)) eth/usdt ") })
    }

    @Test func `a name tells the pair and the step where the file has no header`() throws {
        let row = "1718409600,66000.1,66500.0,65900.5,66400.25,12.5,345\n"
        #expect(
            try outcome(row, PriceFileHint(fileName: "XBTUSD_1440.csv"))
                == ["2024-06-15T00:00:00Z span(86400) btc/usd 66400.25"]
        )
        let wide = "1718409600,66000.1,66500.0,65900.5,66400.25,66100,12.5,345\n"
        #expect(
            try outcome(wide, PriceFileHint(fileName: "XDGEUR_1.csv"))
                == ["2024-06-15T00:00:00Z span(60) doge/eur 66400.25"]
        )
        #expect(failure(row) == .unknownPricePair(line: 1))
        #expect(
            failure(row, PriceFileHint(pair: PricePairName("BTC/USD"))) == .unknownPriceStep(line: 1)
        )
        let hint = PriceFileHint(pair: PricePairName("BTC/USD"), step: 60)
        #expect(try outcome(row, hint) == ["2024-06-15T00:00:00Z span(60) btc/usd 66400.25"])
    }

    @Test func `dates with open, high, low and close need a pair`() throws {
        let text = """
            Date,Open,High,Low,Close,Adj Close,Volume
            2024-06-13,1,3,1,2.5,2.5,100
            2024-06-14,1,3,1,2,2,100

            """
        let expected = [
            "2024-06-13T00:00:00Z span(86400) btc/eur 2.5", "2024-06-14T00:00:00Z span(86400) btc/eur 2",
        ]
        #expect(try outcome(text, PriceFileHint(fileName: "BTC-EUR.csv")) == expected)
        #expect(
            try outcome(text, PriceFileHint(fileName: "x.csv", pair: PricePairName("btc/eur"))) == expected
        )
        #expect(failure(text, PriceFileHint(fileName: "bitcoin.csv")) == .unknownPricePair(line: 1))
    }

    @Test func `snapshots count from their instant`() throws {
        let text = "snapped_at,price,market_cap,total_volume\n2024-06-14 00:00:00 UTC,66123.4567890123,1,2\n"
        #expect(
            try outcome(text, PriceFileHint(fileName: "btc-usd-max.csv"))
                == ["2024-06-14T00:00:00Z instant btc/usd 66123.4567890123"]
        )
        #expect(failure(text) == .unknownPricePair(line: 1))
    }

    @Test func `a table of the euro's rates has a pair in each column`() throws {
        let text = "Date,USD,JPY,CYP,\n2024-06-14,1.0686,168.32,N/A,\n2007-06-14,1.3297,163.44,0.5835,\n"
        #expect(
            try outcome(text) == [
                "2024-06-14T00:00:00Z day eur/usd 1.0686", "2024-06-14T00:00:00Z day eur/jpy 168.32",
                "2007-06-14T00:00:00Z day eur/usd 1.3297", "2007-06-14T00:00:00Z day eur/jpy 163.44",
                "2007-06-14T00:00:00Z day eur/cyp 0.5835",
            ]
        )
    }

    @Test(arguments: [
        ("time,base,quote,price\n2024-01-01,BTC,USD,1\n2024-01-01,BTC,USD,2\n", ["3 two_prices"]),
        ("time,base,quote,price\n2024-01-01,BTC,USD,1\n2024-01-01,BTC,USD,0\n", ["3 price_not_positive"]),
        ("unix,symbol,open,high,low,close\n1718409600,BTC/USD,1,3,1,-2\n", ["2 price_not_positive"]),
        ("unix,symbol,open,high,low,close\n1718409600,BTC/USD,1,3,1,4\n", ["2 close_out_of_range"]),
        ("unix,symbol,open,high,low,close\n1718409600,BTC,1,3,1,2\n", ["2 bad_pair"]),
        ("unix,symbol,open,high,low,close\n17184,BTC/USD,1,3,1,2\n", ["2 bad_time"]),
        ("unix,symbol,open,high,low,close\n99999999999999999999,BTC/USD,1,3,1,2\n", ["2 bad_time"]),
        ("unix,symbol,open,high,low,close\n1718409600,BTC/USD,1,3,1\n", ["2 wrong_cell_count"]),
        (
            "unix,symbol,open,high,low,close,volume btc,volume eur\n1718409600,BTC/USD,1,3,1,2,1,1\n",
            ["2 pair_mismatch"]
        ),
        ("Date,USD,JPY\n2024-06-31,1,2\n2024-06-14,0,2\n", ["2 bad_time", "3 price_not_positive"]),
    ])
    func `bad rows are named by line`(_ text: String, _ expected: [String]) throws {
        #expect(try outcome(text) == expected)
    }

    @Test func `a row of another pair than the file's is named`() throws {
        let text = "unix,symbol,open,high,low,close\n1718409600,BTC/USD,1,3,1,2\n1718409660,ETH/USD,1,3,1,2\n"
        #expect(
            try outcome(text, PriceFileHint(pair: PricePairName("BTC/USD"), step: 60)) == ["3 pair_mismatch"]
        )
        #expect(try outcome(text, PriceFileHint(fileName: "Venue_BTCEUR_1m.csv")).count == 2)
    }

    @Test func `the same price twice for an instant is one price`() throws {
        let text =
            "time,base,quote,price\n2024-01-01,BTC,USD,1\n2024-01-01,BTC,USD,1.0\n2024-01-01,BTC,EUR,2\n"
        #expect(try outcome(text).count == 3)
    }

    @Test(arguments: [
        "", "\n\n", "a,b,c\n1,2,3\n", "https://www.example.com\n", "Date,USD,FOO\n2024-01-01,1,2\n",
        "open,high,low,close\n1,2,3,4\n", "1,2,3,4,5,6,7\n",
    ])
    func `what is no layout is refused`(_ text: String) {
        #expect(failure(text) != nil)
    }

    @Test(arguments: [
        ("BTC/USD", "btc", "usd"), ("btc-eur", "btc", "eur"), ("ETH_BTC", "eth", "btc"),
        ("BTCUSDT", "btc", "usdt"), ("eurusd", "eur", "usd"), ("1INCHUSD", "1inch", "usd"),
    ])
    func `pairs are read with and without a mark`(_ text: String, _ base: String, _ quote: String) {
        #expect(PricePairName(text) == PricePairName(base: base, quote: quote))
    }

    @Test(arguments: [
        "", "BTC", "USD", "USDT", "BTC/", "/USD", "BTC/USD/EUR", "BTC/BTC", "B TC/USD", "BTCXYZ", "QQTUSD",
    ])
    func `what is no pair is none`(_ text: String) {
        #expect(PricePairName(text) == nil)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `damaged files end in rows, errors or a refusal, never in a stop`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let samples = [
            "unix,date,symbol,open,high,low,close\n1718409600,2024-06-15,BTC/USD,1,9,1,8\n",
            "1718409600,66000.1,66500.0,65900.5,66400.25,12.5,345\n1718409660,1,2,1,1,1,1\n",
            "Date,USD,JPY,\n2024-06-14,1.0686,168.32,\n", "snapped_at,price\n2024-06-14 00:00:00 UTC,1\n",
        ]
        var bytes = Array(samples[Int(random.next() % 4)].utf8)
        for _ in 0..<Int(random.next() % 6) {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.insert(contentsOf: Array("9,\"".utf8), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            }
            if bytes.isEmpty { bytes = [0x30] }
        }
        var given = false
        let source: ByteSource = {
            defer { given = true }
            return given ? nil : bytes
        }
        do {
            let survey = try PriceFileReader.survey(source, hint: PriceFileHint(fileName: "XBTUSD_1.csv"))
            #expect(survey.errorCount >= 0)
        } catch {
            #expect(error is ImportError, "\(error)")
        }
    }
}
