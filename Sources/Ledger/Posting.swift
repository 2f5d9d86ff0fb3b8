public import Money

/// Where a posting goes: one of the user's accounts, or the account on the other side.
public enum PostingAccount: Hashable, Sendable {
    /// A holding account of the user.
    case holding(AccountID)
    /// The other side, by its role.
    case contra(Contra)
}

/// One signed line of the double entry.
public struct Posting: Hashable, Sendable {
    /// Where it goes.
    public let account: PostingAccount
    /// Of what.
    public let asset: AssetID
    /// How much, positive when it comes to the account.
    public let amount: Amount
}

extension Entry {
    /// The entry's double entry: each leg on its holding place and, turned, on the account of the other side.
    ///
    /// The postings of one entry sum to zero per asset by construction.
    public var postings: [Posting] {
        var postings: [Posting] = []
        let contra = kind.rule.contra
        if let incoming { Entry.post(incoming, sign: 1, contra: contra, to: &postings) }
        if let outgoing { Entry.post(outgoing, sign: -1, contra: contra, to: &postings) }
        if let fee { Entry.post(fee, sign: -1, contra: .fees, to: &postings) }
        return postings
    }

    private static func post(_ leg: Leg, sign: Int, contra: Contra, to postings: inout [Posting]) {
        let amount = sign > 0 ? leg.amount : leg.amount.negated
        let place: PostingAccount = leg.account.map { .holding($0) } ?? .contra(.outside)
        postings.append(Posting(account: place, asset: leg.asset, amount: amount))
        postings.append(Posting(account: .contra(contra), asset: leg.asset, amount: amount.negated))
    }
}

/// Why an entry may not stand in the journal.
public enum LedgerError: Error, Hashable, Sendable {
    /// The kind needs something to come in.
    case incomingMissing(kind: EntryKind)
    /// The kind allows nothing to come in.
    case incomingForbidden(kind: EntryKind)
    /// The kind needs something to go out.
    case outgoingMissing(kind: EntryKind)
    /// The kind allows nothing to go out.
    case outgoingForbidden(kind: EntryKind)
    /// There is no leg at all.
    case empty(kind: EntryKind)
    /// A leg or the stated value is below zero.
    case negative(amount: Amount)
    /// A leg or the stated value reaches 10²⁰ units.
    case outOfRange(amount: Amount)
    /// A transfer brings in another amount or asset than goes out.
    case transferUneven
    /// A transfer needs an own account on both sides, and two of them.
    case transferAccounts
}

extension Entry {
    /// Checks what every entry of the journal must keep.
    ///
    /// - Throws: the first `LedgerError` in the order: legs of the kind, signs and range, rules of a transfer.
    public func check() throws(LedgerError) {
        let rule = kind.rule
        if rule.incoming == .required, incoming == nil { throw .incomingMissing(kind: kind) }
        if rule.incoming == .forbidden, incoming != nil { throw .incomingForbidden(kind: kind) }
        if rule.outgoing == .required, outgoing == nil { throw .outgoingMissing(kind: kind) }
        if rule.outgoing == .forbidden, outgoing != nil { throw .outgoingForbidden(kind: kind) }
        if incoming == nil, outgoing == nil, fee == nil { throw .empty(kind: kind) }
        for amount in [incoming?.amount, outgoing?.amount, fee?.amount, value?.amount] {
            guard let amount else { continue }
            if amount.isNegative { throw .negative(amount: amount) }
            if amount.raw >= Amount.limit { throw .outOfRange(amount: amount) }
        }
        guard kind == .transfer else { return }
        guard let incoming, let outgoing, incoming.asset == outgoing.asset, incoming.amount == outgoing.amount
        else {
            throw .transferUneven
        }
        guard let from = outgoing.account, let to = incoming.account, from != to else {
            throw .transferAccounts
        }
    }
}
