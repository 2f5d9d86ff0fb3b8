import Dialects
public import HTTPServer
public import Services
import Time

/// CryptFolio's API in the form of one of its revisions, over the use cases.
public struct CryptFolioAPI: Sendable {
    let workspace: Workspace
    let revision: CryptFolioRevision
    let limits: CryptFolioLimits
    let desk: DialectDesk
    let errors: CryptFolioErrors
    let bodies: Bodies
    let publicRates: RateLimiter?
    let passwords: WorkerPool?
    let currencies: CurrencyBodies

    /// The dialect over a workspace; long work goes to the workers, and without rates none is limited.
    ///
    /// `rates` are those of a credential, `publicRates` those of an address that asks for what is public. Passwords are
    /// hashed on threads of their own, the workers when none are given. Faults are reported with their causes.
    public init(
        workspace: Workspace,
        workers: WorkerPool,
        revision: CryptFolioRevision,
        limits: CryptFolioLimits = CryptFolioLimits(),
        rates: RateLimiter?,
        publicRates: RateLimiter?,
        passwords: WorkerPool? = nil,
        onFault: HTTPFaultReport? = nil
    ) {
        self.workspace = workspace
        self.revision = revision
        self.limits = limits
        self.publicRates = publicRates
        self.passwords = passwords
        let errors = CryptFolioErrors { workspace.time }
        self.errors = errors
        bodies = Bodies(revision: revision)
        currencies = CurrencyBodies(revision)
        desk = DialectDesk(
            .cryptfolio,
            CryptFolioWords(errors: errors),
            workspace: workspace,
            workers: workers,
            rates: rates,
            onFault: onFault
        )
    }

    /// The path below which every answer is in CryptFolio's form.
    public static let base = "/api"

    /// The same under the number of the version; but for one path, which another API has.
    public static let alias = "/api/v1"

    /// The path of the seed's portfolio currencies, which has no alias.
    static let literalCurrencies = "/portfolio/currencies"

    /// The routes.
    public var router: Router {
        var routes = RouteAdder(
            Router(
                prefixes: [CryptFolioAPI.base],
                pages: errors.pages,
                trailingSlash: .either,
                descriptions: CryptFolioAPI.descriptions(revision, limits: workspace.trackingLimits)
            ),
            bodyBytesMax: limits.bodyBytesMax
        )
        addPublicRoutes(to: &routes)
        addPortfolioRoutes(to: &routes)
        addSumRoutes(to: &routes)
        addCurrencyRoutes(to: &routes)
        addAddressRoutes(to: &routes)
        addAccountRoutes(to: &routes)
        addOffsetRoutes(to: &routes)
        addUserRoutes(to: &routes)
        return routes.router
    }

    /// An answer that went well.
    func success(_ result: [UInt8]) -> HTTPResponse {
        .json(Envelope.success(result, at: workspace.time))
    }

    /// An answer that went well and is kept for when the request comes again.
    func kept(_ result: [UInt8]) -> KeptAnswer {
        KeptAnswer(status: 200, body: Envelope.success(result, at: workspace.time))
    }
}

/// The bounds of CryptFolio's requests.
public struct CryptFolioLimits: Sendable {
    /// Bytes of a body.
    public var bodyBytesMax = 1 << 20

    /// The usual limits.
    public init() {}
}

/// Adds each route under both of its paths.
struct RouteAdder {
    private(set) var router: Router
    private let bodyBytesMax: Int

    init(_ router: Router, bodyBytesMax: Int) {
        self.router = router
        self.bodyBytesMax = bodyBytesMax
    }

    /// A route that reads no body.
    mutating func add(_ path: String, name: String, _ handler: @escaping HTTPHandler) {
        router.add(.get, CryptFolioAPI.base + path, name: "cryptfolio." + name, handler)
        router.add(.get, CryptFolioAPI.alias + path, name: "cryptfolio." + name, isAlias: true, handler)
    }

    /// A route that reads a body.
    mutating func add(
        _ method: HTTPMethod,
        _ path: String,
        name: String,
        admission: @escaping HTTPAdmissionCheck,
        _ handler: @escaping HTTPHandler
    ) {
        for (base, isAlias) in [(CryptFolioAPI.base, false), (CryptFolioAPI.alias, true)] {
            guard !isAlias || path != CryptFolioAPI.literalCurrencies else { continue }
            router.add(
                method,
                base + path,
                name: "cryptfolio." + name,
                body: .multipart(
                    maxBytes: bodyBytesMax,
                    otherMaxBytes: bodyBytesMax,
                    maxParts: FormLimits.pairsMax
                ),
                isAlias: isAlias,
                admission: admission,
                handler
            )
        }
    }
}
