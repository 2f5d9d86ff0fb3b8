import Dialects
import HTTPServer
import Services
import Time

extension BitcainAPI {
    /// A handler that knows its caller.
    typealias AuthorizedHandler = DialectDesk.Handler

    /// Keeps bodies out whose caller has no good token with that scope, as far as that is known at once.
    func admission(_ scope: TokenScope) -> HTTPAdmissionCheck { desk.admission(.needs(scope)) }

    /// Wraps a handler: bearer token first, then its scope, then its rate.
    func authorized(_ scope: TokenScope, _ handler: @escaping AuthorizedHandler) -> HTTPHandler {
        desk.authorized(.needs(scope), handler)
    }

    /// Answers from a worker thread; 503 at once when too much waits already.
    func offload(
        _ responder: HTTPResponder,
        _ caller: Caller?,
        on pool: WorkerPool? = nil,
        _ work: @escaping @Sendable () throws -> HTTPResponse?
    ) -> HTTPResponse? {
        desk.offload(responder, caller, on: pool, work)
    }

    /// The answer to an error of the use cases; what nobody but the operator can mend is reported with its cause.
    func response(to error: any Error, _ request: HTTPRequestID) -> HTTPResponse {
        desk.response(to: error, request)
    }

    /// Answers a read: on the spot from the answers of this second when nothing changed, else from a worker thread.
    ///
    /// A read of nobody in particular is never kept.
    func read(
        _ caller: Caller?,
        _ responder: HTTPResponder,
        key: String,
        at time: Timestamp? = nil,
        as answer: @escaping @Sendable ([UInt8]) -> HTTPResponse = { .json($0) },
        _ render: @escaping @Sendable (Timestamp) throws -> [UInt8]
    ) -> HTTPResponse? {
        desk.read(caller, responder, key: key, at: time, as: answer, render)
    }
}

/// What bitcain says to callers, and where it looks for their tokens.
struct BitcainWords: DialectWords {
    /// The kinds of credential that bitcain's requests show.
    private static let kinds: Set<String> = ["bitcain.token", "bitcain.access"]

    func credential(of request: HTTPRequest) -> ShownCredential {
        request.bearerToken.map { .token($0, kinds: BitcainWords.kinds) } ?? .none
    }

    func answer(to refusal: CallerRefusal) -> HTTPResponse {
        switch refusal {
        case .noCredential: BitcainErrors.notAuthenticated
        case .invalidCredential: BitcainErrors.invalidToken
        case .scopeMissing: BitcainErrors.forbidden
        case .tooManyRequests(let seconds): BitcainErrors.tooManyRequests(seconds)
        case .busy: BitcainErrors.busy
        }
    }

    func answer(to error: any Error) -> HTTPResponse { BitcainErrors.response(to: error) }

    func isFault(_ error: any Error) -> Bool { BitcainErrors.isFault(error) }
}
