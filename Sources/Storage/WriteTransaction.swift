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

    init(connection: Connection, time: Timestamp, limits: StorageLimits) {
        self.connection = connection
        self.time = time
        self.limits = limits
    }
}
