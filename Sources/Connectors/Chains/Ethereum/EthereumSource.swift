public import Chains
public import Crypto
import HTTPClient
import JSON
import Money
import Synchronization

/// Ether and tokens of ERC-20 through a node's JSON-RPC interface over HTTP.
///
/// Balances of one request are those of one block. A node keeps no list of an address's transactions, so there is no
/// history. Calls go in batches; a node that refuses them is asked one by one from then on.
public final class EthereumSource: ChainSource {
    private let url: ChainURL
    private let key: Secret?
    private let network: EthereumNetwork
    private let client: PacedClient
    private let limits: ChainLimits
    /// Whether the node takes several calls in one request.
    private let takesBatches = Atomic(true)

    /// The pace at which a node is asked.
    public static let pacing = Pacing(gapMilliseconds: 200)

    /// A source of a network's balances.
    ///
    /// - Parameters:
    ///   - url: Where the node answers.
    ///   - key: What a provider wants behind the address as the last part of the path; never part of a message.
    ///   - network: The network that the node must serve.
    ///   - client: What sends the requests.
    ///   - limits: What is taken from the node.
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for a key that is no part of a path.
    public init(
        url: ChainURL,
        key: Secret? = nil,
        network: EthereumNetwork = .main,
        client: PacedClient,
        limits: ChainLimits = ChainLimits()
    ) throws(ConnectorError) {
        if let key, !EthereumSource.isKey(String(decoding: key.revealed(), as: UTF8.self)) {
            throw .transport(.refusedAddress("\(url.name): the key has characters that no path has"))
        }
        self.url = url
        self.key = key
        self.network = network
        self.client = client
        self.limits = limits
    }

