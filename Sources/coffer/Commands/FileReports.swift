import CommandLine
import Importing
import Services
import Storage

extension CommandContext {
    /// What a report is about.
    struct Ledger {
        let workspace: Workspace
        let user: UserID
    }

    /// The history to report on: a user's, or that of the file that `--file` names.
    ///
    /// Nil when the file is refused, which was said then.
    func ledger() throws -> Ledger? {
        if let typed = command.value("file") { return try fileLedger(typed) }
        for name in ["account", "prices"] where command.value(name) != nil {
            throw UsageError.alone(name, needs: "file")
        }
        if command.flag("partial") { throw UsageError.alone("partial", needs: "file") }
        let workspace = try reader()
        return Ledger(workspace: workspace, user: try workspace.user(named: command.value("user")).id)
    }

    private func fileLedger(_ typed: String) throws -> Ledger? {
        if command.value("user") != nil { throw UsageError.together("file", "user") }
        let file = try FileSource(path: path(typed))
        let prices = try command.value("prices").map { try filePrices($0) }
        guard prices?.errorCount ?? 0 == 0 else { return nil }
        let request = ImportRequest(
            user: Workspace.fileOwner,
            fileName: file.name,
            account: command.value("account"),
            isDryRun: true,
            isPartial: command.flag("partial")
        )
        let reading: FileReading
        do {
            reading = try Workspace.read(
                request,
                try WorkspaceSettings.configuration(settings, folder: folder),
                keepsNames: reportSettings().usesNames,
                prices: prices,
                source: { file.bytes() }
            )
        } catch let error as ImportError {
            throw InputFileError(name: file.name, error: error)
        }
        guard let workspace = reading.workspace else {
            if json {
                output.writeJSON(ImportJSON.render(reading.outcome))
            } else {
                ImportCommand.showIssues(reading.outcome, on: output)
            }
            return nil
        }
        ImportCommand.showIssues(reading.outcome, on: output)
        if reading.outcome.errorCount > 0 {
            let errors = ImportCommand.counted(reading.outcome.errorCount, "error")
            output.remark("\(file.name): rows with errors left out (\(errors))")
        }
        return Ledger(workspace: workspace, user: Workspace.fileOwner)
    }

    /// Prices from a file; what is wrong with it is said.
    private func filePrices(_ typed: String) throws -> FilePrices {
        let file = try FileSource(path: path(typed))
        do {
            let prices = try FilePrices(from: { file.bytes() })
            for issue in prices.issues {
                output.remark("line \(issue.line): \(TerminalText.harmless(issue.message))")
            }
            if prices.errorCount > 0 {
                output.remark("\(file.name): no prices taken; errors in all: \(prices.errorCount)")
            }
            return prices
        } catch let error as ImportError {
            throw InputFileError(name: file.name, error: error)
        }
    }
}
