import Crypto
import HTTPClient
import JSON
import Ledger
import Money
public import Time
import Venues

/// A Coinbase account read through Coinbase's API: wallets and their ledger by version 2, fills by Advanced Trade.
///
/// Each request carries a token of its own, made for its method, host and path. A page's successor is asked for by the
/// last row's id, as the page on pagination describes it; the address that an answer offers is never followed.
public struct CoinbaseSource: ExchangeSource {
    private let credentials: CoinbaseCredentials
    private let client: PacedClient
    private let baseURL: String
    private let host: String
    private let limits: VenueLimits
    private let now: @Sendable () -> Timestamp

    /// The pace at which Coinbase may be asked: it allows 10,000 requests an hour.
    public static let pacing = Pacing(gapMilliseconds: 120)

    /// Where Coinbase's API is.
    public static let standardURL = "https://api.coinbase.com"

    /// A source for an account.
    ///
    /// `baseURL` has a scheme and a host, a port where it is not the usual one, and nothing behind.
    ///
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for an address of another form.
    public init(
        _ credentials: CoinbaseCredentials,
        client: PacedClient,
        baseURL: String = CoinbaseSource.standardURL,
        limits: VenueLimits = VenueLimits(),
        now: @escaping @Sendable () -> Timestamp
    ) throws(ConnectorError) {
        guard let host = VenueAddress.host(of: baseURL) else {
            throw .transport(.refusedAddress("\(baseURL) is not such as \(CoinbaseSource.standardURL)"))
        }
        self.credentials = credentials
        self.baseURL = baseURL
        self.host = host
        self.limits = limits
        self.now = now
        self.client = client
    }

    /// `coinbase`.
    public var venue: String { "coinbase" }

    /// The ledger of each wallet, or the fills.
    public func fetchStreams(
        _ scope: ExchangeScope,
        of wallets: [ExchangeWallet],
        known: ExchangeKnowledge
    ) -> [ExchangeStream] {
        scope == .trades ? [.trades] : wallets.map { .ledger($0) }
    }

    // MARK: Wallets

