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

/// One thing that is wrong with a request, in pydantic's form: keys in the order type, loc, msg, input, ctx.
struct ValidationItem: Sendable {
    /// A step on the way to what is wrong.
    enum Step: Sendable {
        case name(String)
        case index(Int)
    }

    let type: String
    let location: [Step]
    let message: String
    /// The value found; nil renders null.
    let input: String?
    /// Further facts in order; nil leaves `ctx` away.
    var context: JSONValue?

    static func missing(_ location: [Step]) -> ValidationItem {
        ValidationItem(type: "missing", location: location, message: "Field required", input: nil)
    }

    func render(to json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.string(type)
        json.array("loc", location) { json, step in
            switch step {
            case .name(let name): json.string(name)
            case .index(let index): json.integer(index)
            }
        }
        json.key("msg")
        json.string(message)
        json.key("input")
        json.string(orNull: input)
        if let context {
            json.key("ctx")
            json.value(context)
        }
        json.endObject()
    }
}

/// Reads query parameters as pydantic does.
enum QueryValue {
    /// A boolean: true/false, 1/0, yes/no, on/off, t/f, y/n in any case.
    static func bool(
        _ name: String,
        in request: HTTPRequest,
        default standard: Bool,
        errors: inout [ValidationItem]
    ) -> Bool {
        guard let text = request.query(name) else { return standard }
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t", "y": return true
        case "false", "0", "no", "off", "f", "n": return false
        default:
            errors.append(
                ValidationItem(
                    type: "bool_parsing",
                    location: [.name("query"), .name(name)],
                    message: "Input should be a valid boolean, unable to interpret input",
                    input: text
                )
            )
            return standard
        }
    }
}
