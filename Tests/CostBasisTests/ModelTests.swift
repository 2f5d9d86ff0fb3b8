import CostBasis
import Ledger
import Money
import Testing
import TestSupport
import Time

/// A scope, a method and whether it is that of the second half only.
private struct Way: CustomTestStringConvertible {
    let scope: LotScope
    let method: LotMethod
    let changes: [MethodChange]

    var testDescription: String {
        ([method] + changes.map(\.method)).map(\.name).joined(separator: " then ") + " " + scope.name
    }

    var sharesCosts: Bool { method.sharesCosts || changes.contains { $0.method.sharesCosts } }

    /// Days of the generated histories, which start on 2020-09-13 and last about half a year.
    private static let middle = [Day(number: 18_590), Day(number: 18_630)]

    /// The methods that do not look ahead, which have models of their own.
    private static let methods: [LotMethod] = [.fifo, .lifo, .hifo, .lofo, .average]

    static let all: [Way] = LotScope.allCases.flatMap { scope in
        methods.map { Way(scope: scope, method: $0, changes: []) }
            + methods.map { method in
                let first = methods[(Int(method.rawValue) + 3) % methods.count]
                let second: LotMethod = method == .average ? .hifo : .average
                return Way(
                    scope: scope,
                    method: method,
                    changes: [
                        MethodChange(from: middle[1], method: second),
                        MethodChange(from: middle[0], method: first),
                    ]
                )
            }
    }
}

@Suite("Against a naive engine")
private struct ModelTests {
    @Test(arguments: 1...25 as ClosedRange<UInt64>, Way.all)
    func `random histories of all kinds give the same lots, disposals and problems`(
        seed: UInt64,
        way: Way
    ) throws {
        var random = SplitMix64(seed: seed)
        let entries = try randomHistory(&random, fees: true)
        let book = Book(entries: entries)
        let prices = try PriceList([.eur: "1.08", .btc: "30000.5", .eth: "1999.999999999999999999"])
        let settings = LotSettings(
            method: way.method,
            changes: way.changes,
            scope: way.scope,
            longTerm: .days(20)
        )
        let report = LotBook(book, settings: settings, valuer: prices, isFiat: isFiat)
        let model = NaiveModel(settings: settings, prices: prices)
        // What the limit of turnover leaves out has a test of its own.
        let leftOut = Set(report.problems.filter { $0.code == .outOfRange }.map(\.entry))
        for index in 0..<book.count where !leftOut.contains(book.row(at: index).id) {
            try model.apply(book.entry(at: index), order: index)
        }

        let disposals = report.allDisposals.map { disposal -> String in
            let uses = report.uses(ofDisposalAt: disposal.index).map {
                " \($0.lot)=\($0.quantity)/\($0.cost)"
            }
            return "\(disposal.entry.raw).\(disposal.side.name) \(disposal.quantity) \(disposal.proceeds) "
                + "\(disposal.cost) \(disposal.term.name)" + uses.joined()
        }
        #expect(disposals == model.disposals)
        #expect(report.allIncome.map { "\($0.entry.raw) \($0.quantity) \($0.value)" } == model.income)
        let problems = report.problems.filter { $0.code != .overdrawn && $0.code != .outOfRange }
            .map { "\($0.entry.raw) \($0.code.name) \($0.quantity)" }
        #expect(problems.sorted() == model.problems.sorted())
        let open = report.openLots().map { "\($0.id) \($0.asset.raw) \($0.remaining) \($0.remainingCost)" }
        let expected = try model.finish().map { "\($0.id) \($0.asset.raw) \($0.quantity) \($0.cost)" }
        #expect(open.sorted() == expected.sorted())
        let cost = report.allLots.reduce(Int128(0)) { $0 + $1.cost.raw }
        #expect(cost == model.acquiredCost.raw)
        try checkSums(report)
        if !way.sharesCosts { try checkRows(report) }
    }

    @Test(arguments: 41...55 as ClosedRange<UInt64>, Way.all)
    func `fees added to costs and migrations lose no unit of cost`(seed: UInt64, way: Way) throws {
        var random = SplitMix64(seed: seed)
        let book = Book(entries: try randomHistory(&random, fees: true, migrations: true))
        let settings = LotSettings(
            method: way.method,
            changes: way.changes,
            scope: way.scope,
            transferFees: .addedToCost
        )
        let prices = try PriceList([.eur: "1.08", .btc: "30000.5", .eth: "1999.9"])
        let report = LotBook(book, settings: settings, valuer: prices, isFiat: isFiat)
        if !way.sharesCosts { try checkRows(report) }
        try checkSums(report)
    }

    /// Each lot's quantity and cost are what remains and what was used, and each disposal is the sum of its uses.
    private func checkRows(_ report: LotBook) throws {
        var used: [LotID: (quantity: Int128, cost: Int128)] = [:]
        for index in 0..<report.disposalCount {
            let disposal = report.disposal(at: index)
            let uses = report.uses(ofDisposalAt: index)
            let uncovered = report.uncovered(ofDisposalAt: index)
            #expect(uses.reduce(uncovered.raw) { $0 + $1.quantity.raw } == disposal.quantity.raw)
            if disposal.treatment != .addedToCost {
                #expect(uses.reduce(Int128(0)) { $0 + $1.cost.raw } == disposal.cost.raw)
            }
            if uncovered.isZero {
                #expect(uses.reduce(Int128(0)) { $0 + $1.proceeds.raw } == disposal.proceeds.raw)
            }
            for use in uses {
                let known = used[use.lot] ?? (0, 0)
                used[use.lot] = (known.quantity + use.quantity.raw, known.cost + use.cost.raw)
            }
        }
        var lots: [LotID: (quantity: Int128, cost: Int128)] = [:]
        for lot in report.allLots {
            #expect(lot.remaining.raw >= 0 && lot.remainingCost.raw >= 0)
            let known = lots[lot.id] ?? (0, 0)
            lots[lot.id] = (
                known.quantity + lot.quantity.raw - lot.remaining.raw,
                known.cost + lot.cost.raw - lot.remainingCost.raw
            )
        }
        for (id, sums) in lots {
            let known = used[id] ?? (0, 0)
            #expect(sums.quantity == known.quantity && sums.cost == known.cost, "lot \(id)")
        }
    }
}
