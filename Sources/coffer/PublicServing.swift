import BitcainAPI
import CommandLine
import CryptFolioAPI
import GraphQL
import HTTPServer
import OAuth
import Pages
import Services
import TrustVaultAPI

/// What is served to clients and browsers: on the public listener, and on the one beside it in another revision.
struct PublicServing {
    /// The pages of a browser; nil when they are not served.
    let pages: Pages?
    private let oauth: OAuthServer
    private let context: CommandContext
    private let workspace: Workspace
    private let listen: ListenAddress
    private let log: ServerLog
    private let isUnlimited: Bool
    private let workers: WorkerPool
    private let importers: WorkerPool
    private let passwords: WorkerPool
    private let signIn: BitcainSignIn
    /// The rate of each credential, one over all listeners; nil limits none.
    private let rates: RateLimiter?
    /// The rate of each address for what is public.
    private let publicRates: RateLimiter?
    private let onFault: HTTPFaultReport

    init(
        _ context: CommandContext,
        _ workspace: Workspace,
        _ listen: ListenAddress,
        _ log: ServerLog,
        workers: WorkerPool,
        importers: WorkerPool,
        passwords: WorkerPool,
        isUnlimited: Bool
    ) {
        let settings = context.settings
        self.context = context
        self.workspace = workspace
        self.listen = listen
        self.log = log
        self.isUnlimited = isUnlimited
        self.workers = workers
        self.importers = importers
        self.passwords = passwords
        let burst = settings.integer("rate.burst")
        func limiter(_ key: String) -> RateLimiter? {
            let perSecond = settings.integer(key)
            return isUnlimited
                ? nil : RateLimiter(ratePerSecond: Double(perSecond), burst: max(burst, perSecond))
        }
        rates =
            isUnlimited
            ? nil
            : RateLimiter(
                ratePerSecond: Double(settings.integer("rate.requests_per_second")),
                burst: burst
            )
        publicRates = limiter("cryptfolio.public_requests_per_second")
        onFault = { error, request in
            log.remark(TerminalText.harmless("coffer: request \(request) failed: \(error)"))
        }
        var signIn = BitcainSignIn()
        signIn.isSignUpOpen =
            switch settings.text("bitcain.signup") {
            case "on": true
            case "off": false
            default: listen.isLoopback
            }
        if isUnlimited { signIn.limiter = nil }
        self.signIn = signIn
        var guards = OAuthGuards()
        guards.signIn = signIn.limiter
        guards.tokensPerMinute = isUnlimited ? nil : settings.integer("oauth.token_requests_per_minute")
        oauth = OAuthServer(
            workspace: workspace,
            workers: workers,
            passwords: passwords,
            guards: guards,
            rates: rates,
            onFault: onFault
        )
        // Failures are counted together, whichever way somebody tries to sign in.
        var pageSettings = PagesSettings()
        pageSettings.limiter = signIn.limiter
        pageSettings.served = [.bitcain, .cryptfolio, .trustvault]
        if let rule = SignUpRule(rawValue: settings.text("pages.sign_up")) { pageSettings.signUp = rule }
        pages =
            PublicServing.arePagesServed(settings.text("pages.enabled"), listen)
            ? Pages(
                workspace: workspace,
                workers: workers,
                passwords: passwords,
                settings: pageSettings,
                rates: rates,
                onFault: onFault
            ) : nil
    }

    /// Whether the public listeners serve the pages of a browser.
    static func arePagesServed(_ setting: String, _ listen: ListenAddress) -> Bool {
        switch setting {
        case "on": true
        case "off": false
        default: listen.isLoopback
        }
    }

    /// The revision that the public listener serves.
    static func revision(_ settings: Settings) -> CryptFolioRevision {
        CryptFolioRevision(rawValue: settings.text("cryptfolio.revision")) ?? .r2018_01
    }

    // MARK: Listeners

    /// The public listener, not started yet.
    func server() -> HTTPServer {
        var limits = BitcainLimits()
        limits.bodyBytesMax = context.settings.integer("http.body_bytes_max")
        limits.uploadBytesMax = context.settings.integer("http.upload_bytes_max")
        limits.rowsMax = context.settings.integer("import.rows_max")
        let bitcain = BitcainAPI(
            workspace: workspace,
            workers: workers,
            importers: importers,
            passwords: passwords,
            signIn: signIn,
            hasOpenReads: context.settings.boolean("bitcain.open_reads"),
            limits: limits,
            rates: rates,
            onFault: onFault
        )
        var configuration = configuration(port: listen.port)
        // One upload always fits.
        configuration.limits.spooledBodyBytes = max(
            configuration.limits.spooledBodyBytes,
            limits.uploadBytesMax
        )
        configuration.limits.unverifiedSpooledBytes = max(
            configuration.limits.unverifiedSpooledBytes,
            limits.uploadBytesMax
        )
        let cryptfolio = cryptfolio(PublicServing.revision(context.settings))
        return HTTPServer(
            configuration: configuration,
            routers: PublicDocument.routers(
                workspace,
                bitcain,
                cryptfolio,
                trustvault(),
                oauth,
                pages: pages
            )
        )
    }

    /// Starts the listener beside, which serves the same data in the forms of 2019-03; nil when none is asked for.
    func startBeside() throws -> HTTPServer? {
        let port = context.settings.setting("cryptfolio.port_2019").text.flatMap { UInt16($0) }
        guard let port else { return nil }
        let server = HTTPServer(
            configuration: configuration(port: port),
            routers: PublicDocument.routers(workspace, beside: cryptfolio(.r2019_03), oauth, pages: pages)
        )
        try server.start()
        return server
    }

    private func cryptfolio(_ revision: CryptFolioRevision) -> CryptFolioAPI {
        var limits = CryptFolioLimits()
        limits.bodyBytesMax = context.settings.integer("http.body_bytes_max")
        return CryptFolioAPI(
            workspace: workspace,
            workers: workers,
            revision: revision,
            limits: limits,
            rates: rates,
            publicRates: publicRates,
            passwords: passwords,
            onFault: onFault
        )
    }

    private func trustvault() -> TrustVaultAPI {
        do throws(SchemaFault) {
            return try TrustVaultAPI(
                workspace: workspace,
                workers: workers,
                limits: TrustVaultSettingSpecs.limits(context.settings),
                rates: rates,
                publicRates: publicRates,
                onFault: onFault
            )
        } catch {
            preconditionFailure("the schema of the user portfolio is wrong: \(error.messages)")
        }
    }

    private func configuration(port: UInt16) -> HTTPConfiguration {
        var configuration = HTTPConfiguration()
        configuration.address = listen.host
        configuration.port = port
        configuration.limits = WorkspaceSettings.httpLimits(context.settings)
        if isUnlimited { configuration.limits.connectionsPerAddress = configuration.limits.connections }
        configuration.spoolFolder = ServeCommand.uploads(context)
        configuration.onFault = onFault
        if context.settings.boolean("http.access_log"), !isUnlimited {
            let log = log
            configuration.accessLog = { record in log.record(record) }
        }
        return configuration
    }
}
