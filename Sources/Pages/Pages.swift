public import HTTPServer
public import Services

/// What people see in a browser: signing in, their profile, keys of every API, applications and consent.
///
/// Pages are made on the server and work without scripts.
public struct Pages: Sendable {
    let workspace: Workspace
    let workers: WorkerPool
    let passwords: WorkerPool
    let settings: PagesSettings
    let rates: RateLimiter?
    let onFault: HTTPFaultReport?
    let shelf = SecretShelf()

    /// The pages over a workspace.
    ///
    /// Whatever asks the store goes to the workers, what hashes passwords to threads apart, so that nobody waits behind a
    /// sign-in. Faults are reported with their causes, which pages do not tell.
    public init(
        workspace: Workspace,
        workers: WorkerPool,
        passwords: WorkerPool,
        settings: PagesSettings = PagesSettings(),
        rates: RateLimiter? = nil,
        onFault: HTTPFaultReport? = nil
    ) {
        self.workspace = workspace
        self.workers = workers
        self.passwords = passwords
        self.settings = settings
        self.rates = rates
        self.onFault = onFault
    }

    /// The paths below which every answer is a page.
    static let prefixes = [
        "/signin", "/signup", "/signout", "/profile", "/keys", "/get_api_keys", "/oauth/authorize",
        "/oauth/applications", "/oauth/authorized_applications", "/pages",
    ]

    /// The routes.
    public var router: Router {
        var router = Router(
            prefixes: Pages.prefixes,
            pages: PageAnswers.pages,
            trailingSlash: .either,
            isForPeople: true
        )
        addFixedRoutes(to: &router)
        addSignInRoutes(to: &router)
        addProfileRoutes(to: &router)
        addKeyRoutes(to: &router)
        addApplicationRoutes(to: &router)
        addConsentRoutes(to: &router)
        return router
    }

    private func addFixedRoutes(to router: inout Router) {
        router.add(.get, StyleSheet.path, name: "pages.style") { _, _ in
            Pages.fixed(StyleSheet.bytes, "text/css; charset=utf-8")
        }
        router.add(.get, StyleSheet.iconPath, name: "pages.icon") { _, _ in
            Pages.fixed(StyleSheet.icon, "image/svg+xml")
        }
        router.add(
            .get,
            "/",
            name: "pages.start",
            open { visit in
                switch visit.visitor {
                case .user: PageAnswers.see(ReturnPath.standard)
                case .guest: PageAnswers.see("/signin")
                }
            }
        )
    }

    /// What is the same for everybody and holds nothing private.
    private static func fixed(_ body: [UInt8], _ type: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            contentType: type,
            headers: PageAnswers.headers(),
            body: body,
            cacheControl: "public, max-age=3600"
        )
    }

    var hosts: HostGuard { HostGuard(workspace) }

    var cookies: Cookies { Cookies(isSecure: workspace.issuer.lowercased().hasPrefix("https:")) }
}
