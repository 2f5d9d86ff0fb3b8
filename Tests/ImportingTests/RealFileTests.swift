import Importing
import Ledger
import Money
import Testing
import Time

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Real exports lie beside the repository where it is developed; they are not part of it.
private enum RealFiles {
    static let folder = #filePath.split(separator: "/").dropLast(3).map(String.init)

    /// The bytes of a file, nil when it is not there.
    static func load(_ name: String) -> [UInt8]? {
        let path = "/" + (folder.dropLast() + ["shared", "data", "csv", name]).joined(separator: "/")
        return FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }

    static let arePresent = load("coinbase-2025-with-id.csv") != nil
}

@Suite("Real files", .enabled(if: RealFiles.arePresent))
private struct RealFileTests {
    private func outcome(_ name: String) throws -> Outcome {
        try read(try #require(RealFiles.load(name)))
    }

    @Test func `2013 account export`() throws {
        let outcome = try outcome("coinbase-2013-account.csv")
        let sale = "trade in 2042.37 usd out 1 btc@Coinbase fee 48.44 usd value 2042.37 usd"
        #expect(
            outcome.entries.map(brief)
                == ["trade in 15 btc@Coinbase out 267.54 usd fee 7.46 usd value 267.54 usd"]
                + [String](repeating: sale, count: 7)
        )
        #expect(outcome.survey.errorCount == 0)
        #expect(outcome.codes == [String](repeating: "repeated_id", count: 7))
        #expect(outcome.entries.first?.time.description == "2012-05-06T01:12:00Z")
        #expect(outcome.entries.last?.time.description == "2019-04-21T23:12:00Z")
    }

    @Test func `2020 tax report`() throws {
        let outcome = try outcome("coinbase-2020-tax-report.csv")
        #expect(outcome.survey.issues == [])
        #expect(outcome.entries.count == 16)
        #expect(outcome.entries.map(brief).first == "trade in 1 btc@Coinbase out 249.73 usd value 249.73 usd")
        #expect(outcome.entries.map(brief)[8] == "trade in 2700 usd out 8 btc@Coinbase value 2700 usd")
        #expect(outcome.entries[3].kind == .deposit)
        #expect(outcome.entries.last?.time.description == "2018-02-01T00:00:00Z")
    }

    @Test func `2023 buy with a broken byte`() throws {
        let outcome = try outcome("coinbase-2023-preamble-buy.csv")
        #expect(outcome.codes == ["bad_encoding"])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 0.00213232 eth@Coinbase out 3.86 eur fee 0.99 eur value 3.86 eur"
            ]
        )
        #expect(outcome.entries.first?.comment == "Bought 0.00213232 ETH for €4.85 EUR")
    }

    @Test func `2023 convert`() throws {
        let outcome = try outcome("coinbase-2023-preamble-convert.csv")
        #expect(outcome.survey.issues == [])
        #expect(
            outcome.entries.map(brief) == [
                "trade in 1.629352 usdc@Coinbase out 0.00087766 eth@Coinbase value 1.46 eur"
            ]
        )
    }

    @Test func `Kraken's ledger of 2024`() throws {
        let outcome = try outcome("kraken-ledgers-2024.csv")
        #expect(outcome.survey.issues == [])
        #expect(outcome.survey.format == .kraken)
        #expect(outcome.entries.count == 6)
        #expect(outcome.entries.map(brief).last == "withdrawal out 0.005 btc@Kraken fee 0.0001 btc@Kraken")
    }

    @Test func `Binance's statement of 2024 comes to its balances`() throws {
        let outcome = try outcome("binance-statement.csv")
        #expect(outcome.survey.issues == [])
        #expect(outcome.survey.format == .binance)
        #expect(outcome.entries.count == 6)
        var held: [String: Amount] = [:]
        for entry in outcome.entries {
            if let leg = entry.incoming { try Self.add(leg.amount, leg.asset, &held) }
            for case let leg? in [entry.outgoing, entry.fee] {
                try Self.add(leg.amount.negated, leg.asset, &held)
            }
        }
        #expect(held.mapValues(\.description) == ["ada": "90.25", "btc": "0.00089", "eur": "729.82"])
    }

    private static func add(_ amount: Amount, _ asset: String, _ held: inout [String: Amount]) throws {
        held[asset] = try (held[asset] ?? .zero).adding(amount)
    }

    @Test func `2025 with ids`() throws {
        let outcome = try outcome("coinbase-2025-with-id.csv")
        #expect(outcome.survey.errorCount == 0)
        #expect(outcome.codes == ["rounded", "repeated_id"])
        #expect(
            outcome.entries.map(brief) == [
                "staking in 0.000037835729 eth@Coinbase value 0.12649 eur",
                "staking in 0.000022652183 eth@Coinbase value 0.07027 eur",
                "withdrawal out 0.180914809326 eth2@Coinbase value 597.49846 eur",
                "deposit in 0.180914809326 eth@Coinbase value 597.49846 eur",
                "trade in 156.145683 xrp@Coinbase out 0.00363125 btc@Coinbase value 338.92698 eur",
                "trade in 0.17305191 eth2@Coinbase out 0.17305191 eth@Coinbase value 298.32163 eur",
                "trade in 0.00166779 btc@Coinbase out 67.01 eur fee 2.99 eur value 67.01 eur",
                "trade in 0.00166779 btc@Coinbase out 67.01 usd fee 2.99 usd value 67.01 usd",
            ]
        )
        #expect(outcome.survey.newestFirst)
    }
}
