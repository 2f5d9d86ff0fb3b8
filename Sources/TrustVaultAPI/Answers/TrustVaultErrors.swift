import HTTPServer
import JSON
import Services

/// How failures look: `{"errors":[{"message":…,"extensions":{"code":…}}]}`, and a missing key in the words of the live
/// service.
enum TrustVaultErrors {
    static let unauthorizedWords = "You are not authorized to make this call."

    /// The answer to a missing or wrong key.
    static var unauthorized: HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("errors")
        json.beginArray()
        json.beginObject()
        json.key("errorType")
        json.string("UnauthorizedException")
        json.key("message")
        json.string(unauthorizedWords)
        json.key("extensions")
        json.beginObject()
        json.key("code")
        json.string("UNAUTHENTICATED")
        json.endObject()
        json.endObject()
        json.endArray()
        json.endObject()
        return .json(json.finish(), status: 401)
    }

    /// An answer without data.
    static func failure(
        _ message: String,
        code: String,
        status: Int,
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("errors")
        json.beginArray()
        json.beginObject()
        json.key("message")
        json.string(message)
        json.key("extensions")
        json.beginObject()
        json.key("code")
        json.string(code)
        json.endObject()
        json.endObject()
        json.endArray()
        json.endObject()
        return .json(json.finish(), status: status, headers: headers)
    }

    static func badRequest(_ message: String) -> HTTPResponse {
        failure(message, code: "BAD_REQUEST", status: 400)
    }

    static var otherMediaType: HTTPResponse {
        failure(
            "The body must be JSON: Content-Type: application/json",
            code: "UNSUPPORTED_MEDIA_TYPE",
            status: 415
        )
    }

    static var notAcceptable: HTTPResponse {
        failure(
            "Answers are application/json or application/graphql-response+json",
            code: "NOT_ACCEPTABLE",
            status: 406
        )
    }

    static func tooMany(seconds: Int) -> HTTPResponse {
        failure(
            "Too many requests",
            code: "RATE_LIMITED",
            status: 429,
            headers: [HTTPHeader("Retry-After", String(seconds))]
        )
    }

    static var busy: HTTPResponse {
        failure(
            "Busy; nothing was done, try again",
            code: "BUSY",
            status: 503,
            headers: [HTTPHeader("Retry-After", "1")]
        )
    }

    private static var internalError: HTTPResponse {
        failure("Internal error", code: "INTERNAL", status: 500)
    }

    private static var storageFull: HTTPResponse {
        failure("Storage unavailable: the disk is full", code: "UNAVAILABLE", status: 507)
    }

    /// The answer to an error of the use cases.
    static func answer(to error: any Error) -> HTTPResponse {
        switch StoreTrouble(error) ?? .internalFault {
        case .full: storageFull
        case .busy, .importUnderWay: busy
        case .unavailable:
            failure(
                "Storage unavailable",
                code: "UNAVAILABLE",
                status: 503,
                headers: [HTTPHeader("Retry-After", "1")]
            )
        case .internalFault: internalError
        }
    }

    /// The server's own failures.
    static let pages = ErrorPages { problem, _ in
        switch problem {
        case .notFound: failure("Not found", code: "NOT_FOUND", status: 404)
        case .methodNotAllowed: failure("Method not allowed", code: "METHOD_NOT_ALLOWED", status: 405)
        case .bodyTooLarge, .targetTooLong, .headTooLarge, .tooManyHeaders:
            failure(problem.message, code: "TOO_LARGE", status: problem.status)
        case .contentCodingRefused:
            failure(problem.message, code: "UNSUPPORTED_MEDIA_TYPE", status: problem.status)
        case .multipart: failure(problem.message, code: "BAD_REQUEST", status: problem.status)
        case .overloaded: busy
        case .tooManyRequests(let seconds): tooMany(seconds: seconds)
        case .storageFull: storageFull
        case .internalError: internalError
        }
    }
}
