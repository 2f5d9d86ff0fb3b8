/// What a reader of a chain takes from a service.
public struct ChainLimits: Hashable, Sendable {
    /// How many blocks a reorganisation is taken to go back at most, where the caller names no other.
    public static let lookBackBlocks: Int64 = 144

    /// Bytes of an answer; one page of large transactions has some megabytes.
    public var answerBytesMax = 24 << 20
    /// Values in an answer.
    public var answerElementsMax = 500_000
    /// Transactions of a page.
    public var rowsPerPageMax = 100
    /// Pages of one call.
    public var pagesPerCall = 40
    /// Transactions of an address that are read in all.
    public var transactionsMax: Int64 = 100_000
    /// Calls in one batch to an Ethereum node.
    public var callsPerBatch = 20
    /// Assets that one call may ask for.
    public var assetsMax = 400

    /// The usual limits.
    public init() {}
}
