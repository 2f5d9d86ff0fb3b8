import Crypto
public import Storage
import Synchronization
import Time

extension Workspace {
    /// What authorization codes begin with.
    static let codePrefix = "cfc"

    /// The address that people use, where a setting says so.
    public var publicIssuer: String? { configuration.oauth.issuer }

    /// Who this server says it is: the setting, else the address that it listens on.
    public var issuer: String {
        configuration.oauth.issuer ?? listeningIssuer.withLock { $0 } ?? "http://127.0.0.1"
    }

    /// Notes the address that a server listens on, which it is known by where no setting says otherwise.
    public func listens(at address: String) {
        listeningIssuer.withLock { $0 = address }
    }

    /// Checks what a client asks a user for (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
    ///
    /// Blocks. The parameters are those of the query, or of the form that comes with the user's answer; further ones are
    /// passed over. A wrong client or redirect address is `.page` and never followed, everything else `.redirect`.
    ///
    /// - Throws: `OAuthRefusal.page` or `.redirect`, `StorageError`.
    public func authorization(_ parameters: [OAuthParameter]) throws -> AuthorizationAsk {
        let known = parameters.filter { Workspace.authorizationParameters.contains($0.name) }
        let repeated = Workspace.authorizationParameters.first { name in
            known.count { $0.name == name } > 1
        }
        func value(_ name: String) -> String? {
            let text = known.first { $0.name == name }?.value
            return text?.isEmpty == true ? nil : text
        }
        guard repeated != "client_id", let publicID = value("client_id") else {
            throw OAuthRefusal.page("The application did not say which one it is (client_id).")
        }
        guard let client = try oauthClient(publicID: publicID) else {
            throw OAuthRefusal.page("No application is registered under this client_id.")
        }
        guard repeated != "redirect_uri" else {
            throw OAuthRefusal.page("The application named several addresses to go back to (redirect_uri).")
        }
        let redirect = try Workspace.redirect(value("redirect_uri"), client)
        // What no client may send is not sent back either: it would be no address (RFC 6749 appendix A.5).
        let isPlain = value("state")?.utf8.allSatisfy { (0x20...0x7E).contains($0) } ?? true
        let state = repeated == "state" || !isPlain ? nil : value("state")
        func refuse(_ code: OAuthErrorCode, _ words: String) -> OAuthRefusal {
            .redirect(
                answer(
                    [OAuthParameter("error", code.rawValue), OAuthParameter("error_description", words)],
                    redirect,
                    state
                )
            )
        }
        if let repeated { throw refuse(.invalidRequest, "\(repeated) is given more than once") }
        guard isPlain else {
            throw refuse(.invalidRequest, "state has a character that is not printable ASCII")
        }
        for parameter in known {
            let limit =
                parameter.name == "state" ? OAuthLimits.stateBytesMax : OAuthLimits.parameterBytesMax
            guard parameter.value.utf8.count <= limit else {
                throw refuse(.invalidRequest, "\(parameter.name) is longer than \(limit) bytes")
            }
        }
        guard let type = value("response_type") else {
            throw refuse(.invalidRequest, "response_type is missing")
        }
        guard type == "code" else {
            throw refuse(.unsupportedResponseType, "response_type has to be code")
        }
        guard value("response_mode") ?? "query" == "query" else {
            throw refuse(.invalidRequest, "response_mode has to be query")
        }
        let scopes: [TokenScope]
        do throws(OAuthError) {
            scopes = try Workspace.scopes(value("scope"), within: client.scopes)
        } catch {
            throw refuse(error.code, error.words)
        }
        let challenge: String?
        do throws(OAuthError) {
            challenge = try checkedChallenge(value("code_challenge"), value("code_challenge_method"), client)
        } catch {
            throw refuse(error.code, error.words)
        }
        return AuthorizationAsk(
            client: client,
            redirect: redirect,
            scopes: scopes,
            state: state,
            lifetimeSeconds: configuration.oauth.accessSeconds,
            renewalSeconds: configuration.oauth.refreshTotalSeconds,
            parameters: known,
            isRedirectGiven: value("redirect_uri") != nil,
            challenge: challenge
        )
    }

    /// Allows what a client asked for; the URL to send the browser to, with a code that lives a minute.
    ///
    /// Blocks.
    ///
    /// - Throws: `OAuthRefusal.page` when the client or the user is gone, `StorageError`.
    public func approve(_ ask: AuthorizationAsk, by user: UserID) throws -> String {
        let code = TokenText.make(prefix: Workspace.codePrefix)
        let ended = try database.writeAndWait { transaction -> Int in
            guard try transaction.connection.client(ask.client.id) != nil,
                try transaction.connection.user(user) != nil
            else { throw OAuthRefusal.page("The application is not registered any more.") }
            let ended = try transaction.makeRoom(user, ask.client.id)
            try transaction.addGrant(
                GrantDraft(
                    family: SecureRandom.uuid(),
                    client: ask.client.id,
                    user: user,
                    kind: GrantKind.code.rawValue,
                    scopes: ask.scopes.map(\.rawValue),
                    code: CodeDraft(
                        hash: TokenText.hash(code),
                        expires: transaction.time.advanced(bySeconds: OAuthLimits.codeSeconds),
                        redirect: ask.redirect,
                        isRedirectGiven: ask.isRedirectGiven,
                        challenge: ask.challenge
                    )
                )
            )
            return ended
        }
        if ended > 0 { sessions.forget() }
        return answer([OAuthParameter("code", code)], ask.redirect, ask.state)
    }

