import Importing
import Ledger
import Money
public import Storage

extension Workspace {
    /// Writes a user's whole history in Coffer's own layout, in order, piece by piece.
    ///
    /// Blocks.
    ///
    /// - Returns: how many entries were written.
    /// - Throws: `StorageError`, and what the sink throws.
    public func export(of user: UserID, write: ([UInt8]) throws -> Void) throws -> Int {
        let (registry, accounts) = try database.read { connection throws(StorageError) in
            let accounts = try connection.accounts(of: user)
            return (
                try connection.registry(of: user),
                Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0.name) })
            )
        }
        let names = ExportNames(registry: registry, accounts: accounts)
        let writer = CofferWriter()
        var piece: [UInt8] = []
        var count = 0
        var failure: (any Error)?
        writer.renderHeader(into: &piece)
        try database.read { connection throws(StorageError) in
            try connection.forEachEntry(of: user) { stored in
                writer.render(names.draft(stored.entry, stored.texts), into: &piece)
                count += 1
                guard piece.count >= Workspace.exportPieceBytes else { return true }
                do { try write(piece) } catch { failure = error }
                piece.removeAll(keepingCapacity: true)
                return failure == nil
            }
        }
        if let failure { throw failure }
        try write(piece)
        return count
    }

    /// The bytes that are written at once.
    private static let exportPieceBytes = 262_144
}

/// Turns numbers back into the names that a file has.
private struct ExportNames {
    let registry: AssetRegistry
    let accounts: [AccountID: String]

    func draft(_ entry: Entry, _ texts: EntryTexts) -> DraftEntry {
        DraftEntry(
            line: 0,
            time: entry.time,
            kind: entry.kind,
            incoming: entry.incoming.map(leg),
            outgoing: entry.outgoing.map(leg),
            fee: entry.fee.map(leg),
            value: entry.value.map { DraftValue(amount: $0.amount, asset: code($0.asset)) },
            reference: texts.reference,
            exchange: texts.exchange,
            group: texts.group,
            comment: texts.comment,
            lot: texts.lot,
            event: entry.event
        )
    }

    private func leg(_ leg: Leg) -> DraftLeg {
        let account: DraftAccount =
            leg.account.map { id in
                guard let name = accounts[id] else { preconditionFailure("an entry's account is its user's") }
                return .named(name)
            } ?? .outside
        return DraftLeg(amount: leg.amount, asset: code(leg.asset), account: account)
    }

    private func code(_ id: AssetID) -> String {
        guard let asset = registry.asset(id) else { preconditionFailure("an entry's asset is its user's") }
        return asset.code
    }
}
