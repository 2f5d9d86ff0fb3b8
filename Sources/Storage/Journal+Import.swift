import Crypto
import Ledger
import Money
import Time

extension WriteTransaction {
    /// Begins an import that nobody sees before it is committed, and reserves numbers for its rows.
    ///
    /// - Throws: `StorageError.Kind.importUnderWay` when the user has one open already.
    public func beginImport(_ draft: ImportDraft, rows: Int) throws(StorageError) -> ImportSession {
        precondition(rows >= 0, "a count of rows is not negative")
        let open = try connection.first(
            "SELECT id FROM imports WHERE user = ? AND state = 'open'",
            [.integer(draft.user.raw)]
        ) { ImportID(raw: $0.integer(0)) }
        if let open { throw StorageError(.importUnderWay(open), operation: "beginning an import") }
        return try makeImport(draft, rows: rows)
    }

    /// Writes the record of an import that is open, or of one that this commit finishes with all rows new.
    private func makeImport(
        _ draft: ImportDraft,
        rows: Int,
        isFinished: Bool = false
    ) throws(StorageError) -> ImportSession {
        let first = try reserveEntryIDs(rows)
        let seal: SQLValue = isFinished && rows > 0 ? .integer(try sealNumber()) : .null
        try connection.run(
            """
            INSERT INTO imports (user, state, file_name, format, first_entry, reserved, refused, created,
                inserted, committed, seal)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(draft.user.raw), isFinished ? "committed" : "open", .text(draft.fileName),
                .text(draft.format), .integer(first.raw),
                .integer(Int64(rows)), .integer(Int64(draft.refused)), .integer(time.microseconds),
                .integer(isFinished ? Int64(rows) : 0), isFinished ? .integer(time.microseconds) : .null,
                seal,
            ]
        )
        return ImportSession(
            id: ImportID(raw: connection.lastInserted),
            user: draft.user,
            firstEntry: first.raw,
            reserved: rows
        )
    }

    /// Takes a range of entry numbers that nobody else gets; the first of them.
    func reserveEntryIDs(_ count: Int) throws(StorageError) -> EntryID {
        var first = nextEntry
        if first == nil {
            first = try connection.first("SELECT value FROM meta WHERE name = 'next_entry'") { $0.integer(0) }
        }
        let number = first ?? 1
        nextEntry = number + Int64(count)
        return EntryID(raw: number)
    }

    /// Adds rows to an open import; the verdict of each, in their order.
    ///
    /// Rows must be numbered upwards within the import, from 0 below the count that was reserved.
    ///
    /// - Throws: `StorageError`; the import must be abandoned then.
    public func insert(
        _ rows: ArraySlice<ImportRow>,
        into session: ImportSession
    ) throws(StorageError) -> [RowVerdict] {
        guard !session.isBroken else {
            throw StorageError(
                .invalid,
                operation: "adding entries",
                detail: "an earlier batch of the import failed"
            )
        }
        do throws(StorageError) {
            return try insertBatch(rows, into: session)
        } catch {
            session.isBroken = true
            throw error
        }
    }

    private func insertBatch(
        _ rows: ArraySlice<ImportRow>,
        into session: ImportSession
    ) throws(StorageError) -> [RowVerdict] {
        guard let span = rows.timeSpan else { return [] }
        let watchesReferences = try connection.mayHoldOthers(
            user: session.user,
            from: span.lowerBound,
            through: span.upperBound,
            importID: session.id
        )
        let encoder = EntryEncoder()
        let deduplicator = Deduplicator(user: session.user, importID: session.id)
        var verdicts: [RowVerdict] = []
        verdicts.reserveCapacity(rows.count)
        var batch = BatchDigest()
        try connection.withStatement(EntryInserter.sql) { statement throws(StorageError) in
            var table = EntryInserter(
                connection: connection,
                statement: statement,
                encoder: encoder,
                user: session.user,
                importID: session.id
            )
            for row in rows {
                try row.check(limits)
                guard row.entry.id.raw >= 0, row.entry.id.raw < Int64(session.reserved),
                    row.entry.id.raw + session.firstEntry > session.lastEntry
                else {
                    throw StorageError(
                        .invalid,
                        operation: "adding entries",
                        detail: "row \(row.entry.id.raw) is out of order"
                    )
                }
                let entry = row.entry.moved(by: session.firstEntry)
                session.lastEntry = entry.id.raw
                encoder.encode(user: session.user, entry: entry, texts: row.texts)
                var (verdict, digest) = try deduplicator.place(
                    entry,
                    encoder: encoder,
                    cursors: &session.cursors,
                    table: &table
                )
                if verdict.isNew {
                    batch.add(entry, digest: digest)
                    if watchesReferences, !row.texts.reference.isEmpty {
                        let other = try connection.conflictingEntry(
                            user: session.user,
                            entry: entry,
                            reference: row.texts.reference,
                            importID: session.id
                        )
                        if let other { verdict = .insertedBeside(entry.id, conflicting: other) }
                    }
                }
                verdicts.append(verdict)
            }
        }
        session.existing += rows.count - batch.count
        try write(&batch, of: session)
        return verdicts
    }

    /// Writes the digest of the rows that a batch added.
    private func write(_ batch: inout BatchDigest, of session: ImportSession) throws(StorageError) {
        guard let first = batch.first, let last = batch.last else { return }
        session.batches += 1
        session.inserted += batch.count
        let sealed = SealedBatch(
            numbers: [session.batches, first, last, Int64(batch.count)],
            digest: batch.digest.bytes
        )
        session.lastBatch = sealed
        try connection.run(
            "INSERT INTO batches (import, number, first_entry, last_entry, rows, digest) VALUES (?, ?, ?, ?, ?, ?)",
            [.integer(session.id.raw)] + sealed.numbers.map { .integer($0) } + [.blob(sealed.digest)]
        )
    }

    /// Makes an import's rows visible, all at once.
    ///
    /// - Throws: `StorageError`; `notFound` when the import is not open.
    @discardableResult
    public func commitImport(_ session: ImportSession) throws(StorageError) -> ImportRecord {
        guard !session.isBroken else {
            throw StorageError(.invalid, operation: "committing an import", detail: "a batch of it failed")
        }
        let number: SQLValue = session.inserted > 0 ? .integer(try sealNumber()) : .null
        let changed = try connection.run(
            """
            UPDATE imports SET state = 'committed', inserted = ?, existing = ?, committed = ?, seal = ?
            WHERE id = ? AND state = 'open'
            """,
            [
                .integer(Int64(session.inserted)), .integer(Int64(session.existing)),
                .integer(time.microseconds),
                number, .integer(session.id.raw),
            ]
        )
        guard changed == 1, let record = try connection.importRecord(session.id) else {
            throw StorageError(
                .notFound,
                operation: "committing import \(session.id.raw)",
                detail: "it is not open"
            )
        }
        seal(session)
        return record
    }

    /// Has the seal of this commit cover an import's rows.
    private func seal(_ session: ImportSession) {
        guard session.inserted > 0 else { return }
        pendingSeal.imports.append(
            SealedImport(
                id: session.id,
                user: session.user,
                inserted: session.inserted,
                batch: session.batches == 1 ? session.lastBatch : nil
            )
        )
        pendingSeal.entries += session.inserted
        pendingSeal.firstEntry = min(pendingSeal.firstEntry ?? .max, session.firstEntry)
        pendingSeal.lastEntry = max(pendingSeal.lastEntry ?? 0, session.lastEntry)
    }

    /// A whole small import in one commit.
    ///
    /// - Throws: `StorageError`; nothing of it is stored then. More than `smallImportRowsMax` rows stop the program.
    public func importOnce(
        _ draft: ImportDraft,
        rows: [ImportRow]
    ) throws(StorageError) -> (record: ImportRecord, verdicts: [RowVerdict]) {
        precondition(rows.count <= limits.smallImportRowsMax, "a large import takes several commits")
        // Written as if all rows were new, which is the usual case and then needs no second write.
        let session = try makeImport(draft, rows: rows.count, isFinished: true)
        let verdicts = try insert(rows[...], into: session)
        if session.existing > 0 {
            try connection.run(
                "UPDATE imports SET inserted = ?, existing = ?, seal = ? WHERE id = ?",
                [
                    .integer(Int64(session.inserted)), .integer(Int64(session.existing)),
                    session.inserted > 0 ? .integer(try sealNumber()) : .null, .integer(session.id.raw),
                ]
            )
        }
        seal(session)
        let record = ImportRecord(
            id: session.id,
            draft: draft,
            state: .committed,
            inserted: session.inserted,
            existing: session.existing,
            created: time,
            committed: time,
            undone: nil
        )
        return (record, verdicts)
    }
}

extension Connection {
    /// The verdicts that an import of these rows would give now; numbers of new rows count within the file.
    public func probe(
        _ rows: ArraySlice<ImportRow>,
        user: UserID,
        session: ProbeSession
    ) throws(StorageError) -> [RowVerdict] {
        guard let span = rows.timeSpan else { return [] }
        let watchesReferences = try mayHoldOthers(
            user: user,
            from: span.lowerBound,
            through: span.upperBound,
            importID: nil
        )
        let deduplicator = Deduplicator(user: user, importID: nil)
        let encoder = EntryEncoder()
        var table = EntryProbe(connection: self, user: user, added: session.takeAdded())
        var verdicts: [RowVerdict] = []
        for row in rows {
            try row.check(.standard)
            encoder.encode(user: user, entry: row.entry, texts: row.texts)
            var (verdict, _) = try deduplicator.place(
                row.entry,
                encoder: encoder,
                cursors: &session.cursors,
                table: &table
            )
            if verdict.isNew, watchesReferences, !row.texts.reference.isEmpty {
                let other = try conflictingEntry(
                    user: user,
                    entry: row.entry,
                    reference: row.texts.reference,
                    importID: nil
                )
                if let other { verdict = .insertedBeside(row.entry.id, conflicting: other) }
            }
            verdicts.append(verdict)
        }
        session.added = table.added
        return verdicts
    }
}

/// What the batches of one dry run remember of each other; each batch may be looked up on another connection.
public final class ProbeSession {
    var cursors: [Digest128: UInt32] = [:]
    var added: Set<Digest128> = []

    /// A dry run that has seen nothing yet.
    public init() {}

    /// Gives the digests away, so that they are changed in place.
    func takeAdded() -> Set<Digest128> {
        defer { added = [] }
        return added
    }
}

extension ArraySlice<ImportRow> {
    /// From the earliest to the latest time; nil when empty.
    var timeSpan: ClosedRange<Timestamp>? {
        guard var earliest = first?.entry.time else { return nil }
        var latest = earliest
        for row in self {
            earliest = Swift.min(earliest, row.entry.time)
            latest = Swift.max(latest, row.entry.time)
        }
        return earliest...latest
    }
}

extension ImportRow {
    /// Refuses what the table cannot hold, and what no entry of the journal may be.
    func check(_ limits: StorageLimits) throws(StorageError) {
        do throws(LedgerError) {
            try entry.check()
        } catch {
            throw StorageError(
                .invalid,
                operation: "adding entries",
                detail: "row \(entry.id.raw) breaks a rule of its kind"
            )
        }
        let longest = max(
            texts.reference.utf8.count,
            texts.exchange.utf8.count,
            texts.group.utf8.count,
            texts.comment.utf8.count,
            texts.lot.utf8.count
        )
        guard longest <= limits.textBytesMax else {
            throw StorageError(
                .invalid,
                operation: "adding entries",
                detail:
                    "a text of row \(entry.id.raw) has \(longest) bytes, at most \(limits.textBytesMax) are kept"
            )
        }
    }
}

/// The digest over the rows that one commit added: number, event and digest of each, in the order of numbers.
struct BatchDigest {
    private var bytes: [UInt8] = []
    private(set) var count = 0
    private(set) var first: Int64?
    private(set) var last: Int64?

    mutating func add(_ entry: Entry, digest: Digest128) {
        add(id: entry.id.raw, event: entry.event ?? 0, digest: digest)
    }

    mutating func add(id: Int64, event: Int64, digest: Digest128) {
        if first == nil { first = id }
        last = id
        count += 1
        append(UInt64(bitPattern: id))
        append(UInt64(bitPattern: event))
        append(digest.low)
        append(digest.high)
    }

    private mutating func append(_ word: UInt64) {
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    var digest: Digest256 { Digest.blake2b256(bytes) }
}
