public import GraphQL
public import Time

/// The bounds of what an operation may ask for.
public struct TrustVaultLimits: Sendable {
    /// Bytes of a body.
    public var bodyBytesMax = 256 << 10
    /// The points of a range; of more the newest come.
    public var pointsMax = 200
    /// Nothing before this instant is told; nil tells all there is.
    public var availableFrom: Timestamp?
    /// Amounts, totals included, of all points of an operation.
    public var cost = 20_000
    /// How long an operation may take.
    public var time = Duration.seconds(5)
    /// Whether the schema may be asked for.
    public var hasIntrospection = true
    /// Whether the page for trying queries is served.
    public var hasGraphiQL = true
    /// The bounds of a document.
    public var document = DocumentLimits()

    /// The usual limits.
    public init() {}
}
