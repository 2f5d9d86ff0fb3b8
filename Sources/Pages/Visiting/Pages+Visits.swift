import HTTPServer
import Services

extension Pages {
    typealias PageHandler = @Sendable (Visit) throws -> HTTPResponse
    typealias UserPageHandler = @Sendable (UserVisit) throws -> HTTPResponse

    /// A page for everybody.
    func open(_ handler: @escaping PageHandler) -> HTTPHandler {
        { request, responder in
            offload(request, responder) { try answer(visit(request), handler) }
        }
    }

    /// A page for a user who signed in; others are sent to sign in and come back.
    func mine(at path: String? = nil, _ handler: @escaping UserPageHandler) -> HTTPHandler {
        open { visit in
            guard case .user(let session, let profile, _) = visit.visitor else {
                let query = visit.request.rawQuery
                let target = visit.request.path + (query.isEmpty ? "" : "?" + query)
                return PageAnswers.see(ReturnPath.signIn(leadingTo: ReturnPath.checked(path ?? target)))
            }
            return try handler(UserVisit(visit: visit, session: session, profile: profile))
        }
    }

    /// What a form of everybody's does.
    func form(
        _ rules: [FieldRule],
        on pool: WorkerPool? = nil,
        _ handler: @escaping PageHandler
    ) -> HTTPHandler {
        { request, responder in
            offload(request, responder, on: pool) {
                try answer(checkedVisit(request, rules), handler)
            }
        }
    }

    /// What a form of a user does who signed in; others are sent to sign in.
    func myForm(
        _ rules: [FieldRule] = [],
        on pool: WorkerPool? = nil,
        returnTo path: String = ReturnPath.standard,
        _ handler: @escaping UserPageHandler
    ) -> HTTPHandler {
        { request, responder in
            offload(request, responder, on: pool) {
                // A session that ended meanwhile has no forms; its user signs in again.
                guard case .user = try visit(request).visitor else {
                    return PageAnswers.see(ReturnPath.signIn(leadingTo: path))
                }
                return try answer(checkedVisit(request, rules)) { visit in
                    guard case .user(let session, let profile, _) = visit.visitor else {
                        return PageAnswers.see(ReturnPath.signIn(leadingTo: path))
                    }
                    return try handler(UserVisit(visit: visit, session: session, profile: profile))
                }
            }
        }
    }

    // MARK: Who visits

    private func visit(_ request: HTTPRequest, form: PageForm = .none) throws -> Visit {
        let cookies = cookies
        if let text = cookies.session(of: request), let found = try workspace.pageSession(text) {
            return Visit(
                request: request,
                visitor: .user(found.session, found.profile, secret: text),
                form: form
            )
        }
        if let secret = cookies.visit(of: request) {
            return Visit(request: request, visitor: .guest(secret: secret, isNew: false), form: form)
        }
        let made = Cookies.makeVisit()
        return Visit(request: request, visitor: .guest(secret: made, isNew: true), form: form)
    }

    /// A visit whose form came from a page that this browser was shown.
    private func checkedVisit(_ request: HTTPRequest, _ rules: [FieldRule]) throws -> Visit {
        guard !FormGuard.isForeign(request, hosts) else { throw PageRefusal.strayForm }
        let token = FieldRule(FormParts.tokenName, max: PageLimits.wordBytesMax)
        let visit = try visit(request, form: PageForm(request, rules + [token]))
        guard FormGuard.isRight(visit.form[FormParts.tokenName], for: visit.visitor.secret) else {
            throw PageRefusal.strayForm
        }
        return visit
    }

    // MARK: Answering

    private func answer(_ visit: Visit, _ handler: PageHandler) throws -> HTTPResponse {
        var response: HTTPResponse
        var name: String?
        if case .user(let session, _, _) = visit.visitor {
            let caller = "session:\(session.number)"
            if let wait = rates?.refusal(
                for: caller,
                atMicroseconds: visit.request.arrivedMicroseconds
            ) {
                throw PageRefusal.tooMany(seconds: wait)
            }
            name = caller
        }
        do {
            response = try handler(visit)
        } catch let refusal as PageRefusal {
            response = PageAnswers.refusal(refusal, visit.visitor.viewer)
        }
        if case .guest(let secret, isNew: true) = visit.visitor,
            !response.headers.contains(where: { $0.name == "Set-Cookie" })
        {
            response.headers.append(cookies.setting(visit: secret))
        }
        response.principal = name
        return response
    }

    /// Answers from a worker thread what came by a name of this server's; 503 at once when too much waits already.
    private func offload(
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        on pool: WorkerPool? = nil,
        _ work: @escaping @Sendable () throws -> HTTPResponse
    ) -> HTTPResponse? {
        guard hosts.accepts(request) else { return PageAnswers.refusal(hosts.refusal) }
        let accepted = (pool ?? workers).submit {
            do {
                responder.answer(try work())
            } catch let refusal as PageRefusal {
                responder.answer(PageAnswers.refusal(refusal))
            } catch {
                let trouble = StoreTrouble(error) ?? .internalFault
                if trouble.isFault { onFault?(error, request.id) }
                responder.answer(PageAnswers.trouble(trouble, request.id))
            }
        }
        return accepted ? nil : PageAnswers.refusal(.busy)
    }
}
