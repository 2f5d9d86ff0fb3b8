/// What an engine takes and keeps.
public struct GraphQLSettings: Sendable {
    /// What a document may hold.
    public var document: DocumentLimits
    /// What carrying out an operation may take.
    public var execution: ExecutionLimits
    /// Whether the schema may be asked for.
    public var allowsIntrospection: Bool
    /// The most prepared documents that are kept.
    public var documentsMax: Int
    /// The bytes that prepared documents may take.
    public var documentBytesMax: Int
    /// The most persisted texts; none means that there are no persisted documents.
    public var persistedMax: Int
    /// The bytes that persisted texts may take.
    public var persistedBytesMax: Int
    /// SHA-256 in lowercase hexadecimal digits; without it there are no persisted documents.
    public var sha256: (@Sendable ([UInt8]) -> String)?

    /// Settings that differ from those of a public server where given.
    public init(
        document: DocumentLimits = .standard,
        execution: ExecutionLimits,
        allowsIntrospection: Bool = true,
        documentsMax: Int = 1_000,
        documentBytesMax: Int = 32 << 20,
        persistedMax: Int = 1_000,
        persistedBytesMax: Int = 8 << 20,
        sha256: (@Sendable ([UInt8]) -> String)? = nil
    ) {
        self.document = document
        self.execution = execution
        self.allowsIntrospection = allowsIntrospection
        self.documentsMax = documentsMax
        self.documentBytesMax = documentBytesMax
        self.persistedMax = persistedMax
        self.persistedBytesMax = persistedBytesMax
        self.sha256 = sha256
    }
}
