public import Ledger
public import Money
public import Time

/// Where a leg of a draft is held, by name, since a file knows no account numbers.
public enum DraftAccount: Hashable, Sendable {
    /// None of the user's accounts: a bank, a card, somebody else.
    case outside
    /// The user's account of this name.
    case named(String)
}

/// One side of an entry as a file states it.
public struct DraftLeg: Hashable, Sendable {
    /// How much; never negative, since the side says the direction.
    public var amount: Amount
    /// The asset's code in lower case.
    public var asset: String
    /// Where it is held.
    public var account: DraftAccount

    /// A leg from its parts.
    public init(amount: Amount, asset: String, account: DraftAccount) {
        self.amount = amount
        self.asset = asset
        self.account = account
    }
}

/// A stated counter-value, where no account matters.
public struct DraftValue: Hashable, Sendable {
    /// How much.
    public var amount: Amount
    /// The currency's code in lower case.
    public var asset: String

    /// A value from its parts.
    public init(amount: Amount, asset: String) {
        self.amount = amount
        self.asset = asset
    }
}

/// An entry as one row of a file describes it, before accounts and assets have numbers.
public struct DraftEntry: Hashable, Sendable {
    /// The line of the file, from 1, where the row starts.
    public var line: Int
    /// When it happened.
    public var time: Timestamp
    /// What sort of event it was.
    public var kind: EntryKind
    /// What came in.
    public var incoming: DraftLeg?
    /// What went out.
    public var outgoing: DraftLeg?
    /// What was paid for it on top.
    public var fee: DraftLeg?
    /// The counter-value that the source states, before fees.
    public var value: DraftValue?
    /// The source's own identity of the event; empty where it gives none.
    public var reference: String
    /// The exchange label.
    public var exchange: String
    /// The user's own grouping.
    public var group: String
    /// The source's note or the user's comment.
    public var comment: String
    /// The lot that a disposal names.
    public var lot: String
    /// A number within the file that entries of one event share; nil for an event of one entry.
    public var event: Int64?

    /// A draft from its parts; texts are empty unless given.
    public init(
        line: Int,
        time: Timestamp,
        kind: EntryKind,
        incoming: DraftLeg? = nil,
        outgoing: DraftLeg? = nil,
        fee: DraftLeg? = nil,
        value: DraftValue? = nil,
        reference: String = "",
        exchange: String = "",
        group: String = "",
        comment: String = "",
        lot: String = "",
        event: Int64? = nil
    ) {
        self.line = line
        self.time = time
        self.kind = kind
        self.incoming = incoming
        self.outgoing = outgoing
        self.fee = fee
        self.value = value
        self.reference = reference
        self.exchange = exchange
        self.group = group
        self.comment = comment
        self.lot = lot
        self.event = event
    }
}
