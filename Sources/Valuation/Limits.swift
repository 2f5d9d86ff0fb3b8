/// The named limits of this room.
public enum Limits {
    /// The points of one chunk of a series; a full chunk is shared by all snapshots that hold it.
    public static let chunkPoints = 1024
}
