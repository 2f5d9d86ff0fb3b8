import Chains
import HTTPClient
import Money
import TestSupport
import Testing
import Time
import VenueSupport

@testable import Connectors

private typealias Coin = EsploraChain.Coin
private typealias Transaction = EsploraChain.Transaction

@Suite("Balances by Esplora") private struct EsploraBalanceTests {
    let own = ChainFixture.own

    @Test func `what is confirmed and what waits are told apart`() throws {
        let it = try EsploraFixture()
        it.chain.receive(own, 150_000_000)
        it.chain.mine()
        it.chain.send(from: own, spending: 150_000_000, paying: 50_000_000)
        it.chain.mine()
        it.chain.receive(own, 7)
        it.chain.send(from: own, spending: 99_999_000, paying: 1, fee: 0)
        let holding = try it.holding(own)
        #expect(holding.asset == ChainAsset(coinOf: .bitcoin))
        #expect(holding.amount.description == "0.99999")
        #expect(holding.received?.description == "2.49999")
        #expect(holding.sent?.description == "1.5")
        #expect(holding.transactions == 2)
        #expect(holding.pending?.transactions == 2)
        #expect(holding.pending?.change.description == "0.00000006")
        #expect(holding.height == 800_002)
        #expect(it.server.requests.map(\.target) == ["/api/blocks/tip/height", "/api/address/\(own)"])
        #expect(it.server.requests.allSatisfy { $0.method == "GET" && $0.body.isEmpty })
        #expect(it.source.hasHistory && it.source.chain == .bitcoin)
    }

    @Test func `an address that nobody used holds nothing`() throws {
        let it = try EsploraFixture()
        let holding = try it.holding(ChainFixture.second)
        #expect(holding.amount.isZero && holding.transactions == 0 && holding.pending?.change == .zero)
        #expect(try it.history(ChainFixture.second) == [])
    }

