public import Money
public import Time

/// A leg as a Book keeps it: amount, and slots into the Book's own lists of assets and accounts.
public struct BookLeg: Hashable, Sendable {
    /// How much, never negative.
    public let amount: Amount
    /// The place of the asset in `Book.assets`.
    public let asset: UInt32
    /// The place of the account in `Book.accounts`, or `BookLeg.outside`.
    public let account: UInt32

    /// The account slot of a leg that touches none of the user's accounts.
    public static let outside = UInt32.max

    /// A leg from its parts.
    @inlinable
    public init(amount: Amount, asset: UInt32, account: UInt32) {
        self.amount = amount
        self.asset = asset
        self.account = account
    }

    /// Whether the leg touches none of the user's accounts.
    @inlinable
    public var isOutside: Bool { account == BookLeg.outside }
}

/// One entry as a Book gives it to computations.
public struct BookRow: Sendable {
    /// The place in the Book's order, from 0.
    public let index: Int
    /// The entry's identity.
    public let id: EntryID
    /// When it happened.
    public let time: Timestamp
    /// What sort of event it was.
    public let kind: EntryKind
    /// What came in.
    public let incoming: BookLeg?
    /// What went out.
    public let outgoing: BookLeg?
    /// What was paid for it on top.
    public let fee: BookLeg?
    /// The stated counter-value before fees; its account is always outside.
    public let value: BookLeg?
    /// The number that entries of one event share; 0 for an event of one entry.
    public let event: Int64

    /// A row from its parts.
    @inlinable
    public init(
        index: Int,
        id: EntryID,
        time: Timestamp,
        kind: EntryKind,
        incoming: BookLeg?,
        outgoing: BookLeg?,
        fee: BookLeg?,
        value: BookLeg?,
        event: Int64
    ) {
        self.index = index
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
