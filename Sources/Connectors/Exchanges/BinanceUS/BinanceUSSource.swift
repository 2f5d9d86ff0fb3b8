import Crypto
import HTTPClient
import JSON
import Ledger
import Money
import Synchronization
public import Time
import Venues

/// A Binance.US account read through its REST API.
///
/// The venue has no ledger: trades are asked for pair by pair, deposits and withdrawals coin by coin and in spans of less
/// than 90 days, bank transfers, distributions and staking rewards in such spans.
///
/// * Asked for are the coins that are held, that the account ever had, and that were asked for before; and the pairs of
///   which one side is such a coin. A pair that never had a trade and whose base is no such coin is asked once a day.
/// * So what was bought and sold again wholly against coins of which nothing is known is not found.
/// * Trades go on behind the last trade's number; a span that fills a whole answer is divided, so that nothing is cut off.
///
/// Source: docs.binance.us.
public struct BinanceUSSource: ExchangeSource {
    private let credentials: BinanceUSCredentials
    private let client: PacedClient
    private let baseURL: String
    private let offset: ClockOffset
    private let limits: VenueLimits
    private let now: @Sendable () -> Timestamp
    private let pairs = PairList()

    private final class PairList: Sendable {
        let symbols = Mutex<[BinanceUSRows.Symbol]?>(nil)
    }

    /// Binance.US counts weights: 1,200 a minute for each address, of which Coffer takes four fifths.
    public static let pacing = Pacing(
        gapMilliseconds: 50,
        allowance: Pacing.Allowance(weightMax: 400, milliPerSecond: 16_000)
    )

    /// Where Binance.US's API is.
    public static let standardURL = "https://api.binance.us"

    /// How long a request holds, in milliseconds.
    static let receiveWindow = 5_000
    /// The rows of a page of trades, deposits and withdrawals.
    static let rowsPerPage = 1_000
    /// The rows of a page of distributions and rewards.
    static let giftsPerPage = 500
    /// The most pages of bank transfers within one span.
    static let fiatPagesMax = 50
    /// The most pairs that are asked for.
    static let symbolsMax = 2_000
    /// How long a pair without trades is left alone where its base was never held, in milliseconds.
    static let emptyPairMilliseconds: Int64 = 86_400_000

    /// A source for an account; all sources of one process share the clock's offset.
    ///
    /// `baseURL` has a scheme and a host, a port where it is not the usual one, and nothing behind.
    ///
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for an address of another form.
    public init(
        _ credentials: BinanceUSCredentials,
        client: PacedClient,
        baseURL: String = BinanceUSSource.standardURL,
        offset: ClockOffset,
        limits: VenueLimits = VenueLimits(),
        now: @escaping @Sendable () -> Timestamp
    ) throws(ConnectorError) {
        try VenueAddress.check(baseURL, like: BinanceUSSource.standardURL)
        self.credentials = credentials
        self.client = client
        self.baseURL = baseURL
        self.offset = offset
        self.limits = limits
        self.now = now
    }

    /// `binanceus`.
    public var venue: String { "binanceus" }

    // MARK: What there is

