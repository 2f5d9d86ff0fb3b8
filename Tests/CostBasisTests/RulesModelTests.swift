import CostBasis
import Ledger
import Money
import Testing
import TestSupport
import Time

/// Settings under which nothing may be lost.
private struct Choice: CustomTestStringConvertible {
    let name: String
    let settings: LotSettings

    var testDescription: String { name }

    private static let middle = [Day(number: 18_590), Day(number: 18_630)]

    static let all: [Choice] = LotScope.allCases.flatMap { scope -> [Choice] in
        let other: LotScope = scope == .universal ? .wallet : .universal
        let plain = LotMethod.allCases.map { method in
            Choice(name: "\(method.name) \(scope.name)", settings: LotSettings(method: method, scope: scope))
        }
        let changed = LotMethod.allCases.map { method in
            let methods = LotMethod.allCases
            let first = methods[(Int(method.rawValue) + 3) % methods.count]
            let second = methods[(Int(method.rawValue) + 6) % methods.count]
            return Choice(
                name: "\(method.name), \(first.name), \(second.name) \(scope.name) and back",
                settings: LotSettings(
                    method: method,
                    changes: [
                        MethodChange(from: middle[0], method: first),
                        MethodChange(from: middle[1], method: second),
                    ],
                    scope: scope,
                    scopeChanges: [
                        ScopeChange(from: Day(number: 18_560), scope: other),
                        ScopeChange(from: Day(number: 18_600), scope: scope),
                        ScopeChange(from: Day(number: 18_640), scope: other),
                    ],
                    allocation: LotAllocation.allCases[Int(method.rawValue) % LotAllocation.allCases.count],
                    gifts: .atValue,
                    losses: .atZero
                )
            )
        }
        let washed = [LotMethod.fifo, .lifo, .hifo, .lofo, .specific].map { method in
            Choice(
                name: "\(method.name) \(scope.name) with wash sales",
                settings: LotSettings(
                    method: method,
                    scope: scope,
                    longTerm: .days(20),
                    exemptAfter: .days(40),
                    washSales: true
                )
            )
        }
        return plain + changed + washed
    }
}

@Suite("Rules conserve")
private struct ConservationTests {
    @Test(arguments: 101...125 as ClosedRange<UInt64>, Choice.all)
    private func `random histories lose no unit of cost or quantity`(seed: UInt64, choice: Choice) throws {
        var random = SplitMix64(seed: seed)
        let entries = try randomHistory(&random, fees: true, migrations: seed % 2 == 0)
        let book = Book(entries: entries)
        var settings = choice.settings
        if seed % 3 == 0 { settings.transferFees = .addedToCost }
        let prices = try PriceList([.eur: "1.08", .btc: "30000.5", .eth: "1999.999999999999999999"])
        let named = names(entries, &random)
        let report = LotBook(book, settings: settings, valuer: prices, named: named, isFiat: isFiat)
        try checkSums(report)
        try checkQuantities(report)
        // Denied losses are part of the cost of lots and of no gain.
        let denied = report.allDisposals.reduce(Int128(0)) { $0 + $1.denied.raw }
        let plain = LotBook(
            book,
            settings: LotSettings(
                transferFees: settings.transferFees,
                gifts: settings.gifts,
                losses: settings.losses
            ),
            valuer: prices,
            isFiat: isFiat
        )
        let acquired = report.allLots.reduce(Int128(0)) { $0 + $1.cost.raw }
        let acquiredPlain = plain.allLots.reduce(Int128(0)) { $0 + $1.cost.raw }
        let leftOut = { (book: LotBook) in book.problems.filter { $0.code == .outOfRange }.map(\.entry) }
        if leftOut(report) == leftOut(plain), settings.transferFees == .disposal {
            #expect(acquired == acquiredPlain + denied)
        }
        // The same input gives the same answer.
        let again = LotBook(book, settings: settings, valuer: prices, named: named, isFiat: isFiat)
        #expect(again.lines == report.lines && again.open == report.open && again.codes == report.codes)
    }

    /// Some disposals name lots: their own asset's, others', gone ones and ones that come later.
    private func names(_ entries: [Entry], _ random: inout SplitMix64) -> NamedLots {
        var named: NamedLots = [:]
        for entry in entries where entry.outgoing != nil && Int.random(in: 0...2, using: &random) == 0 {
            let count = Int.random(in: 0...3, using: &random)
            named[entry.id] = (0..<count).map { _ in
                EntryID(raw: Int64.random(in: 1...Int64(entries.count), using: &random))
            }
        }
        return named
    }

    private func checkQuantities(_ report: LotBook) throws {
        var open: [AssetID: Int128] = [:]
        for lot in report.openLots() {
            open[lot.asset, default: 0] += lot.remaining.raw
            #expect(lot.remaining.isPositive && !lot.remainingCost.isNegative)
        }
        var balance: [AssetID: Int128] = [:]
        for lot in report.allLots { balance[lot.asset, default: 0] += lot.quantity.raw }
        for index in 0..<report.disposalCount {
            let disposal = report.disposal(at: index)
            let uses = report.uses(ofDisposalAt: index)
            let used = uses.reduce(Int128(0)) { $0 + $1.quantity.raw }
            #expect(used + report.uncovered(ofDisposalAt: index).raw == disposal.quantity.raw)
            #expect(uses.allSatisfy { $0.quantity.isPositive && !$0.cost.isNegative })
            balance[disposal.asset, default: 0] -= used
        }
        #expect(open == balance.filter { $0.value != 0 })
    }
}