    @Test func `Litecoin and Dogecoin are read as Bitcoin is`() throws {
        for (kind, code, text) in [
            (Chain.litecoin, "ltc", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"),
            (.litecoin, "ltc", "MTjLVsEK279MNUm5BRjmWwRpLkCiAFwL4Z"),
            (.dogecoin, "doge", "DQyGohGYpVsq1oyLh35PpRz5kf3qwZonzL"),
        ] {
            let it = try EsploraFixture(kind)
            it.chain.receive(text, 1_234_567_890)
            it.chain.mine()
            #expect(try it.holding(text, code).amount.description == "12.3456789")
            #expect(try it.holding(text, code).asset.code == code)
            #expect(try it.history(text, code).map(\.delta.description) == ["12.3456789"])
        }
    }

    @Test func `sums beyond 64 bits are read digit for digit`() throws {
        let it = try EsploraFixture(.dogecoin) { target in
            guard target.contains("/address/") else { return nil }
            let sums =
                #"{"funded_txo_sum":123456789012345678901234567,"spent_txo_sum":23456789012345678901234566,"#
            return .json(
                #"{"chain_stats":\#(sums)"tx_count":3},"#
                    + #""mempool_stats":{"funded_txo_sum":0,"spent_txo_sum":1,"tx_count":1}}"#
            )
        }
        let holding = try it.holding("DQyGohGYpVsq1oyLh35PpRz5kf3qwZonzL", "doge")
        #expect(holding.amount.description == "1000000000000000000.00000001")
        #expect(holding.received?.description == "1234567890123456789.01234567")
        #expect(holding.pending?.change.description == "-0.00000001")
    }

    @Test func `another chain's address or asset is refused before anybody is asked`() throws {
        let it = try EsploraFixture()
        let tip = ChainTip(height: 1)
        let litecoin = try ChainFixture.address("LVuDpNCSSj6pQ7t9Pv6d6sUkLKoqDEVUnJ", "ltc")
        let ether = try ChainFixture.address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "eth")
        for address in [litecoin, ether] {
            let error = ConnectorError.unknown("127.0.0.1:\(it.server.port) knows addresses of Bitcoin alone")
            #expect(throws: error) { try it.source.fetchHolding(of: address, at: tip) }
            #expect(throws: error) { try it.source.fetchHistory(ChainHistoryQuery(address: address)) }
        }
        let own = try ChainFixture.address(own)
        #expect(throws: ConnectorError.unknown("127.0.0.1:\(it.server.port) knows BTC alone")) {
            try it.source.fetchHoldings(of: own, assets: [litecoin.asset], at: tip)
        }
        #expect(it.server.requests.isEmpty)
    }

    @Test func `a chain of another family stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let url = try ChainURL("https://esplora.example")
            let client = PacedClient(EsploraChain().transport(base: ""))
            _ = EsploraSource(.ethereum, url: url, client: client)
        }
    }
}

@Suite("Histories by Esplora") private struct EsploraHistoryTests {
    let own = ChainFixture.own

    /// Each row: received, spent, fee, own fee, net change, net change before the own fee.
    private func rows(_ transactions: [ChainTransaction]) -> [[String]] {
        transactions.map { row in
            [row.received, row.spent, row.fee, row.ownFee, row.delta, row.deltaBeforeFee].map(\.description)
        }
    }

    @Test func `fees are told apart where the address paid them`() throws {
        let it = try EsploraFixture()
        let reward = it.chain.add(Transaction(from: [], to: [Coin(own, 625_000_000)]))
        it.chain.mine()
        it.chain.receive(own, 100_000)
        it.chain.mine()
        let sent = it.chain.send(from: own, spending: 100_000, paying: 60_000, fee: 400)
        it.chain.mine()
        // To itself: only the fee goes.
        it.chain.add(Transaction(from: [Coin(own, 50_000)], to: [Coin(own, 49_000)]))
        let height = it.chain.mine()
        let history = try it.history(own)
        #expect(
            rows(history) == [
                ["0.00049", "0.0005", "0.00001", "0.00001", "-0.00001", "0"],
                ["0.000396", "0.001", "0.000004", "0.000004", "-0.000604", "-0.0006"],
                ["0.001", "0", "0.00001", "0", "0.001", "0.001"],
                ["6.25", "0", "0", "0", "6.25", "6.25"],
            ]
        )
        #expect(history.map(\.isReward) == [false, false, false, true])
        #expect(history.allSatisfy { !$0.isShared })
        #expect(history[1].id == sent && history[3].id == reward)
        #expect(history.map(\.height) == [800_004, 800_003, 800_002, 800_001])
        #expect(history[0].time == Timestamp(seconds: Int64(EsploraChain.time(ofBlock: height))))
        #expect(Set(history.map(\.blockHash)).count == 4)
    }

    @Test func `a fee that several paid is shared by what they brought`() throws {
        let it = try EsploraFixture()
        // 3 : 5 : 2 of a fee of 7 is 2.1, 3.5 and 1.4: rounded down along the way 2, 3 and 2.
        it.chain.add(
            Transaction(
                from: [Coin(own, 300), Coin(ChainFixture.second, 500), Coin(ChainFixture.other, 200)],
                to: [Coin(ChainFixture.other, 993)]
            )
        )
        it.chain.mine()
        var shares: [Amount] = []
        for address in [own, ChainFixture.second, ChainFixture.other] {
            let row = try #require(try it.history(address).first)
            #expect(row.isShared && row.fee.description == "0.00000007")
            shares.append(row.ownFee)
        }
        #expect(shares.map(\.description) == ["0.00000002", "0.00000003", "0.00000002"])
    }

    @Test(arguments: 1...60) func `shares of a fee add up to it and none is more than its inputs`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let chain = EsploraChain()
        let places = [own, ChainFixture.second, ChainFixture.other, "1Ak8PffB2meyfYnbXZR9EGfLfFZVpzJvQP"]
        let inputs = (0..<Int.random(in: 1...9, using: &random)).map { _ in
            Coin(places.randomElement(using: &random) ?? own, Int.random(in: 1...50_000, using: &random))
        }
        let total = inputs.reduce(0) { $0 + $1.value }
        let fee = Int.random(in: 0...total, using: &random)
        chain.add(Transaction(from: inputs, to: [Coin(ChainFixture.other, total - fee)]))
        chain.mine()
        let source = try EsploraFixture.direct(chain)
        var sum: Int128 = 0
        for place in Set(inputs.map(\.address)) {
            let query = ChainHistoryQuery(address: try ChainFixture.address(place))
            let row = try #require(try source.fetchHistory(query).transactions.first)
            #expect(row.ownFee.raw >= 0 && row.ownFee.raw <= row.spent.raw)
            #expect(
                row.spent.raw == inputs.filter { $0.address == place }.reduce(0) { $0 + Int128($1.value) }
                    * 10_000_000_000
            )
            #expect(row.isShared == !inputs.allSatisfy { $0.address == place })
            sum += row.ownFee.raw
        }
        #expect(sum == Int128(fee) * 10_000_000_000)
    }

    @Test(arguments: [0, 1, 9, 10, 24, 25, 26, 50, 61]) func `every page is read, however many there are`(
        count: Int
    )
        throws
    {
        for pageRows in [25, 10] {
            let it = try EsploraFixture()
            it.chain.setPageRows(pageRows)
            var expected: [String] = []
            for number in 0..<count {
                expected.insert(it.chain.receive(own, number + 1), at: 0)
                if number % 3 == 0 { it.chain.mine() }
            }
            it.chain.mine()
            let query = ChainHistoryQuery(
                address: try ChainFixture.address(own),
                counted: try it.holding(own).transactions
            )
            let history = try it.source.fetchHistory(query)
            #expect(history.progress == .complete(from: 0))
            #expect(history.transactions.map(\.id) == expected)
            let pages = it.chain.targets.filter { $0.contains("/txs/chain") }
            #expect(pages.first == "/address/\(own)/txs/chain")
            #expect(pages.count <= count / pageRows + 2)
            if pages.count > 1 {
                #expect(pages[1] == "/address/\(own)/txs/chain/\(expected[min(pageRows, count) - 1])")
            }
        }
    }

    @Test func `a walk goes on where one call had to end`() throws {
        var limits = ChainLimits()
        limits.pagesPerCall = 2
        let it = try EsploraFixture(limits: limits)
        for number in 0..<130 {
            it.chain.receive(own, number + 1)
            it.chain.mine()
        }
        var query = ChainHistoryQuery(address: try ChainFixture.address(own), counted: 130)
        var all: [ChainTransaction] = []
        var cursors: [Int64] = []
        while true {
            let part = try it.source.fetchHistory(query)
            all += part.transactions
            guard case .unfinished(let cursor) = part.progress else { break }
            #expect(part.transactions.count == 50 && cursor.id == part.transactions.last?.id)
            cursors.append(cursor.count)
            query.cursor = cursor
        }
        #expect(cursors == [50, 100])
        #expect(all.count == 130 && Set(all.map(\.id)).count == 130)
        #expect(all.map(\.height) == (800_001...800_130).reversed())
    }

    @Test func `what is known is not read again`() throws {
        let it = try EsploraFixture()
        for number in 0..<80 {
            it.chain.receive(own, number + 1)
            it.chain.mine()
        }
        let first = try it.history(own)
        let fresh = it.chain.receive(own, 5)
        it.chain.mine(3)
        let asked = it.chain.targets.count
        let query = ChainHistoryQuery(address: try ChainFixture.address(own), known: first[0].mark)
        let history = try it.source.fetchHistory(query)
        #expect(history.transactions.map(\.id) == [fresh])
        #expect(history.progress == .complete(from: first[0].height + 1))
        #expect(it.chain.targets.count == asked + 1)
        // Nothing new at all.
        let again = try it.source.fetchHistory(
            ChainHistoryQuery(address: query.address, known: history.transactions[0].mark)
        )
        #expect(again.transactions.isEmpty)
        #expect(again.progress == .complete(from: history.transactions[0].height + 1))
    }

    @Test func `after a reorganisation the blocks below the known one are read again`() throws {
        let it = try EsploraFixture()
        for number in 0..<20 {
            it.chain.receive(own, number + 1)
            it.chain.mine()
        }
        let before = try it.history(own)
        it.chain.reorganise(3, dropping: [before[1].id])
        let query = ChainHistoryQuery(
            address: try ChainFixture.address(own),
            known: before[0].mark,
            lookBackBlocks: 5
        )
        let after = try it.source.fetchHistory(query)
        #expect(after.progress == .complete(from: 800_015))
        // Those at heights 800,015 to 800,017 stayed; of the three above, two came again in another block.
        #expect(after.transactions.map(\.id) == [0, 2, 3, 4, 5].map { before[$0].id })
        #expect(after.transactions.prefix(2).allSatisfy { $0.height == 800_018 })
        #expect(after.transactions[0].blockHash != before[0].blockHash)
        // Two more blocks without them: everything that was there is gone.
        it.chain.reorganise(4, confirmingAgain: false)
        let last = try it.source.fetchHistory(
            ChainHistoryQuery(address: query.address, known: after.transactions[0].mark, lookBackBlocks: 2)
        )
        #expect(last.transactions.map(\.id) == [before[3].id, before[4].id])
        #expect(last.progress == .complete(from: 800_016))
        #expect(try it.holding(own).pending?.transactions == 2)
    }

    /// A caller that keeps what the contract says has the chain's own truth after every reading, whatever happened.
    @Test(arguments: 1...16) func `a copy that is kept by the contract agrees with the chain`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let chain = EsploraChain()
        var limits = ChainLimits()
        limits.pagesPerCall = Int.random(in: 1...3, using: &random)
        chain.setPageRows(Int.random(in: 10...25, using: &random))
        let source = try EsploraFixture.direct(chain, limits: limits)
        let whole = try EsploraFixture.direct(chain)
        let address = try ChainFixture.address(own)
        var copy: [ChainTransaction] = []
        chain.mine()
        for _ in 0..<16 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                for _ in 0..<Int.random(in: 1...16, using: &random) {
                    chain.receive(own, Int.random(in: 1...1_000_000, using: &random))
                    if Bool.random(using: &random) { chain.receive(ChainFixture.second, 1) }
                    if Int.random(in: 0..<4, using: &random) == 0 { chain.mine() }
                }
            case 5: chain.send(from: own, spending: 5_000, paying: 3_000)
            case 6, 7: chain.mine(Int.random(in: 1...4, using: &random))
            default:
                let depth = Int.random(in: 1...min(6, chain.height - 800_000), using: &random)
                let all = try whole.fetchHistory(ChainHistoryQuery(address: address)).transactions
                let drop = Set(all.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map(\.id))
                let young = Set(all.filter { $0.height > Int64(chain.height - depth) }.map(\.id))
                chain.reorganise(
                    depth,
                    dropping: drop.intersection(young),
                    confirmingAgain: Bool.random(using: &random)
                )
            }
            guard Bool.random(using: &random) else { continue }
            let holding = try source.fetchHolding(of: address, at: source.fetchTip())
            var query = ChainHistoryQuery(
                address: address,
                known: copy.first?.mark,
                // Several reorganisations may have happened since the last reading.
                lookBackBlocks: 240,
                counted: holding.transactions
            )
            var fresh: [ChainTransaction] = []
            var from: Int64?
            while from == nil {
                let part = try source.fetchHistory(query)
                fresh += part.transactions
                switch part.progress {
                case .complete(let height): from = height
                case .unfinished(let cursor): query.cursor = cursor
                }
            }
            let height = try #require(from)
            copy = fresh.filter { $0.height >= height } + copy.filter { $0.height < height }
            let truth = try whole.fetchHistory(ChainHistoryQuery(address: address)).transactions
            #expect(copy == truth)
            #expect(copy.reduce(0) { $0 + $1.delta.raw } == holding.amount.raw)
        }
    }
}
