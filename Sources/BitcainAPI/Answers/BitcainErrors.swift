import HTTPServer
import JSON

/// How failures look in bitcain's dialect, which is FastAPI's: `{"detail":…}`.
enum BitcainErrors {
    /// The pages of the server's own failures.
    static let pages = ErrorPages { failure, request in
        switch failure {
        case .multipart(let error) where !error.isLimit: detail(words(for: error, request), status: 400)
        default: detail(failure.message, status: failure.status)
        }
    }

    /// FastAPI's words for a form that it cannot take apart.
    private static func words(for error: MultipartError, _ request: HTTPRequest) -> String {
        switch error {
        case .boundaryInvalid where request.header("content-type")?.lowercased().contains("boundary=") != true:
            "Missing boundary in multipart."
        case .dispositionInvalid: "The Content-Disposition header field \"name\" must be provided."
        default: "Invalid multipart data."
        }
    }

    /// An answer with one sentence.
    static func detail(_ text: String, status: Int, headers: [HTTPHeader] = []) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("detail")
        json.string(text)
        json.endObject()
        return .json(json.finish(), status: status, headers: headers)
    }

    /// Nobody said who asks.
    static var notAuthenticated: HTTPResponse {
        detail("Not authenticated", status: 401, headers: [HTTPHeader("WWW-Authenticate", "Bearer")])
    }

    /// The token is unknown, expired or revoked.
    static var invalidToken: HTTPResponse {
        detail("Invalid or expired token", status: 401, headers: [HTTPHeader("WWW-Authenticate", "Bearer")])
    }

    /// The token may not do this.
    static var forbidden: HTTPResponse { detail("Not enough permissions", status: 403) }

    /// Too much waits already.
    static var busy: HTTPResponse {
        detail(
            "Server is busy; nothing was done, try again",
            status: 503,
            headers: [HTTPHeader("Retry-After", "1")]
        )
    }

    /// The answer to a request whose parameters or body are wrong.
    static func validation(_ items: [ValidationItem]) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.array("detail", items) { json, item in item.render(to: &json) }
        json.endObject()
        return .json(json.finish(), status: 422)
    }
}
