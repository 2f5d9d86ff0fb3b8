import Crypto
import HTTPClient
import JSON
import Ledger
import Money
public import Time
import Venues

/// A Kraken account read through Kraken's REST API: balances, and the ledger, which has every change of them.
///
/// * The ledger is given newest first, 50 rows at an offset. It is read oldest first all the same: the offset of the row
///   that was read last is known, a page begins some rows before it, and only what is newer is taken. So each page is
///   proven to join on to the one before; new rows, which move all offsets, cost one more request and lose nothing.
/// * Trades are read from the ledger too. Kraken's list of trades states each fee in the quote currency, whatever it was
///   paid in, and has no purchases by card; the ledger's rows are exact and have the same ids.
///
/// Source: docs.kraken.com, Spot REST, "Get Account Balance" and "Get Ledgers Info".
public struct KrakenSource: ExchangeSource {
    private let credentials: KrakenCredentials
    private let client: PacedClient
    private let baseURL: String
    private let nonces: NonceCounter
    private let limits: VenueLimits
    private let now: @Sendable () -> Timestamp

    /// Kraken's counter of the lowest tier: a request of the ledger weighs 2, others 1, and a third goes off a second.
    public static let pacing = Pacing(
        gapMilliseconds: 100,
        firstWaitMilliseconds: 5_000,
        allowance: Pacing.Allowance(weightMax: 14, milliPerSecond: 330)
    )

    /// Where Kraken's API is.
    public static let standardURL = "https://api.kraken.com"

    /// The rows of a page of the ledger, as Kraken has it.
    static let rowsPerPage = 50
    /// How many rows of a page may be older than what is wanted, to prove that nothing lies between.
    static let rowsShared = 4
    /// Requests that one page may take while the ledger grows.
    static let triesMax = 8

    /// A source for an account; all sources of one process share `nonces`.
    ///
    /// `baseURL` has a scheme and a host, a port where it is not the usual one, and nothing behind.
    ///
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for an address of another form.
    public init(
        _ credentials: KrakenCredentials,
        client: PacedClient,
        baseURL: String = KrakenSource.standardURL,
        nonces: NonceCounter,
        limits: VenueLimits = VenueLimits(),
        now: @escaping @Sendable () -> Timestamp
    ) throws(ConnectorError) {
        try VenueAddress.check(baseURL, like: KrakenSource.standardURL)
        self.credentials = credentials
        self.client = client
        self.baseURL = baseURL
        self.nonces = nonces
        self.limits = limits
        self.now = now
    }

    /// `kraken`.
    public var venue: String { "kraken" }

    /// The ledger, or its trades and instant purchases alone.
    ///
    /// Kraken can be asked for one sort of rows at a time, and instant purchases have sorts of their own that it does not list
    /// among them. So for trades alone the whole ledger is read as well, and what is no exchange is left out.
    public func fetchStreams(
        _ scope: ExchangeScope,
        of wallets: [ExchangeWallet],
        known: ExchangeKnowledge
    ) -> [ExchangeStream] {
        switch scope {
        case .ledger: [.list(key: "ledger", name: "the ledger")]
        case .trades: [.list(key: "ledger.exchanges", name: "the trades")]
        }
    }

