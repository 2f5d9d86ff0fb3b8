public import Chains
import Crypto
import Synchronization

/// A stand-in for an Esplora service with a chain of its own: transactions wait until a block is mined, blocks can be
/// replaced by others.
///
/// Safe to use from any thread. Values are in the chain's smallest unit; nothing is checked but that a transaction's
/// inputs bring at least what its outputs take.
public final class EsploraChain: ChainPeer {
    /// A value at an address.
    public struct Coin: Hashable, Sendable {
        /// The address as it is written.
        public var address: String
        /// Smallest units.
        public var value: Int

        /// A coin from its parts.
        public init(_ address: String, _ value: Int) {
            self.address = address
            self.value = value
        }
    }

    /// A transaction; its fee is what the inputs bring and the outputs do not take.
    public struct Transaction: Hashable, Sendable {
        /// What is spent; empty for the reward of a block.
        public var inputs: [Coin]
        /// What is made.
        public var outputs: [Coin]

        /// A transaction from its parts.
        public init(from inputs: [Coin], to outputs: [Coin]) {
            self.inputs = inputs
            self.outputs = outputs
        }

        var fee: Int {
            inputs.isEmpty ? 0 : inputs.reduce(0) { $0 + $1.value } - outputs.reduce(0) { $0 + $1.value }
        }

        func touches(_ address: String) -> Bool {
            inputs.contains { $0.address == address } || outputs.contains { $0.address == address }
        }
    }

    private struct Block {
        let hash: String
        var transactions: [String] = []
    }

    private struct State {
        /// The blocks after the first height, oldest first.
        var blocks: [Block] = []
        var pool: [String] = []
        var transactions: [String: Transaction] = [:]
        /// Counts whatever must be different from all before.
        var serial = 0
        var failure: PeerFailure?
        var failuresLeft = Int.max
        var override: (@Sendable (Int, String) -> PeerAnswer?)?
        var pageRows = 25
        var targets: [String] = []
    }

    private let chain: Chain
    private let firstHeight: Int
    private let state = Mutex(State())

    /// Who pays when nobody is named: a Bitcoin address of nobody in particular.
    public static let stranger = "1MNF5RSaabFwcbtJirJwKnDytsXXEsVsNb"
    /// The fee of transactions that are made by `receive` and `send`, in smallest units.
    public static let usualFee = 1_000

    /// A chain whose newest block has a height and no transactions.
    public init(_ chain: Chain = .bitcoin, height: Int = 800_000) {
        self.chain = chain
        firstHeight = height
    }

    // MARK: What happens

    /// The height of the newest block.
    public var height: Int { state.withLock { firstHeight + $0.blocks.count } }

    /// The targets that were asked for so far.
    public var targets: [String] { state.withLock { $0.targets } }

    /// Adds a transaction to those that wait for a block.
    ///
    /// - Returns: Its id.
    @discardableResult public func add(_ transaction: Transaction) -> String {
        precondition(transaction.fee >= 0, "outputs take no more than inputs bring")
        return state.withLock { state in
            state.serial += 1
            let id = Digest.sha256(Array("transaction \(state.serial)".utf8)).hex
            state.transactions[id] = transaction
            state.pool.append(id)
            return id
        }
    }

    /// Adds a payment of somebody else to an address.
    ///
    /// - Returns: The transaction's id.
    @discardableResult public func receive(_ address: String, _ value: Int) -> String {
        add(Transaction(from: [Coin(Self.stranger, value + Self.usualFee)], to: [Coin(address, value)]))
    }

    /// Adds a payment from an address, which gets the rest of what it spends back.
    ///
    /// - Returns: The transaction's id.
    @discardableResult public func send(
        from address: String,
        spending total: Int,
        paying value: Int,
        fee: Int = EsploraChain.usualFee
    ) -> String {
        let change = total - value - fee
        let outputs = [Coin(Self.stranger, value)] + (change > 0 ? [Coin(address, change)] : [])
        return add(Transaction(from: [Coin(address, total)], to: outputs))
    }

