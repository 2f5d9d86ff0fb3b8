import Crypto
import Ledger
import Time

/// A stored row with the same digest, as far as deduplication needs it.
struct StoredRow {
    let id: EntryID
    let importID: ImportID
    let importState: ImportState
    let isVoided: Bool
}

/// Where rows are looked up and put: the table itself, or the table and a set for a dry run.
protocol EntryTable {
    /// Puts the encoder's row under a digest unless one is there; false when one is there.
    mutating func put(_ entry: Entry, digest: Digest128, occurrence: UInt32) throws(StorageError) -> Bool
    /// The row that is there; nil when it is one of this import.
    mutating func stored(at time: Timestamp, digest: Digest128) throws(StorageError) -> StoredRow?
}

/// Decides for each row of an import whether it is new: the one code path of imports and dry runs.
///
/// Equal contents are told apart by an occurrence number, which always is the least free one. So a content whose
/// occurrence 0 is free is new; otherwise the occurrences are walked: those of undone imports and voided entries do
/// not count, live ones of other imports match one row of this file each, in order.
struct Deduplicator {
    let user: UserID
    let importID: ImportID?

    /// Puts or matches the row that the encoder holds.
    func place(
        _ entry: Entry,
        encoder: EntryEncoder,
        cursors: inout [Digest128: UInt32],
        table: inout some EntryTable
    ) throws(StorageError) -> (verdict: RowVerdict, digest: Digest128) {
        let content = encoder.digest(occurrence: 0)
        var occurrence: UInt32 = cursors.isEmpty ? 0 : cursors[content] ?? 0
        var digest = occurrence == 0 ? content : encoder.digest(occurrence: occurrence)
        while true {
            if try table.put(entry, digest: digest, occurrence: occurrence) {
                // The next equal row of this file goes on behind this one.
                if occurrence > 0 { cursors[content] = occurrence + 1 }
                return (.inserted(entry.id), digest)
            }
            if let stored = try table.stored(at: entry.time, digest: digest), stored.importID != importID {
                switch stored.importState {
                case .committed where !stored.isVoided:
                    cursors[content] = occurrence + 1
                    return (.exists(stored.id), digest)
                case .open, .abandoned:
                    // Rows of an abandoned import are about to go, which would leave a gap in the occurrences.
                    throw StorageError(
                        .importUnderWay(stored.importID),
                        operation: "adding entries",
                        detail: "an unfinished import holds the same row"
                    )
                case .committed, .undone: break
                }
            }
            occurrence += 1
            digest = encoder.digest(occurrence: occurrence)
        }
    }
}

extension Connection {
    /// The stored row of a user under a time and digest.
    func storedRow(
        user: UserID,
        time: Timestamp,
        digest: Digest128
    ) throws(StorageError) -> StoredRow? {
        try first(
            """
            SELECT e.id, e.import, i.state, EXISTS (SELECT 1 FROM voids v WHERE v.entry = e.id)
            FROM entries e JOIN imports i ON i.id = e.import WHERE e.user = ? AND e.time = ? AND e.digest = ?
            """,
            [.integer(user.raw), .integer(time.microseconds), .blob(digest.bytes)]
        ) { statement throws(StorageError) in
            StoredRow(
                id: EntryID(raw: statement.integer(0)),
                importID: ImportID(raw: statement.integer(1)),
                importState: ImportState(rawValue: statement.text(2)) ?? .abandoned,
                isVoided: statement.integer(3) != 0
            )
        }
    }

    /// A live entry of another import with the same account, time and reference, but another content.
    func conflictingEntry(
        user: UserID,
        entry: Entry,
        reference: String,
        importID: ImportID?
    ) throws(StorageError) -> EntryID? {
        let accounts = entry.accounts
        guard !accounts.isEmpty else { return nil }
        return try withStatement(
            """
            SELECT e.id, e.in_account, e.out_account, e.fee_account FROM entries e JOIN imports i ON i.id = e.import
            WHERE e.user = ? AND e.time = ? AND e.reference = ? AND e.import <> ? AND i.state = 'committed'
                AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.entry = e.id)
            ORDER BY e.id
            """
        ) { statement throws(StorageError) in
            statement.bind(1, user.raw)
            statement.bind(2, entry.time.microseconds)
            try statement.bind(3, .text(reference))
            statement.bind(4, importID?.raw ?? 0)
            while try statement.step() {
                let isShared = (1...3).contains { column in
                    guard let account = statement.optionalInteger(Int32(column)) else { return false }
                    return accounts.contains(account)
                }
                if isShared { return EntryID(raw: statement.integer(0)) }
            }
            return nil
        }
    }

    /// Whether rows of other imports may stand within a span of time; may say yes wrongly, never no.
    func mayHoldOthers(
        user: UserID,
        from: Timestamp,
        through: Timestamp,
        importID: ImportID?
    ) throws(StorageError) -> Bool {
        let glance = 64
        let imports = try rows(
            "SELECT import FROM entries WHERE user = ? AND time >= ? AND time <= ? LIMIT \(glance)",
            [.integer(user.raw), .integer(from.microseconds), .integer(through.microseconds)]
        ) { $0.integer(0) }
        return imports.count == glance || imports.contains { $0 != importID?.raw }
    }
}

extension Entry {
    /// The accounts of all legs.
    var accounts: [Int64] {
        var accounts: [Int64] = []
        for leg in [incoming, outgoing, fee] {
            if let account = leg?.account { accounts.append(Int64(account.raw)) }
        }
        return accounts
    }

    /// The same entry with its number and event moved into the range of an import.
    func moved(by offset: Int64) -> Entry {
        Entry(
            id: EntryID(raw: id.raw + offset),
            time: time,
            kind: kind,
            incoming: incoming,
            outgoing: outgoing,
            fee: fee,
            value: value,
            event: event.map { $0 + offset }
        )
    }
}