/// Section 104 by hand: lists of days, searched from the start each time.
private struct SlowSection104 {
    struct Event {
        let day: Int32
        let isDisposal: Bool
        var quantity: Int128
        let money: Int128
    }

    /// The cost of all disposals of each day, and what the pool holds and costs at the end.
    static func costs(_ events: [Event]) throws -> (byDay: [Int32: Int128], quantity: Int128, cost: Int128) {
        let days = Set(events.map(\.day)).sorted()
        func sum(_ day: Int32, _ isDisposal: Bool, _ value: (Event) -> Int128) -> Int128 {
            events.filter { $0.day == day && $0.isDisposal == isDisposal }.reduce(0) { $0 + value($1) }
        }
        var acquired: [Int32: Int128] = [:]
        var disposed: [Int32: Int128] = [:]
        var used: [Int32: [(acquisition: Int32, quantity: Int128)]] = [:]
        for day in days {
            acquired[day] = sum(day, false) { $0.quantity }
            disposed[day] = sum(day, true) { $0.quantity }
        }
        func match(_ day: Int32, _ other: Int32) {
            let quantity = min(disposed[day, default: 0], acquired[other, default: 0])
            guard quantity > 0 else { return }
            disposed[day, default: 0] -= quantity
            acquired[other, default: 0] -= quantity
            used[day, default: []].append((other, quantity))
        }
        for day in days { match(day, day) }
        for day in days {
            for other in days where other > day && other <= day + 30 { match(day, other) }
        }
        var costs: [Int32: Int128] = [:]
        var pool: (quantity: Int128, cost: Int128) = (0, 0)
        for day in days {
            let quantity = sum(day, false) { $0.quantity }
            let cost = sum(day, false) { $0.money }
            if quantity > 0 {
                let share = try Amount.multiplyDivide(cost, acquired[day, default: 0], dividedBy: quantity)
                    .raw
                pool = (pool.quantity + acquired[day, default: 0], pool.cost + share)
            }
            for part in used[day] ?? [] {
                let whole = sum(part.acquisition, false) { $0.quantity }
                let paid = sum(part.acquisition, false) { $0.money }
                costs[day, default: 0] += try Amount.multiplyDivide(paid, part.quantity, dividedBy: whole).raw
            }
            let rest = min(disposed[day, default: 0], pool.quantity)
            guard rest > 0 else { continue }
            let share = try Amount.multiplyDivide(pool.cost, rest, dividedBy: pool.quantity).raw
            costs[day, default: 0] += share
            pool = (pool.quantity - rest, pool.cost - share)
        }
        return (costs, pool.quantity, pool.cost)
    }
}

@Suite("Section 104 against a slow model")
private struct SlowSection104Tests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `the cost of each day and of the pool is that of the model`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var entries: [Entry] = []
        var events: [SlowSection104.Event] = []
        var seconds: Int64 = 1_600_000_000
        for number in 1...120 {
            seconds += Int64.random(in: 0...(seed % 2 == 0 ? 90_000 : 900_000), using: &random)
            let time = Timestamp(seconds: seconds)
            let isDisposal = Int.random(in: 0...2, using: &random) == 0
            let quantity = Int128.random(in: 1...5_000_000_000_000_000_000, using: &random)
            let money = Int128.random(in: 0...9_000_000_000_000_000_000_000, using: &random)
            let coins = Leg(amount: Amount(unchecked: quantity), asset: .btc, account: AccountID(raw: 1))
            let cash = Leg(amount: Amount(unchecked: money), asset: .gbp, account: nil)
            entries.append(
                Entry(
                    id: EntryID(raw: Int64(number)),
                    time: time,
                    kind: .trade,
                    incoming: isDisposal ? cash : coins,
                    outgoing: isDisposal ? coins : cash
                )
            )
            events.append(
                .init(day: time.day.number, isDisposal: isDisposal, quantity: quantity, money: money)
            )
        }
        let settings = LotSettings(method: .s104, currency: .gbp)
        let report = LotBook(Book(entries: entries), settings: settings, isFiat: isFiat)
        let expected = try SlowSection104.costs(events)
        var costs: [Int32: Int128] = [:]
        for disposal in report.allDisposals {
            costs[disposal.time.day.number, default: 0] += disposal.cost.raw
        }
        for (day, cost) in costs {
            // A division is rounded once for each part, so some last units may differ.
            #expect((cost - expected.byDay[day, default: 0]).magnitude < 1000, "day \(day)")
        }
        let position = report.positions().first
        #expect((position?.quantity.raw ?? 0) == expected.quantity)
        #expect(((position?.cost.raw ?? 0) - expected.cost).magnitude < 1000)
        try checkSums(report)
    }
}
