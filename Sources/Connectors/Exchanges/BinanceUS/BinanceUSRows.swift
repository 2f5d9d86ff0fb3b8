import JSON
import Ledger
import Money
import Time
import Venues

/// What the rows of Binance.US's lists mean.
///
/// A withdrawal's `amount` is what arrives; `transactionFee` is paid on top. Of bank transfers the two are read in the same
/// way: what came in is `amount`, after the fee.
///
/// Source: docs.binance.us, "Get Trades", "Get Crypto Deposit History", "Get Crypto Withdrawal History", "Get Fiat Deposit
/// History", "Get Asset Distribution History", "Get Staking Rewards History".
enum BinanceUSRows {
    /// A pair with its assets in lower case.
    struct Symbol: Hashable, Sendable {
        let name: String
        let base: String
        let quote: String
    }

    /// A fill of an order.
    static func trade(
        _ fields: VenueFields,
        _ symbol: Symbol,
        id: Int64
    ) throws(ConnectorError) -> ExchangeRow {
        let time = try fields.millisecondTime("time")
        let size = try positive("qty", fields)
        let price = try fields.price("price")
        let paid: Amount
        if fields.value["quoteQty"].map({ !$0.isNull }) ?? false {
            paid = try fields.amount("quoteQty").magnitude
        } else {
            do throws(MoneyError) {
                paid = try size.multiplied(by: price)
            } catch {
                throw fields.fault("price", "one whose product with qty is 10^20 or more")
            }
        }
        guard let isBuyer = fields.value["isBuyer"]?.bool else {
            throw fields.fault("isBuyer", "neither true nor false")
        }
        let moved = ExchangeMoney(amount: size, asset: symbol.base)
        let payment = ExchangeMoney(amount: paid, asset: symbol.quote)
        let leg = paid.isZero ? nil : payment
        if let order = fields.value["orderId"], order.integer == nil {
            throw fields.fault("orderId", "no number")
        }
        let order = fields.value["orderId"]?.integer
        let name = BinanceReference.fill(pair: symbol.name, order: order, number: id)
        let event = ExchangeEvent(
            id: name,
            time: time,
            kind: .trade,
            incoming: isBuyer ? moved : leg,
            outgoing: isBuyer ? leg : moved,
            fee: try money("commission", "commissionAsset", fields, isOptional: true),
            value: payment
        )
        return ExchangeRow(id: name, time: time, cursor: String(id + 1), content: .event(event))
    }

    /// A deposit of coins.
    static func deposit(_ fields: VenueFields) throws(ConnectorError) -> ExchangeRow {
        let time = try fields.millisecondTime("insertTime")
        let money = try required("amount", "coin", fields)
        let (given, chain) = (try fields.word("id"), try fields.word("txId"))
        let stated = given ?? chain ?? ""
        // A move between accounts of the venue has no id of a chain.
        let isID = VenueFields.isID(stated, fields.limits)
        let id = isID ? stated : "deposit-\(money.asset)-\(time.microseconds / 1000)-\(money.amount)"
        guard let status = fields.value["status"]?.integer else { throw fields.fault("status", "no number") }
        switch status {
        case 1, 6:
            let event = ExchangeEvent(
                id: id,
                time: time,
                kind: .deposit,
                incoming: money,
                note: fields.note("network")
            )
            return row(id, time, .event(event))
        case 2, 7: return row(id, time, .nothing)
        default: return row(id, time, .pending)
        }
    }

    /// A withdrawal of coins.
    static func withdrawal(_ fields: VenueFields) throws(ConnectorError) -> ExchangeRow {
        let id = try fields.id("id")
        let time: Timestamp
        if fields.value["applyTime"]?.integer == nil {
            time = try fields.time("applyTime")
        } else {
            time = try fields.millisecondTime("applyTime")
        }
        let money = try required("amount", "coin", fields)
        guard let status = fields.value["status"]?.integer else { throw fields.fault("status", "no number") }
        switch status {
        case 6:
            let event = ExchangeEvent(
                id: id,
                time: time,
                kind: .withdrawal,
                outgoing: money,
                fee: try fee("transactionFee", of: money.asset, fields),
                note: fields.note("network")
            )
            return row(id, time, .event(event))
        case 1, 3, 5: return row(id, time, .nothing)
        default: return row(id, time, .pending)
        }
    }

