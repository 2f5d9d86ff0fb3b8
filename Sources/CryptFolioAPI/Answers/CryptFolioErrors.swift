import Dialects
import HTTPServer
import Money
import Services
import Time

/// How failures look in CryptFolio's dialect: `{"success":false,"time":…,"message":"…"}`.
///
/// The messages are fixed; `invalid` says what is wrong with a request, `detail` what else there is to say. There is never
/// a top-level `error`: one known client takes such an answer for a token's.
struct CryptFolioErrors: Sendable {
    /// The clock of the answers' times.
    let now: @Sendable () -> Timestamp

    func failure(
        _ message: String,
        _ status: Int,
        invalid: [String] = [],
        detail: String? = nil,
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        .json(
            Envelope.failure(message, invalid: invalid, detail: detail, at: now()),
            status: status,
            headers: headers
        )
    }

    // MARK: Callers

    private func challenge(_ parameters: String = "") -> [HTTPHeader] {
        [HTTPHeader("WWW-Authenticate", "Bearer realm=\"cryptfolio\"" + parameters)]
    }

    var noCredential: HTTPResponse { failure("Unauthorized", 401, headers: challenge()) }

    var invalidCredential: HTTPResponse {
        failure("Unauthorized", 401, headers: challenge(", error=\"invalid_token\""))
    }

    /// Two credentials at once, of which nobody can say which counts.
    var severalCredentials: HTTPResponse {
        failure(
            "Invalid",
            400,
            invalid: ["one credential alone may be shown: a bearer token, X-API-KEY or api_key"],
            headers: challenge(", error=\"invalid_request\"")
        )
    }

    func forbidden(_ missing: [TokenScope]) -> HTTPResponse {
        let scopes = missing.map(\.rawValue).joined(separator: " ")
        return failure(
            "Forbidden",
            403,
            headers: challenge(", error=\"insufficient_scope\", scope=\"\(scopes)\"")
        )
    }

    // MARK: Requests

    var notFound: HTTPResponse { failure("Not found", 404) }

    func invalid(_ problems: [String], status: Int = 422) -> HTTPResponse {
        failure("Invalid", status, invalid: problems)
    }

    func unreadable(_ words: String) -> HTTPResponse { failure("Invalid", 400, invalid: [words]) }

    var otherMediaType: HTTPResponse {
        failure(
            "Unsupported media type",
            415,
            detail: "Bodies are JSON, application/x-www-form-urlencoded or multipart/form-data"
        )
    }

    var malformedKey: HTTPResponse { invalid([IdempotencyKey.malformedWords]) }

    func tooManyRequests(_ seconds: Int) -> HTTPResponse {
        failure("Too many requests", 429, headers: [HTTPHeader("Retry-After", String(seconds))])
    }

    // MARK: Waiting

    /// The seconds after which a client asks again for what is not there yet.
    static let notReadySeconds = 2

    var notReady: HTTPResponse {
        failure(
            "Not ready",
            503,
            headers: [HTTPHeader("Retry-After", String(CryptFolioErrors.notReadySeconds))]
        )
    }

    var busy: HTTPResponse {
        failure(
            "Busy",
            503,
            detail: "Nothing was done; try again",
            headers: [HTTPHeader("Retry-After", "1")]
        )
    }

    // MARK: The server's own pages

    var pages: ErrorPages {
        ErrorPages { failure, _ in
            switch failure {
            case .notFound: notFound
            case .methodNotAllowed: self.failure("Method not allowed", 405)
            case .bodyTooLarge, .targetTooLong, .headTooLarge, .tooManyHeaders:
                self.failure("Request too large", failure.status, detail: failure.message)
            case .contentCodingRefused: self.failure("Unsupported media type", 415, detail: failure.message)
            case .multipart(let error):
                error.isLimit
                    ? self.failure("Request too large", failure.status, detail: failure.message)
                    : invalid([failure.message], status: 400)
            case .overloaded: busy
            case .tooManyRequests(let seconds): tooManyRequests(seconds)
            case .storageFull: storageFull
            case .internalError: internalError
            }
        }
    }

    var storageFull: HTTPResponse {
        failure("Storage unavailable", 507, detail: "The disk is full; nothing was done")
    }

    var internalError: HTTPResponse { failure("Internal error", 500) }
}

// MARK: - Errors of the use cases

extension CryptFolioErrors {
    /// Whether an error is neither the caller's fault nor a matter of waiting.
    static func isFault(_ error: any Error) -> Bool {
        switch error {
        case is KeyRefusal, is TrackingRefusal, is EnterpriseRefusal, is WorkspaceError, is PublicRateRefusal,
            MoneyError.overflow:
            false
        default: (StoreTrouble(error) ?? .internalFault).isFault
        }
    }

    /// The answer to an error of the use cases.
    func answer(to error: any Error) -> HTTPResponse {
        switch error {
        case let refusal as KeyRefusal: response(to: refusal)
        case let refusal as TrackingRefusal: response(to: refusal)
        case EnterpriseRefusal.forbidden: forbidden([.admin])
        case EnterpriseRefusal.notFound: notFound
        case EnterpriseRefusal.invalid(let problems): invalid(problems)
        case is PublicRateRefusal: notFound
        case let error as WorkspaceError: invalid([error.description])
        case MoneyError.overflow: invalid(["a sum is beyond the range of amounts"])
        default: response(to: StoreTrouble(error) ?? .internalFault)
        }
    }

    private func response(to refusal: KeyRefusal) -> HTTPResponse {
        switch refusal {
        case .answered(let kept):
            CryptFolioErrors.answer(kept, headers: [HTTPHeader("Idempotent-Replayed", "true")])
        case .otherRequest:
            invalid(["Idempotency-Key was used for another request; choose a new key"])
        case .underWay:
            failure(
                "Conflict",
                409,
                detail: "The first request with this Idempotency-Key is under way; try again",
                headers: [HTTPHeader("Retry-After", "1")]
            )
        }
    }

    /// An answer that may have been kept.
    static func answer(_ kept: KeptAnswer, headers: [HTTPHeader] = []) -> HTTPResponse {
        .json(kept.body, status: kept.status, headers: headers)
    }

    private func response(to refusal: TrackingRefusal) -> HTTPResponse {
        switch refusal {
        case .notFound: notFound
        // As the live service had it: not found, and invalid.
        case .unknownCurrency: invalid([refusal.description], status: 404)
        case .invalid(let problems): invalid(problems)
        case .notReady: notReady
        case .tooMany: invalid([refusal.description])
        }
    }

    private func response(to trouble: StoreTrouble) -> HTTPResponse {
        let retry = [HTTPHeader("Retry-After", "1")]
        return switch trouble {
        case .full: storageFull
        case .busy: busy
        case .importUnderWay:
            failure(
                "Conflict",
                409,
                detail: "An import is under way; nothing was done, try again",
                headers: retry
            )
        case .unavailable: failure("Storage unavailable", 503, headers: retry)
        case .internalFault: internalError
        }
    }
}
