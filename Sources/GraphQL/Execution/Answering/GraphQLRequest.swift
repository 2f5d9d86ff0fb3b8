public import JSON

/// A request for an operation, however it came.
public struct GraphQLRequest: Sendable {
    /// The text of the document; may be missing when a persisted one is named.
    public let query: String?
    /// The values of the operation's variables.
    public let variables: [JSONMember]
    /// Which operation of the document is meant.
    public let operationName: String?
    /// The SHA-256 of a persisted document, in hexadecimal digits.
    public let persistedHash: String?
    /// Whether it may change anything; a `GET` may not.
    public let mayMutate: Bool

    /// A request from its parts.
    public init(
        query: String?,
        variables: [JSONMember] = [],
        operationName: String? = nil,
        persistedHash: String? = nil,
        mayMutate: Bool = true
    ) {
        self.query = query
        self.variables = variables
        self.operationName = operationName
        self.persistedHash = persistedHash
        self.mayMutate = mayMutate
    }

    /// A request from a body of JSON: `query`, `variables`, `operationName` and `extensions`.
    ///
    /// - Throws: `GraphQLError` with the code `BAD_REQUEST` and which member is not what it must be.
    public init(body: JSONValue, mayMutate: Bool = true) throws(GraphQLError) {
        switch body {
        case .object: break
        case .array: throw GraphQLRequest.refusal("Several operations in one request are not supported.")
        default: throw GraphQLRequest.refusal("The body must be an object.")
        }
        try self.init(
            query: GraphQLRequest.string("query", of: body),
            variables: body["variables"],
            operationName: GraphQLRequest.string("operationName", of: body),
            extensions: body["extensions"],
            mayMutate: mayMutate
        )
    }

    /// A request from its members, those that are objects as JSON.
    ///
    /// - Throws: `GraphQLError` with the code `BAD_REQUEST` and which member is not what it must be.
    public init(
        query: String?,
        variables: JSONValue?,
        operationName: String?,
        extensions: JSONValue?,
        mayMutate: Bool = true
    ) throws(GraphQLError) {
        let hash = try GraphQLRequest.persistedHash(in: extensions)
        guard query != nil || hash != nil else {
            throw GraphQLRequest.refusal("The request must have a 'query'.")
        }
        let members: [JSONMember]
        switch variables ?? .null {
        case .null: members = []
        case .object(let given): members = given
        default: throw GraphQLRequest.refusal("'variables' must be an object.")
        }
        self.init(
            query: query,
            variables: members,
            operationName: operationName,
            persistedHash: hash,
            mayMutate: mayMutate
        )
    }

    private static func persistedHash(in extensions: JSONValue?) throws(GraphQLError) -> String? {
        switch extensions ?? .null {
        case .null: return nil
        case .object: break
        default: throw refusal("'extensions' must be an object.")
        }
        guard let persisted = extensions?["persistedQuery"], !persisted.isNull else { return nil }
        guard persisted["version"]?.integer == 1 else {
            throw refusal("'extensions.persistedQuery' must have version 1.")
        }
        guard let hash = persisted["sha256Hash"]?.string, isHash(hash) else {
            throw refusal("'extensions.persistedQuery.sha256Hash' must be 64 hexadecimal digits.")
        }
        return hash.lowercased()
    }

    private static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { byte in
                byte &- UInt8(ascii: "0") <= 9 || (byte | 0x20) &- UInt8(ascii: "a") <= 5
            }
    }

    private static func string(_ name: String, of body: JSONValue) throws(GraphQLError) -> String? {
        switch body[name] ?? .null {
        case .null: return nil
        case .string(let text): return text
        default: throw refusal("'\(name)' must be a string.")
        }
    }

    private static func refusal(_ message: String) -> GraphQLError {
        GraphQLError(message, code: "BAD_REQUEST")
    }
}

/// The answer to a request: its bytes, and what an HTTP status depends on.
public struct GraphQLAnswer: Sendable {
    /// The answer as JSON.
    public let body: [UInt8]
    /// What became of the request.
    public let kind: Kind

    /// What can become of a request.
    public enum Kind: Sendable, Hashable {
        /// It was carried out; there is `data`, maybe null, and maybe errors of fields.
        case executed
        /// Nothing was carried out: the document, the choice of its operation or its variables are at fault.
        case invalid
        /// A limit was met before or while it was carried out; there is no `data`.
        case limited
        /// The request itself is at fault; nothing was looked at.
        case badRequest
        /// The persisted document is not known; the same request with its text makes it so.
        case persistedQueryNotFound
        /// A mutation came where nothing may be changed.
        case mutationNotAllowed
    }

    /// An answer of errors alone.
    public init(_ kind: Kind, _ errors: [GraphQLError]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.array("errors", errors) { writer, error in error.write(to: &writer) }
        writer.endObject()
        self.init(kind, writer.finish())
    }

    internal init(_ kind: Kind, _ body: [UInt8]) {
        self.kind = kind
        self.body = body
    }
}