    /// A transfer from or to a bank.
    static func fiat(_ fields: VenueFields, isDeposit: Bool) throws(ConnectorError) -> ExchangeRow {
        let id = try fields.id("orderId")
        let time = try fields.millisecondTime("createTime")
        let code = try fields.word("fiatCurrency") ?? "USD"
        guard let asset = AssetCode.normalize(code) else { throw fields.fault("fiatCurrency", "no currency") }
        let amount = try fields.amount("amount").magnitude
        let fee = try fee("transactionFee", of: asset, fields)
        let status = try fields.id("orderStatus").lowercased()
        if ["fail", "cancel", "reject", "refund", "expire", "return"].contains(where: { status.contains($0) })
        {
            return row(id, time, .nothing)
        }
        guard ["successful", "success", "completed", "complete"].contains(status) else {
            return row(id, time, .pending)
        }
        guard !amount.isZero else { return row(id, time, .nothing) }
        let whole: Amount
        do throws(MoneyError) {
            whole = isDeposit ? try amount.adding(fee?.amount ?? .zero) : amount
        } catch {
            throw fields.fault("amount", "one that makes 10^20 or more with its fee")
        }
        let money = ExchangeMoney(amount: whole, asset: asset)
        let event = ExchangeEvent(
            id: id,
            time: time,
            kind: isDeposit ? .deposit : .withdrawal,
            incoming: isDeposit ? money : nil,
            outgoing: isDeposit ? nil : money,
            fee: fee,
            note: fields.note("paymentMethod")
        )
        return row(id, time, .event(event))
    }

    /// Something that the venue gave: an airdrop, a rebate, a reward of staking.
    static func gift(
        _ fields: VenueFields,
        time key: String,
        isStaking: Bool
    ) throws(ConnectorError) -> ExchangeRow {
        let time = try fields.millisecondTime(key)
        let money = try required("amount", "asset", fields)
        let number = fields.value["tranId"]?.number ?? fields.value["tranId"]?.string ?? ""
        let id =
            VenueFields.isID(number, fields.limits)
            ? BinanceReference.gift(booking: number, asset: money.asset)
            : "gift-\(money.asset)-\(time.microseconds / 1000)"
        let category = fields.note("category")
        let kind = isStaking ? EntryKind.staking : BinanceGift.kind(category) ?? .reward
        let event = ExchangeEvent(id: id, time: time, kind: kind, incoming: money, note: category)
        return row(id, time, money.amount.isZero ? .nothing : .event(event))
    }

    // MARK: Members

    private static func row(_ id: String, _ time: Timestamp, _ content: ExchangeRow.Content) -> ExchangeRow {
        ExchangeRow(id: id, time: time, cursor: nil, content: content)
    }

    private static func positive(_ key: String, _ fields: VenueFields) throws(ConnectorError) -> Amount {
        let amount = try fields.amount(key)
        guard amount.isPositive else { throw fields.fault(key, "not above zero") }
        return amount
    }

    private static func required(
        _ amount: String,
        _ asset: String,
        _ fields: VenueFields
    ) throws(ConnectorError) -> ExchangeMoney {
        guard let money = try money(amount, asset, fields, isOptional: false) else {
            throw fields.fault(amount, "no amount")
        }
        return money
    }

    /// An amount of the asset that another member names; nil where it may be zero and is.
    private static func money(
        _ amountKey: String,
        _ assetKey: String,
        _ fields: VenueFields,
        isOptional: Bool
    ) throws(ConnectorError) -> ExchangeMoney? {
        let amount = try fields.amount(amountKey)
        guard !amount.isNegative else { throw fields.fault(amountKey, "below zero") }
        if isOptional, amount.isZero { return nil }
        guard let asset = AssetCode.normalize(try fields.id(assetKey)) else {
            throw fields.fault(assetKey, "no asset")
        }
        return ExchangeMoney(amount: amount, asset: asset)
    }

    private static func fee(
        _ key: String,
        of asset: String,
        _ fields: VenueFields
    ) throws(ConnectorError) -> ExchangeMoney? {
        guard let member = fields.value[key], !member.isNull else { return nil }
        let amount = try fields.amount(key).magnitude
        return amount.isZero ? nil : ExchangeMoney(amount: amount, asset: asset)
    }
}
