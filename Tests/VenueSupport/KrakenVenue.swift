import Crypto
import Synchronization

/// A stand-in for Kraken that checks each request's key, signature and nonce as the venue documents them.
public final class KrakenVenue: VenueStandIn {
    /// One row of the ledger.
    public struct Row: Sendable, Hashable {
        /// The row's own id.
        public var id: String
        /// The event's id.
        public var refid: String
        /// Seconds since 1970 with their decimals, as a JSON number.
        public var time: String
        /// Such as `trade`.
        public var type: String
        /// Such as `spottostaking`.
        public var subtype: String
        /// Kraken's name of the asset.
        public var asset: String
        /// Signed.
        public var amount: String
        /// What was paid on top.
        public var fee: String

        /// A row from its parts.
        public init(
            _ id: String,
            _ refid: String,
            at time: String,
            _ type: String,
            _ asset: String,
            _ amount: String,
            fee: String = "0",
            subtype: String = ""
        ) {
            self.id = id
            self.refid = refid
            self.time = time
            self.type = type
            self.subtype = subtype
            self.asset = asset
            self.amount = amount
            self.fee = fee
        }

        /// The row as the API gives it.
        public var json: String {
            #""\#(id)":{"refid":"\#(refid)","time":\#(time),"type":"\#(type)","subtype":"\#(subtype)","#
                + #""aclass":"currency","asset":"\#(asset)","wallet":"spot / main","amount":"\#(amount)","#
                + #""fee":"\#(fee)","balance":"0.0000"}"#
        }

        var seconds: Double { Double(time) ?? 0 }
    }

    /// What the venue holds.
    public struct Content: Sendable {
        /// Kraken's names of assets with balances.
        public var balances: [(asset: String, amount: String)] = []
        /// Oldest first.
        public var rows: [Row] = []
        /// Whether offsets are passed over, so that the same page comes again and again.
        public var ignoresOffset = false
        /// Whether rows of one time change their order from answer to answer.
        public var mixesTies = false
        /// The permissions that the key has.
        public var mayQuery = true
        /// Answers instead of the usual one; by the number of the request from 0 and its path.
        public var override: (@Sendable (Int, String) -> VenueAnswerText?)?
        /// Done before each answer, such as rows that arrive meanwhile.
        public var before: (@Sendable (Int, inout Content) -> Void)?

        /// Nothing.
        public init() {}
    }

    private struct State {
        var content = Content()
        var paths: [String] = []
        var nonce: Int64 = 0
        var nonces: [Int64] = []
        var faults: [String] = []
    }

    private let key: String
    private let secret: Secret
    private let state = Mutex(State())

    /// A venue that knows one key; the secret is base 64, as Kraken shows it.
    public init(key: String, secret: String) {
        self.key = key
        self.secret = Secret(Base64.decode(secret) ?? [])
    }

    /// Changes what the venue holds.
    public func change(_ body: (inout Content) -> Void) { state.withLock { body(&$0.content) } }

    /// The paths asked for so far, with the fields but for the nonce.
    public var asked: [String] { state.withLock { $0.paths } }

    /// The nonces that came, in their order.
    public var nonces: [Int64] { state.withLock { $0.nonces } }

    /// What was wrong with requests.
    public var faults: [String] { state.withLock { $0.faults } }

    /// Answers a request.
    public func answer(_ request: VenueRequest) -> VenueAnswerText {
        let form = FormText.fields(String(decoding: request.body, as: UTF8.self))
        let fields = form.filter { $0.name != "nonce" }
        let shown = request.path + "?" + fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let (number, content) = state.withLock { state -> (Int, Content) in
            state.paths.append(shown)
            let number = state.paths.count - 1
            state.content.before?(number, &state.content)
            return (number, state.content)
        }
        if let special = content.override?(number, request.path) { return special }
        if let error = fault(request, form) {
            state.withLock { $0.faults.append(error) }
            return Self.error(error)
        }
        guard content.mayQuery else { return Self.error("EGeneral:Permission denied") }
        let query = Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        switch request.path {
        case "/0/private/Balance":
            let members = content.balances.map { #""\#($0.asset)":"\#($0.amount)""# }
            return VenueAnswerText(200, #"{"error":[],"result":{\#(members.joined(separator: ","))}}"#)
        case "/0/private/Ledgers": return ledgers(query, content)
        default: return Self.error("EGeneral:Unknown method")
        }
    }

    /// An answer with an error, which Kraken gives with status 200.
    public static func error(_ text: String) -> VenueAnswerText {
        VenueAnswerText(200, #"{"error":["\#(text)"]}"#)
    }

    /// Source: docs.kraken.com, Spot REST, "Authentication".
    private func fault(_ request: VenueRequest, _ form: [(name: String, value: String)]) -> String? {
        guard request.method == "POST",
            request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") ?? false
        else { return "EGeneral:Invalid arguments" }
        guard request.headers["api-key"] == key else { return "EAPI:Invalid key" }
        guard let text = form.first(where: { $0.name == "nonce" })?.value, let nonce = Int64(text) else {
            return "EAPI:Invalid nonce"
        }
        let digest = Digest.sha256(unsafe (Array(text.utf8) + request.body).span.bytes).bytes
        let signature = Base64.encode(HMAC.sha512(Array(request.path.utf8) + digest, key: secret))
        guard request.headers["api-sign"] == signature else { return "EAPI:Invalid signature" }
        let isNewer = state.withLock { state -> Bool in
            state.nonces.append(nonce)
            guard nonce > state.nonce else { return false }
            state.nonce = nonce
            return true
        }
        return isNewer ? nil : "EAPI:Invalid nonce"
    }

    private func ledgers(_ query: [String: String], _ content: Content) -> VenueAnswerText {
        let start = Double(query["start"] ?? "") ?? -1
        var matching = content.rows.filter { $0.seconds > start }
        if let type = query["type"] { matching = matching.filter { $0.type == type } }
        matching.reverse()
        if content.mixesTies {
            let turn = state.withLock { $0.paths.count }
            matching = matching.enumerated()
                .sorted { left, right in
                    if left.element.seconds != right.element.seconds {
                        return left.element.seconds > right.element.seconds
                    }
                    return turn.isMultiple(of: 2) ? left.offset < right.offset : left.offset > right.offset
                }
                .map(\.element)
        }
        let offset = content.ignoresOffset ? 0 : Int(query["ofs"] ?? "") ?? 0
        let page = matching.dropFirst(offset).prefix(50).map(\.json).joined(separator: ",")
        return VenueAnswerText(
            200,
            #"{"error":[],"result":{"ledger":{\#(page)},"count":\#(matching.count)}}"#
        )
    }
}
