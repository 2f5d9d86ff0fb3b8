/// The named bounds of this room.
public struct StorageLimits: Hashable, Sendable {
    /// The most writes that wait for the writer; one more is refused as `overloaded`.
    public var queuedJobsMax = 65_536
    /// The most writes that share one commit.
    public var jobsPerCommitMax = 1024
    /// After this time no further write joins a commit, in milliseconds.
    public var commitMillisecondsMax = 20
    /// The connections that read at the same time.
    public var readersMax = 4
    /// How long a reader or the writer waits for another program's lock, in milliseconds.
    public var busyMilliseconds: Int32 = 5000
    /// From this size on the write-ahead log is copied back in the background, in bytes.
    public var walCheckpointBytes = 4 << 20
    /// From this size on the writer copies the log back itself before it goes on, in bytes.
    public var walHoldBytes = 32 << 20
    /// The longest free text of an entry in bytes.
    public var textBytesMax = 65_536
    /// The most rows that a small import brings in its one commit.
    public var smallImportRowsMax = 1000
    /// The rows that one commit removes from an abandoned import.
    public var rowsRemovedPerCommit = 5000

    /// The limits as they are unless set otherwise.
    public static let standard = StorageLimits()
}
