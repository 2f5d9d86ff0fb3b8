import Crypto
import Dialects
import HTTPServer
import Services

extension OAuthServer {
    /// The grants that the token endpoint knows.
    static let grants = ["authorization_code", "refresh_token", "password", "client_credentials"]

    /// POST /oauth/token.
    var token: HTTPHandler {
        { request, responder in
            let form: OAuthForm
            let credentials: ClientCredentials
            let grant: String
            do throws(OAuthError) {
                try Self.refuseForeignPage(request)
                form = try OAuthForm(request)
                grant = try form.required("grant_type")
                credentials = try ClientCredentials(request, form)
            } catch {
                return OAuthAnswers.refusal(error, isPassword: false)
            }
            let isPassword = grant == "password"
            return asClient(credentials, responder, isPassword: isPassword) { client in
                if let seconds = tokenRates?.refusal(
                    for: OAuthServer.rateKey(client, request),
                    atMicroseconds: request.arrivedMicroseconds
                ) {
                    return OAuthAnswers.tooManyRequests(seconds)
                }
                if isPassword { return try password(form, client, request, responder) }
                let tokens =
                    switch grant {
                    case "authorization_code":
                        try workspace.redeemCode(
                            try form.required("code"),
                            redirect: form["redirect_uri"],
                            verifier: form["code_verifier"],
                            client: client
                        )
                    case "refresh_token":
                        try workspace.refreshGrant(
                            try form.required("refresh_token"),
                            scope: form["scope"],
                            client: client
                        )
                    case "client_credentials":
                        try workspace.clientCredentials(scope: form["scope"], client: client)
                    default:
                        throw OAuthError(
                            .unsupportedGrantType,
                            "grant_type has to be one of \(OAuthServer.grants.joined(separator: ", "))"
                        )
                    }
                return OAuthAnswers.json(OAuthBodies.tokens(tokens))
            }
        }
    }

    /// The grant of a password, hashed on threads of its own; nil when the answer comes from there.
    private func password(
        _ form: OAuthForm,
        _ client: OAuthClientInfo,
        _ request: HTTPRequest,
        _ responder: HTTPResponder
    ) throws -> HTTPResponse? {
        let email = try form.required("username")
        let word = Secret(try form.required("password"))
        let scope = form["scope"]
        try workspace.checkedPasswordScopes(scope, client: client)
        guard word.count <= PasswordHash.passwordBytesMax else {
            throw OAuthError(.invalidGrant, "no user has this e-mail address and password")
        }
        let (account, address) = (email.lowercased(), request.limitAddress)
        // Counted on the thread that hashes, so that attempts that wait for their turn keep nobody out.
        return desk.offload(responder, nil, on: passwords) {
            if let seconds = signIn?.begin(account: account, address: address, at: workspace.time) {
                return OAuthAnswers.tooManyRequests(seconds)
            }
            var verdict = SignInVerdict.unknown
            defer { signIn?.settle(verdict, account: account, address: address, at: workspace.time) }
            do {
                let tokens = try workspace.passwordGrant(
                    email: email,
                    password: word,
                    scope: scope,
                    client: client
                )
                verdict = .proven
                return OAuthAnswers.json(OAuthBodies.tokens(tokens))
            } catch let error as OAuthError {
                if error.code == .invalidGrant { verdict = .wrong }
                return OAuthAnswers.refusal(error, isPassword: true)
            }
        }
    }

    /// POST /oauth/revoke (RFC 7009).
    var revoke: HTTPHandler {
        { request, responder in
            asClient(request, responder) { form, client in
                try workspace.revoke(try form.required("token"), client: client)
                return OAuthAnswers.json(Array("{}".utf8))
            }
        }
    }

    /// POST /oauth/introspect (RFC 7662).
    var introspect: HTTPHandler {
        { request, responder in
            asClient(request, responder) { form, client in
                guard client.isConfidential else {
                    throw OAuthError(.invalidClient, "introspection is for clients with a secret")
                }
                let state = try workspace.introspect(try form.required("token"), client: client)
                return OAuthAnswers.json(OAuthBodies.introspection(state, issuer: workspace.issuer))
            }
        }
    }

    /// GET /oauth/token/info, as Doorkeeper answers it.
    var tokenInfo: DialectDesk.Handler {
        { request, caller, responder in
            desk.offload(responder, caller) {
                guard let token = request.bearerToken, let state = try workspace.tokenState(token: token)
                else {
                    return OAuthAnswers.bearer(
                        .invalidToken,
                        "The access token is unknown, revoked or expired"
                    )
                }
                return OAuthAnswers.json(OAuthBodies.tokenInfo(state, at: workspace.time))
            }
        }
    }

    // MARK: Clients

    private func asClient(
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        _ work: @escaping @Sendable (OAuthForm, OAuthClientInfo) throws -> HTTPResponse?
    ) -> HTTPResponse? {
        let form: OAuthForm
        let credentials: ClientCredentials
        do throws(OAuthError) {
            try Self.refuseForeignPage(request)
            form = try OAuthForm(request)
            credentials = try ClientCredentials(request, form)
        } catch {
            return OAuthAnswers.refusal(error, isPassword: false)
        }
        return asClient(credentials, responder, isPassword: false) { try work(form, $0) }
    }

    /// Answers from a worker thread for a client that authenticates.
    ///
    /// Failures are not counted: secrets have 256 bits, and whoever shares an address with somebody who fails would have to
    /// wait for them.
    private func asClient(
        _ credentials: ClientCredentials,
        _ responder: HTTPResponder,
        isPassword: Bool,
        _ work: @escaping @Sendable (OAuthClientInfo) throws -> HTTPResponse?
    ) -> HTTPResponse? {
        desk.offload(responder, nil) {
            do {
                let client = try workspace.authenticateClient(credentials.id, secret: credentials.secret)
                return try work(client)?.named(client)
            } catch let error as OAuthError {
                return OAuthAnswers.refusal(error, isPassword: isPassword)
            }
        }
    }

    /// Refuses what a browser says that a page of another site sends: no such page is a client (Fetch Metadata).
    private static func refuseForeignPage(_ request: HTTPRequest) throws(OAuthError) {
        guard request.header("sec-fetch-site") != "cross-site" else {
            throw OAuthError(.invalidRequest, "pages of other sites may not ask here")
        }
    }

    /// Whose requests for tokens are counted together: a client's, or where everybody may use its name an address's.
    private static func rateKey(_ client: OAuthClientInfo, _ request: HTTPRequest) -> String {
        let key = "client:\(client.number)"
        return client.isConfidential ? key : key + "@" + request.limitAddress
    }
}

extension HTTPResponse {
    /// The answer with its client for the access log.
    fileprivate func named(_ client: OAuthClientInfo) -> HTTPResponse {
        var response = self
        response.principal = "client:\(client.number)"
        return response
    }
}
