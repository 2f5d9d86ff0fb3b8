import Money

/// The named limits of this room.
public enum Limits {
    /// The turnover of one history in the report's currency: the sum of all values and fees stays below it.
    ///
    /// An eighth of the range of amounts: with it no sum of costs, proceeds or gains can leave the range. An entry
    /// that would pass it is left out as a whole and reported as `out_of_range`.
    public static let turnoverRawMax: Int128 = Amount.limit / 8
    /// The pairs of asset and account that are looked up in a plain table; beyond it a dictionary takes over.
    public static let tablePairsMax = 1 << 20
    /// The entries that are appended to computed lots before all are computed again: 1,024.
    public static let appendedMax = 1024
    /// Columns of that size and more ask for pages of 2 MiB, of which they waste a part of one at most.
    static let largePagesFromBytes = 16 << 20
}
