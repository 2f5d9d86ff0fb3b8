import Crypto
import Synchronization

/// A stand-in for Binance.US that checks each request's key, signature and time as the venue documents them.
public final class BinanceUSVenue: VenueStandIn {
    /// A row of a list with the instant that it is found by, in milliseconds.
    public struct Row: Sendable {
        /// Milliseconds since 1970.
        public var time: Int64
        /// The row as JSON.
        public var json: String

        /// A row from its parts.
        public init(_ time: Int64, _ json: String) {
            self.time = time
            self.json = json
        }
    }

    /// A fill with its number.
    public struct Fill: Sendable {
        /// The number within the pair.
        public var id: Int64
        /// The row as JSON.
        public var json: String
    }

    /// What the venue holds.
    public struct Content: Sendable {
        /// Assets with what is free and what is locked.
        public var balances: [(asset: String, free: String, locked: String)] = []
        /// Pairs with base and quote.
        public var symbols: [(name: String, base: String, quote: String)] = []
        /// Fills by pair, in the order of their numbers.
        public var fills: [String: [Fill]] = [:]
        /// Deposits by coin.
        public var deposits: [String: [Row]] = [:]
        /// Withdrawals by coin.
        public var withdrawals: [String: [Row]] = [:]
        /// Deposits from banks.
        public var fiatDeposits: [Row] = []
        /// Withdrawals to banks.
        public var fiatWithdrawals: [Row] = []
        /// Distributions.
        public var distributions: [Row] = []
        /// Staking rewards.
        public var rewards: [Row] = []
        /// The most rows of a page, whatever is asked for.
        public var pageRows = 1_000
        /// How far the venue's clock is ahead, in milliseconds.
        public var ahead: Int64 = 0
        /// Answers instead of the usual one; by the number of the request from 0 and its path.
        public var override: (@Sendable (Int, String) -> VenueAnswerText?)?

        /// Nothing.
        public init() {}
    }

    private struct State {
        var content = Content()
        var asked: [String] = []
        var faults: [String] = []
    }

    private let key: String
    private let secret: Secret
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// A venue that knows one key; `now` gives milliseconds since 1970.
    public init(key: String, secret: String, now: @escaping @Sendable () -> Int64) {
        self.key = key
        self.secret = Secret(secret)
        self.now = now
    }

    /// Changes what the venue holds.
    public func change(_ body: (inout Content) -> Void) { state.withLock { body(&$0.content) } }

    /// The paths asked for so far, with symbol or coin behind them.
    public var asked: [String] { state.withLock { $0.asked } }

    /// What was wrong with requests.
    public var faults: [String] { state.withLock { $0.faults } }

