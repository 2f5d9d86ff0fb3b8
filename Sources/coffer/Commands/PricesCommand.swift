import CommandLine
import Importing
import JSON
import MoneyJSON
import Services
import Time

/// `coffer prices import` and `coffer prices status`.
enum PricesCommand {
    /// The name that prices are kept under when none is given.
    static let standardSource = "file"

    static func performImport(_ context: CommandContext) throws -> ExitCode {
        guard let typed = context.command.argument(0) else { return .usage }
        let file = try FileSource(path: context.path(typed))
        var hint = PriceFileHint(fileName: file.name, step: PriceInput.step(context))
        if let text = context.command.value("pair") {
            guard let pair = PricePairName(text) else { throw UsageError.badPair(text) }
            hint.pair = pair
        }
        let workspace = try context.writer()
        let outcome = try importFile(
            file,
            source: context.command.value("source") ?? standardSource,
            hint: hint,
            workspace,
            context.output
        )
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.key("file")
            json.string(file.name)
            json.key("rows")
            json.integer(outcome.rows)
            json.key("imported")
            json.integer(outcome.imported)
            json.key("error_count")
            json.integer(outcome.errorCount)
            json.objects("errors", outcome.issues) { json, issue in
                json.key("line")
                json.integer(issue.line)
                json.key("message")
                json.string(issue.message)
            }
            json.array("unknown_assets", outcome.unknown) { json, code in json.string(code.uppercased()) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            for code in outcome.unknown {
                context.output.remark(
                    "warning: \(code.uppercased()) is not an asset that anyone has; its prices were left out"
                )
            }
            for issue in outcome.issues {
                context.output.remark("line \(issue.line): \(TerminalText.harmless(issue.message))")
            }
            if outcome.errorCount > 0 {
                context.output.remark(
                    "\(file.name): nothing imported; errors in all: \(outcome.errorCount)"
                )
            } else {
                context.output.line("\(file.name): \(outcome.imported) prices imported")
            }
        }
        return outcome.errorCount > 0 ? .badInput : .ok
    }

    static func importFile(
        _ file: FileSource,
        source: String,
        hint: PriceFileHint = PriceFileHint(),
        _ workspace: Workspace,
        _ output: Output
    ) throws -> PriceImportOutcome {
        let progress = ProgressDrawer("importing \(file.name)", output: output)
        defer { progress.finish() }
        do {
            return try workspace.importPrices(
                from: { file.bytes() },
                source: source,
                hint: hint,
                progress: { progress.update($0, of: $1) }
            )
        } catch let error as ImportError {
            throw InputFileError(name: file.name, error: error)
        }
    }

    static func performStatus(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let rows = try workspace.priceStatus()
        let unpriced = try workspace.unpricedAssets()
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.objects("prices", rows) { json, row in
                json.key("base")
                json.string(row.base)
                json.key("quote")
                json.string(row.quote)
                json.key("source")
                json.string(row.source)
                json.key("count")
                json.integer(row.count)
                json.key("first")
                json.time(row.first)
                json.key("last")
                json.time(row.last)
                json.key("stale")
                json.bool(row.isStale)
                json.key("latest_error")
                if let error = row.latestError { json.string(error) } else { json.null() }
                json.key("next_fetch")
                json.time(row.nextFetch)
            }
            json.array("no_price_at_all", unpriced) { json, code in json.string(code) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            var table = TextTable([
                .left("pair"), .left("source"), .right("prices"), .left("first"), .left("last"), .left(""),
            ])
            for row in rows {
                table.append([
                    "\(row.base)/\(row.quote)", row.source, String(row.count), row.first.day.description,
                    row.last.description, remarks(row),
                ])
            }
            context.output.write(table.render())
            if !unpriced.isEmpty {
                context.output.line("no price at all: \(unpriced.joined(separator: ", "))")
            }
        }
        return .ok
    }

    private static func remarks(_ row: PriceStatus) -> String {
        var words: [String] = []
        if row.isStale { words.append("stale") }
        if let error = row.latestError { words.append(TerminalText.harmless(error)) }
        return words.joined(separator: "; ")
    }
}
