import Dialects
import HTTPServer
import JSON
import Services

/// How a token shows itself at `/oauth/token/info`, and what is said where it does not.
struct OAuthWords: DialectWords {
    func credential(of request: HTTPRequest) -> ShownCredential {
        guard let token = request.bearerToken else { return .none }
        return .token(token, kinds: ["cryptfolio.access", "cryptfolio.client"])
    }

    func answer(to refusal: CallerRefusal) -> HTTPResponse {
        switch refusal {
        case .noCredential: OAuthAnswers.bearer(nil, "The access token is missing")
        case .invalidCredential, .scopeMissing:
            OAuthAnswers.bearer(.invalidToken, "The access token is unknown, revoked or expired")
        case .tooManyRequests(let seconds): OAuthAnswers.tooManyRequests(seconds)
        case .busy: OAuthAnswers.busy
        }
    }

    func answer(to error: any Error) -> HTTPResponse {
        if let error = error as? OAuthError { return OAuthAnswers.refusal(error, isPassword: false) }
        return OAuthAnswers.trouble(StoreTrouble(error) ?? .internalFault)
    }

    func isFault(_ error: any Error) -> Bool {
        error is OAuthError ? false : (StoreTrouble(error) ?? .internalFault).isFault
    }
}

/// The answers of RFC 6749 section 5, none of which is ever kept by anybody.
enum OAuthAnswers {
    /// The pages of the server's own failures.
    static let pages = ErrorPages { failure, _ in
        switch failure {
        case .overloaded, .tooManyRequests:
            error("temporarily_unavailable", failure.message, status: failure.status)
        case .internalError, .storageFull: error("server_error", failure.message, status: failure.status)
        default: error(OAuthErrorCode.invalidRequest.rawValue, failure.message, status: failure.status)
        }
    }

    /// The realm that clients are asked to authenticate for.
    private static let realm = "coffer"

    /// A JSON answer that is not kept.
    static func json(_ body: [UInt8], status: Int = 200, headers: [HTTPHeader] = []) -> HTTPResponse {
        .json(body, status: status, headers: headers + [HTTPHeader("Pragma", "no-cache")])
    }

    /// An error by its word.
    static func error(
        _ code: String,
        _ words: String,
        status: Int,
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.string(code)
        json.key("error_description")
        json.string(words)
        json.endObject()
        return OAuthAnswers.json(json.finish(), status: status, headers: headers)
    }

    /// The answer to a client that gets nothing: 401 where it could not say who it is, else 400.
    ///
    /// CryptFolio's clients want 401 for what is wrong with a password, its scope or its client.
    static func refusal(_ refusal: OAuthError, isPassword: Bool) -> HTTPResponse {
        switch refusal.code {
        case .invalidClient:
            error(
                refusal.code.rawValue,
                refusal.words,
                status: 401,
                headers: [HTTPHeader("WWW-Authenticate", "Basic realm=\"\(realm)\"")]
            )
        case .invalidGrant, .invalidScope, .unauthorizedClient:
            error(
                refusal.code.rawValue,
                refusal.words,
                status: isPassword ? 401 : 400,
                headers: isPassword
                    ? [
                        HTTPHeader(
                            "WWW-Authenticate",
                            "Bearer realm=\"\(realm)\", error=\"\(refusal.code.rawValue)\""
                        )
                    ]
                    : []
            )
        default: error(refusal.code.rawValue, refusal.words, status: 400)
        }
    }

    /// The answer to who shows no good access token (RFC 6750 section 3).
    static func bearer(_ code: OAuthErrorCode?, _ words: String) -> HTTPResponse {
        let fault = code.map { ", error=\"\($0.rawValue)\"" } ?? ""
        return error(
            (code ?? .invalidRequest).rawValue,
            words,
            status: 401,
            headers: [HTTPHeader("WWW-Authenticate", "Bearer realm=\"\(realm)\"" + fault)]
        )
    }

    /// A limit of attempts or requests is reached.
    static func tooManyRequests(_ seconds: Int) -> HTTPResponse {
        error(
            "temporarily_unavailable",
            "Too many requests",
            status: 429,
            headers: [HTTPHeader("Retry-After", String(seconds))]
        )
    }

    /// Too much waits already.
    static var busy: HTTPResponse {
        error(
            "temporarily_unavailable",
            "The server is busy; nothing was done, try again",
            status: 503,
            headers: [HTTPHeader("Retry-After", "1")]
        )
    }

    static func trouble(_ trouble: StoreTrouble) -> HTTPResponse {
        switch trouble {
        case .full: error("server_error", "Storage is full; nothing was done", status: 507)
        case .busy, .importUnderWay: busy
        case .unavailable:
            error(
                "temporarily_unavailable",
                "Storage is unavailable",
                status: 503,
                headers: [HTTPHeader("Retry-After", "1")]
            )
        case .internalFault: error("server_error", "Internal error", status: 500)
        }
    }
}
