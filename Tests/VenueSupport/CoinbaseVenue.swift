import Crypto
import JSON
import Synchronization

/// A stand-in for Coinbase that checks each request's token as the venue documents it and pages through what it holds.
public final class CoinbaseVenue: Sendable {
    /// The key that requests must be signed with.
    public enum Key: Sendable {
        /// The public key, 32 bytes.
        case ed25519([UInt8])
        /// The public point, 65 bytes.
        case es256([UInt8])
    }

    /// An answer.
    public struct Answer: Sendable {
        /// The status.
        public var status: Int
        /// Whole header lines.
        public var headers: [String]
        /// The body.
        public var body: String

        /// An answer from its parts.
        public init(_ status: Int, _ body: String, headers: [String] = []) {
            self.status = status
            self.body = body
            self.headers = headers
        }
    }

    /// A wallet with its transactions as JSON texts, oldest first.
    public struct Wallet: Sendable {
        /// The venue's id.
        public var id: String
        /// The code in upper case.
        public var currency: String
        /// What it holds.
        public var balance: String
        /// Oldest first.
        public var transactions: [String]

        /// A wallet from its parts.
        public init(_ id: String, _ currency: String, balance: String, _ transactions: [String] = []) {
            self.id = id
            self.currency = currency
            self.balance = balance
            self.transactions = transactions
        }
    }

    /// What the venue holds.
    public struct Content: Sendable {
        /// In the order of their list.
        public var wallets: [Wallet] = []
        /// Newest first.
        public var fills: [String] = []
        /// The most rows of a page, whatever is asked for.
        public var pageRows = 100
        /// Answers instead of the usual one; by the number of the request from 0 and its target.
        public var override: (@Sendable (Int, String) -> Answer?)?

        /// Nothing.
        public init() {}
    }

    private struct State {
        var content = Content()
        var targets: [String] = []
        var nonces: Set<String> = []
        var faults: [String] = []
    }

    private let key: Key
    private let keyName: String
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// A venue that knows one key; `now` gives seconds since 1970.
    public init(key: Key, keyName: String, now: @escaping @Sendable () -> Int64) {
        self.key = key
        self.keyName = keyName
        self.now = now
    }

    /// Changes what the venue holds.
    public func change(_ body: (inout Content) -> Void) { state.withLock { body(&$0.content) } }

    /// The targets asked for so far.
    public var targets: [String] { state.withLock { $0.targets } }

    /// What was wrong with tokens.
    public var faults: [String] { state.withLock { $0.faults } }

