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

@Suite("The sample export")
private struct SampleTests {
    private func sample() throws -> Outcome {
        let top = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let data = try #require(FileManager.default.contents(atPath: top + "/samples/coinbase.csv"))
        return try read([UInt8](data))
    }

    @Test func `it has no errors, many kinds and a dozen assets`() throws {
        let outcome = try sample()
        #expect(outcome.survey.errorCount == 0)
        #expect(outcome.survey.warningCount == 0)
        #expect(outcome.survey.newestFirst)
        #expect((150...300).contains(outcome.survey.entries))
        #expect(outcome.survey.assets.count >= 12)
        #expect(outcome.survey.accounts == ["Coinbase"])
        #expect(outcome.survey.walletCurrencies == ["usd"])
        #expect(Set(outcome.entries.map(\.kind)).count >= 15)
        #expect(
            outcome.survey.firstTime.map { $0 >= (try? Timestamp.parse("2022-01-01")) ?? .latest } == true
        )
        #expect(
            outcome.survey.lastTime.map { $0 < (try? Timestamp.parse("2025-01-01")) ?? .earliest } == true
        )
    }

    @Test func `no wallet ever falls below zero`() throws {
        var held: [String: Int128] = [:]
        for entry in try sample().entries.reversed() {
            if let leg = entry.incoming, leg.account != .outside {
                held[leg.asset, default: 0] += leg.amount.raw
            }
            for leg in [entry.outgoing, entry.fee].compactMap(\.self) where leg.account != .outside {
                held[leg.asset, default: 0] -= leg.amount.raw
            }
            for (asset, amount) in held where amount < 0 {
                Issue.record("\(asset) falls to \(amount) at line \(entry.line)")
                return
            }
        }
    }

    @Test func `what is exported of it comes back as it was`() throws {
        let entries = try sample().entries
        var bytes: [UInt8] = []
        CofferWriter().renderHeader(into: &bytes)
        for entry in entries { CofferWriter().render(entry, into: &bytes) }
        let back = try read(bytes)
        #expect(back.survey.issues == [])
        #expect(back.entries.map(brief) == entries.map(brief))
        #expect(back.entries.map(\.comment) == entries.map(\.comment))
        #expect(back.entries.map(\.reference) == entries.map(\.reference))
    }
}
