import CommandLine
import Money
import Services
import Time

/// `coffer balances`: what is held, its value and cost.
enum BalancesCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        var time: Timestamp?
        if let text = context.command.value("at") {
            do { time = try Timestamp.parse(text) } catch { throw UsageError.badTime(text) }
        }
        guard let ledger = try context.ledger() else { return .badInput }
        let report = try ledger.workspace.holdings(
            of: ledger.user,
            settings: context.reportSettings(),
            at: time
        )
        if context.json {
            context.output.writeJSON(ReportJSON.render(report))
        } else {
            context.output.write(ReportText.render(report))
        }
        return .ok
    }
}

/// `coffer lots`: the open lots.
enum LotsCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        guard let ledger = try context.ledger() else { return .badInput }
        let report = try ledger.workspace.lots(
            of: ledger.user,
            settings: context.reportSettings(),
            includingClosed: context.command.flag("all")
        )
        if context.json {
            context.output.writeJSON(ReportJSON.render(lots: report.lots, currency: report.currency))
        } else {
            context.output.write(ReportText.render(lots: report.lots, currency: report.currency))
        }
        return .ok
    }
}

extension CommandContext {
    /// The settings of reports after flags, environment and file.
    func reportSettings() -> ReportSettings { GainsSettings.reportSettings(settings) }
}

extension Output {
    /// Writes a JSON value and a line end.
    func writeJSON(_ bytes: [UInt8]) {
        write(bytes + [UInt8(ascii: "\n")])
    }
}

/// A value on the command line that the table of options cannot check.
enum UsageError: Error, Hashable {
    case badTime(String)
    case badScopes(String)
    case together(String, String)
    case alone(String, needs: String)
    case badListen(String)
    case noLimitsBeyondLoopback(String)
    case noSample
    case openMetrics(String)
    case isServed(String)
    case secretOnCommandLine(String, path: String)
}
