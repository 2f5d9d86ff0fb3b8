import HTTPServer
import Services

/// Who asks, found out before anything else is looked at.
struct Caller: Sendable {
    let principal: Principal

    /// The text for the access log.
    var logName: String { "token:\(principal.credentialNumber)" }
}

extension BitcainAPI {
    /// A handler that knows its caller.
    typealias AuthorizedHandler = @Sendable (HTTPRequest, Caller, HTTPResponder) -> HTTPResponse?

    /// Keeps bodies out whose caller has no good token with that scope, as far as that is known at once.
    func admission(_ scope: TokenScope) -> HTTPAdmissionCheck {
        { request in
            guard let token = request.bearerToken else { return .refused(BitcainErrors.notAuthenticated) }
            switch workspace.authenticate(token: token, for: .bitcain) {
            case .ready(let principal):
                guard principal.scopes.contains(scope) else {
                    return .refused(BitcainErrors.forbidden.named(Caller(principal: principal)))
                }
                return .admitted
            case .refused: return .refused(BitcainErrors.invalidToken)
            // Asking the database takes too long here; the handler does, once the body has come.
            case .notLoaded: return .unverified
            }
        }
    }

    /// Wraps a handler: bearer token first, then its scope, then its rate.
    func authorized(_ scope: TokenScope, _ handler: @escaping AuthorizedHandler) -> HTTPHandler {
        { request, responder in
            guard let token = request.bearerToken else { return BitcainErrors.notAuthenticated }
            switch workspace.authenticate(token: token, for: .bitcain) {
            case .ready(let principal):
                return answer(principal, scope, request, responder, handler)
            case .refused: return BitcainErrors.invalidToken
            case .notLoaded:
                // The first use of a token since the start reads the database, which no event loop may do.
                return offload(responder, nil) {
                    guard let principal = try workspace.loadPrincipal(token: token, for: .bitcain) else {
                        return BitcainErrors.invalidToken
                    }
                    return answer(principal, scope, request, responder, handler)
                }
            }
        }
    }

    private func answer(
        _ principal: Principal,
        _ scope: TokenScope,
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        _ handler: AuthorizedHandler
    ) -> HTTPResponse? {
        let caller = Caller(principal: principal)
        guard principal.scopes.contains(scope) else { return BitcainErrors.forbidden.named(caller) }
        if let seconds = rates?.refusal(for: caller.logName, atMicroseconds: request.arrivedMicroseconds) {
            return BitcainErrors.tooManyRequests(seconds).named(caller)
        }
        return handler(request, caller, responder)?.named(caller)
    }

    /// Answers from a worker thread; 503 at once when too much waits already.
    func offload(
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
        return accepted ? nil : BitcainErrors.busy
    }
}

extension HTTPResponse {
    /// The answer with its caller for the access log.
    func named(_ caller: Caller?) -> HTTPResponse {
        guard let caller else { return self }
        var response = self
        response.principal = caller.logName
        return response
    }
}