    /// Denies what a client asked for; the URL to send the browser to.
    public func deny(_ ask: AuthorizationAsk) -> String {
        answer(
            [
                OAuthParameter("error", OAuthErrorCode.accessDenied.rawValue),
                OAuthParameter("error_description", "the user denied the request"),
            ],
            ask.redirect,
            ask.state
        )
    }

    /// The clients that a user allows something, by when they were first allowed.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func authorizedApplications(of user: UserID) throws -> [AuthorizedApplication] {
        let time = now()
        return try database.read { connection throws(StorageError) -> [AuthorizedApplication] in
            var found: [ClientID: AuthorizedApplication] = [:]
            for grant in try connection.grants(of: user) where grant.draft.kind != GrantKind.client.rawValue {
                let tokens = try connection.credentials(family: grant.draft.family)
                guard tokens.contains(where: { $0.isUsable(at: time) }),
                    let client = try connection.client(grant.draft.client)
                else { continue }
                let other = found[client.id]
                let words = grant.draft.scopes + (other?.scopes.map(\.rawValue) ?? [])
                found[client.id] = AuthorizedApplication(
                    client: OAuthClientInfo(client),
                    scopes: TokenScope.cryptfolio.filter { words.contains($0.rawValue) },
                    since: min(grant.created, other?.since ?? grant.created),
                    lastUsed: (tokens.map(\.lastUsed) + [other?.lastUsed]).compactMap { $0 }.max()
                )
            }
            return found.values.sorted { ($0.since, $0.client.id) < ($1.since, $1.client.id) }
        }
    }

    /// Takes back all that a user allowed a client; false when nothing was.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    @discardableResult
    public func revokeAuthorization(of client: ClientID, by user: UserID) throws -> Bool {
        let count = try database.writeAndWait { transaction in
            try transaction.revokeGrants(of: user, to: client)
        }
        sessions.forget()
        return count > 0
    }

    // MARK: Parts of a request

    private static let authorizationParameters = [
        "client_id", "redirect_uri", "state", "response_type", "response_mode", "scope", "code_challenge",
        "code_challenge_method",
    ]

    /// Where the browser may be sent: what was asked for when it is registered, else the only one that is.
    private static func redirect(
        _ asked: String?,
        _ client: OAuthClientInfo
    ) throws(OAuthRefusal) -> String {
        guard let asked else {
            guard client.redirects.count == 1, let only = client.redirects.first else {
                throw .page("The application did not say where to go back to (redirect_uri).")
            }
            return only
        }
        guard client.redirects.contains(where: { RedirectAddress.matches(asked, registered: $0) }) else {
            throw .page(
                "The address to go back to (redirect_uri) is not one that the application has registered."
            )
        }
        return asked
    }

    /// The scopes asked for, or all that there may be when none are.
    static func scopes(_ text: String?, within allowed: [TokenScope]) throws(OAuthError) -> [TokenScope] {
        guard let text else { return allowed }
        guard let scopes = TokenScope.parse(text) else {
            throw OAuthError(
                .invalidScope,
                "scope has to be of the words \(TokenScope.text(of: TokenScope.cryptfolio))"
            )
        }
        guard scopes.allSatisfy({ allowed.contains($0) }) else {
            throw OAuthError(.invalidScope, "scope is more than the client may ask for")
        }
        return scopes
    }

    private func checkedChallenge(
        _ challenge: String?,
        _ method: String?,
        _ client: OAuthClientInfo
    ) throws(OAuthError) -> String? {
        guard let challenge else {
            guard method == nil else {
                throw OAuthError(.invalidRequest, "code_challenge is missing")
            }
            guard client.isConfidential, !configuration.oauth.isChallengeRequired else {
                throw OAuthError(
                    .invalidRequest,
                    "code_challenge is missing, and this client has to send one"
                )
            }
            return nil
        }
        guard method == "S256" else {
            throw OAuthError(.invalidRequest, "code_challenge_method has to be S256")
        }
        guard challenge.utf8.count == 43, Base64URL.decode(challenge)?.count == 32 else {
            throw OAuthError(
                .invalidRequest,
                "code_challenge has to be the 43 characters of a SHA-256 in base64url"
            )
        }
        return challenge
    }

    /// The redirect address with an answer, which names the server that gives it (RFC 9207).
    private func answer(_ parameters: [OAuthParameter], _ redirect: String, _ state: String?) -> String {
        RedirectAddress.adding(
            parameters + (state.map { [OAuthParameter("state", $0)] } ?? []) + [
                OAuthParameter("iss", issuer)
            ],
            to: redirect
        )
    }
}

/// How a grant came about.
enum GrantKind: String, Sendable {
    /// The user allowed it on the page of consent.
    case code
    /// The user gave the password to the client.
    case password
    /// The client stands for itself.
    case client
}

extension WriteTransaction {
    /// Ends the oldest grants of a user to a client where one more would be too many; how many ended.
    func makeRoom(
        _ user: UserID,
        _ client: ClientID,
        kind: GrantKind? = nil
    ) throws(StorageError) -> Int {
        let grants = try connection.grants(of: user).filter {
            $0.draft.client == client && ($0.draft.kind == GrantKind.client.rawValue) == (kind == .client)
        }
        let surplus = grants.dropLast(OAuthLimits.grantsPerUserAndClient - 1)
        for grant in surplus { _ = try revokeGrant(grant.draft.family) }
        return surplus.count
    }
}
