import Chains
import Connectors
import Ledger
import Money
import Storage
import Time

/// What a chain's transactions are in the ledger.
///
/// * What an address received on balance is a deposit, what it sent a withdrawal without the fee, and its part of the fee the
///   fee leg. A transaction that only costs a fee is a fee, a block's reward is mined.
/// * The reference is the transaction's id, the exchange the chain's name, the comment the block.
/// * A deposit stands a microsecond behind its block's time: so what one own address sends to another has left before it
///   arrives, and its lots pass through transit with their date and cost, whichever of the two was read first.
enum ChainEntries {
    /// The rows of a transaction; none for one that changes nothing.
    static func row(
        of transaction: ChainTransaction,
        account: AccountID,
        asset: AssetID,
        chain: Chain
    ) -> ImportRow? {
        func leg(_ amount: Amount) -> Leg { Leg(amount: amount, asset: asset, account: account) }
        let change = transaction.deltaBeforeFee
        let fee = transaction.ownFee.isZero ? nil : leg(transaction.ownFee)
        let number = EntryID(raw: 0)
        let entry: Entry
        if change.isPositive {
            entry = Entry(
                id: number,
                time: transaction.time.advanced(byMicroseconds: 1),
                kind: transaction.isReward ? .mining : .deposit,
                incoming: leg(change),
                fee: fee
            )
        } else if change.isNegative {
            entry = Entry(
                id: number,
                time: transaction.time,
                kind: .withdrawal,
                outgoing: leg(change.negated),
                fee: fee
            )
        } else if let fee {
            entry = Entry(id: number, time: transaction.time, kind: .fee, fee: fee)
        } else {
            return nil
        }
        let texts = EntryTexts(
            reference: transaction.id,
            exchange: chain.title,
            comment: comment(height: transaction.height)
        )
        return ImportRow(entry: entry, texts: texts)
    }

    private static let blockWord = "block "

    /// What an entry says of its block.
    static func comment(height: Int64) -> String { blockWord + String(height) }

    /// The height of an entry's block; nil when its comment is not one of ours.
    static func height(in comment: String) -> Int64? {
        comment.hasPrefix(blockWord) ? Int64(comment.dropFirst(blockWord.count)) : nil
    }
}

/// What must be done to an address's entries so that they are what its chain says.
struct ChainChanges {
    /// Rows that the ledger lacks, the oldest first.
    private(set) var missing: [ImportRow] = []
    /// Entries that the chain no longer has, or has in another block.
    private(set) var gone: [EntryPlace] = []
    /// The net change of what the account holds.
    private(set) var delta = Amount.zero

    /// Compares what was read with what the ledger has from earlier readings.
    ///
    /// `completeFrom` is the height from which on the transactions are all that there are; nil where that is not known.
    ///
    /// - Throws: `MoneyError.overflow`.
    init(
        _ transactions: [ChainTransaction],
        completeFrom: Int64?,
        against brought: [BroughtEntry],
        account: AccountID,
        asset: AssetID,
        chain: Chain
    ) throws(MoneyError) {
        var known: [String: [BroughtEntry]] = [:]
        for entry in brought where entry.format == Workspace.addressFormat {
            known[entry.stored.texts.reference, default: []].append(entry)
        }
        var met: Set<String> = []
        for transaction in transactions.reversed() where met.insert(transaction.id).inserted {
            let row = ChainEntries.row(of: transaction, account: account, asset: asset, chain: chain)
            var isThere = false
            for entry in known[transaction.id] ?? [] {
                if !isThere, let row, ChainChanges.isSame(entry.stored, row) {
                    isThere = true
                } else {
                    try remove(entry.stored.entry)
                }
            }
            guard !isThere, let row else { continue }
            missing.append(row)
            delta = try delta.adding(try ChainChanges.change(row.entry))
        }
        guard let completeFrom else { return }
        for entry in brought where entry.format == Workspace.addressFormat {
            guard !met.contains(entry.stored.texts.reference),
                let height = ChainEntries.height(in: entry.stored.texts.comment), height >= completeFrom
            else { continue }
            try remove(entry.stored.entry)
        }
    }

    /// Corrections of balances, the net change of which nobody asks for.
    init(corrections: [ImportRow]) {
        missing = corrections
    }

    private mutating func remove(_ entry: Entry) throws(MoneyError) {
        gone.append(EntryPlace(entry))
        delta = try delta.subtracting(try ChainChanges.change(entry))
    }

    private static func isSame(_ stored: StoredEntry, _ row: ImportRow) -> Bool {
        let entry = stored.entry
        return entry.time == row.entry.time && entry.kind == row.entry.kind
            && entry.incoming == row.entry.incoming && entry.outgoing == row.entry.outgoing
            && entry.fee == row.entry.fee && stored.texts == row.texts
    }

    /// By how much an entry of one account and asset changes it.
    private static func change(_ entry: Entry) throws(MoneyError) -> Amount {
        try (entry.incoming?.amount ?? .zero)
            .subtracting(entry.outgoing?.amount ?? .zero)
            .subtracting(entry.fee?.amount ?? .zero)
    }
}
