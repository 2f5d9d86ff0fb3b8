import Dialects
public import HTTPServer
public import Services

/// What keeps the endpoints of OAuth from being guessed at and flooded.
public struct OAuthGuards: Sendable {
    /// Counts wrong passwords; shared with all other ways to sign in; nil where no limits hold.
    public var signIn: SignInGuard? = SignInGuard()
    /// Requests for tokens that one client may make each minute; nil limits none.
    public var tokensPerMinute: Int? = 20

    /// The usual limits.
    public init() {}
}

/// The endpoints of OAuth that programs ask: tokens, revocation, introspection and what the server can do.
///
/// The page on which users consent is not here; it calls the same use cases.
public struct OAuthServer: Sendable {
    let workspace: Workspace
    let passwords: WorkerPool
    let signIn: SignInGuard?
    let tokenRates: RateLimiter?
    let desk: DialectDesk

    /// The endpoints over a workspace; passwords are hashed on threads of their own, so that nothing waits behind them.
    public init(
        workspace: Workspace,
        workers: WorkerPool,
        passwords: WorkerPool,
        guards: OAuthGuards = OAuthGuards(),
        rates: RateLimiter?,
        onFault: HTTPFaultReport? = nil
    ) {
        self.workspace = workspace
        self.passwords = passwords
        signIn = guards.signIn
        tokenRates = guards.tokensPerMinute.map {
            RateLimiter(ratePerSecond: Double($0) / 60, burst: $0)
        }
        desk = DialectDesk(
            .cryptfolio,
            OAuthWords(),
            workspace: workspace,
            workers: workers,
            rates: rates,
            onFault: onFault
        )
    }

    /// Where tokens are given.
    public static let tokenPath = "/oauth/token"
    /// Where a token tells what it is.
    public static let tokenInfoPath = "/oauth/token/info"
    /// Where tokens are ended.
    public static let revokePath = "/oauth/revoke"
    /// Where clients ask what their tokens are.
    public static let introspectPath = "/oauth/introspect"
    /// Where users are asked, which is a page.
    public static let authorizePath = "/oauth/authorize"
    /// Where the server says what it can do (RFC 8414).
    public static let metadataPath = "/.well-known/oauth-authorization-server"

    /// The largest body in bytes.
    static let bodyBytesMax = 65_536

    /// The routes.
    public var router: Router {
        var router = Router(
            prefixes: [
                OAuthServer.tokenPath, OAuthServer.revokePath, OAuthServer.introspectPath,
                OAuthServer.metadataPath,
            ],
            pages: OAuthAnswers.pages,
            descriptions: OAuthServer.descriptions
        )
        let body = HTTPBodyRule.collect(maxBytes: OAuthServer.bodyBytesMax)
        router.add(.post, OAuthServer.tokenPath, name: "oauth.token", body: body, token)
        router.add(.post, OAuthServer.revokePath, name: "oauth.revoke", body: body, revoke)
        router.add(.post, OAuthServer.introspectPath, name: "oauth.introspect", body: body, introspect)
        router.add(
            .get,
            OAuthServer.tokenInfoPath,
            name: "oauth.token_info",
            desk.authorized(ScopeRule([]), tokenInfo)
        )
        router.add(.get, OAuthServer.metadataPath, name: "oauth.metadata") { _, _ in
            .json(OAuthBodies.metadata(issuer: workspace.issuer))
        }
        return router
    }
}
