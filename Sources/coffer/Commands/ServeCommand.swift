import BitcainAPI
import CommandLine
import Glibc
import HTTPServer
import OperatorsAPI
import Services

/// `coffer serve`: the APIs until stopped.
enum ServeCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        // A second server on the folder is refused at once; only commands wait or are handed over.
        var configuration = try WorkspaceSettings.configuration(context.settings, folder: context.folder)
        configuration.lockWaitMilliseconds = 0
        let workspace = try Workspace.open(configuration, access: .writing)
        return try serve(context, workspace) { _ in }
    }

    /// Serves until a signal comes; calls `ready` with the public address once everything listens.
    static func serve(
        _ context: CommandContext,
        _ workspace: Workspace,
        ready: (_ address: String) -> Void
    ) throws -> ExitCode {
        let signals = StopSignals()
        let listen = try ListenAddress(context.settings.text("http.listen"))
        let isUnlimited = context.command.flag("no-limits")
        guard !isUnlimited || listen.isLoopback else {
            throw UsageError.noLimitsBeyondLoopback(listen.text)
        }
        let log = context.settings.boolean("http.access_log") && !isUnlimited ? AccessLog() : nil
        let workers = WorkerPool(queuedMax: context.settings.integer("http.queue_max"))
        let importers = WorkerPool(threads: 2, queuedMax: 16)
        try UploadFolder.prepare(uploads(context))
        let server = publicServer(
            context,
            workspace,
            listen,
            workers,
            importers,
            log,
            isUnlimited: isUnlimited
        )
        try server.start()
        let housekeeper = Housekeeper(workspace, context.output)
        let admin = try adminServer(context, workspace, server)
        try admin?.start()
        let control = try ControlServer(path: context.folder + "/control.sock") { request, output in
            Program.execute(
                Caller(
                    arguments: request.arguments,
                    directory: request.directory,
                    input: request.input,
                    output: output,
                    host: Host(workspace: workspace, folder: context.folder)
                )
            )
        }
        let address = "http://\(listen.host):\(server.port)"
        announce(context, address: address, listen: listen, admin: admin, isUnlimited: isUnlimited)
        ready(address)
        signals.wait()
        context.output.remark("stopping")
        control.stop()
        server.stop(graceSeconds: context.settings.duration("http.stop_grace").inSeconds)
        admin?.stop(graceSeconds: 1)
        workers.stop()
        importers.stop()
        housekeeper.stop()
        workspace.close()
        log?.close()
        return .ok
    }

    private static func uploads(_ context: CommandContext) -> String { context.folder + "/uploads" }

    private static func publicServer(
        _ context: CommandContext,
        _ workspace: Workspace,
        _ listen: ListenAddress,
        _ workers: WorkerPool,
        _ importers: WorkerPool,
        _ log: AccessLog?,
        isUnlimited: Bool
    ) -> HTTPServer {
        var limits = BitcainLimits()
        limits.bodyBytesMax = context.settings.integer("http.body_bytes_max")
        limits.uploadBytesMax = context.settings.integer("http.upload_bytes_max")
        limits.rowsMax = context.settings.integer("import.rows_max")
        let rates =
            isUnlimited
            ? nil
            : RateLimiter(
                ratePerSecond: Double(context.settings.integer("rate.requests_per_second")),
                burst: context.settings.integer("rate.burst")
            )
        let bitcain = BitcainAPI(
            workspace: workspace,
            workers: workers,
            importers: importers,
            limits: limits,
            rates: rates
        )
        var configuration = HTTPConfiguration()
        configuration.address = listen.host
        configuration.port = listen.port
        configuration.limits = WorkspaceSettings.httpLimits(context.settings)
        if isUnlimited { configuration.limits.connectionsPerAddress = configuration.limits.connections }
        configuration.spoolFolder = uploads(context)
        if let log { configuration.accessLog = { record in log.record(record) } }
        return HTTPServer(
            configuration: configuration,
            routers: [bitcain.router, OperatorsAPI.publicRouter(workspace: workspace)]
        )
    }

    private static func adminServer(
        _ context: CommandContext,
        _ workspace: Workspace,
        _ server: HTTPServer
    ) throws -> HTTPServer? {
        let text = context.settings.text("admin.listen")
        guard text != "off" else { return nil }
        let listen = try ListenAddress(text)
        var configuration = HTTPConfiguration()
        configuration.address = listen.host
        configuration.port = listen.port
        configuration.eventLoops = 1
        return HTTPServer(
            configuration: configuration,
            routers: [OperatorsAPI.adminRouter(workspace: workspace, server: server)]
        )
    }

    private static func announce(
        _ context: CommandContext,
        address: String,
        listen: ListenAddress,
        admin: HTTPServer?,
        isUnlimited: Bool
    ) {
        let output = context.output
        output.line("coffer \(VersionCommand.version)   data folder \(context.folder)")
        output.line(
            "  listening  \(address)"
                + (listen.isLoopback
                    ? "   this computer only (--listen 0.0.0.0:\(listen.port) to open it)" : "")
        )
        if let admin { output.line("  metrics    http://127.0.0.1:\(admin.port)/metrics") }
        if isUnlimited {
            output.line("  no limits  rates and quotas are lifted: for benchmarks and checks only")
        }
    }
}

/// Where to listen: an address and a port.
struct ListenAddress: Sendable {
    let text: String
    let host: String
    let port: UInt16

    /// - Throws: `UsageError.badListen` when the text is not `ADDRESS:PORT`.
    init(_ text: String) throws(UsageError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .badListen(text)
        }
        let host = String(text[..<colon])
        guard !host.isEmpty else { throw .badListen(text) }
        self.text = text
        self.host = host
        self.port = port
    }

    /// Whether only this computer can reach it.
    var isLoopback: Bool { host.hasPrefix("127.") || host == "[::1]" || host == "localhost" }
}

/// Waits for Ctrl-C or SIGTERM.
struct StopSignals {
    private var set = sigset_t()

    /// Blocks the signals for this thread and those it starts from now on, so that `wait` gets them.
    init() {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Returns when one of them comes.
    func wait() {
        var set = set
        var received: Int32 = 0
        while unsafe sigwait(&set, &received) != 0 {}
    }
}
