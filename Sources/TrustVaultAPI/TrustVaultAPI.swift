import Crypto
import Dialects
public import GraphQL
public import HTTPServer
public import Services

/// TrustVault's user portfolio: one GraphQL endpoint over the use cases, and a page for trying queries.
public struct TrustVaultAPI: Sendable {
    let workspace: Workspace
    let limits: TrustVaultLimits
    let rates: RateLimiter?
    let publicRates: RateLimiter?
    let desk: DialectDesk
    let engine: GraphQLEngine<Visitor>
    let shelf = HoldingShelf()

    /// The dialect over a workspace; what takes long goes to the workers, and without rates none is limited.
    ///
    /// `rates` are those of a key, `publicRates` those of an address that shows none in the header. Faults are reported
    /// with their causes, which answers do not tell.
    ///
    /// - Throws: `SchemaFault`, which only a change of the schema can cause.
    public init(
        workspace: Workspace,
        workers: WorkerPool,
        limits: TrustVaultLimits = TrustVaultLimits(),
        rates: RateLimiter?,
        publicRates: RateLimiter?,
        onFault: HTTPFaultReport? = nil
    ) throws(SchemaFault) {
        self.workspace = workspace
        self.limits = limits
        self.rates = rates
        self.publicRates = publicRates
        desk = DialectDesk(
            .trustvault,
            TrustVaultWords(),
            workspace: workspace,
            workers: workers,
            rates: rates,
            onFault: onFault
        )
        let start = ContinuousClock.now
        let (seconds, attoseconds) = limits.time.components
        let execution = ExecutionLimits(
            microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000,
            cost: limits.cost,
            now: {
                let (seconds, attoseconds) = (ContinuousClock.now - start).components
                return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
            }
        )
        engine = GraphQLEngine(
            try PortfolioSchema.make(),
            settings: GraphQLSettings(
                document: limits.document,
                execution: execution,
                allowsIntrospection: limits.hasIntrospection,
                sha256: { Digest.sha256($0).hex }
            )
        )
    }

    /// The path of the endpoint.
    public static let path = "/graphql"

    /// The schema in the language of schemas.
    public static func schemaText() throws(SchemaFault) -> String {
        SchemaPrinter.print(try PortfolioSchema.make().schema)
    }

    /// The routes of the endpoint.
    public var router: Router {
        var router = Router(
            prefixes: [TrustVaultAPI.path],
            pages: TrustVaultErrors.pages,
            trailingSlash: .either,
            descriptions: TrustVaultAPI.descriptions
        )
        let handler = visited { request, caller, responder in
            guard let media = AnswerMedia(accepting: request) else { return TrustVaultErrors.notAcceptable }
            switch OperationForm.read(request, stringBytesMax: limits.bodyBytesMax) {
            case .operation(let operation): return carryOut(operation, request, caller, responder, media)
            case .refused(let response): return response
            }
        }
        router.add(
            .post,
            TrustVaultAPI.path,
            name: "trustvault.graphql",
            body: .collect(maxBytes: limits.bodyBytesMax),
            admission: admission,
            handler
        )
        router.add(.get, TrustVaultAPI.path, name: "trustvault.graphql_get", handler)
        return router
    }

    /// The routes of the page for trying queries; nil where it is not served.
    public var graphiql: Router? {
        limits.hasGraphiQL ? GraphiQLPage.router(pages: TrustVaultErrors.pages) : nil
    }

    // MARK: Who asks

    /// Bodies of those who show no key in the header may hold one.
    private var admission: HTTPAdmissionCheck {
        let known = desk.admission(.needs(.read))
        return { request in
            if case .none = TrustVaultWords().credential(of: request) { return .unverified }
            return known(request)
        }
    }

    private typealias Handler = @Sendable (HTTPRequest, Caller?, HTTPResponder) -> HTTPResponse?

    /// Lets in who shows a good key in the header, and who shows none there and so must show one in the operation.
    private func visited(_ handler: @escaping Handler) -> HTTPHandler {
        let known = desk.authorized(.needs(.read)) { request, caller, responder in
            handler(request, caller, responder)
        }
        return { request, responder in
            if case .none = TrustVaultWords().credential(of: request) {
                let wait = publicRates?.refusal(
                    for: "address:" + request.remoteAddress,
                    atMicroseconds: request.arrivedMicroseconds
                )
                if let wait { return TrustVaultErrors.tooMany(seconds: wait) }
                return handler(request, nil, responder)
            }
            return known(request, responder)
        }
    }

    // MARK: Carrying out

    /// Answers on the spot where nothing has to be waited for, else from a worker thread.
    private func carryOut(
        _ operation: GraphQLRequest,
        _ request: HTTPRequest,
        _ caller: Caller?,
        _ responder: HTTPResponder,
        _ media: AnswerMedia
    ) -> HTTPResponse? {
        if caller == nil {
            // Only the argument of that name can show a key; a kept document may have it.
            guard operation.query?.utf8.contains("authentication".utf8) ?? true else {
                return TrustVaultErrors.unauthorized
            }
        } else if let response = attempt(operation, request, caller, responder, media, mayBlock: false) {
            return response
        }
        return desk.offload(responder, caller) {
            attempt(operation, request, caller, responder, media, mayBlock: true)
        }
    }

    /// The answer; nil when it would have to wait and may not.
    private func attempt(
        _ operation: GraphQLRequest,
        _ request: HTTPRequest,
        _ caller: Caller?,
        _ responder: HTTPResponder,
        _ media: AnswerMedia,
        mayBlock: Bool
    ) -> HTTPResponse? {
        let visitor = Visitor(
            workspace,
            limits,
            shelf,
            header: caller,
            now: workspace.time,
            mayBlock: mayBlock
        ) { key in try check(key, request) }
        let answer = engine.answerNow(operation, root: visitor)
        switch visitor.outcome {
        case .nothing:
            return caller == nil ? TrustVaultErrors.unauthorized : media.render(answer)
        case .caller(let shown): return media.render(answer).named(shown)
        case .refused: return TrustVaultErrors.unauthorized
        case .tooMany(let seconds): return TrustVaultErrors.tooMany(seconds: seconds)
        case .failed(let error): return desk.response(to: error, responder.requestID)
        case .wouldBlock: return nil
        }
    }

    /// Looks at a key that an operation shows.
    private func check(_ key: String, _ request: HTTPRequest) throws -> Visitor.KeyCheck {
        let text = Array(key.utf8)[...]
        let principal: Principal?
        switch workspace.authenticate(token: text, for: .trustvault) {
        case .ready(let ready): principal = ready
        case .refused: principal = nil
        case .notLoaded: principal = try workspace.loadPrincipal(token: text, for: .trustvault)
        }
        guard let principal, principal.scopes.contains(.read) else { return .bad }
        let caller = Caller(principal: principal)
        if let rates, let seconds = caller.refusal(by: rates, atMicroseconds: request.arrivedMicroseconds) {
            return .tooMany(seconds: seconds)
        }
        return .good(caller)
    }
}