    /// The wallets of the account, at most so many pages as the limits say.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchWallets() throws(ConnectorError) -> [ExchangeWallet] {
        var wallets: [ExchangeWallet] = []
        var ids: Set<String> = []
        var after: String?
        for _ in 0..<limits.walletPagesMax {
            let answer = try fetch("/v2/accounts", query(after))
            let top = VenueFields(value: answer, name: "the list of wallets", limits: limits)
            let rows = try top.rows("data")
            for (index, value) in rows.enumerated() {
                let fields = VenueFields(
                    value: value,
                    name: "row \(index + 1) of the list of wallets",
                    limits: limits
                )
                let wallet = try CoinbaseSource.wallet(fields)
                guard ids.insert(wallet.id).inserted else {
                    throw fields.fault("id", "one that was there already")
                }
                wallets.append(wallet)
            }
            guard try hasMore(top, rows) else { return wallets }
            after = wallets.last?.id
        }
        throw .malformed("the list of wallets has more than \(limits.walletPagesMax) pages")
    }

    private static func wallet(_ fields: VenueFields) throws(ConnectorError) -> ExchangeWallet {
        let id = try fields.id("id")
        guard id.utf8.allSatisfy({ isPathByte($0) }) else { throw fields.fault("id", "no id of a wallet") }
        let balance = try fields.money("balance")
        // The currency is a code, or an object with one.
        let named = fields.value["currency"]
        let code = named?.string ?? named?["code"]?.string ?? balance?.asset
        guard let code, let asset = AssetCode.normalize(code) else {
            throw fields.fault("currency", "no currency")
        }
        if let balance, balance.asset != asset {
            throw fields.fault("balance", "in another currency than the wallet's")
        }
        return ExchangeWallet(id: id, asset: asset, balance: balance?.amount)
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Pages

    /// One page of a wallet's ledger or transfers, oldest first, or of the fills, newest first.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchPage(
        of stream: ExchangeStream,
        after cursor: String?
    ) throws(ConnectorError) -> ExchangePage {
        switch stream {
        case .ledger(let wallet): return try ledgerPage(wallet, after: cursor)
        case .transfers(let wallet):
            let page = try ledgerPage(wallet, after: cursor)
            let rows = page.rows.filter { row in
                guard case .event(let event) = row.content else { return row.content == .pending }
                return event.kind == .deposit || event.kind == .withdrawal
            }
            return ExchangePage(rows: rows, cursor: page.cursor, hasMore: page.hasMore)
        case .trades: return try tradesPage(after: cursor)
        case .list(_, let name): throw .unknown("Coinbase has no list called \(name)")
        }
    }

    private func ledgerPage(
        _ wallet: ExchangeWallet,
        after cursor: String?
    ) throws(ConnectorError) -> ExchangePage {
        guard wallet.id.utf8.allSatisfy({ CoinbaseSource.isPathByte($0) }) else {
            throw .malformed("the wallet's id is none")
        }
        let answer = try fetch(
            "/v2/accounts/\(wallet.id)/transactions",
            query(cursor) + [("order", "asc")]
        )
        let code = wallet.asset.uppercased()
        let top = VenueFields(value: answer, name: "the transactions of \(code)", limits: limits)
        let values = try top.rows("data")
        var rows: [ExchangeRow] = []
        rows.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let fields = VenueFields(
                value: value,
                name: "row \(index + 1) of the transactions of \(code)",
                limits: limits
            )
            let row = try CoinbaseTransaction(fields, wallet: wallet).row()
            guard row.id != cursor else { throw fields.fault("id", "the one that the page begins behind") }
            rows.append(row)
        }
        return ExchangePage(rows: rows, cursor: rows.last?.id ?? cursor, hasMore: try hasMore(top, values))
    }

    private func tradesPage(after cursor: String?) throws(ConnectorError) -> ExchangePage {
        var query = [("limit", String(limits.rowsPerPage))]
        if let cursor { query.append(("cursor", cursor)) }
        let answer = try fetch("/api/v3/brokerage/orders/historical/fills", query)
        let top = VenueFields(value: answer, name: "the fills", limits: limits)
        let values = try top.rows("fills")
        var rows: [ExchangeRow] = []
        for (index, value) in values.enumerated() {
            rows.append(
                try CoinbaseFill.row(
                    VenueFields(value: value, name: "row \(index + 1) of the fills", limits: limits)
                )
            )
        }
        let next = try top.word("cursor").map { $0.isEmpty } ?? true ? "" : try top.id("cursor")
        guard next != cursor || next.isEmpty else { throw top.fault("cursor", "the one that was asked with") }
        return ExchangePage(rows: rows, cursor: next.isEmpty ? nil : next, hasMore: !next.isEmpty)
    }

    /// Whether a list goes on; it cannot where a page has no row to go on behind.
    private func hasMore(_ top: VenueFields, _ rows: [JSONValue]) throws(ConnectorError) -> Bool {
        guard let pagination = try top.object("pagination"), let next = pagination.value["next_uri"],
            !next.isNull, next.string != ""
        else { return false }
        guard !rows.isEmpty else { throw top.fault("pagination", "one that goes on behind no row") }
        return true
    }

    private func query(_ after: String?) -> [(String, String)] {
        [("limit", String(limits.rowsPerPage))] + (after.map { [("starting_after", $0)] } ?? [])
    }

    // MARK: Requests

    private func fetch(_ path: String, _ query: [(String, String)]) throws(ConnectorError) -> JSONValue {
        let text = query.map { "\($0)=\(PercentText.encode($1))" }.joined(separator: "&")
        let response = try client.send { () throws(ConnectorError) in
            let token = credentials.token(method: "GET", host: host, path: path, now: now())
            let words = String(decoding: token.revealed(), as: UTF8.self)
            return OutgoingRequest(
                url: baseURL + path + (text.isEmpty ? "" : "?" + text),
                headers: [
                    OutgoingHeader("authorization", "Bearer " + words),
                    OutgoingHeader("accept", "application/json"),
                    OutgoingHeader("cb-version", "2024-05-01"),
                ]
            )
        }
        return try VenueAnswer.read(response, name: "Coinbase", limits: limits)
    }
}
