public import Money
public import Time

/// The number of an entry in the journal; later entries of one import have higher numbers.
public struct EntryID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// An entry's identity from its number.
    @inlinable
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    @inlinable
    public static func < (left: EntryID, right: EntryID) -> Bool {
        left.raw < right.raw
    }
}

/// The number of a holding account: a place where one user holds assets.
public struct AccountID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: UInt32

    /// An account's identity from its number.
    @inlinable
    public init(raw: UInt32) {
        self.raw = raw
    }

    /// Lower numbers come first.
    @inlinable
    public static func < (left: AccountID, right: AccountID) -> Bool {
        left.raw < right.raw
    }
}

/// One side of an entry: how much of what, and where it is held.
public struct Leg: Hashable, Sendable {
    /// How much, never negative: the side says the direction.
    public let amount: Amount
    /// Of what.
    public let asset: AssetID
    /// The user's account that is touched; nil means outside all of them, such as a bank or a card.
    public let account: AccountID?

    /// A leg from its parts.
    @inlinable
    public init(amount: Amount, asset: AssetID, account: AccountID?) {
        self.amount = amount
        self.asset = asset
        self.account = account
    }
}

/// An amount of one asset, where no account matters.
public struct AssetAmount: Hashable, Sendable {
    /// How much.
    public let amount: Amount
    /// Of what.
    public let asset: AssetID

    /// An amount of an asset.
    @inlinable
    public init(amount: Amount, asset: AssetID) {
        self.amount = amount
        self.asset = asset
    }
}

/// One record of the journal, without its free texts.
///
/// The change of an account is incoming − outgoing − fee per asset: a fee is never inside another leg. Entries are
/// immutable; a correction is a further record.
public struct Entry: Hashable, Sendable {
    /// The identity, and the last word in the order of entries of one instant.
    public let id: EntryID
    /// When it happened.
    public let time: Timestamp
    /// What sort of event it was, which decides postings and lots.
    public let kind: EntryKind
    /// What came in.
    public let incoming: Leg?
    /// What went out.
    public let outgoing: Leg?
    /// What was paid for it on top.
    public let fee: Leg?
    /// The counter-value that the source stated, before fees.
    public let value: AssetAmount?
    /// The number that entries of one event share; nil for an event of one entry.
    public let event: Int64?

    /// An entry from its parts.
    @inlinable
    public init(
        id: EntryID,
        time: Timestamp,
        kind: EntryKind,
        incoming: Leg? = nil,
        outgoing: Leg? = nil,
        fee: Leg? = nil,
        value: AssetAmount? = nil,
        event: Int64? = nil
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.incoming = incoming
        self.outgoing = outgoing
        self.fee = fee
        self.value = value
        self.event = event
    }
}

/// The free texts of an entry, which stay in the database.
public struct EntryTexts: Hashable, Sendable {
    /// The source's own identity of the event; empty where it gives none.
    public var reference: String
    /// The exchange label.
    public var exchange: String
    /// The user's own grouping.
    public var group: String
    /// The source's note or the user's comment.
    public var comment: String
    /// The lot that a disposal names, by its acquisition's reference or time.
    public var lot: String

    /// Texts, empty unless given.
    public init(
        reference: String = "",
        exchange: String = "",
        group: String = "",
        comment: String = "",
        lot: String = ""
    ) {
        self.reference = reference
        self.exchange = exchange
        self.group = group
        self.comment = comment
        self.lot = lot
    }
}
