import JSON
import Ledger
import Money
import Time
import Venues

/// One transaction of a wallet as Coinbase's API version 2 tells it, turned into a row.
///
/// * The wallet changes by `amount` exactly; a fee is never inside another leg.
/// * `buy` and `sell` tell subtotal and fee of the payment; without them the payment is `native_amount`. The row in the
///   wallet of the payment's currency is the other side; where there is none, a card or bank paid.
/// * `advanced_trade_fill` is told by the row of the base asset: quote = amount × fill price, fee = commission, as the
///   CSV report does it. The row of the quote asset is the other side.
/// * `trade` (a convert) has a row in each wallet, joined by `trade.id`.
/// * `native_amount` is the stated value, unless it is of the wallet's own currency.
///
/// Source: the pages on transactions of docs.cdp.coinbase.com, and what client libraries expect.
struct CoinbaseTransaction {
    private let fields: VenueFields
    private let id: String
    private let time: Timestamp
    private let type: String
    private let asset: String
    private let amount: Amount
    private let native: ExchangeMoney?
    private let note: String

    /// Reads one element of a page.
    ///
    /// - Throws: `ConnectorError.malformed` with the member that is not as documented.
    init(_ fields: VenueFields, wallet: ExchangeWallet) throws(ConnectorError) {
        self.fields = fields
        id = try fields.id("id")
        time = try fields.time("created_at")
        type = try fields.id("type")
        guard let moved = try fields.money("amount") else { throw fields.fault("amount", "missing") }
        guard moved.asset == wallet.asset else {
            throw fields.fault("amount", "in \(moved.asset.uppercased()), not in the wallet's currency")
        }
        asset = moved.asset
        amount = moved.amount
        let stated = try fields.money("native_amount")
        native = stated.flatMap { stated in
            stated.asset == moved.asset
                ? nil : ExchangeMoney(amount: stated.amount.magnitude, asset: stated.asset)
        }
        let title = try fields.object("details")?.note("title") ?? ""
        let described = fields.note("description")
        note = described.isEmpty ? title : described
    }

    private var moved: ExchangeMoney { ExchangeMoney(amount: amount.magnitude, asset: asset) }
    private var isOut: Bool { amount.isNegative }

    /// The row.
    ///
    /// - Throws: as `init`.
    func row() throws(ConnectorError) -> ExchangeRow {
        let status = try fields.word("status") ?? "completed"
        switch status {
        case "completed", "complete": break
        case "failed", "canceled", "cancelled", "expired": return row(.nothing)
        default: return row(.pending)
        }
        guard !amount.isZero else { return row(.nothing) }
        switch CoinbaseTransactionType.known[type] {
        case .order: return row(try order())
        case .fill:
            if let content = try fill() { return row(content) }
            return row(
                .event(movement(isOut ? .withdrawal : .deposit)),
                remark: "it is of a fill of other assets than the wallet's"
            )
        case .half(let kind): return row(.half(half(kind, key: try tradeKey())))
        case .dust: return row(.event(movement(.trade)))
        case .incoming(.deposit): return row(.event(movement(isOut ? .withdrawal : .deposit)))
        case .incoming(let kind): return row(.event(movement(isOut ? .correctionOut : kind)))
        case .signed(let incoming, let outgoing):
            return row(.event(movement(try earned() ?? (isOut ? outgoing : incoming))))
        case .inside: return row(.nothing)
        case .unsaid:
            return row(
                .event(movement(isOut ? .withdrawal : .deposit)),
                remark: "Coinbase does not say what it is"
            )
        case nil:
            return row(
                .event(movement(isOut ? .withdrawal : .deposit)),
                remark: "its type \(type.prefix(40)) is not known"
            )
        }
    }

    private func row(_ content: ExchangeRow.Content, remark: String? = nil) -> ExchangeRow {
        ExchangeRow(
            id: id,
            time: time,
            cursor: id,
            content: content,
            remark: remark.map { reason in
                let kind = isOut ? "a withdrawal" : "a deposit"
                return "transaction \(id) of \(time): \(reason); it was read as \(kind)"
            }
        )
    }

