import Dialects
public import HTTPServer
public import Services

/// What bitcain's routes need: the use cases, threads for long work, and the rates.
public struct BitcainAPI: Sendable {
    let workspace: Workspace
    let importers: WorkerPool
    let passwords: WorkerPool
    let signIn: BitcainSignIn
    let hasOpenReads: Bool
    let limits: BitcainLimits
    let rates: RateLimiter?
    let desk: DialectDesk

    /// The dialect over a workspace; long work goes to the workers, and without rates none is limited.
    ///
    /// Importers are threads apart for files that take long, so that reads do not wait behind them; the workers when
    /// none are given. Faults are reported with their causes, which answers do not tell.
    public init(
        workspace: Workspace,
        workers: WorkerPool,
        importers: WorkerPool? = nil,
        passwords: WorkerPool? = nil,
        signIn: BitcainSignIn = BitcainSignIn(),
        hasOpenReads: Bool = false,
        limits: BitcainLimits,
        rates: RateLimiter?,
        onFault: HTTPFaultReport? = nil
    ) {
        self.workspace = workspace
        self.importers = importers ?? workers
        self.passwords = passwords ?? workers
        self.signIn = signIn
        self.hasOpenReads = hasOpenReads
        self.limits = limits
        self.rates = rates
        desk = DialectDesk(
            .bitcain,
            BitcainWords(),
            workspace: workspace,
            workers: workers,
            rates: rates,
            onFault: onFault
        )
    }

    /// The path below which every answer is in bitcain's form.
    public static let base = "/api/v1/portfolio"

    /// The routes.
    public var router: Router {
        var router = Router(
            prefixes: [BitcainAPI.base, BitcainAPI.signInBase],
            pages: BitcainErrors.pages,
            trailingSlash: .redirect,
            descriptions: BitcainAPI.descriptions(hasOpenReads: hasOpenReads)
        )
        router.add(.get, BitcainAPI.base + "/health", name: "bitcain.health", isServedWhenBusy: true, health)
        router.add(.get, BitcainAPI.base + "/balances", name: "bitcain.balances", authorized(.read, balances))
        router.add(
            .get,
            BitcainAPI.base + "/aggregate",
            name: "bitcain.aggregate",
            authorized(.read, aggregate)
        )
        router.add(
            .get,
            BitcainAPI.base + "/cost-basis",
            name: "bitcain.cost_basis",
            authorized(.read, costBasis)
        )
        router.add(.get, BitcainAPI.base + "/cost-basis/lots", name: "bitcain.lots", authorized(.read, lots))
        router.add(
            .post,
            BitcainAPI.base + "/cost-basis/lots/rebuild",
            name: "bitcain.rebuild",
            body: .collect(maxBytes: limits.bodyBytesMax),
            admission: admission(.write),
            authorized(.write, rebuild)
        )
        router.add(
            .post,
            BitcainAPI.base + "/ingest/csv",
            name: "bitcain.ingest_csv",
            body: .multipart(maxBytes: limits.uploadBytesMax, otherMaxBytes: limits.bodyBytesMax),
            admission: admission(.write),
            authorized(.write, ingest)
        )
        addRefreshRoutes(to: &router)
        addPortfolioRoutes(to: &router)
        addHistoryRoutes(to: &router)
        addSignInRoutes(to: &router)
        return router
    }
}

/// The bounds of bitcain's requests.
public struct BitcainLimits: Sendable {
    /// Bytes of a body that is no upload.
    public var bodyBytesMax = 1 << 20
    /// Bytes of an uploaded file with its form.
    public var uploadBytesMax = 10 << 20
    /// Rows of an uploaded file.
    public var rowsMax = 100_000

    /// The usual limits.
    public init() {}
}