    /// What is held in the spot account, free and locked.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchWallets() throws(ConnectorError) -> [ExchangeWallet] {
        let answer = try fetch("/api/v3/account", weight: 10)
        guard let values = answer["balances"]?.array, values.count <= limits.walletsMax else {
            throw .malformed("the balances: no list of at most \(limits.walletsMax) assets")
        }
        var wallets: [ExchangeWallet] = []
        for (index, value) in values.enumerated() {
            let fields = VenueFields(value: value, name: "row \(index + 1) of the balances", limits: limits)
            let code = try fields.id("asset")
            guard let asset = AssetCode.normalize(code) else { throw fields.fault("asset", "no asset") }
            let held: Amount
            let (free, locked) = (try fields.amount("free"), try fields.amount("locked"))
            do throws(MoneyError) {
                held = try free.adding(locked)
            } catch {
                throw fields.fault("locked", "one that makes 10^20 or more with free")
            }
            wallets.append(ExchangeWallet(id: code, asset: asset, balance: held))
        }
        return wallets
    }

    /// Every list of the account, or its fills alone.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchStreams(
        _ scope: ExchangeScope,
        of wallets: [ExchangeWallet],
        known: ExchangeKnowledge
    ) throws(ConnectorError) -> [ExchangeStream] {
        let wallets = wallets.isEmpty && scope == .trades ? try fetchWallets() : wallets
        var coins = known.assets
        for wallet in wallets {
            if let balance = wallet.balance, !balance.isZero { coins.insert(wallet.asset) }
        }
        var asked: Set<String> = []
        for key in known.streams.keys {
            if key.hasPrefix(Key.deposits) { coins.insert(String(key.dropFirst(Key.deposits.count))) }
            if key.hasPrefix(Key.fills) { asked.insert(String(key.dropFirst(Key.fills.count))) }
        }
        let today = milliseconds(now()) - BinanceUSSource.emptyPairMilliseconds
        let fills = try symbols().filter { symbol in
            let cursor = known.streams[Key.fills + symbol.name]
            if let cursor, Int64(cursor) != nil { return true }
            if coins.contains(symbol.base) { return true }
            guard coins.contains(symbol.quote) else { return false }
            return cursor.flatMap { BinanceUSSource.emptySince($0) }.map { $0 <= today } ?? true
        }
        let trades = fills.map {
            ExchangeStream.list(key: Key.fills + $0.name, name: "the trades of \($0.name)")
        }
        guard scope == .ledger else { return trades }
        var streams: [ExchangeStream] = [
            .list(key: Key.fiatDeposits, name: "the deposits from banks"),
            .list(key: Key.fiatWithdrawals, name: "the withdrawals to banks"),
            .list(key: Key.distributions, name: "the distributions"),
            .list(key: Key.rewards, name: "the staking rewards"),
        ]
        for coin in coins.sorted() where !AssetRegistry.builtIn.isFiat(code: coin) {
            let name = coin.uppercased()
            streams.append(.list(key: Key.deposits + coin, name: "the deposits of \(name)"))
            streams.append(.list(key: Key.withdrawals + coin, name: "the withdrawals of \(name)"))
        }
        return streams + trades
    }

    private enum Key {
        static let fills = "fills:"
        static let deposits = "deposits:"
        static let withdrawals = "withdrawals:"
        static let fiatDeposits = "fiat.deposits"
        static let fiatWithdrawals = "fiat.withdrawals"
        static let distributions = "distributions"
        static let rewards = "staking.rewards"
    }

    /// The pairs of the venue, asked for once in the life of a source.
    private func symbols() throws(ConnectorError) -> [BinanceUSRows.Symbol] {
        if let known = pairs.symbols.withLock({ $0 }) { return known }
        var wide = limits
        wide.answerBytesMax = 8 << 20
        wide.answerElementsMax = 600_000
        let answer = try fetch("/api/v3/exchangeInfo", weight: 10, isSigned: false, limits: wide)
        guard let values = answer["symbols"]?.array, values.count <= BinanceUSSource.symbolsMax else {
            throw .malformed("the list of pairs: no list of at most \(BinanceUSSource.symbolsMax)")
        }
        var symbols: [BinanceUSRows.Symbol] = []
        for (index, value) in values.enumerated() {
            let fields = VenueFields(
                value: value,
                name: "row \(index + 1) of the list of pairs",
                limits: limits
            )
            let name = try fields.id("symbol")
            guard (2...32).contains(name.utf8.count), name.utf8.allSatisfy(VenueText.isLetterOrDigit) else {
                throw fields.fault("symbol", "no name of a pair")
            }
            guard let base = AssetCode.normalize(try fields.id("baseAsset")) else {
                throw fields.fault("baseAsset", "no asset")
            }
            guard let quote = AssetCode.normalize(try fields.id("quoteAsset")) else {
                throw fields.fault("quoteAsset", "no asset")
            }
            symbols.append(BinanceUSRows.Symbol(name: name, base: base, quote: quote))
        }
        symbols.sort { $0.name < $1.name }
        pairs.symbols.withLock { $0 = symbols }
        return symbols
    }

    // MARK: Pages

    /// One page of a list, oldest first.
    ///
    /// - Throws: `ConnectorError`; `unknown` for a stream that is none of Binance.US's.
    public func fetchPage(
        of stream: ExchangeStream,
        after cursor: String?
    ) throws(ConnectorError) -> ExchangePage {
        let key = stream.key
        if key.hasPrefix(Key.fills) { return try fills(String(key.dropFirst(Key.fills.count)), cursor) }
        if key.hasPrefix(Key.deposits) {
            let coin = String(key.dropFirst(Key.deposits.count)).uppercased()
            return try spans(cursor, rowsMax: BinanceUSSource.rowsPerPage) {
                from,
                to throws(ConnectorError) in
                let path = "/sapi/v1/capital/deposit/hisrec"
                let rows = try list(path, coin, from, to, "the deposits of \(coin)")
                return try mapped(rows) { fields throws(ConnectorError) in try BinanceUSRows.deposit(fields) }
            }
        }
        if key.hasPrefix(Key.withdrawals) {
            let coin = String(key.dropFirst(Key.withdrawals.count)).uppercased()
            return try spans(cursor, rowsMax: BinanceUSSource.rowsPerPage) {
                from,
                to throws(ConnectorError) in
                let path = "/sapi/v1/capital/withdraw/history"
                let rows = try list(path, coin, from, to, "the withdrawals of \(coin)")
                return try mapped(rows) { fields throws(ConnectorError) in
                    try BinanceUSRows.withdrawal(fields)
                }
            }
        }
        switch key {
        case Key.fiatDeposits, Key.fiatWithdrawals:
            let isDeposit = key == Key.fiatDeposits
            return try spans(cursor, rowsMax: .max) { from, to throws(ConnectorError) in
                try fiat(isDeposit: isDeposit, from, to)
            }
        case Key.distributions:
            return try spans(cursor, rowsMax: BinanceUSSource.giftsPerPage) {
                from,
                to throws(ConnectorError) in
                let path = "/sapi/v1/asset/assetDistributionHistory"
                let rows = try gifts(path, "rows", from, to, "the distributions")
                return try mapped(rows) { fields throws(ConnectorError) in
                    try BinanceUSRows.gift(fields, time: "divTime", isStaking: false)
                }
            }
        case Key.rewards:
            return try spans(cursor, rowsMax: BinanceUSSource.giftsPerPage) {
                from,
                to throws(ConnectorError) in
                let path = "/sapi/v1/staking/stakingRewardsHistory"
                let rows = try gifts(path, "data", from, to, "the staking rewards")
                return try mapped(rows) { fields throws(ConnectorError) in
                    try BinanceUSRows.gift(fields, time: "time", isStaking: true)
                }
            }
        default: throw .unknown("Binance.US has no such list")
        }
    }

    // MARK: Fills

    /// The cursor of a pair that had no trade at an instant.
    private static func empty(at milliseconds: Int64) -> String { "e\(milliseconds)" }

    private static func emptySince(_ cursor: String) -> Int64? {
        cursor.hasPrefix("e") ? Int64(cursor.dropFirst()) : nil
    }

    private func fills(_ name: String, _ cursor: String?) throws(ConnectorError) -> ExchangePage {
        guard let symbol = try symbols().first(where: { $0.name == name }) else {
            throw .unknown("Binance.US does not have \(name) any more")
        }
        let from = cursor.flatMap { Int64($0) } ?? 0
        let answer = try fetch(
            "/api/v3/myTrades",
            [("symbol", name), ("fromId", String(from)), ("limit", String(BinanceUSSource.rowsPerPage))],
            weight: 10
        )
        guard let values = answer.array, values.count <= BinanceUSSource.rowsPerPage else {
            throw .malformed("the trades of \(name): no list of at most \(BinanceUSSource.rowsPerPage)")
        }
        var found: [(id: Int64, row: ExchangeRow)] = []
        var ids: Set<Int64> = []
        for (index, value) in values.enumerated() {
            let fields = VenueFields(
                value: value,
                name: "row \(index + 1) of the trades of \(name)",
                limits: limits
            )
            guard let id = fields.value["id"]?.integer, id >= 0, id < .max else {
                throw fields.fault("id", "no number")
            }
            guard id >= from else { throw fields.fault("id", "below the one that was asked for") }
            guard ids.insert(id).inserted else { throw fields.fault("id", "one that was there already") }
            if let stated = try fields.word("symbol"), stated != name {
                throw fields.fault("symbol", "another pair")
            }
            found.append((id, try BinanceUSRows.trade(fields, symbol, id: id)))
        }
        found.sort { $0.id < $1.id }
        let next = found.last.map { String($0.id + 1) }
        return ExchangePage(
            rows: found.map(\.row),
            cursor: next ?? (from > 0 ? cursor : BinanceUSSource.empty(at: milliseconds(now()))),
            hasMore: values.count == BinanceUSSource.rowsPerPage
        )
    }

    // MARK: Lists by spans of time

    /// One span of a list; a span whose answer is full is divided until it is not.
    private func spans(
        _ cursor: String?,
        rowsMax: Int,
        _ read: (_ from: Int64, _ to: Int64) throws(ConnectorError) -> [ExchangeRow]
    ) throws(ConnectorError) -> ExchangePage {
        let start = BinanceUSWindow(cursor).start
        let today = max(start + 1, milliseconds(now()) + offset.milliseconds)
        var span = min(BinanceUSWindow.spanMax, today - start)
        var rows = try read(start, start + span)
        while rows.count >= rowsMax {
            guard span > BinanceUSWindow.spanMin else {
                throw .malformed("more than \(rowsMax) rows within a second")
            }
            span /= 2
            rows = try read(start, start + span)
        }
        let end = start + span
        // Rows out of the span would be read again and again, or never.
        guard rows.allSatisfy({ (start - 1_000...end + 1_000).contains($0.time.microseconds / 1_000) }) else {
            throw .malformed("a row lies outside the span of time that was asked for")
        }
        rows.sort { ($0.time, $0.id) < ($1.time, $1.id) }
        let isLast = end >= today
        let next = isLast ? max(start, end - BinanceUSWindow.overlap) : end + 1
        return ExchangePage(
            rows: numbered(rows),
            cursor: BinanceUSWindow(start: next).text,
            hasMore: !isLast
        )
    }

    /// The rows with cursors before the next one's time, and with a number behind an id that comes more than once.
    private func numbered(_ rows: [ExchangeRow]) -> [ExchangeRow] {
        var counts: [String: Int] = [:]
        return rows.enumerated().map { index, row in
            let count = (counts[row.id] ?? 0) + 1
            counts[row.id] = count
            let id = count == 1 ? row.id : "\(row.id)#\(count)"
            var content = row.content
            if case .event(var event) = content {
                event.id = id
                content = .event(event)
            }
            let time = milliseconds(row.time)
            let isTied = index + 1 < rows.count && milliseconds(rows[index + 1].time) <= time
            return ExchangeRow(
                id: id,
                time: row.time,
                cursor: BinanceUSWindow(start: isTied ? time : time + 1).text,
                content: content
            )
        }
    }

    private func list(
        _ path: String,
        _ coin: String,
        _ from: Int64,
        _ to: Int64,
        _ name: String
    ) throws(ConnectorError) -> [VenueFields] {
        let answer = try fetch(
            path,
            [
                ("coin", coin), ("startTime", String(from)), ("endTime", String(to)),
                ("limit", String(BinanceUSSource.rowsPerPage)),
            ]
        )
        return try elements(answer, name, BinanceUSSource.rowsPerPage)
    }

    private func gifts(
        _ path: String,
        _ member: String,
        _ from: Int64,
        _ to: Int64,
        _ name: String
    ) throws(ConnectorError) -> [VenueFields] {
        let answer = try fetch(
            path,
            [
                ("startTime", String(from)), ("endTime", String(to)),
                ("limit", String(BinanceUSSource.giftsPerPage)),
            ]
        )
        guard let inner = answer[member] else { throw .malformed("\(name): \(member) is absent") }
        return try elements(inner, name, BinanceUSSource.giftsPerPage)
    }

    /// All bank transfers of a span; how many a page has is not documented, so pages are asked for until one is empty.
    private func fiat(isDeposit: Bool, _ from: Int64, _ to: Int64) throws(ConnectorError) -> [ExchangeRow] {
        let word = isDeposit ? "deposit" : "withdraw"
        let name = isDeposit ? "the deposits from banks" : "the withdrawals to banks"
        var rows: [ExchangeRow] = []
        var ids: Set<String> = []
        for _ in 0..<BinanceUSSource.fiatPagesMax {
            let answer = try fetch(
                "/sapi/v1/fiatpayment/query/\(word)/history",
                [("startTime", String(from)), ("endTime", String(to)), ("offset", String(rows.count))]
            )
            guard let inner = answer["assetLogRecordList"] else {
                throw .malformed("\(name): assetLogRecordList is absent")
            }
            if inner.isNull { return rows }
            let page = try mapped(elements(inner, name, BinanceUSSource.rowsPerPage)) {
                fields throws(ConnectorError) in
                try BinanceUSRows.fiat(fields, isDeposit: isDeposit)
            }
            let new = page.filter { ids.insert($0.id).inserted }
            // Where the offset does not count, the first page has all.
            if new.isEmpty { return rows }
            rows += new
        }
        throw .malformed("\(name): more than \(BinanceUSSource.fiatPagesMax) pages")
    }

    private func elements(
        _ value: JSONValue,
        _ name: String,
        _ most: Int
    ) throws(ConnectorError) -> [VenueFields] {
        guard let values = value.array, values.count <= most else {
            throw .malformed("\(name): no list of at most \(most) rows")
        }
        return values.enumerated().map { index, value in
            VenueFields(value: value, name: "row \(index + 1) of \(name)", limits: limits)
        }
    }

    private func mapped(
        _ fields: [VenueFields],
        _ read: (VenueFields) throws(ConnectorError) -> ExchangeRow
    ) throws(ConnectorError) -> [ExchangeRow] {
        var rows: [ExchangeRow] = []
        rows.reserveCapacity(fields.count)
        for field in fields { rows.append(try read(field)) }
        return rows
    }

    // MARK: Requests

    private func milliseconds(_ time: Timestamp) -> Int64 { time.microseconds / 1_000 }

    private func fetch(
        _ path: String,
        _ query: [(String, String)] = [],
        weight: Int64 = 1,
        isSigned: Bool = true,
        limits wide: VenueLimits? = nil
    ) throws(ConnectorError) -> JSONValue {
        for isAgain in [false, true] {
            let response = try client.send(weight: weight) { () throws(ConnectorError) in
                request(path, query, isSigned: isSigned)
            }
            switch try BinanceUSAnswer.read(response, limits: wide ?? limits) {
            case .value(let value): return value
            case .wrongTime where !isAgain && isSigned: try measureClock()
            case .wrongTime: break
            }
        }
        throw .refused(
            "Binance.US says that the request's time is wrong, although it was taken from Binance.US itself"
        )
    }

    /// Takes over the venue's clock.
    private func measureClock() throws(ConnectorError) {
        let answer = try fetch("/api/v3/time", isSigned: false)
        guard let time = answer["serverTime"]?.integer, (1...253_402_300_799_999).contains(time) else {
            throw .malformed("the venue's time is none")
        }
        offset.milliseconds = time - milliseconds(now())
    }

    private func request(_ path: String, _ query: [(String, String)], isSigned: Bool) -> OutgoingRequest {
        var fields = query
        if isSigned {
            fields.append(("recvWindow", String(BinanceUSSource.receiveWindow)))
            fields.append(("timestamp", String(milliseconds(now()) + offset.milliseconds)))
        }
        var text = fields.map { "\($0.0)=\(PercentText.encode($0.1))" }.joined(separator: "&")
        if isSigned { text += "&signature=" + credentials.signature(text) }
        var headers = [OutgoingHeader("accept", "application/json")]
        if isSigned { headers.append(OutgoingHeader("x-mbx-apikey", credentials.key)) }
        return OutgoingRequest(url: baseURL + path + (text.isEmpty ? "" : "?" + text), headers: headers)
    }
}