    /// Makes blocks; the first takes all that waits.
    ///
    /// - Returns: The height of the newest block.
    @discardableResult public func mine(_ count: Int = 1) -> Int {
        state.withLock { state in
            for _ in 0..<count { mine(&state) }
            return firstHeight + state.blocks.count
        }
    }

    /// Replaces the newest blocks by others, one more than they were.
    ///
    /// Their transactions, except those that are dropped for good, come again in the first new block, or wait for a
    /// later one where `confirmingAgain` is false.
    ///
    /// - Returns: The height of the newest block.
    @discardableResult public func reorganise(
        _ depth: Int,
        dropping dropped: Set<String> = [],
        confirmingAgain: Bool = true
    ) -> Int {
        state.withLock { state in
            precondition((1...state.blocks.count).contains(depth), "only blocks that were mined here")
            let gone = state.blocks.suffix(depth).flatMap(\.transactions)
            state.blocks.removeLast(depth)
            for id in dropped { state.transactions[id] = nil }
            let again = gone.filter { !dropped.contains($0) }
            let waiting = again + state.pool.filter { !dropped.contains($0) }
            state.pool = confirmingAgain ? waiting : []
            for _ in 0...depth { mine(&state) }
            if !confirmingAgain { state.pool = waiting }
            return firstHeight + state.blocks.count
        }
    }

    private func mine(_ state: inout State) {
        state.serial += 1
        let height = firstHeight + state.blocks.count + 1
        let hash = Digest.sha256(Array("block \(height) \(state.serial)".utf8)).hex
        state.blocks.append(Block(hash: hash, transactions: state.pool))
        state.pool = []
    }

    /// The time that a block of a height states, in seconds since 1970: ten minutes apart.
    public static func time(ofBlock height: Int) -> Int { 1_231_006_505 + height * 600 }

    // MARK: What goes wrong

    /// Lets answers go wrong from now on, so many of them; nil for none.
    public func fail(_ failure: PeerFailure?, times: Int = .max) {
        state.withLock { ($0.failure, $0.failuresLeft) = (failure, times) }
    }

    /// Answers instead of the right ones, by the number of the request from 0 and its target; nil for the right one.
    public func override(_ body: (@Sendable (Int, String) -> PeerAnswer?)?) {
        state.withLock { $0.override = body }
    }

    /// How many rows a page has.
    public func setPageRows(_ rows: Int) { state.withLock { $0.pageRows = rows } }

    // MARK: Answers

    /// Answers as Esplora does.
    public func answer(method: String, target: String, body: [UInt8]) -> PeerAnswer {
        let (number, special) = state.withLock { state in
            state.targets.append(target)
            return (state.targets.count - 1, state.override)
        }
        if let answer = special?(number, target) { return answer }
        return state.withLock { state in
            let right = method == "GET" ? right(target, state) : PeerAnswer(405, "")
            guard let failure = state.failure, state.failuresLeft > 0 else { return right }
            if state.failuresLeft != .max { state.failuresLeft -= 1 }
            return failure.apply(right)
        }
    }

    private func right(_ target: String, _ state: State) -> PeerAnswer {
        if target == "/blocks/tip/height" {
            return PeerAnswer(200, String(firstHeight + state.blocks.count))
        }
        let parts = target.split(separator: "/").map(String.init)
        guard parts.count >= 2, parts[0] == "address" else {
            return PeerAnswer(404, "endpoint does not exist")
        }
        guard script(parts[1]) != nil else { return PeerAnswer(400, "Invalid Bitcoin address") }
        switch parts.dropFirst(2).joined(separator: "/") {
        case "": return PeerAnswer(200, statistics(parts[1], state))
        case "txs/mempool":
            let ids = state.pool.filter { state.transactions[$0]?.touches(parts[1]) ?? false }
            return page(ids.map { ($0, nil) }, state)
        case let path where path.hasPrefix("txs/chain"):
            var rows = confirmed(parts[1], state)
            if parts.count > 4 {
                // As the service does: behind an id that it does not have, there is nothing.
                let place = rows.firstIndex { $0.id == parts[4] }
                rows = place.map { Array(rows[($0 + 1)...]) } ?? []
            }
            return page(rows.prefix(state.pageRows).map { ($0.id, $0.place) }, state)
        default: return PeerAnswer(404, "endpoint does not exist")
        }
    }

