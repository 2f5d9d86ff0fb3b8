import HTTPServer
import Services

/// Why a visitor gets a page with a reason instead of what was asked for.
enum PageRefusal: Error, Hashable, Sendable {
    /// There is no such page, or it is not the visitor's.
    case notFound
    /// The form did not come from our page, or its page is too old.
    case strayForm
    /// The body is no form.
    case wrongMedia
    /// The form is not one of our pages.
    case badForm(String)
    /// An application asks for something that no page is shown for.
    case badRequest(String)
    /// The browser came by a name that is not this server's; the address that is, where one is set.
    case strangeHost(known: String?)
    /// Too many attempts or requests.
    case tooMany(seconds: Int)
    /// Too much waits already.
    case busy
}

extension PageRefusal {
    var status: Int {
        switch self {
        case .notFound: 404
        case .strayForm: 403
        case .wrongMedia: 415
        case .badForm, .badRequest: 400
        case .strangeHost: 421
        case .tooMany: 429
        case .busy: 503
        }
    }

    var title: String {
        switch self {
        case .notFound: "Not found"
        case .strayForm: "The form could not be taken"
        case .wrongMedia, .badForm: "The form could not be read"
        case .badRequest: "The application's request is not right"
        case .strangeHost: "This server has another address"
        case .tooMany: "Too many attempts"
        case .busy: "The server is busy"
        }
    }

    var text: String {
        switch self {
        case .notFound: "There is no such page, or it belongs to somebody else."
        case .strayForm:
            "It did not come from a page that this browser was shown, or the page is too old, or cookies are turned off. "
                + "Nothing was changed. Go back, reload the page and try again."
        case .wrongMedia: "A form has to come as application/x-www-form-urlencoded. Nothing was changed."
        case .badForm(let reason): reason + " Nothing was changed."
        case .badRequest(let reason):
            reason + " You were not sent back to it. Tell whoever made the application."
        case .strangeHost(known: let address?):
            "It is \(address), and nothing was done. Go there. If people are to use another address, its operator sets it by "
                + "coffer config set http.public_url ADDRESS."
        case .strangeHost(known: nil):
            "A name that is not known may be somebody else's, so nothing was done. Use localhost or the number of the server's "
                + "address, such as http://127.0.0.1:8080. If people are to use a name, its operator sets it by "
                + "coffer config set http.public_url https://coffer.example.org."
        case .tooMany(let seconds):
            "Nothing was done. Try again in \(PageRefusal.words(forSeconds: seconds))."
        case .busy: "Nothing was done. Try again in a moment."
        }
    }

    var headers: [HTTPHeader] {
        switch self {
        case .tooMany(let seconds): [HTTPHeader("Retry-After", String(seconds))]
        case .busy: [HTTPHeader("Retry-After", "1")]
        default: []
        }
    }

    private static func words(forSeconds seconds: Int) -> String {
        if seconds < 120 { return seconds == 1 ? "a second" : "\(seconds) seconds" }
        return "\((seconds + 59) / 60) minutes"
    }
}

/// Answers as every page has them: strict headers, no script, nothing kept by caches.
enum PageAnswers {
    static let htmlType = "text/html; charset=utf-8"

    /// The headers of every answer; `formTargets` are further places that a form of this page may lead to.
    ///
    /// Browsers hold the answers to a form against `form-action` too, so a page whose form leads to an application's address
    /// names its origin, and no other page does.
    static func headers(formTargets: [String] = []) -> [HTTPHeader] {
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        return [
            HTTPHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action \(targets); "
                    + "frame-ancestors 'none'; base-uri 'none'"
            ),
            HTTPHeader("Referrer-Policy", "no-referrer"),
            HTTPHeader("X-Content-Type-Options", "nosniff"),
            HTTPHeader("X-Frame-Options", "DENY"),
            HTTPHeader("Cross-Origin-Opener-Policy", "same-origin"),
            HTTPHeader("Cross-Origin-Resource-Policy", "same-origin"),
            HTTPHeader("X-Robots-Tag", "noindex"),
        ]
    }

    static func html(
        _ body: [UInt8],
        status: Int = 200,
        formTargets: [String] = [],
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status,
            contentType: htmlType,
            headers: Self.headers(formTargets: formTargets) + headers,
            body: body
        )
    }

    /// Sends the browser on with a GET, whatever it came with.
    static func see(_ location: String, headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(
            status: 303,
            headers: Self.headers() + [HTTPHeader("Location", location)] + headers
        )
    }

    /// A page with a reason.
    static func refusal(_ refusal: PageRefusal, _ viewer: PageFrame.Viewer = .unknown) -> HTTPResponse {
        message(
            refusal.title,
            refusal.text,
            status: refusal.status,
            viewer,
            headers: refusal.headers
        )
    }

    static func message(
        _ title: String,
        _ text: String,
        status: Int,
        _ viewer: PageFrame.Viewer = .unknown,
        headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        let content: Markup = """
            <h1>\(title)</h1>
            <p>\(text)</p>
            <p><a href="/keys">To your keys</a></p>

            """
        let body = PageFrame(viewer: viewer).render(title: title, content)
        return html(body, status: status, headers: headers)
    }

    /// The page of trouble in the store, which says nothing of its cause.
    static func trouble(_ trouble: StoreTrouble, _ request: HTTPRequestID) -> HTTPResponse {
        let retry = [HTTPHeader("Retry-After", "1")]
        return switch trouble {
        case .full:
            message("No room is left", "Storage is full. Nothing was done.", status: 507)
        case .busy, .importUnderWay:
            message(PageRefusal.busy.title, PageRefusal.busy.text, status: 503, headers: retry)
        case .unavailable:
            message("Not available", "Storage cannot be used now.", status: 503, headers: retry)
        case .internalFault:
            message(
                "Something went wrong",
                "It is the server's fault, and its operator finds the cause in the log under \(request.text).",
                status: 500
            )
        }
    }

    /// The pages of what the server refuses by itself.
    static let pages = ErrorPages { failure, _ in
        switch failure {
        case .notFound: refusal(.notFound)
        case .overloaded: refusal(.busy)
        default: message(failure.message, "Nothing was changed.", status: failure.status)
        }
    }
}
