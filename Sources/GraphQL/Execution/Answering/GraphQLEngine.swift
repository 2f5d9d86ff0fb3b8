import Synchronization

/// Answers requests against a schema; may be used by any number of threads at once.
///
/// ```swift
/// let engine = GraphQLEngine(try portfolioSchema(), settings: GraphQLSettings(limits: limits, sha256: sha256))
/// let answer = await engine.answer(try GraphQLRequest(body: body), root: caller)
/// ```
public struct GraphQLEngine<Root>: Sendable {
    /// The schema.
    public var schema: Schema { executable.schema }

    private let executable: ExecutableSchema<Root>
    private let settings: GraphQLSettings
    private let documents: BoundedCache<DocumentText, PreparedDocument>
    private let persisted: BoundedCache<String, PersistedText>

    /// An engine for a schema.
    public init(_ executable: ExecutableSchema<Root>, settings: GraphQLSettings) {
        self.executable = executable
        self.settings = settings
        documents = BoundedCache(countMax: settings.documentsMax, bytesMax: settings.documentBytesMax)
        persisted = BoundedCache(countMax: settings.persistedMax, bytesMax: settings.persistedBytesMax)
    }

    /// Carries a request out; fields that fetch may wait.
    public func answer(_ request: GraphQLRequest, root: Root) async -> GraphQLAnswer {
        switch start(request) {
        case .refused(let answer): return answer
        case .ready(var run):
            while let field = run.next() {
                guard let fetch = run.fetch(field, of: Root.self) else {
                    run.write(field, root)
                    continue
                }
                do {
                    let written = try await fetch(root, run.lookAhead(field))
                    run.write(field, fetched: written)
                } catch {
                    run.absorb(error, field)
                }
            }
            return run.finish()
        }
    }

    /// Carries a request out on this thread; the schema has no fields that fetch.
    public func answerNow(_ request: GraphQLRequest, root: Root) -> GraphQLAnswer {
        switch start(request) {
        case .refused(let answer): return answer
        case .ready(var run):
            while let field = run.next() { run.write(field, root) }
            return run.finish()
        }
    }

    /// How many prepared documents are kept, and their bytes.
    public var documentFigures: (count: Int, bytes: Int) { documents.figures }
}

/// The text of a document as a key: equal byte for byte, and hashed at once rather than byte by byte.
private struct DocumentText: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}

/// A text that was persisted.
private struct PersistedText: Sized {
    let text: String
    var bytes: Int { text.utf8.count + 256 }
}

extension GraphQLEngine {
    private enum Start: ~Copyable {
        case refused(GraphQLAnswer)
        case ready(OperationRun)
    }

    private func start(_ request: GraphQLRequest) -> Start {
        let text: String
        switch self.text(of: request) {
        case .failure(let refusal): return .refused(refusal.answer)
        case .success(let found): text = found
        }
        let prepared: PreparedDocument
        switch prepare(text) {
        case .failure(let refusal): return .refused(refusal.answer)
        case .success(let found): prepared = found
        }
        if let hash = request.persistedHash, request.query != nil {
            persisted.insert(PersistedText(text: text), for: hash)
        }
        return start(prepared, request)
    }

    private func start(_ prepared: PreparedDocument, _ request: GraphQLRequest) -> Start {
        let place: Int
        do throws(GraphQLError) {
            place = try prepared.operation(named: request.operationName)
        } catch {
            return .refused(GraphQLAnswer(.invalid, [error]))
        }
        let operation = prepared[place]
        guard request.mayMutate || operation.operation != .mutation else {
            let error = GraphQLError("A mutation needs a POST request.", code: "MUTATION_NOT_ALLOWED")
            return .refused(GraphQLAnswer(.mutationNotAllowed, [error]))
        }
        switch VariableCoercion.coerce(operation.variables, request.variables, schema: schema) {
        case .failure(let failure):
            let errors = failure.all.map { error in
                GraphQLError(
                    error.message,
                    locations: error.offsets.map { prepared.document.location($0) },
                    code: error.code
                )
            }
            return .refused(GraphQLAnswer(.invalid, errors))
        case .success(let variables):
            guard let type = schema.root(of: operation.operation) else {
                let error = GraphQLError(
                    "Schema is not configured to execute \(operation.operation.rawValue) operation.",
                    locations: [prepared.document.location(operation.offset)]
                )
                return .refused(GraphQLAnswer(.invalid, [error]))
            }
            let plan = prepared.plan(
                place,
                of: type,
                variables,
                schema: schema,
                resolvers: executable.resolvers,
                fieldsMax: settings.execution.plannedFields
            )
            let execution = Execution(
                variables: variables,
                limits: settings.execution,
                bytes: plan.planner.answerBytes.load(ordering: .relaxed)
            )
            return .ready(OperationRun(plan, document: prepared.document, execution))
        }
    }

    /// Why there is nothing to carry out.
    private struct Refusal: Error {
        let answer: GraphQLAnswer

        init(_ kind: GraphQLAnswer.Kind, _ errors: [GraphQLError]) {
            answer = GraphQLAnswer(kind, errors)
        }
    }

    private func text(of request: GraphQLRequest) -> Result<String, Refusal> {
        guard let hash = request.persistedHash else {
            if let query = request.query { return .success(query) }
            let error = GraphQLError("The request must have a 'query'.", code: "BAD_REQUEST")
            return .failure(Refusal(.badRequest, [error]))
        }
        guard let sha256 = settings.sha256, settings.persistedMax > 0 else {
            let error = GraphQLError("PersistedQueryNotSupported", code: "PERSISTED_QUERY_NOT_SUPPORTED")
            return .failure(Refusal(.persistedQueryNotFound, [error]))
        }
        guard let query = request.query else {
            if let kept = persisted[hash] { return .success(kept.text) }
            let error = GraphQLError("PersistedQueryNotFound", code: "PERSISTED_QUERY_NOT_FOUND")
            return .failure(Refusal(.persistedQueryNotFound, [error]))
        }
        guard sha256(Array(query.utf8)) == hash else {
            let error = GraphQLError("provided sha does not match query", code: "BAD_REQUEST")
            return .failure(Refusal(.badRequest, [error]))
        }
        return .success(query)
    }

    /// The document of a text, parsed and found valid now or before.
    private func prepare(_ text: String) -> Result<PreparedDocument, Refusal> {
        let key = DocumentText(bytes: Array(text.utf8))
        if let prepared = documents[key] { return .success(prepared) }
        let document: AST.Document
        do throws(GraphQLError) {
            document = try Parser.parse(Source(key.bytes), limits: settings.document)
        } catch {
            return .failure(Refusal(error.code == nil ? .invalid : .limited, [error]))
        }
        let excesses = DocumentSize(document).errors(limits: settings.document)
        guard excesses.isEmpty else { return .failure(Refusal(.limited, excesses)) }
        let faults = Validator.validate(document, schema: schema, errorsMax: settings.document.errors)
        guard faults.isEmpty else { return .failure(Refusal(.invalid, faults)) }
        if !settings.allowsIntrospection {
            let uses = IntrospectionRule.uses(
                in: document,
                schema: schema,
                errorsMax: settings.document.errors
            )
            guard uses.isEmpty else { return .failure(Refusal(.invalid, uses)) }
        }
        let prepared = PreparedDocument(document)
        documents.insert(prepared, for: key)
        return .success(prepared)
    }
}

extension Schema {
    /// Where operations of a sort begin, if the schema has them.
    public func root(of operation: AST.OperationType) -> TypeID? {
        switch operation {
        case .query: query
        case .mutation: mutation
        case .subscription: subscription
        }
    }
}