    /// The confirmed transactions of an address, newest first, with the places of their blocks.
    private func confirmed(_ address: String, _ state: State) -> [(id: String, place: Int)] {
        state.blocks.indices.reversed().flatMap { place in
            state.blocks[place].transactions.reversed()
                .filter { state.transactions[$0]?.touches(address) ?? false }
                .map { ($0, place) }
        }
    }

    private func statistics(_ address: String, _ state: State) -> String {
        func sums(_ ids: [String]) -> String {
            let all = ids.compactMap { state.transactions[$0] }.filter { $0.touches(address) }
            let made = all.flatMap(\.outputs).filter { $0.address == address }
            let spent = all.flatMap(\.inputs).filter { $0.address == address }
            return
                #"{"funded_txo_count":\#(made.count),"funded_txo_sum":\#(made.reduce(0) { $0 + $1.value }),"#
                + #""spent_txo_count":\#(spent.count),"spent_txo_sum":\#(spent.reduce(0) { $0 + $1.value }),"#
                + #""tx_count":\#(all.count)}"#
        }
        let confirmed = state.blocks.flatMap(\.transactions)
        return
            #"{"address":"\#(address)","chain_stats":\#(sums(confirmed)),"mempool_stats":\#(sums(state.pool))}"#
    }

    private func page(_ rows: [(id: String, place: Int?)], _ state: State) -> PeerAnswer {
        let texts = rows.map { id, place -> String in
            guard let transaction = state.transactions[id] else { return "null" }
            let status = place.map { place in
                let height = firstHeight + place + 1
                return
                    #"{"confirmed":true,"block_height":\#(height),"block_hash":"\#(state.blocks[place].hash)","#
                    + #""block_time":\#(Self.time(ofBlock: height))}"#
            }
            return text(id, transaction, status: status ?? #"{"confirmed":false}"#)
        }
        return PeerAnswer(200, "[" + texts.joined(separator: ",") + "]")
    }

    /// A transaction as Esplora writes it.
    private func text(_ id: String, _ transaction: Transaction, status: String) -> String {
        func output(_ coin: Coin) -> String {
            #"{"scriptpubkey":"\#(script(coin.address) ?? "6a")","scriptpubkey_asm":"OP_X","scriptpubkey_type":"x","#
                + #""scriptpubkey_address":"\#(coin.address)","value":\#(coin.value)}"#
        }
        let nobody = String(repeating: "0", count: 64)
        let inputs =
            transaction.inputs.isEmpty
            ? [
                #"{"txid":"\#(nobody)","vout":4294967295,"prevout":null,"scriptsig":"03","scriptsig_asm":"x","#
                    + #""is_coinbase":true,"sequence":4294967295}"#
            ]
            : transaction.inputs.map { coin in
                #"{"txid":"\#(nobody)","vout":0,"prevout":\#(output(coin)),"scriptsig":"","scriptsig_asm":"","#
                    + #""witness":["3044","02ab"],"is_coinbase":false,"sequence":4294967293}"#
            }
        let outputs = transaction.outputs.map(output)
        return #"{"txid":"\#(id)","version":2,"locktime":0,"vin":[\#(inputs.joined(separator: ","))],"#
            + #""vout":[\#(outputs.joined(separator: ","))],"size":222,"weight":561,"fee":\#(transaction.fee),"#
            + #""status":\#(status)}"#
    }

    /// The output script of an address of any chain of the family, in hexadecimal digits.
    private func script(_ address: String) -> String? {
        for code in [chain.code, "btc", "ltc", "doge"] {
            let outcome = AddressCheck.check(address, currency: code)
            if case .bitcoin(let found)? = outcome.address?.content { return Hex.encode(found.script) }
        }
        return nil
    }
}