    /// Whether a text can be the key of a provider: 1 to 256 letters, digits and `-`, `_`, `.`, `~`.
    public static func isKey(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 != UInt8(ascii: "/") && ChainURL.isPathByte($0) }
    }

    /// Ethereum.
    public var chain: Chain { .ethereum }

    /// A node lists no transactions of an address.
    public var hasHistory: Bool { false }

    /// The newest block, of the network that is asked for.
    ///
    /// - Throws: `ConnectorError`; `unknown` for a node of another network.
    public func fetchTip() throws(ConnectorError) -> ChainTip {
        let answers = try call([.chainID, .blockNumber])
        guard case .number(let served) = EthereumCall.number(answers[0]) else {
            throw fault(.chainID, "no number")
        }
        guard served == Int128(network.chainID) else {
            throw .unknown(
                "\(url.name) serves the network \(served), not \(network.title), which is \(network.chainID)"
            )
        }
        guard case .number(let height) = EthereumCall.number(answers[1]), height <= ChainAnswer.heightMax
        else {
            throw fault(.blockNumber, "no height of a block")
        }
        return ChainTip(height: Int64(height))
    }

    /// What an address holds of ether and of tokens at the tip's block.
    ///
    /// Of several assets those are left out whose contract is not there, as on another network.
    ///
    /// - Throws: `ConnectorError`; `unknown` too where the node no longer has the state of that block.
    public func fetchHoldings(
        of address: ChainAddress,
        assets: [ChainAsset],
        at tip: ChainTip
    ) throws(ConnectorError) -> [ChainHolding] {
        guard case .ethereum(let inner) = address.content, assets.allSatisfy({ $0.chain == .ethereum }) else {
            throw .unknown("\(url.name) knows addresses and assets of Ethereum alone")
        }
        guard assets.count <= limits.assetsMax else {
            throw .unknown("no more than \(limits.assetsMax) assets are asked for at once")
        }
        let owner = inner.lowercased
        let calls = assets.flatMap { asset -> [EthereumCall] in
            guard let contract = asset.contract else {
                return [.balance(owner, block: tip.height), .transactionCount(owner, block: tip.height)]
            }
            return [.tokenBalance(owner, contract: contract, block: tip.height)]
        }
        var answers = try call(calls)[...]
        var holdings: [ChainHolding] = []
        for asset in assets {
            let answer = answers.removeFirst()
            if asset.contract != nil, answer == "0x", assets.count > 1 { continue }
            let amount = try amount(of: asset, answer)
            let count = asset.contract == nil ? try transactions(answers.removeFirst()) : nil
            holdings.append(
                ChainHolding(
                    asset: asset,
                    amount: amount,
                    received: nil,
                    sent: nil,
                    transactions: count,
                    pending: nil,
                    height: tip.height
                )
            )
        }
        return holdings
    }

    /// Always refused.
    ///
    /// - Throws: `ConnectorError.unknown`.
    public func fetchHistory(_ query: ChainHistoryQuery) throws(ConnectorError) -> ChainHistory {
        throw .unknown("\(url.name) is a node of Ethereum, which keeps no list of an address's transactions")
    }

    // MARK: Results

    private func amount(of asset: ChainAsset, _ text: String) throws(ConnectorError) -> Amount {
        let code = asset.code.uppercased()
        // A contract answers with a word of 32 bytes; one that is not there answers with nothing.
        if asset.contract != nil {
            guard text != "0x" else { throw .malformed("no contract of \(code) answers at its address") }
            guard text.utf8.count == 66 else {
                throw .malformed("the balance of \(code) is no word of 32 bytes")
            }
        }
        switch EthereumCall.number(text) {
        case .number(let units):
            if let amount = ChainUnits.amount(units, decimals: asset.decimals) { return amount }
            throw .malformed("the balance of \(code) is 10^20 or more")
        case .tooLarge: throw .malformed("the balance of \(code) is 10^20 or more")
        case .none: throw .malformed("the balance of \(code) is no number")
        }
    }

    private func transactions(_ text: String) throws(ConnectorError) -> Int64 {
        guard case .number(let count) = EthereumCall.number(text), count <= 1_000_000_000 else {
            throw .malformed("the count of transactions is no count")
        }
        return Int64(count)
    }

    // MARK: Calls

    /// The results of calls in their order, in batches where the node takes them.
    private func call(_ calls: [EthereumCall]) throws(ConnectorError) -> [String] {
        var results: [String] = []
        var rest = calls[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(max(1, limits.callsPerBatch)))
            rest = rest.dropFirst(part.count)
            let asksTogether = part.count > 1 && takesBatches.load(ordering: .relaxed)
            if asksTogether, let answers = try batch(part) {
                results += answers
                continue
            }
            for call in part { results.append(try single(call)) }
            // Only now it is known that the list was what the node did not like.
            if asksTogether { takesBatches.store(false, ordering: .relaxed) }
        }
        return results
    }

    /// The results of one batch; nil when the node does not take batches.
    private func batch(_ calls: [EthereumCall]) throws(ConnectorError) -> [String]? {
        var writer = JSONWriter()
        writer.beginArray()
        for (index, call) in calls.enumerated() { call.write(into: &writer, id: index + 1) }
        writer.endArray()
        let response = try post(writer.finish())
        // What servers say to a list where they expect an object.
        if [400, 405, 413, 415, 422].contains(response.status) { return nil }
        let value = try ChainAnswer.json(response, name: url.name, limits: limits)
        guard let answers = value.array else {
            if value["error"]?.object != nil { return nil }
            throw .malformed("the answer to \(calls.count) calls is no list")
        }
        // A refusal of the whole may come as a list of one without a number.
        if answers.count == 1, answers[0]["error"]?.object != nil, answers[0]["id"]?.integer == nil {
            return nil
        }
        guard answers.count == calls.count else {
            throw .malformed("\(answers.count) answers to \(calls.count) calls")
        }
        var results = [String?](repeating: nil, count: calls.count)
        for answer in answers {
            guard let id = answer["id"]?.integer, (1...Int64(calls.count)).contains(id) else {
                throw .malformed("an answer without the number of its call")
            }
            let place = Int(id) - 1
            guard results[place] == nil else { throw .malformed("two answers to one call") }
            results[place] = try result(answer, calls[place])
        }
        return results.compactMap { $0 }
    }

    private func single(_ call: EthereumCall) throws(ConnectorError) -> String {
        var writer = JSONWriter()
        call.write(into: &writer, id: 1)
        let value = try ChainAnswer.json(try post(writer.finish()), name: url.name, limits: limits)
        guard value.object != nil else { throw fault(call, "no object") }
        guard value["id"]?.integer == 1 || value["error"]?.object != nil else {
            throw .malformed("an answer without the number of its call")
        }
        return try result(value, call)
    }

    private func result(_ answer: JSONValue, _ call: EthereumCall) throws(ConnectorError) -> String {
        if let error = answer["error"], !error.isNull { throw refusal(error, call) }
        guard let text = answer["result"]?.string, text.utf8.count <= 1_000 else {
            throw fault(call, "no text")
        }
        return text
    }

    /// What a node's own error means.
    private func refusal(_ error: JSONValue, _ call: EthereumCall) -> ConnectorError {
        let code = error["code"]?.integer
        // EIP-1474: the limit of requests is exceeded.
        if code == -32_005 || code == 429 { return .rateLimited(retryAfterSeconds: nil) }
        var words = "\(url.name) refuses \(call.method)"
        if let code { words += ", code \(code)" }
        var reason = PriceAnswer.reason(error["message"]?.string)
        // A node that repeats what it was asked with must not bring a key into a message.
        if let key {
            let text = String(decoding: key.revealed(), as: UTF8.self)
            if reason.contains(text) { reason = "" }
        }
        return .unknown(reason.isEmpty ? words : words + ": " + reason)
    }

    private func fault(_ call: EthereumCall, _ what: String) -> ConnectorError {
        .malformed("the result of \(call.method) is \(what)")
    }

    private func post(_ body: [UInt8]) throws(ConnectorError) -> IncomingResponse {
        try client.send { () throws(ConnectorError) in
            var target = url.text
            if let key { target += "/" + String(decoding: key.revealed(), as: UTF8.self) }
            return OutgoingRequest(
                method: "POST",
                url: target,
                headers: [
                    OutgoingHeader("content-type", "application/json"),
                    OutgoingHeader("accept", "application/json"),
                ],
                body: body
            )
        }
    }
}
