import CommandLine
import FoundationEssentials
import Services
import Storage

/// `coffer run`: import, report, serve; what `./run` calls.
enum RunCommand {
    /// What the sample's imports are called, so that a real file can take them back.
    static let samplePrefix = "sample "

    static func perform(_ context: CommandContext) throws -> ExitCode {
        let workspace = try open(context)
        let user = try workspace.user(named: nil)
        guard try bringIn(context, workspace, user) else { return .badInput }
        try report(context, workspace, user)
        if context.command.flag("once") {
            // The folder of a server that lent it stays open.
            if context.caller.host == nil { workspace.close() }
            return .ok
        }
        let token = try LocalToken.ensure(in: context.folder, workspace, user)
        return try ServeCommand.serve(context, workspace) { address in
            show(address, token: token, on: context.output)
        }
    }

    /// The data folder for writing; what ends in serving is refused at once while another server has it.
    private static func open(_ context: CommandContext) throws -> Workspace {
        if context.command.flag("once") { return try context.writer() }
        return try context.ownWriter()
    }

    /// Imports the named file, or the sample into a folder that has nothing yet; false when the file has errors.
    private static func bringIn(
        _ context: CommandContext,
        _ workspace: Workspace,
        _ user: UserInfo
    ) throws -> Bool {
        let imports = try workspace.imports(of: user.id).filter { $0.state == "committed" }
        guard let typed = context.command.argument(0) else {
            guard imports.isEmpty else { return true }
            return try bringInSample(context, workspace, user)
        }
        let file = try FileSource(path: context.path(typed))
        let request = ImportRequest(user: user.id, fileName: file.name)
        let outcome = try ImportCommand.importFile(file, request, into: workspace, context.output)
        ImportCommand.show(outcome, on: context.output)
        guard !outcome.isRefused else { return false }
        for sample in imports where sample.fileName.hasPrefix(samplePrefix) {
            _ = try workspace.undoImport(Int(sample.id.raw), of: user.id)
            context.output.line("the sample's entries were taken back (import \(sample.id.raw))")
        }
        return true
    }

    private static func bringInSample(
        _ context: CommandContext,
        _ workspace: Workspace,
        _ user: UserInfo
    ) throws -> Bool {
        guard let sample = context.command.value("sample") else { throw UsageError.noSample }
        let file = try FileSource(path: context.path(sample))
        let request = ImportRequest(user: user.id, fileName: samplePrefix + file.name)
        let outcome = try ImportCommand.importFile(file, request, into: workspace, context.output)
        ImportCommand.show(outcome, on: context.output)
        if let typed = context.command.value("sample-prices") {
            let prices = try FileSource(path: context.path(typed))
            let imported = try PricesCommand.importFile(prices, source: "sample", workspace, context.output)
            context.output.line(
                "\(prices.name): \(imported.imported) prices imported (fictional, with the sample)"
            )
        }
        return !outcome.isRefused
    }

    /// The most lots that the report lists; `coffer lots` shows all.
    private static let lotsMax = 25

    private static func report(_ context: CommandContext, _ workspace: Workspace, _ user: UserInfo) throws {
        let settings = context.reportSettings()
        let holdings = try workspace.holdings(of: user.id, settings: settings)
        let gains = try workspace.gains(of: user.id, settings: settings)
        let lots = try workspace.lots(of: user.id, settings: settings)
        context.output.line("\nHoldings")
        context.output.write(ReportText.render(holdings))
        context.output.line("\nRealised gains")
        context.output.write(GainsText.render(years: gains))
        context.output.line("\nOpen lots")
        context.output.write(
            ReportText.render(lots: Array(lots.lots.prefix(lotsMax)), currency: lots.currency)
        )
        if lots.lots.count > lotsMax {
            context.output.line("and \(lots.lots.count - lotsMax) more: coffer lots")
        }
    }

    private static func show(_ address: String, token: String, on output: Output) {
        let header = "-H \"Authorization: Bearer $(cat '\(token)')\""
        output.line("\nSign in with the token in \(token), for example:")
        for path in ["balances?exchange=coinbase", "cost-basis", "cost-basis/lots"] {
            output.line("  curl \(header) '\(address)/api/v1/portfolio/\(path)'")
        }
        output.line("A password for the owner, who signs in at \(address)/ as owner: coffer user passwd")
        output.line("Stop with Ctrl-C.")
    }
}

/// The token that the printed curl lines use, in a file that only its owner can read.
enum LocalToken {
    /// The path of the file with a token that works.
    static func ensure(in folder: String, _ workspace: Workspace, _ user: UserInfo) throws -> String {
        let path = folder + "/token"
        if let contents = FileManager.default.contents(atPath: path) {
            let text = [UInt8](contents).filter { $0 > 0x20 }
            if try workspace.loadPrincipal(token: text[...], for: .bitcain)?.user == user.id { return path }
        }
        let token = try workspace.createToken(
            for: user.id,
            label: "local",
            scopes: [.read, .write],
            days: 365
        )
        try FileTarget.write(to: path) { write in try write(Array((token.text + "\n").utf8)) }
        return path
    }
}