    /// Answers a request.
    public func answer(_ request: VenueRequest) -> VenueAnswerText {
        let fields = Dictionary(
            FormText.fields(request.query).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        let (number, content) = state.withLock { state -> (Int, Content) in
            let what = fields["symbol"] ?? fields["coin"]
            state.asked.append(request.path + (what.map { " " + $0 } ?? ""))
            return (state.asked.count - 1, state.content)
        }
        if let special = content.override?(number, request.path) { return special }
        guard request.method == "GET" else {
            return Self.error(-1100, "Illegal characters found in a parameter.")
        }
        switch request.path {
        case "/api/v3/time": return VenueAnswerText(200, #"{"serverTime":\#(now() + content.ahead)}"#)
        case "/api/v3/exchangeInfo": return symbols(content)
        default: break
        }
        if let (code, words) = fault(request, fields, content) {
            state.withLock { $0.faults.append(words) }
            return Self.error(code, words, status: code == -2015 || code == -2014 ? 401 : 400)
        }
        return answer(request.path, fields, content)
    }

    /// An answer with an error.
    public static func error(
        _ code: Int,
        _ words: String,
        status: Int = 400,
        headers: [String] = []
    ) -> VenueAnswerText {
        VenueAnswerText(status, #"{"code":\#(code),"msg":"\#(words)"}"#, headers: headers)
    }

    /// Source: docs.binance.us, "Signed endpoint security" and "Timing security".
    private func fault(
        _ request: VenueRequest,
        _ fields: [String: String],
        _ content: Content
    ) -> (Int, String)? {
        guard let given = request.headers["x-mbx-apikey"], given.utf8.count >= 32 else {
            return (-2014, "API-key format invalid.")
        }
        guard given == key else { return (-2015, "Invalid API-key, IP, or permissions for action.") }
        guard let stated = fields["signature"], request.query.hasSuffix("&signature=" + stated) else {
            return (-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.")
        }
        let signed = Array(request.query.dropLast("&signature=".utf8.count + stated.utf8.count).utf8)
        guard stated == Hex.encode(HMAC.sha256(signed, key: secret)) else {
            return (-1022, "Signature for this request is not valid.")
        }
        let window = Int64(fields["recvWindow"] ?? "") ?? 5_000
        let time = now() + content.ahead
        guard let stamp = Int64(fields["timestamp"] ?? ""), window <= 60_000, stamp < time + 1_000,
            time - stamp <= window
        else { return (-1021, "Timestamp for this request is outside of the recvWindow.") }
        return nil
    }

    private func answer(_ path: String, _ fields: [String: String], _ content: Content) -> VenueAnswerText {
        switch path {
        case "/api/v3/account":
            let rows = content.balances.map {
                #"{"asset":"\#($0.asset)","free":"\#($0.free)","locked":"\#($0.locked)"}"#
            }
            return VenueAnswerText(
                200,
                #"{"makerCommission":15,"canTrade":true,"accountType":"SPOT","balances":[\#(rows.joined(separator: ","))]}"#
            )
        case "/api/v3/myTrades":
            guard let symbol = fields["symbol"], content.symbols.contains(where: { $0.name == symbol }) else {
                return Self.error(-1121, "Invalid symbol.")
            }
            let from = Int64(fields["fromId"] ?? "") ?? 0
            let limit = min(Int(fields["limit"] ?? "") ?? 500, 1_000)
            let rows = (content.fills[symbol] ?? []).filter { $0.id >= from }.prefix(limit)
            return VenueAnswerText(200, "[\(rows.map(\.json).joined(separator: ","))]")
        case "/sapi/v1/capital/deposit/hisrec":
            return list(content.deposits[fields["coin"] ?? ""] ?? [], fields, content, needsCoin: true)
        case "/sapi/v1/capital/withdraw/history":
            return list(content.withdrawals[fields["coin"] ?? ""] ?? [], fields, content, needsCoin: true)
        case "/sapi/v1/fiatpayment/query/deposit/history":
            return list(content.fiatDeposits, fields, content) { #"{"assetLogRecordList":\#($0)}"# }
        case "/sapi/v1/fiatpayment/query/withdraw/history":
            return list(content.fiatWithdrawals, fields, content) { #"{"assetLogRecordList":\#($0)}"# }
        case "/sapi/v1/asset/assetDistributionHistory":
            return list(content.distributions, fields, content) { #"{"rows":\#($0),"total":0}"# }
        case "/sapi/v1/staking/stakingRewardsHistory":
            return list(content.rewards, fields, content) {
                #"{"code":"000000","message":"success","data":\#($0),"total":0,"success":true}"#
            }
        default: return VenueAnswerText(404, "<html>Not Found</html>")
        }
    }

    /// The rows of a span, newest first.
    private func list(
        _ rows: [Row],
        _ fields: [String: String],
        _ content: Content,
        needsCoin: Bool = false,
        _ wrap: (String) -> String = { $0 }
    ) -> VenueAnswerText {
        guard !needsCoin || fields["coin"] != nil else {
            return Self.error(-1102, "Mandatory parameter 'coin' was not sent, was empty/null, or malformed.")
        }
        guard let start = Int64(fields["startTime"] ?? ""), let end = Int64(fields["endTime"] ?? ""),
            start < end,
            end - start < 90 * 86_400_000
        else { return Self.error(-1127, "More than 90 days between startTime and endTime.") }
        let limit = min(Int(fields["limit"] ?? "") ?? 1_000, content.pageRows)
        let offset = Int(fields["offset"] ?? "") ?? 0
        let found = rows.filter { (start...end).contains($0.time) }.sorted { $0.time > $1.time }
        let page = found.dropFirst(offset).prefix(limit).map(\.json)
        return VenueAnswerText(200, wrap("[\(page.joined(separator: ","))]"))
    }

    private func symbols(_ content: Content) -> VenueAnswerText {
        let rows = content.symbols.map {
            #"{"symbol":"\#($0.name)","status":"TRADING","baseAsset":"\#($0.base)","quoteAsset":"\#($0.quote)","#
                + #""baseAssetPrecision":8,"filters":[{"filterType":"PRICE_FILTER","minPrice":"0.01"}]}"#
        }
        return VenueAnswerText(
            200,
            #"{"timezone":"UTC","serverTime":\#(now()),"rateLimits":[],"symbols":[\#(rows.joined(separator: ","))]}"#
        )
    }
}

/// Rows as Binance.US gives them.
public enum BinanceUSJSON {
    /// A fill.
    public static func fill(
        _ symbol: String,
        _ id: Int64,
        at time: Int64,
        qty: String,
        quoteQty: String,
        price: String,
        commission: String,
        _ commissionAsset: String,
        isBuyer: Bool
    ) -> BinanceUSVenue.Fill {
        BinanceUSVenue.Fill(
            id: id,
            json:
                #"{"symbol":"\#(symbol)","id":\#(id),"orderId":\#(id * 7),"orderListId":-1,"price":"\#(price)","#
                + #""qty":"\#(qty)","quoteQty":"\#(quoteQty)","commission":"\#(commission)","#
                + #""commissionAsset":"\#(commissionAsset)","time":\#(time),"isBuyer":\#(isBuyer),"isMaker":false,"#
                + #""isBestMatch":true}"#
        )
    }

    /// A deposit of coins.
    public static func deposit(
        _ coin: String,
        _ amount: String,
        tx: String,
        at time: Int64,
        status: Int = 1
    ) -> BinanceUSVenue.Row {
        BinanceUSVenue.Row(
            time,
            #"{"amount":"\#(amount)","coin":"\#(coin)","network":"\#(coin)","status":\#(status),"address":"a","#
                + #""addressTag":"","txId":"\#(tx)","insertTime":\#(time),"transferType":0,"confirmTimes":"0/0"}"#
        )
    }

    /// A withdrawal of coins; `text` is the instant as the venue writes it, without a zone.
    public static func withdrawal(
        _ coin: String,
        _ amount: String,
        fee: String,
        id: String,
        at time: Int64,
        _ text: String,
        status: Int = 6
    ) -> BinanceUSVenue.Row {
        BinanceUSVenue.Row(
            time,
            #"{"id":"\#(id)","amount":"\#(amount)","transactionFee":"\#(fee)","coin":"\#(coin)","status":\#(status),"#
                + #""address":"a","applyTime":"\#(text)","network":"\#(coin)","transferType":0}"#
        )
    }

    /// A transfer from or to a bank.
    public static func fiat(
        _ id: String,
        _ amount: String,
        fee: String,
        at time: Int64,
        status: String = "Successful"
    ) -> BinanceUSVenue.Row {
        BinanceUSVenue.Row(
            time,
            #"{"orderId":"\#(id)","paymentAccount":"x","paymentChannel":"MODERNTREASURY","paymentMethod":"ACH","#
                + #""orderStatus":"\#(status)","fiatCurrency":"USD","amount":"\#(amount)","transactionFee":"\#(fee)","#
                + #""platformFee":"0","createTime":\#(time)}"#
        )
    }

    /// Something that was given.
    public static func distribution(
        _ asset: String,
        _ amount: String,
        _ category: String,
        id: Int64,
        at time: Int64
    ) -> BinanceUSVenue.Row {
        BinanceUSVenue.Row(
            time,
            #"{"amount":"\#(amount)","asset":"\#(asset)","divTime":\#(time),"category":"\#(category)","tranId":\#(id)}"#
        )
    }

    /// A reward of staking.
    public static func reward(
        _ asset: String,
        _ amount: String,
        id: Int64,
        at time: Int64
    ) -> BinanceUSVenue.Row {
        BinanceUSVenue.Row(
            time,
            #"{"asset":"\#(asset)","amount":"\#(amount)","usdValue":"1.0","time":\#(time),"tranId":\#(id),"#
                + #""autoRestaked":false}"#
        )
    }
}
