import Crypto
import HTTPServer

/// The cookies of the pages: one for a session, one for forms before there is a session, one by which a browser is known in
/// which somebody signed in before.
struct Cookies: Sendable {
    /// Whether browsers come over https, so that cookies are for https alone.
    let isSecure: Bool

    /// The cookie of a session.
    var session: String { isSecure ? "__Host-coffer_session" : "coffer_session" }
    /// The cookie of a visitor who is not signed in.
    var visit: String { isSecure ? "__Host-coffer_visit" : "coffer_visit" }

    /// The cookie of a browser that is known.
    var browser: String { isSecure ? "__Host-coffer_browser" : "coffer_browser" }

    /// The random bytes of a visitor's cookie.
    private static let visitBytes = 32

    /// A secret for a visitor.
    static func makeVisit() -> String { Base64URL.encode(SecureRandom.bytes(visitBytes)) }

    /// A visitor's secret as it came back; nil when it is none of ours by its form.
    func visit(of request: HTTPRequest) -> String? {
        guard let value = value(of: visit, request), Base64URL.decode(value)?.count == Self.visitBytes else {
            return nil
        }
        return value
    }

    /// The text of a session as it came back; nil when there is none.
    func session(of request: HTTPRequest) -> String? { value(of: session, request) }

    /// The text by which the browser is known as it came back; nil when there is none.
    func browser(of request: HTTPRequest) -> String? { value(of: browser, request) }

    /// The value of a cookie; nil also when it comes more than once, since then somebody else may have set one of them.
    private func value(of name: String, _ request: HTTPRequest) -> String? {
        let lines = request.headers.filter { $0.name == "cookie" }.map(\.value)
        guard lines.reduce(0, { $0 + $1.utf8.count }) <= PageLimits.cookieBytesMax else { return nil }
        let found = lines.flatMap { $0.split(separator: ";") }.compactMap { piece -> Substring? in
            let trimmed = piece.drop { $0 == " " }
            guard let equals = trimmed.firstIndex(of: "="), trimmed[..<equals] == name else { return nil }
            return trimmed[trimmed.index(after: equals)...]
        }
        guard found.count == 1, let value = found.first, !value.isEmpty else { return nil }
        return String(value)
    }

    /// The header that sets the cookie of a session.
    func setting(session text: String, seconds: Int64) -> HTTPHeader {
        header(session, text, "; Max-Age=\(seconds)")
    }

    /// The header that sets the cookie of a known browser, which outlives sessions.
    func setting(browser text: String, seconds: Int64) -> HTTPHeader {
        header(browser, text, "; Max-Age=\(seconds)")
    }

    /// The header that sets the cookie of a visitor, until the browser is closed.
    func setting(visit text: String) -> HTTPHeader { header(visit, text, "") }

    /// The headers that take the cookies of a session and of a visitor away.
    var removing: [HTTPHeader] { [session, visit].map { header($0, "", "; Max-Age=0") } }

    /// The header that takes a visitor's cookie away.
    var removingVisit: HTTPHeader { header(visit, "", "; Max-Age=0") }

    private func header(_ name: String, _ value: String, _ life: String) -> HTTPHeader {
        HTTPHeader(
            "Set-Cookie",
            "\(name)=\(value); Path=/\(life); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
        )
    }
}
