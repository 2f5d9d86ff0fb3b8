/// What a document may hold before it is refused by name.
///
/// The parser keeps to `tokens` and `nesting`; the others are counted after it and before validation.
public struct DocumentLimits: Hashable, Sendable {
    /// Tokens of the text; comments, commas and white space are none.
    public let tokens: Int
    /// Selection sets, lists and input objects within each other, as the parser meets them.
    public let nesting: Int
    /// Fields within fields, those of fragments included.
    public let depth: Int
    /// Fields of an operation, those of a fragment once for each time it is spread.
    public let fields: Int
    /// Aliases of an operation, counted as fields are.
    public let aliases: Int
    /// Directives of an operation, counted as fields are.
    public let directives: Int
    /// Named fragments of the document.
    public let fragments: Int
    /// Operations of the document.
    public let operations: Int
    /// Variables of an operation.
    public let variables: Int
    /// Errors of validation after which it stops.
    public let errors: Int

    /// The deepest nesting that may be allowed: what works on documents calls itself.
    public static let nestingMax = 256

    /// The limits of a public server.
    public static let standard = DocumentLimits()

    /// Limits that differ from the standard where given.
    public init(
        tokens: Int = 2_000,
        nesting: Int = 64,
        depth: Int = 15,
        fields: Int = 500,
        aliases: Int = 30,
        directives: Int = 50,
        fragments: Int = 50,
        operations: Int = 10,
        variables: Int = 50,
        errors: Int = 5
    ) {
        precondition((1...Self.nestingMax).contains(nesting), "a nesting of 1 to \(Self.nestingMax)")
        precondition((1...Self.nestingMax).contains(depth), "a depth of 1 to \(Self.nestingMax)")
        precondition(
            tokens >= 1 && fields >= 1 && aliases >= 0 && directives >= 0 && fragments >= 0
                && operations >= 1 && variables >= 0 && errors >= 1,
            "limits are not negative, and of some things there must be one"
        )
        self.tokens = tokens
        self.nesting = nesting
        self.depth = depth
        self.fields = fields
        self.aliases = aliases
        self.directives = directives
        self.fragments = fragments
        self.operations = operations
        self.variables = variables
        self.errors = errors
    }
}