    /// An event of this wallet alone.
    private func movement(_ kind: EntryKind) -> ExchangeEvent {
        ExchangeEvent(
            id: id,
            time: time,
            kind: kind,
            incoming: isOut ? nil : moved,
            outgoing: isOut ? moved : nil,
            value: native,
            note: note
        )
    }

    /// What came from Coinbase's own learning rewards, which are sends of a named sender.
    private func earned() throws(ConnectorError) -> EntryKind? {
        guard type == "send", !isOut, let sender = try fields.object("from") else { return nil }
        return ["Coinbase Earn", "Coinbase Rewards"].contains(sender.note("name")) ? .reward : nil
    }

    private func half(_ kind: EntryKind, key: String?) -> ExchangeHalf {
        ExchangeHalf(
            id: id,
            time: time,
            kind: kind,
            key: key,
            sort: type,
            moved: moved,
            isOut: isOut,
            value: native,
            note: note
        )
    }

    private func tradeKey() throws(ConnectorError) -> String? {
        guard let trade = try fields.object("trade") else { return nil }
        return "trade:" + (try trade.id("id"))
    }

    // MARK: Purchases and sales

    private func order() throws(ConnectorError) -> ExchangeRow.Content {
        guard let told = try fields.object(type) else { return .event(plainTrade(key: nil)) }
        let key = try told.word("id").map { type + ":" + $0 }
        let subtotal = try told.money("subtotal")
        let total = try told.money("total")
        let fee = try told.money("fee")
        guard let currency = subtotal?.asset ?? total?.asset else {
            // Untold, the sign says which side it is: a purchase takes its payment out of a wallet.
            guard (type == "buy") == isOut else { return .event(plainTrade(key: key)) }
            return key.map { .otherSide(key: $0) } ?? .event(movement(isOut ? .withdrawal : .deposit))
        }
        // The row in the payment's own wallet.
        if currency == asset { return key.map { .otherSide(key: $0) } ?? .nothing }
        var event = plainTrade(key: key)
        let charged = fee.flatMap { $0.asset == currency ? $0.amount.magnitude : nil } ?? .zero
        var paid = subtotal?.amount.magnitude
        if paid == nil, let total {
            do throws(MoneyError) {
                let rest = isOut ? try total.amount.adding(charged) : try total.amount.subtracting(charged)
                paid = rest.magnitude
            } catch {
                throw fields.fault(type, "a sum of 10^20 or more")
            }
        }
        let payment = ExchangeMoney(amount: paid ?? .zero, asset: currency)
        let leg = payment.amount.isZero ? nil : payment
        if isOut { event.incoming = leg } else { event.outgoing = leg }
        event.fee = charged.isZero ? nil : ExchangeMoney(amount: charged, asset: currency)
        event.value = payment
        let method = told.note("payment_method_name").lowercased()
        event.isPaidOutside = !method.hasSuffix("wallet")
        return .event(event)
    }

    /// A trade of which only the stated value is known; the payment was outside.
    private func plainTrade(key: String?) -> ExchangeEvent {
        var event = movement(.trade)
        event.key = key
        event.isPaidOutside = true
        if let native, !native.amount.isZero {
            if isOut { event.incoming = native } else { event.outgoing = native }
        }
        return event
    }

    /// The fill, or nil when the wallet's asset has no part in it.
    private func fill() throws(ConnectorError) -> ExchangeRow.Content? {
        guard let told = try fields.object("advanced_trade_fill") else {
            return .half(half(.trade, key: nil))
        }
        let product = try CoinbaseProduct(try told.id("product_id"), told)
        guard product.base == asset else {
            guard product.quote == asset else { return nil }
            return .otherSide(key: "order:" + (try told.id("order_id")))
        }
        let event = try product.fill(
            id: id,
            time: time,
            isSale: isOut,
            size: amount.magnitude,
            price: try told.price("fill_price"),
            commission: told.value["commission"].map { $0.isNull } ?? true
                ? .zero : try told.amount("commission"),
            told
        )
        return .event(event)
    }
}
