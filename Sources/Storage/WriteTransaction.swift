public import Time

/// A transaction of the one writer, lent to a job for its duration.
///
/// Its public functions are the writes of the room. What a job that throws has done is undone; the other jobs of the
/// same commit are not touched.
public final class WriteTransaction {
    /// The writer's connection, for reading what this transaction sees.
    public let connection: Connection
    /// The time of this transaction, one for all its records.
    public let time: Timestamp
    let limits: StorageLimits
    /// What the seal of this commit will cover, in the order it happened.
    var pendingSeal = PendingSeal()
    /// The next free number of an entry, once it was read; written back before the commit.
    var nextEntry: Int64?
    /// The number of this commit's seal, once it was looked up; no other is written meanwhile.
    private var knownSealNumber: Int64?

    init(connection: Connection, time: Timestamp, limits: StorageLimits) {
        self.connection = connection
        self.time = time
        self.limits = limits
    }

    /// The link that the seal of this transaction will be.
    func sealNumber() throws(StorageError) -> Int64 {
        if let knownSealNumber { return knownSealNumber }
        let number = try connection.journalVersion() + 1
        knownSealNumber = number
        return number
    }

    /// Writes what was gathered for the end of the commit: the seal and the next free number of an entry.
    func complete() throws(StorageError) {
        try writeSeal()
        guard let nextEntry else { return }
        try connection.run(
            """
            INSERT INTO meta (name, value) VALUES ('next_entry', ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [.integer(nextEntry)]
        )
    }
}
