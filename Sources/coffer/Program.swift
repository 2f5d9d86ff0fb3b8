import CommandLine
import FoundationEssentials
import Glibc
import Services

/// The command line: understands the words, opens what the command needs, runs it.
enum Program {
    /// Runs one command line and returns the exit code.
    static func main(_ arguments: [String]) -> Int32 {
        // A reader that goes away (`coffer export | head`) must not kill the program in mid-write.
        _ = signal(SIGPIPE, SIG_IGN)
        // A file that may not grow further is an error of the write, not the end of the program.
        _ = signal(SIGXFSZ, SIG_IGN)
        let losses = OutputLosses()
        let output = Output.standard(losses: losses)
        do {
            let spooled = try SpooledInput.spooling(arguments)
            let code = execute(
                Caller(
                    arguments: spooled.arguments,
                    directory: FileManager.default.currentDirectoryPath,
                    input: nil,
                    output: output,
                    host: nil
                )
            )
            guard code == ExitCode.ok.rawValue, let reason = losses.reason else { return code }
            output.remark("coffer: the result could not be written whole: \(reason)")
            return ExitCode.storageFailed.rawValue
        } catch {
            let (message, code) = Failure.describe(error)
            output.remark("coffer: " + message)
            return code.rawValue
        }
    }

    /// Runs one command line for a caller, in this process or on behalf of another.
    static func execute(_ caller: Caller) -> Int32 {
        var folder: String?
        do {
            let command = try spec.parse(caller.arguments)
            if command.wantsHelp {
                caller.output.write(spec.renderHelp(for: command.name))
                return ExitCode.ok.rawValue
            }
            let context = try CommandContext(command, caller)
            folder = context.folder
            return try perform(context).rawValue
        } catch let failure as Handled {
            return failure.code
        } catch {
            let (message, code) = Failure.describe(error, folder: folder)
            caller.output.remark("coffer: " + message)
            return code.rawValue
        }
    }

    private static func perform(_ context: CommandContext) throws -> ExitCode {
        switch context.command.name {
        case "run": try RunCommand.perform(context)
        case "serve": try ServeCommand.perform(context)
        case "import": try ImportCommand.perform(context)
        case "export": try ExportCommand.perform(context)
        case "balances": try BalancesCommand.perform(context)
        case "value": try ValueCommand.perform(context)
        case "history": try HistoryCommand.perform(context)
        case "performance": try PerformanceCommand.perform(context)
        case "portfolio list": try PortfolioCommand.performList(context)
        case "portfolio add": try PortfolioCommand.performAdd(context)
        case "portfolio set": try PortfolioCommand.performSet(context)
        case "portfolio delete": try PortfolioCommand.performDelete(context)
        case "portfolio targets": try PortfolioCommand.performTargets(context)
        case "portfolio drift": try PortfolioCommand.performDrift(context)
        case "portfolio currencies": try CurrenciesCommand.perform(context)
        case "address add": try AddressCommand.performAdd(context)
        case "address list": try AddressCommand.performList(context)
        case "address refresh": try AddressCommand.performRefresh(context)
        case "address remove": try AddressCommand.performRemove(context)
        case "offset add": try OffsetCommand.performAdd(context)
        case "offset list": try OffsetCommand.performList(context)
        case "offset set": try OffsetCommand.performSet(context)
        case "offset remove": try OffsetCommand.performRemove(context)
        case "rebalance": try RebalanceCommand.perform(context)
        case "lots": try LotsCommand.perform(context)
        case "gains": try GainsCommand.perform(context)
        case "years close": try YearsCommand.performClose(context)
        case "years list": try YearsCommand.performList(context)
        case "years reopen": try YearsCommand.performReopen(context)
        case "prices import": try PricesCommand.performImport(context)
        case "prices status": try PricesCommand.performStatus(context)
        case "prices fetch": try PriceFetchCommand.perform(context)
        case "prices set": try ManualPriceCommand.performSet(context)
        case "prices unset": try ManualPriceCommand.performUnset(context)
        case "prices order": try PriceOrderCommand.perform(context)
        case "prices gaps": try PriceGapsCommand.perform(context)
        case "convert": try ConvertCommand.perform(context)
        case "connections add": try ConnectionsCommand.performAdd(context)
        case "connections change": try ConnectionsCommand.performChange(context)
        case "connections list": try ConnectionsCommand.performList(context)
        case "connections remove": try ConnectionsCommand.performRemove(context)
        case "connections sync": try ConnectionsCommand.performSync(context)
        case "backfill": try BackfillCommand.perform(context)
        case "batches": try BatchesCommand.perform(context)
        case "user add": try UserCommand.performAdd(context)
        case "user list": try UserCommand.performList(context)
        case "user passwd": try UserCommand.performPasswd(context)
        case "user set-role": try UserCommand.performSetRole(context)
        case "user remove": try UserCommand.performRemove(context)
        case "client add": try ClientCommand.performAdd(context)
        case "client list": try ClientCommand.performList(context)
        case "client show": try ClientCommand.performShow(context)
        case "client rotate": try ClientCommand.performRotate(context)
        case "client remove": try ClientCommand.performRemove(context)
        case "client first-party": try ClientCommand.performFirstParty(context)
        case "client redirects": try ClientCommand.performRedirects(context)
        case "quota set": try QuotaCommand.performSet(context)
        case "quota list": try QuotaCommand.performList(context)
        case "quota unset": try QuotaCommand.performUnset(context)
        case "token create": try TokenCommand.performCreate(context)
        case "token list": try TokenCommand.performList(context)
        case "token revoke": try TokenCommand.performRevoke(context)
        case "check": try CheckCommand.perform(context)
        case "seed": try SeedCommand.perform(context)
        case "openapi": try OpenAPICommand.perform(context)
        case "config show": try ConfigCommand.performShow(context)
        case "config set": try ConfigCommand.performSet(context)
        case "version": VersionCommand.perform(context)
        default: preconditionFailure("every command of the table is performed")
        }
    }
}

/// Who typed a command, where, and where its words go.
struct Caller: Sendable {
    let arguments: [String]
    let directory: String
    /// What was read for the command beforehand, such as a password.
    let input: String?
    let output: Output
    /// The open data folder of the server that runs the command for a caller; nil in a process of its own.
    let host: Host?
}

/// What a running server lends to the commands it runs for others.
struct Host: Sendable {
    let workspace: Workspace
    let folder: String
}

/// Thrown by a command that was carried out elsewhere and has said everything already.
struct Handled: Error {
    let code: Int32
}