    /// Answers a request.
    public func answer(method: String, target: String, host: String, authorization: String?) -> Answer {
        let path = String(target.prefix { $0 != "?" })
        let (number, content) = state.withLock { state in
            state.targets.append(target)
            return (state.targets.count - 1, state.content)
        }
        if let special = content.override?(number, target) { return special }
        if let fault = fault(method: method, host: host, path: path, authorization) {
            state.withLock { $0.faults.append(fault) }
            return Answer(401, #"{"errors":[{"id":"unauthorized","message":"\#(fault)"}]}"#)
        }
        if path == "/v2/accounts" {
            return page(content.wallets.map { ($0.id, wallet($0)) }, target, path, content)
        }
        if path == "/api/v3/brokerage/orders/historical/fills" { return fills(target, content) }
        for wallet in content.wallets where path == "/v2/accounts/\(wallet.id)/transactions" {
            let rows = wallet.transactions.map { text in (Self.id(of: text), text) }
            guard Self.query(target, "order") == "asc" else { return Answer(400, "{}") }
            return page(rows, target, path, content)
        }
        return Answer(404, #"{"errors":[{"id":"not_found","message":"Not found"}]}"#)
    }

    // MARK: Tokens

    private func fault(method: String, host: String, path: String, _ authorization: String?) -> String? {
        guard let authorization, authorization.hasPrefix("Bearer ") else { return "no token" }
        let parts = authorization.dropFirst(7).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(String(parts[0])),
            let body = Base64URL.decode(String(parts[1])), let signature = Base64URL.decode(String(parts[2])),
            let header = try? JSONReader.parse(head), let claims = try? JSONReader.parse(body)
        else { return "no JSON Web Token" }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        switch key {
        case .ed25519(let open):
            guard header["alg"]?.string == "EdDSA" else { return "alg" }
            guard Ed25519Key.verify(signature, of: signed, publicKey: open) else { return "signature" }
        case .es256(let open):
            guard header["alg"]?.string == "ES256" else { return "alg" }
            guard ES256Key.verify(signature, of: signed, publicKey: open) else { return "signature" }
        }
        guard header["kid"]?.string == keyName, header["typ"]?.string == "JWT" else { return "kid or typ" }
        guard let nonce = header["nonce"]?.string, nonce.utf8.count >= 16,
            state.withLock({ $0.nonces.insert(nonce).inserted })
        else { return "nonce" }
        guard claims["sub"]?.string == keyName, claims["iss"]?.string == "cdp" else { return "sub or iss" }
        guard let begin = claims["nbf"]?.integer, let end = claims["exp"]?.integer, end - begin == 120,
            begin <= now(), now() < end
        else { return "nbf or exp" }
        guard claims["uri"]?.string == "\(method) \(host)\(path)" else { return "uri" }
        return nil
    }

    // MARK: Pages

    private func page(
        _ rows: [(id: String, text: String)],
        _ target: String,
        _ path: String,
        _ content: Content
    ) -> Answer {
        let limit = min(Int(Self.query(target, "limit") ?? "") ?? 25, content.pageRows)
        var start = 0
        if let after = Self.query(target, "starting_after") {
            guard let place = rows.firstIndex(where: { $0.id == after }) else {
                return Answer(400, #"{"errors":[{"id":"invalid_request","message":"starting_after"}]}"#)
            }
            start = place + 1
        }
        let part = rows[start..<min(start + limit, rows.count)]
        let next =
            start + part.count < rows.count
            ? "\"\(path)?limit=\(limit)&starting_after=\(part.last?.id ?? "")\"" : "null"
        let data = part.map(\.text).joined(separator: ",")
        return Answer(200, #"{"pagination":{"limit":\#(limit),"next_uri":\#(next)},"data":[\#(data)]}"#)
    }

    private func fills(_ target: String, _ content: Content) -> Answer {
        let limit = min(Int(Self.query(target, "limit") ?? "") ?? 100, content.pageRows)
        let start = Int(Self.query(target, "cursor") ?? "") ?? 0
        let end = min(start + limit, content.fills.count)
        let cursor = end < content.fills.count ? String(end) : ""
        return Answer(
            200,
            #"{"fills":[\#(content.fills[start..<end].joined(separator: ","))],"cursor":"\#(cursor)"}"#
        )
    }

    private func wallet(_ wallet: Wallet) -> String {
        #"{"id":"\#(wallet.id)","name":"\#(wallet.currency) Wallet","type":"wallet","primary":true,"#
            + #""currency":{"code":"\#(wallet.currency)","name":"x"},"#
            + #""balance":{"amount":"\#(wallet.balance)","currency":"\#(wallet.currency)"},"resource":"account"}"#
    }

    private static func id(of text: String) -> String {
        // A text of a test that is no JSON has no id to page by.
        (try? JSONReader.parse(Array(text.utf8)))?["id"]?.string ?? ""
    }

    private static func query(_ target: String, _ name: String) -> String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        for field in target[target.index(after: mark)...].split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }
}

/// Rows as Coinbase gives them.
public enum CoinbaseRows {
    /// A transaction; `more` are further members, each with a comma before it.
    public static func transaction(
        _ id: String,
        _ type: String,
        _ amount: String,
        _ currency: String,
        at time: String,
        native: String = "",
        status: String = "completed",
        _ more: String = ""
    ) -> String {
        let value =
            native.isEmpty
            ? ""
            : #","native_amount":{"amount":"\#(native.split(separator: " ")[0])","currency":"\#(native.split(separator: " ")[1])"}"#
        return #"{"id":"\#(id)","type":"\#(type)","status":"\#(status)","amount":{"amount":"\#(amount)","#
            + #""currency":"\#(currency)"}\#(value),"description":null,"created_at":"\#(time)","#
            + #""resource":"transaction"\#(more)}"#
    }

    /// A fill of the Advanced platform.
    public static func fill(
        _ id: String,
        _ side: String,
        _ size: String,
        _ product: String,
        price: String,
        commission: String,
        at time: String,
        inQuote: Bool = false
    ) -> String {
        #"{"entry_id":"\#(id)","trade_id":"t-\#(id)","order_id":"o-\#(id)","trade_time":"\#(time)","#
            + #""trade_type":"FILL","price":"\#(price)","size":"\#(size)","commission":"\#(commission)","#
            + #""product_id":"\#(product)","sequence_timestamp":"\#(time)","liquidity_indicator":"TAKER","#
            + #""size_in_quote":\#(inQuote),"user_id":"u","side":"\#(side)","retail_portfolio_id":""}"#
    }
}
