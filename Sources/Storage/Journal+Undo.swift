public import Ledger
public import Time

extension WriteTransaction {
    /// Takes all rows of a committed import out of every report, by a further record; the rows stay.
    ///
    /// - Throws: `StorageError`; `notFound` when there is no such committed import of the user.
    @discardableResult
    public func undoImport(
        _ id: ImportID,
        user: UserID,
        reason: String
    ) throws(StorageError) -> ImportRecord {
        let changed = try connection.run(
            "UPDATE imports SET state = 'undone', undone = ? WHERE id = ? AND user = ? AND state = 'committed'",
            [.integer(time.microseconds), .integer(id.raw), .integer(user.raw)]
        )
        guard changed == 1, let record = try connection.importRecord(id) else {
            throw StorageError(
                .notFound,
                operation: "undoing import \(id.raw)",
                detail: "there is no such committed import"
            )
        }
        try addVoid(user: user, importID: id, entry: nil, reason: reason)
        return record
    }

    /// Takes one entry out of every report, by a further record; the row stays.
    ///
    /// The time is the entry's own and finds it without an index.
    ///
    /// - Throws: `StorageError`; `notFound` when there is no such live entry of the user.
    public func voidEntry(
        _ id: EntryID,
        user: UserID,
        time entryTime: Timestamp,
        reason: String
    ) throws(StorageError) {
        let digest = try connection.first(
            """
            SELECT e.digest FROM entries e JOIN imports i ON i.id = e.import
            WHERE e.user = ? AND e.time = ? AND e.id = ? AND i.state = 'committed'
                AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.entry = e.id)
            """,
            [.integer(user.raw), .integer(entryTime.microseconds), .integer(id.raw)]
        ) { $0.blob(0) }
        guard let digest else {
            throw StorageError(.notFound, operation: "voiding entry \(id.raw)")
        }
        try addVoid(
            user: user,
            importID: nil,
            entry: (id: id, time: entryTime, digest: digest),
            reason: reason
        )
    }

    private func addVoid(
        user: UserID,
        importID: ImportID?,
        entry: (id: EntryID, time: Timestamp, digest: [UInt8])?,
        reason: String
    ) throws(StorageError) {
        let number = try sealNumber()
        try connection.run(
            """
            INSERT INTO voids (user, import, entry, time, digest, reason, created, seal)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(user.raw), .integer(importID?.raw), .integer(entry?.id.raw),
                .integer(entry?.time.microseconds), .blob(entry?.digest), .text(reason),
                .integer(time.microseconds), .integer(number),
            ]
        )
        pendingSeal.voids.append(connection.lastInserted)
    }

    /// Gives up an open import: it is marked at once, its rows go with `removeAbandonedRows`.
    ///
    /// - Throws: `StorageError`; `notFound` when it is not open.
    func markAbandoned(_ id: ImportID) throws(StorageError) {
        let changed = try connection.run(
            "UPDATE imports SET state = 'abandoned' WHERE id = ? AND state = 'open'",
            [.integer(id.raw)]
        )
        guard changed == 1 else {
            throw StorageError(.notFound, operation: "abandoning import \(id.raw)", detail: "it is not open")
        }
    }

    /// Removes some rows of an abandoned import, from a time on; the time to go on from, or nil when all are gone.
    func removeAbandonedRows(_ id: ImportID, from start: Timestamp) throws(StorageError) -> Timestamp? {
        let user = try connection.number(
            "SELECT user FROM imports WHERE id = ? AND state = 'abandoned'",
            [.integer(id.raw)]
        )
        // The step ends at a whole instant, so that the next one can begin behind it.
        let end = try connection.first(
            "SELECT time FROM entries WHERE user = ? AND time >= ? ORDER BY time LIMIT 1 OFFSET ?",
            [.integer(user), .integer(start.microseconds), .integer(Int64(limits.rowsRemovedPerCommit))]
        ) { $0.integer(0) }
        try connection.run(
            "DELETE FROM entries WHERE user = ? AND time >= ? AND time <= ? AND import = ?",
            [.integer(user), .integer(start.microseconds), .integer(end ?? Int64.max), .integer(id.raw)]
        )
        if let end { return Timestamp(microseconds: end + 1) }
        try connection.run("DELETE FROM batches WHERE import = ?", [.integer(id.raw)])
        try connection.run("UPDATE imports SET reserved = 0 WHERE id = ?", [.integer(id.raw)])
        return nil
    }
}

extension Database {
    /// Gives up an open import and removes its rows in short commits; blocks this thread.
    ///
    /// - Throws: `StorageError`; `notFound` when it is not open.
    public func abandonImport(_ session: ImportSession) throws {
        try writeAndWait { transaction in
            session.isBroken = true
            try transaction.markAbandoned(session.id)
        }
        try removeRows(ofAbandoned: session.id)
    }

    private func removeRows(ofAbandoned id: ImportID) throws {
        var place: Timestamp? = Timestamp(microseconds: .min)
        while let start = place {
            place = try writeAndWait { transaction in try transaction.removeAbandonedRows(id, from: start) }
        }
    }

    /// Abandons what a stopped process left open, and removes rows whose removal was interrupted.
    func removeUnfinishedImports() throws(StorageError) {
        do {
            let unfinished = try read { connection throws(StorageError) in
                try connection.rows(
                    "SELECT id, state FROM imports WHERE state = 'open' OR (state = 'abandoned' AND reserved > 0)"
                ) { (id: ImportID(raw: $0.integer(0)), isOpen: $0.text(1) == "open") }
            }
            for item in unfinished {
                if item.isOpen { try writeAndWait { transaction in try transaction.markAbandoned(item.id) } }
                try removeRows(ofAbandoned: item.id)
            }
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(.other, operation: "removing unfinished imports", detail: "\(error)")
        }
    }
}

extension Connection {
    private static let importColumns = """
        id, user, state, file_name, format, refused, inserted, existing, created, committed, undone
        """

    /// One import, or nil when there is none.
    public func importRecord(_ id: ImportID) throws(StorageError) -> ImportRecord? {
        try first("SELECT \(Connection.importColumns) FROM imports WHERE id = ?", [.integer(id.raw)]) {
            ImportRecord($0)
        }
    }

    /// A user's imports, the newest first, those abandoned left out.
    public func imports(of user: UserID) throws(StorageError) -> [ImportRecord] {
        try rows(
            """
            SELECT \(Connection.importColumns) FROM imports WHERE user = ? AND state <> 'abandoned' ORDER BY id DESC
            """,
            [.integer(user.raw)]
        ) { ImportRecord($0) }
    }
}
