import Ledger
public import Money
public import Time

/// One row of Kraken's ledger as its API and its CSV export tell it alike.
///
/// The holding changes by `amount` − `fee`. `txid` names the row; `refid` names the event, such as the trade, and the
/// rows of one trade share it.
public struct KrakenLedgerRow: Hashable, Sendable {
    /// The row's own id.
    public var id: String
    /// The event's id.
    public var reference: String
    /// When.
    public var time: Timestamp
    /// The sort of row, such as `trade`.
    public var type: String
    /// A closer sort, such as `spottostaking`; mostly empty.
    public var subtype: String
    /// The asset's usual code in lower case.
    public var asset: String
    /// By how much the holding changed before the fee, signed.
    public var amount: Amount
    /// What was paid on top; below zero where a fee was given back.
    public var fee: Amount

    /// A row from its parts.
    public init(
        id: String,
        reference: String,
        time: Timestamp,
        type: String,
        subtype: String,
        asset: String,
        amount: Amount,
        fee: Amount
    ) {
        self.id = id
        self.reference = reference
        self.time = time
        self.type = type
        self.subtype = subtype
        self.asset = asset
        self.amount = amount
        self.fee = fee
    }
}

/// What a row of Kraken's ledger means for its owner: the rules that the importer of the CSV export and the reader of the
/// API share, so that both tell the same story under the same ids.
///
/// A trade has the id that its rows share, which is the trade's own; everything else has the row's id.
public enum KrakenLedger {
    /// What a row is.
    public enum Meaning: Hashable, Sendable {
        /// A whole event.
        case event(ExchangeEvent)
        /// One of the rows of an exchange.
        case part(LedgerRow)
        /// Nothing that changes what is held, such as a move into staking.
        case inside
    }

    /// What a row means and what should be said about it, if anything.
    ///
    /// - Throws: `MoneyError.overflow` when the amount with a fee that was given back is out of range.
    public static func read(_ row: KrakenLedgerRow) throws(MoneyError) -> (meaning: Meaning, remark: String?)
    {
        var plain = LedgerRow(
            id: row.id,
            group: row.reference.isEmpty ? row.id : row.reference,
            time: row.time,
            kind: .trade,
            asset: row.asset,
            amount: row.amount,
            fee: row.fee
        )
        if row.fee.isNegative { (plain.amount, plain.fee) = (try row.amount.subtracting(row.fee), .zero) }
        let action = action(row)
        switch action {
        case .exchange: return (.part(plain), nil)
        case .inside: return (.inside, nil)
        case .moved(let incoming, let outgoing, let feeKind):
            let kind = plain.amount.isNegative ? outgoing : incoming
            guard let event = plain.event(kind, fee: feeKind) else { return (.inside, nil) }
            return (.event(event), nil)
        case .unknown(let reason):
            let kind = plain.amount.isNegative ? EntryKind.withdrawal : .deposit
            guard let event = plain.event(kind) else { return (.inside, nil) }
            let read = event.kind == .deposit ? "a deposit" : event.kind == .fee ? "a fee" : "a withdrawal"
            return (.event(event), "row \(row.id) of \(row.time): \(reason); it was read as \(read)")
        }
    }

    private enum Action {
        case exchange
        case inside
        case moved(EntryKind, EntryKind, fee: EntryKind)
        case unknown(String)
    }

    private static func action(_ row: KrakenLedgerRow) -> Action {
        if let known = types[row.type] { return known }
        switch row.type {
        case "earn":
            switch row.subtype {
            case "reward", "bonus": return .moved(.staking, .correctionOut, fee: .fee)
            case "allocation", "deallocation", "autoallocation", "autodeallocation", "migration":
                return .inside
            default: return .unknown("its sort earn \(row.subtype.prefix(40)) is not known")
            }
        case "transfer":
            switch row.subtype {
            case "spottostaking", "stakingfromspot", "stakingtospot", "spotfromstaking": return .inside
            case "spottofutures", "spotfromfutures", "spottospot", "spotfromspot": return transit
            default: return .unknown("Kraken does not say what this transfer is")
            }
        default: return .unknown("its sort \(row.type.prefix(40)) is not known")
        }
    }

    private static let transit = Action.moved(.deposit, .withdrawal, fee: .fee)

    private static let types: [String: Action] = [
        "trade": .exchange, "spend": .exchange, "receive": .exchange, "settled": .exchange,
        "conversion": .exchange, "sale": .exchange,
        "deposit": transit, "withdrawal": transit, "custodytransfer": transit,
        "margin": .moved(.marginProfit, .marginLoss, fee: .marginFee),
        "rollover": .moved(.marginProfit, .marginLoss, fee: .marginFee),
        "staking": .moved(.staking, .correctionOut, fee: .fee),
        "dividend": .moved(.dividend, .correctionOut, fee: .fee),
        "reward": .moved(.reward, .correctionOut, fee: .fee),
        "invite bonus": .moved(.reward, .correctionOut, fee: .fee),
        "airdrop": .moved(.airdrop, .correctionOut, fee: .fee),
        "credit": .moved(.otherIncome, .expense, fee: .fee),
        "adjustment": .moved(.correctionIn, .correctionOut, fee: .fee),
    ]
}
