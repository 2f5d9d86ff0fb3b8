import JSON
import Synchronization

/// A stand-in for a node of Ethereum: balances by block, the states of the newest blocks alone.
///
/// Safe to use from any thread. What is set counts from the next block on.
public final class EthereumNode: ChainPeer {
    /// How the node takes several calls in one request.
    public enum Batches: Hashable, Sendable {
        /// In any number; answers come in the opposite order.
        case taken
        /// With an error in place of the list.
        case refused
        /// With an error in a list of one.
        case refusedInList
        /// With status 400.
        case refusedByStatus
    }

    private struct World {
        var wei: [String: UInt128] = [:]
        var sent: [String: Int] = [:]
        /// Units by contract and address.
        var tokens: [String: [String: UInt128]] = [:]
    }

    private struct State {
        var next = World()
        var worlds: [Int: World] = [:]
        var height: Int
        var chainID = 1
        var batches = Batches.taken
        var failure: PeerFailure?
        var failuresLeft = Int.max
        var override: (@Sendable (String) -> String?)?
        var methods: [String] = []
        var targets: [String] = []
    }

    private let state: Mutex<State>

    /// How many blocks a node remembers the states of.
    public static let statesKept = 128

    /// A node whose newest block has a height.
    public init(height: Int = 20_000_000) {
        state = Mutex(State(worlds: [height: World()], height: height))
    }

    // MARK: What happens

    /// The height of the newest block.
    public var height: Int { state.withLock { $0.height } }

    /// The methods that were called so far; a bar stands for the end of a request.
    public var methods: [String] { state.withLock { $0.methods } }

    /// The targets that were asked for so far.
    public var targets: [String] { state.withLock { $0.targets } }

    /// Sets an address's wei from the next block on.
    public func setBalance(_ address: String, wei: UInt128) {
        state.withLock { $0.next.wei[address.lowercased()] = wei }
    }

    /// Sets how many transactions an address has sent by the next block.
    public func setTransactions(_ address: String, _ count: Int) {
        state.withLock { $0.next.sent[address.lowercased()] = count }
    }

    /// Sets an address's units of a token from the next block on; the first time makes the contract.
    public func setTokens(_ address: String, contract: String, units: UInt128) {
        state.withLock { $0.next.tokens[contract.lowercased(), default: [:]][address.lowercased()] = units }
    }

    /// Makes blocks.
    ///
    /// - Returns: The height of the newest.
    @discardableResult public func mine(_ count: Int = 1) -> Int {
        state.withLock { state in
            for _ in 0..<count {
                state.height += 1
                state.worlds[state.height] = state.next
                state.worlds[state.height - Self.statesKept] = nil
            }
            return state.height
        }
    }

    /// Sets the number of the network that the node says it serves.
    public func setChainID(_ chainID: Int) { state.withLock { $0.chainID = chainID } }

    /// Sets how the node takes several calls in one request.
    public func setBatches(_ batches: Batches) { state.withLock { $0.batches = batches } }

    // MARK: What goes wrong

    /// Lets answers go wrong from now on, so many of them; nil for none.
    public func fail(_ failure: PeerFailure?, times: Int = .max) {
        state.withLock { ($0.failure, $0.failuresLeft) = (failure, times) }
    }

    /// Members of an answer in place of the right result, by the method, such as `"result":"0x1"`.
    public func override(_ body: (@Sendable (String) -> String?)?) {
        state.withLock { $0.override = body }
    }

    // MARK: Answers

    /// Answers as a node does.
    public func answer(method: String, target: String, body: [UInt8]) -> PeerAnswer {
        state.withLock { state in
            state.targets.append(target)
            let right = right(method, body, &state)
            state.methods.append("|")
            guard let failure = state.failure, state.failuresLeft > 0 else { return right }
            if state.failuresLeft != .max { state.failuresLeft -= 1 }
            return failure.apply(right)
        }
    }

    private func right(_ method: String, _ body: [UInt8], _ state: inout State) -> PeerAnswer {
        guard method == "POST" else { return PeerAnswer(405, "") }
        // What is no JSON is answered as a node does, whatever the reason.
        guard let value = try? JSONReader.parse(body) else {
            return PeerAnswer(
                200,
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}"#
            )
        }
        guard let calls = value.array else { return PeerAnswer(200, one(value, &state)) }
        let refusal =
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not taken"}}"#
        switch state.batches {
        case .taken:
            var answers: [String] = []
            for call in calls { answers.append(one(call, &state)) }
            return PeerAnswer(200, "[" + answers.reversed().joined(separator: ",") + "]")
        case .refused: return PeerAnswer(200, refusal)
        case .refusedInList: return PeerAnswer(200, "[\(refusal)]")
        case .refusedByStatus: return PeerAnswer(400, "expected an object")
        }
    }

    private func one(_ call: JSONValue, _ state: inout State) -> String {
        let id = call["id"]?.number ?? "null"
        let method = call["method"]?.string ?? ""
        state.methods.append(method)
        let members = state.override?(method) ?? members(method, call["params"]?.array ?? [], state)
        return #"{"jsonrpc":"2.0","id":\#(id),\#(members)}"#
    }

    private func members(_ method: String, _ parameters: [JSONValue], _ state: State) -> String {
        func result(_ number: UInt128) -> String { #""result":"0x\#(String(number, radix: 16))""# }
        func error(_ code: Int, _ message: String) -> String {
            #""error":{"code":\#(code),"message":"\#(message)"}"#
        }
        switch method {
        case "eth_chainId": return result(UInt128(state.chainID))
        case "eth_blockNumber": return result(UInt128(state.height))
        case "eth_getBalance", "eth_getTransactionCount", "eth_call": break
        default: return error(-32601, "the method \(method) does not exist")
        }
        guard parameters.count == 2, let tag = parameters[1].string, tag.hasPrefix("0x"),
            !tag.hasPrefix("0x0"),
            let block = Int(tag.dropFirst(2), radix: 16)
        else { return error(-32602, "invalid argument 1") }
        guard block <= state.height else { return error(-32000, "header not found") }
        guard let world = state.worlds[block] else { return error(-32000, "missing trie node") }
        if method == "eth_call" {
            guard let contract = parameters[0]["to"]?.string, let data = parameters[0]["data"]?.string,
                data.utf8.count == 74, data.hasPrefix("0x70a08231000000000000000000000000")
            else { return error(-32602, "invalid argument 0") }
            guard let units = world.tokens[contract] else { return #""result":"0x""# }
            let digits = String(units["0x" + data.suffix(40), default: 0], radix: 16)
            return #""result":"0x\#(String(repeating: "0", count: 64 - digits.utf8.count))\#(digits)""#
        }
        guard let address = parameters[0].string, address.hasPrefix("0x"), address.utf8.count == 42,
            address == address.lowercased()
        else { return error(-32602, "invalid argument 0") }
        return method == "eth_getBalance"
            ? result(world.wei[address, default: 0]) : result(UInt128(world.sent[address, default: 0]))
    }
}
