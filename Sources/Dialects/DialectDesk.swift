public import HTTPServer
public import Services
public import Time

/// How a dialect finds the credential in a request, and says what every dialect has to say.
public protocol DialectWords: Sendable {
    /// The credential that a request shows.
    func credential(of request: HTTPRequest) -> ShownCredential
    /// What a credential allows here.
    func scopes(of principal: Principal) -> Set<TokenScope>
    /// The answer to a caller who is sent away.
    func answer(to refusal: CallerRefusal) -> HTTPResponse
    /// The answer to an error of the use cases.
    func answer(to error: any Error) -> HTTPResponse
    /// Whether an error is neither the caller's fault nor a matter of waiting.
    func isFault(_ error: any Error) -> Bool
}

extension DialectWords {
    /// All that the credential was made for.
    public func scopes(of principal: Principal) -> Set<TokenScope> { principal.scopes }
}

/// Where the requests of a dialect come in: who asks and may, what answers at once, what goes to a worker thread.
public struct DialectDesk: Sendable {
    /// A handler that knows its caller.
    public typealias Handler = @Sendable (HTTPRequest, Caller, HTTPResponder) -> HTTPResponse?

    /// The dialect.
    public let dialect: Dialect
    /// The use cases.
    public let workspace: Workspace
    /// The threads for what may block.
    public let workers: WorkerPool
    /// The rate of each credential; nil limits none.
    public let rates: RateLimiter?
    /// The answers that are kept.
    public let answers = AnswerCache()
    private let words: any DialectWords
    private let onFault: HTTPFaultReport?

    /// A desk; faults are reported with their causes, which answers do not tell.
    public init(
        _ dialect: Dialect,
        _ words: any DialectWords,
        workspace: Workspace,
        workers: WorkerPool,
        rates: RateLimiter?,
        onFault: HTTPFaultReport?
    ) {
        self.dialect = dialect
        self.words = words
        self.workspace = workspace
        self.workers = workers
        self.rates = rates
        self.onFault = onFault
    }

    // MARK: Callers

    /// Keeps bodies out whose caller has no good credential that allows this, as far as that is known at once.
    public func admission(_ rule: ScopeRule) -> HTTPAdmissionCheck {
        { request in
            switch words.credential(of: request) {
            case .none: return .refused(words.answer(to: .noCredential))
            case .refused(let response): return .refused(response)
            case .token(let token, let kinds):
                switch workspace.authenticate(token: token, for: dialect) {
                case .ready(let principal) where !kinds.contains(principal.kind):
                    return .refused(words.answer(to: .invalidCredential))
                case .ready(let principal):
                    let missing = rule.missing(principal, in: words.scopes(of: principal))
                    guard missing.isEmpty else {
                        let caller = Caller(principal: principal)
                        return .refused(words.answer(to: .scopeMissing(missing)).named(caller))
                    }
                    return .admitted
                case .refused: return .refused(words.answer(to: .invalidCredential))
                // Asking the database takes too long here; the handler does, once the body has come.
                case .notLoaded: return .unverified
                }
            }
        }
    }

    /// Wraps a handler: the credential first, then what it allows, then its rate.
    public func authorized(_ rule: ScopeRule, _ handler: @escaping Handler) -> HTTPHandler {
        { request, responder in
            switch words.credential(of: request) {
            case .none: return words.answer(to: .noCredential)
            case .refused(let response): return response
            case .token(let token, let kinds):
                switch workspace.authenticate(token: token, for: dialect) {
                case .ready(let principal):
                    return answer(principal, kinds, rule, request, responder, handler)
                case .refused: return words.answer(to: .invalidCredential)
                case .notLoaded:
                    // The first use of a token since the start reads the database, which no event loop may do.
                    return offload(responder, nil) {
                        guard let principal = try workspace.loadPrincipal(token: token, for: dialect) else {
                            return words.answer(to: .invalidCredential)
                        }
                        return answer(principal, kinds, rule, request, responder, handler)
                    }
                }
            }
        }
    }

    private func answer(
        _ principal: Principal,
        _ kinds: Set<String>,
        _ rule: ScopeRule,
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        _ handler: Handler
    ) -> HTTPResponse? {
        guard kinds.contains(principal.kind) else { return words.answer(to: .invalidCredential) }
        let caller = Caller(principal: principal)
        let missing = rule.missing(principal, in: words.scopes(of: principal))
        guard missing.isEmpty else { return words.answer(to: .scopeMissing(missing)).named(caller) }
        if let rates, let seconds = caller.refusal(by: rates, atMicroseconds: request.arrivedMicroseconds) {
            return words.answer(to: .tooManyRequests(seconds: seconds)).named(caller)
        }
        return handler(request, caller, responder)?.named(caller)
    }

    // MARK: Answers

    /// Answers from a worker thread; busy at once when too much waits already.
    public func offload(
        _ responder: HTTPResponder,
        _ caller: Caller?,
        on pool: WorkerPool? = nil,
        _ work: @escaping @Sendable () throws -> HTTPResponse?
    ) -> HTTPResponse? {
        let accepted = (pool ?? workers).submit {
            do {
                if let response = try work() { responder.answer(response.named(caller)) }
            } catch {
                responder.answer(response(to: error, responder.requestID).named(caller))
            }
        }
        return accepted ? nil : words.answer(to: .busy)
    }

    /// The answer to an error of the use cases; what nobody but the operator can mend is reported with its cause.
    public func response(to error: any Error, _ request: HTTPRequestID) -> HTTPResponse {
        if words.isFault(error) { onFault?(error, request) }
        return words.answer(to: error)
    }

    /// Answers a read: on the spot from the answers of this second when nothing changed, else from a worker thread.
    ///
    /// What is kept is what `render` makes, for another time than this second where one is given; `answer` makes the
    /// response of it each time. A read of nobody in particular is never kept.
    public func read(
        _ caller: Caller?,
        _ responder: HTTPResponder,
        key: String,
        at time: Timestamp? = nil,
        as answer: @escaping @Sendable ([UInt8]) -> HTTPResponse = { .json($0) },
        _ render: @escaping @Sendable (Timestamp) throws -> [UInt8]
    ) -> HTTPResponse? {
        let time = time ?? Timestamp(seconds: workspace.time.seconds)
        guard let user = caller?.principal.user else {
            return offload(responder, nil) { answer(try render(time)) }
        }
        let stamp = workspace.stamp(of: user, at: time)
        if let stamp, let body = answers.body(user: user, key: key, stamp: stamp) { return answer(body) }
        return offload(responder, caller) {
            let before = workspace.stamp(of: user, at: time)
            let body = try render(time)
            // What changed in between may not be in the body.
            if let before, before == workspace.stamp(of: user, at: time) {
                answers.keep(body, user: user, key: key, stamp: before)
            }
            return answer(body)
        }
    }
}
