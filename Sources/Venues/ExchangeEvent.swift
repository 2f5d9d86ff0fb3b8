public import Ledger
public import Money
public import Time

/// An amount of an asset by its code.
public struct ExchangeMoney: Hashable, Sendable {
    /// How much, never negative.
    public var amount: Amount
    /// The asset's code in lower case.
    public var asset: String

    /// An amount of an asset.
    public init(amount: Amount, asset: String) {
        self.amount = amount
        self.asset = asset
    }
}

/// Something that happened at a venue, ready to become an entry of the ledger.
public struct ExchangeEvent: Hashable, Sendable {
    /// The venue's identity of it.
    public var id: String
    /// When it happened.
    public var time: Timestamp
    /// What sort of event it was.
    public var kind: EntryKind
    /// What came into the account.
    public var incoming: ExchangeMoney?
    /// What left it.
    public var outgoing: ExchangeMoney?
    /// What was paid on top.
    public var fee: ExchangeMoney?
    /// The counter-value that the venue states, before fees.
    public var value: ExchangeMoney?
    /// Where a trade's payment is not held at the venue, such as a card: then that leg and its fee are outside.
    public var isPaidOutside: Bool
    /// Joins the row with the one of the other side, if it has one.
    public var key: String?
    /// The venue's words.
    public var note: String

    /// An event from its parts.
    public init(
        id: String,
        time: Timestamp,
        kind: EntryKind,
        incoming: ExchangeMoney? = nil,
        outgoing: ExchangeMoney? = nil,
        fee: ExchangeMoney? = nil,
        value: ExchangeMoney? = nil,
        isPaidOutside: Bool = false,
        key: String? = nil,
        note: String = ""
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.incoming = incoming
        self.outgoing = outgoing
        self.fee = fee
        self.value = value
        self.isPaidOutside = isPaidOutside
        self.key = key
        self.note = note
    }
}

/// One side of an event that a venue tells in two rows, one in each wallet.
public struct ExchangeHalf: Hashable, Sendable {
    /// The venue's identity of the row.
    public var id: String
    /// When it happened.
    public var time: Timestamp
    /// The kind of the event when both sides are there.
    public var kind: EntryKind
    /// What both rows share; halves without one belong together by their sort and time.
    public var key: String?
    /// The venue's word for the row, which both sides share.
    public var sort: String
    /// How much, above zero.
    public var moved: ExchangeMoney
    /// Whether it left the wallet.
    public var isOut: Bool
    /// The counter-value that the venue states.
    public var value: ExchangeMoney?
    /// The venue's words.
    public var note: String

    /// A half from its parts.
    public init(
        id: String,
        time: Timestamp,
        kind: EntryKind,
        key: String?,
        sort: String,
        moved: ExchangeMoney,
        isOut: Bool,
        value: ExchangeMoney?,
        note: String
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.key = key
        self.sort = sort
        self.moved = moved
        self.isOut = isOut
        self.value = value
        self.note = note
    }
}