    /// What is held, by Kraken's names of assets.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchWallets() throws(ConnectorError) -> [ExchangeWallet] {
        let result = try fetch("/0/private/Balance", [], weight: 1)
        guard let members = result.object else { throw .malformed("the balances: the result is no object") }
        guard members.count <= limits.walletsMax else {
            throw .malformed("the balances: more than \(limits.walletsMax) assets")
        }
        let fields = VenueFields(value: result, name: "the balances", limits: limits)
        var wallets: [ExchangeWallet] = []
        for member in members {
            guard VenueFields.isID(member.key, limits), let asset = KrakenAsset.code(member.key) else {
                throw .malformed("the balances: one is of no asset")
            }
            wallets.append(
                ExchangeWallet(id: member.key, asset: asset, balance: try fields.amount(member.key))
            )
        }
        return wallets
    }

    /// One page of the ledger behind a cursor, oldest first.
    ///
    /// - Throws: `ConnectorError`; `unknown` for a stream that is none of Kraken's.
    public func fetchPage(
        of stream: ExchangeStream,
        after cursor: String?
    ) throws(ConnectorError) -> ExchangePage {
        switch stream.key {
        case "ledger": return try ledgerPage(after: cursor)
        case "ledger.exchanges":
            let page = try ledgerPage(after: cursor)
            return ExchangePage(
                rows: page.rows.map(KrakenSource.ofExchange),
                cursor: page.cursor,
                hasMore: page.hasMore
            )
        default: throw .unknown("Kraken has no such list")
        }
    }

    // MARK: The ledger

    /// Rows of the ledger at an offset, newest first.
    private struct Part {
        let offset: Int
        let count: Int
        let rows: [KrakenLedgerRow]
        /// Whether the oldest row of all that was asked for is among them.
        var reachesOldest: Bool { offset + rows.count == count }
    }

    private func ledgerPage(after cursor: String?) throws(ConnectorError) -> ExchangePage {
        let mark = cursor.flatMap { KrakenMark($0) }
        let shared = KrakenSource.rowsPerPage - KrakenSource.rowsShared
        var part = try fetchPart(mark, offset: max(0, (mark?.position ?? 0) - shared))
        var tries = 1
        while !isJoined(part, mark) {
            guard tries < KrakenSource.triesMax else {
                throw .refused("Kraken's ledger grows faster than it can be read; try again later")
            }
            tries += 1
            let last = max(0, part.count - KrakenSource.rowsPerPage)
            guard last == part.offset else {
                part = try fetchOther(mark, offset: last, than: part)
                continue
            }
            // What should be there is gone; that the offset counts at all is proven by another one.
            let newest = try fetchOther(mark, offset: 0, than: part)
            if newest.count == part.count { break }
            part = newest
        }
        var new = behind(mark, part)
        // Many rows of one instant can fill a whole page.
        while new.isEmpty, part.offset > 0 {
            guard tries < KrakenSource.triesMax else {
                throw .malformed("the ledger has more rows of one instant than can be read")
            }
            let next = try fetchOther(mark, offset: max(0, part.offset - shared), than: part)
            guard next.rows.contains(where: { row in part.rows.contains { $0.id == row.id } }) else {
                throw .malformed("the ledger: two pages that should share rows do not")
            }
            part = next
            new = behind(mark, part)
            tries += 1
        }
        return try page(new, part, mark, cursor)
    }

    /// Whether nothing can lie between what was read before and this part.
    private func isJoined(_ part: Part, _ mark: KrakenMark?) -> Bool {
        guard let mark else { return part.reachesOldest }
        guard part.rows.contains(where: { mark.ids.contains($0.id) }) else {
            // The row is gone, or the part is newer; only the whole of what is newer than it will do.
            return part.reachesOldest && part.offset == 0
        }
        return part.reachesOldest || part.rows.last.map { $0.time < mark.time } ?? false
    }

    /// The rows behind a mark, oldest first.
    private func behind(_ mark: KrakenMark?, _ part: Part) -> [(position: Int, row: KrakenLedgerRow)] {
        let seen = Set(mark?.ids ?? [])
        return part.rows.enumerated().reversed().compactMap { index, row in
            if let mark, row.time < mark.time || (row.time == mark.time && seen.contains(row.id)) {
                return nil
            }
            return (part.offset + index, row)
        }
    }

    private func page(
        _ new: [(position: Int, row: KrakenLedgerRow)],
        _ part: Part,
        _ mark: KrakenMark?,
        _ cursor: String?
    ) throws(ConnectorError) -> ExchangePage {
        var last = mark
        var rows: [ExchangeRow] = []
        for (position, row) in new {
            var ids = last?.time == row.time ? last?.ids ?? [] : []
            guard ids.count < KrakenMark.idsMax else {
                throw .malformed("the ledger has more than \(KrakenMark.idsMax) rows of one instant")
            }
            ids.append(row.id)
            last = KrakenMark(time: row.time, position: position, ids: ids)
            rows.append(try KrakenSource.row(row, cursor: last?.text))
        }
        return ExchangePage(rows: rows, cursor: last?.text ?? cursor, hasMore: part.offset > 0)
    }

    private static func row(_ row: KrakenLedgerRow, cursor: String?) throws(ConnectorError) -> ExchangeRow {
        do throws(MoneyError) {
            let (meaning, remark) = try KrakenLedger.read(row)
            let content: ExchangeRow.Content =
                switch meaning {
                case .event(let event): .event(event)
                case .part(let part): .part(part)
                case .inside: .nothing
                }
            return ExchangeRow(id: row.id, time: row.time, cursor: cursor, content: content, remark: remark)
        } catch {
            throw .malformed("row \(row.id) of the ledger: amount and fee make 10^20 or more")
        }
    }

    /// A part at another offset, which must not be the one that is there already; where the ledger grew between them the
    /// same rows may come.
    private func fetchOther(
        _ mark: KrakenMark?,
        offset: Int,
        than part: Part
    ) throws(ConnectorError) -> Part {
        let other = try fetchPart(mark, offset: offset)
        guard
            other.count != part.count || other.rows.isEmpty
                || Set(other.rows.map(\.id)) != Set(part.rows.map(\.id))
        else {
            throw .malformed("the ledger: the same page came for another offset")
        }
        return other
    }

    private func fetchPart(
        _ mark: KrakenMark?,
        offset: Int
    ) throws(ConnectorError) -> Part {
        var fields: [(String, String)] = []
        if let mark { fields.append(("start", String(mark.start))) }
        fields.append(("ofs", String(offset)))
        let top = VenueFields(
            value: try fetch("/0/private/Ledgers", fields, weight: 2),
            name: "the ledger",
            limits: limits
        )
        guard let members = top.value["ledger"]?.object else { throw top.fault("ledger", "no object") }
        guard let count = top.value["count"]?.integer.flatMap({ Int(exactly: $0) }), count >= 0 else {
            throw top.fault("count", "no number of rows")
        }
        let expected = min(KrakenSource.rowsPerPage, max(0, count - offset))
        guard members.count == expected else {
            throw .malformed("the ledger: a page has \(members.count) rows where \(expected) are due")
        }
        var rows: [KrakenLedgerRow] = []
        var ids: Set<String> = []
        for (index, member) in members.enumerated() {
            let row = try KrakenSource.ledgerRow(member, index, limits)
            guard ids.insert(row.id).inserted else { throw top.fault("ledger", "one with an id twice") }
            rows.append(row)
        }
        // An object has no order that may be relied on; rows of one time keep the one they came in.
        rows = rows.enumerated()
            .sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }
            .map(\.element)
        return Part(offset: offset, count: count, rows: rows)
    }

    private static func ledgerRow(
        _ member: JSONMember,
        _ index: Int,
        _ limits: VenueLimits
    ) throws(ConnectorError) -> KrakenLedgerRow {
        let fields = VenueFields(
            value: member.value,
            name: "row \(index + 1) of a page of the ledger",
            limits: limits
        )
        guard VenueFields.isID(member.key, limits), !member.key.utf8.contains(UInt8(ascii: ",")) else {
            throw fields.fault("the name", "no id")
        }
        guard let asset = KrakenAsset.code(try fields.id("asset")) else {
            throw fields.fault("asset", "no asset")
        }
        return KrakenLedgerRow(
            id: member.key,
            reference: try fields.word("refid") ?? "",
            time: try fields.unixTime("time"),
            type: try fields.word("type") ?? "",
            subtype: try fields.word("subtype") ?? "",
            asset: asset,
            amount: try fields.amount("amount"),
            fee: try fields.amount("fee")
        )
    }

    /// The row where it is one of an exchange, else one that says nothing.
    private static func ofExchange(_ row: ExchangeRow) -> ExchangeRow {
        if case .part = row.content { return row }
        return ExchangeRow(id: row.id, time: row.time, cursor: row.cursor, content: .nothing)
    }

    // MARK: Requests

    private func fetch(
        _ path: String,
        _ fields: [(String, String)],
        weight: Int64
    ) throws(ConnectorError) -> JSONValue {
        let response = try client.send(
            weight: weight,
            again: { KrakenAnswer.again($0, now: now(), limits: limits) }
        ) { () throws(ConnectorError) in
            let nonce = nonces.next(at: now())
            let text = ([("nonce", String(nonce))] + fields)
                .map { "\($0.0)=\(PercentText.encode($0.1))" }.joined(separator: "&")
            let body = Array(text.utf8)
            return OutgoingRequest(
                method: "POST",
                url: baseURL + path,
                headers: [
                    OutgoingHeader("api-key", credentials.key),
                    OutgoingHeader(
                        "api-sign",
                        credentials.signature(path: path, nonce: nonce, body: body)
                    ),
                    OutgoingHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                    OutgoingHeader("accept", "application/json"),
                ],
                body: body
            )
        }
        return try KrakenAnswer.result(response, now: now(), limits: limits)
    }
}
