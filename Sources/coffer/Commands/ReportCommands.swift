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
    /// Computes the lots anew; where a server runs it does that, since it holds the ones there were.
    private static func rebuild(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        let settings = context.reportSettings()
        let summary = try workspace.rebuildLots(of: user.id, settings: settings)
        let currency = try workspace.currency(settings.currency, of: user.id)
        if context.json {
            context.output.writeJSON(RebuildReport.renderJSON(summary, currency: currency))
        } else {
            context.output.write(RebuildReport.renderText(summary, currency: currency))
        }
        return .ok
    }

    static func perform(_ context: CommandContext) throws -> ExitCode {
        if context.command.flag("rebuild") {
            if context.command.value("file") != nil { throw UsageError.together("file", "rebuild") }
            return try rebuild(context)
        }
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
    /// What is neither `on` nor `off`.
    case badSwitch(String)
    /// An option that the command cannot do without.
    case missing(String)
    /// A text is no amount.
    case noNumber(String)
    /// A text is no pair of assets.
    case badPair(String)
    /// An order is given and taken back at once.
    case orderAndReset
    /// The shares of a portfolio are none.
    case badTargets(String)
    /// An amount that an option takes is none.
    case badAmount(String, String)
    case badTime(String)
    case badRate(String, String)
    case badBenchmark(String)
    case badScopes(String)
    case together(String, String)
    case alone(String, needs: String)
    case badListen(String)
    case badYear(String)
    case noLimitsBeyondLoopback(String)
    case noSample
    case openMetrics(String)
    case isServed(String)
    case secretOnCommandLine(String, path: String)
}
