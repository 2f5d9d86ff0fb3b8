import CommandLine
import Crypto
import Dispatch
import Glibc
import HTTPServer
import OAuth
import OperatorsAPI
import Services

/// `coffer serve`: the APIs until stopped.
enum ServeCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        try serve(context, try context.ownWriter()) { _ in }
    }

    /// Serves until a signal comes; calls `ready` with the public address once everything listens.
    static func serve(
        _ context: CommandContext,
        _ workspace: Workspace,
        ready: (_ address: String) -> Void
    ) throws -> ExitCode {
        // Secrets in memory are for this process alone: no core files, no reading by other processes.
        _ = ProcessHardening.setDumpable(false)
        _ = ProcessHardening.forbidCoreFiles()
        let signals = StopSignals()
        let listen = try ListenAddress(context.settings.text("http.listen"))
        let isUnlimited = context.command.flag("no-limits")
        guard !isUnlimited || listen.isLoopback else {
            throw UsageError.noLimitsBeyondLoopback(listen.text)
        }
        try workspace.checkKeyFile()
        let log = ServerLog()
        let workers = WorkerPool(queuedMax: context.settings.integer("http.queue_max"))
        let importers = WorkerPool(threads: 2, queuedMax: 16)
        // A flood of sign-ins costs two cores and the memory of two hashes at most.
        let passwords = WorkerPool(threads: 2, queuedMax: 16)
        try UploadFolder.prepare(uploads(context))
        let serving = PublicServing(
            context,
            workspace,
            listen,
            log,
            workers: workers,
            importers: importers,
            passwords: passwords,
            isUnlimited: isUnlimited
        )
        let server = serving.server()
        try server.start()
        workspace.listens(at: "http://\(listen.hostForVisitors):\(server.port)")
        let beside = try serving.startBeside()
        let housekeeper = Housekeeper(workspace, context.output)
        // Whoever adds an account or an address waits for its first result. A slow account leaves the other thread free.
        let venues = (0..<ServeCommand.venueThreads).map { _ in
            Rounds("reading connected accounts", context.output, pause: .seconds(5)) {
                try workspace.syncDueConnections()
            }
        }
        let addresses = Rounds("reading tracked addresses", context.output, pause: .seconds(5)) {
            try workspace.refreshDueAddresses()
        }
        let admin = try startAdmin(context, workspace, server, workers, passwords)
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
        let address = "http://\(listen.hostInURL):\(server.port)"
        announce(context, address: address, listen: listen, port: server.port, isUnlimited: isUnlimited)
        if let admin {
            context.output.line("  metrics    http://\(admin.listen.hostInURL):\(admin.server.port)/metrics")
        }
        if let beside {
            let address = "http://\(listen.hostInURL):\(beside.port)"
            context.output.line("  cryptfolio \(address)   in the forms of 2019-03")
        }
        ready(address)
        signals.wait()
        context.output.remark("stopping")
        control.stop()
        server.stop(graceSeconds: context.settings.duration("http.stop_grace").inSeconds)
        beside?.stop(graceSeconds: context.settings.duration("http.stop_grace").inSeconds)
        admin?.server.stop(graceSeconds: 1)
        workers.stop()
        importers.stop()
        passwords.stop()
        workspace.endReadings()
        for each in venues { each.stop() }
        addresses.stop()
        housekeeper.stop()
        workspace.close()
        log.close()
        return .ok
    }

    /// The threads that read connected accounts.
    private static let venueThreads = 2

    static func uploads(_ context: CommandContext) -> String { context.folder + "/uploads" }

    /// The listener of the operators; nil when it is off, or when nobody asked for it and its port is taken.
    private static func startAdmin(
        _ context: CommandContext,
        _ workspace: Workspace,
        _ server: HTTPServer,
        _ workers: WorkerPool,
        _ passwords: WorkerPool
    ) throws -> (listen: ListenAddress, server: HTTPServer)? {
        let setting = context.settings.setting("admin.listen")
        guard let text = setting.text, text != "off" else { return nil }
        let listen = try ListenAddress(text)
        let token = context.settings.textIfSet("admin.token")
        guard token != nil || listen.isLoopback else { throw UsageError.openMetrics(text) }
        var configuration = HTTPConfiguration()
        configuration.address = listen.host
        configuration.port = listen.port
        configuration.eventLoops = 1
        let admin = HTTPServer(
            configuration: configuration,
            routers: [
                OperatorsAPI.adminRouter(
                    workspace: workspace,
                    server: server,
                    token: token,
                    workers: workers,
                    passwords: passwords
                )
            ]
        )
        do throws(HTTPServerError) {
            try admin.start()
            return (listen, admin)
        } catch {
            guard setting.origin == .standard else { throw error }
            context.output.remark("coffer: metrics are not served: \(error)")
            return nil
        }
    }

    private static func announce(
        _ context: CommandContext,
        address: String,
        listen: ListenAddress,
        port: UInt16,
        isUnlimited: Bool
    ) {
        let output = context.output
        output.line("coffer \(VersionCommand.version)   data folder \(context.folder)")
        output.line(
            "  listening  \(address)"
                + (listen.isLoopback
                    ? "   this computer only (--listen 0.0.0.0:\(port) to open it)" : "")
        )
        if PublicServing.arePagesServed(context.settings.text("pages.enabled"), listen) {
            output.line("  in a browser   \(address)/   accounts, keys and applications")
        }
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
        var host = String(text[..<colon])
        // An address with colons of its own stands in brackets, as in a URL.
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw .badListen(text) }
        self.text = text
        self.host = host == "localhost" ? "127.0.0.1" : host
        self.port = port
    }

    /// Whether only this computer can reach it.
    var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// The address as a URL writes it.
    var hostInURL: String { host.contains(":") ? "[\(host)]" : host }

    /// The same for somebody on this computer, where every address is listened on.
    var hostForVisitors: String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: hostInURL
        }
    }
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
