import HTTPServer
import Services

/// Who looks at a page.
enum Visitor: Sendable {
    /// Nobody known; the secret ties their forms to their browser.
    case guest(secret: String, isNew: Bool)
    /// A user who signed in; the secret is that of the session.
    case user(PageSession, Profile, secret: String)

    /// The secret that the tokens of forms are made from.
    var secret: String {
        switch self {
        case .guest(let secret, _), .user(_, _, let secret): secret
        }
    }

    /// The token of the visitor's forms.
    var token: String { FormGuard.token(for: secret) }

    /// How the visitor appears at the top of a page.
    var viewer: PageFrame.Viewer {
        switch self {
        case .guest: .guest
        case .user(_, let profile, _): .user(name: profile.user.name, token: token)
        }
    }
}

/// A request with its visitor and its form.
struct Visit: Sendable {
    let request: HTTPRequest
    let visitor: Visitor
    let form: PageForm
    /// Which number the request has in the log.
    var id: HTTPRequestID { request.id }

    /// The hidden field that every form has.
    var tokenField: Markup { FormParts.token(visitor.token) }

    /// What the browser calls itself.
    var browser: String { request.header("user-agent") ?? "" }

    /// A page for this visitor.
    func page(
        _ title: String,
        at place: PageFrame.Place? = nil,
        status: Int = 200,
        problems: [Problem] = [],
        formTargets: [String] = [],
        headers: [HTTPHeader] = [],
        _ content: Markup
    ) -> HTTPResponse {
        let frame = PageFrame(viewer: visitor.viewer, place: place)
        let body = frame.render(
            title: problems.isEmpty ? title : "Error: " + title,
            "<h1>\(title)</h1>\n\(FormParts.summary(problems))\(content)"
        )
        return PageAnswers.html(body, status: status, formTargets: formTargets, headers: headers)
    }
}

/// A visit of a user who signed in.
struct UserVisit: Sendable {
    let visit: Visit
    let session: PageSession
    let profile: Profile

    var user: UserID { profile.user.id }
    var request: HTTPRequest { visit.request }
    var form: PageForm { visit.form }
    var tokenField: Markup { visit.tokenField }
}
