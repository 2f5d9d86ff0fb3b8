import CommandLine
import FoundationEssentials
import Importing
import JSON
import Ledger
import MoneyJSON
import Services
import Storage
import Time

/// `coffer import FILE`.
enum ImportCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        guard let typed = context.command.argument(0) else { return .usage }
        let file = try FileSource(path: context.path(typed))
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        let request = ImportRequest(
            user: user.id,
            fileName: file.name,
            account: context.command.value("account"),
            isDryRun: context.command.flag("dry-run"),
            isPartial: context.command.flag("partial"),
            rowsMax: nil
        )
        let outcome = try importFile(file, request, into: workspace, context.output)
        if context.json {
            context.output.writeJSON(ImportJSON.render(outcome))
        } else {
            show(outcome, on: context.output)
        }
        return outcome.isRefused ? .badInput : .ok
    }

    /// Imports with progress on a terminal.
    static func importFile(
        _ file: FileSource,
        _ request: ImportRequest,
        into workspace: Workspace,
        _ output: Output
    ) throws -> ImportOutcome {
        let progress = ProgressDrawer("importing \(file.name)", output: output)
        defer { progress.finish() }
        do {
            return try workspace.importFile(
                request,
                source: { file.bytes() },
                progress: { progress.update($0, of: $1) }
            )
        } catch let error as ImportError {
            throw InputFileError(name: request.fileName, error: error)
        }
    }

    /// The outcome for people: what came in, then what is wrong, then what is worth a look.
    static func show(_ outcome: ImportOutcome, on output: Output) {
        showIssues(outcome, on: output)
        guard !outcome.isRefused else { return }
        let verb = outcome.isDryRun ? "would import" : "imported"
        output.line(
            "\(outcome.fileName): \(verb) \(outcome.inserted) of \(outcome.entries) entries"
                + (outcome.existing > 0 ? ", \(outcome.existing) already there" : "")
                + (outcome.errorCount > 0
                    ? ", rows with errors left out (\(counted(outcome.errorCount, "error")))" : "")
                + (outcome.importID.map {
                    " (import \($0.raw); take back with coffer batches --undo \($0.raw))"
                } ?? "")
        )
    }

    /// What is wrong and what is worth a look, as remarks.
    static func showIssues(_ outcome: ImportOutcome, on output: Output) {
        for issue in outcome.issues where issue.severity == .error { output.remark(line(issue)) }
        if outcome.errorCount > outcome.issues.count(where: { $0.severity == .error }) {
            output.remark("and more: \(outcome.errorCount) errors in all")
        }
        for issue in outcome.issues.filter({ $0.severity != .error }).prefix(20) {
            output.remark(line(issue))
        }
        let remarks = outcome.issues.count { $0.severity != .error }
        if remarks > 20 { output.remark("and \(remarks - 20) more remarks: --json lists them") }
        if outcome.isRefused {
            output.remark(
                "\(outcome.fileName): nothing imported; \(counted(outcome.errorCount, "error")) in "
                    + "\(counted(outcome.rows, "row")). Mend the file, or import its good rows with --partial"
            )
        }
    }

    private static func line(_ issue: RowIssue) -> String {
        var place = "line \(issue.line)"
        if let column = issue.column { place += ", \(TerminalText.harmless(column))" }
        let found = issue.found.isEmpty ? "" : "found '\(TerminalText.harmless(issue.found))'. "
        return "\(issue.severity.rawValue): \(place): \(found)\(TerminalText.harmless(issue.message))"
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// The JSON of an import's outcome.
enum ImportJSON {
    static func render(_ outcome: ImportOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("import_id")
        json.string(orNull: outcome.importID.map { String($0.raw) })
        json.key("file")
        json.string(outcome.fileName)
        json.key("format")
        json.string(outcome.format)
        json.key("dry_run")
        json.bool(outcome.isDryRun)
        json.key("refused")
        json.bool(outcome.isRefused)
        for (name, number) in [
            ("rows", outcome.rows), ("entries", outcome.entries), ("inserted", outcome.inserted),
            ("existing", outcome.existing), ("error_count", outcome.errorCount),
            ("warning_count", outcome.warningCount), ("notice_count", outcome.noticeCount),
        ] {
            json.key(name)
            json.integer(number)
        }
        json.array("existing_lines", outcome.existingLines) { json, line in json.integer(line) }
        issues("errors", outcome, .error, to: &json)
        issues("warnings", outcome, .warning, to: &json)
        issues("notices", outcome, .notice, to: &json)
        json.endObject()
        return json.finish()
    }

    private static func issues(
        _ name: StaticString,
        _ outcome: ImportOutcome,
        _ severity: IssueSeverity,
        to json: inout JSONWriter
    ) {
        json.objects(name, outcome.issues.lazy.filter { $0.severity == severity }) { json, issue in
            json.key("line")
            json.integer(issue.line)
            json.key("column")
            json.string(orNull: issue.column)
            json.key("code")
            json.string(issue.code)
            json.key("found")
            json.string(issue.found)
            json.key("expected")
            json.string(issue.expected)
            json.key("message")
            json.string(issue.message)
        }
    }
}

/// `coffer export`.
enum ExportCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user"))
        guard let typed = context.command.value("output") else {
            _ = try workspace.export(of: user.id) { context.output.write($0) }
            return .ok
        }
        let path = context.path(typed)
        let count = try FileTarget.write(to: path) { write in
            try workspace.export(of: user.id) { try write($0) }
        }
        if context.json {
            context.output.writeJSON(Array("{\"entries\":\(count)}".utf8))
        } else {
            context.output.line("\(count) entries written to \(path)")
        }
        return .ok
    }
}

/// `coffer batches`.
enum BatchesCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        if let number = try context.command.integer("undo", in: 1...Int.max) {
            let workspace = try context.writer()
            let user = try workspace.user(named: context.command.value("user"))
            let undone = try workspace.undoImport(number, of: user.id)
            if context.json {
                context.output.writeJSON(Array("{\"import_id\":\"\(number)\",\"entries\":\(undone)}".utf8))
            } else {
                context.output.line("import \(number) is undone: \(undone) entries taken back")
            }
            return .ok
        }
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user"))
        let imports = try workspace.imports(of: user.id)
        if context.json {
            context.output.writeJSON(json(imports))
        } else if imports.isEmpty {
            context.output.line("no imports yet: coffer import FILE")
        } else {
            var table = TextTable([
                .right("import"), .left("time"), .left("file", charactersMax: 40), .left("format"),
                .right("entries"), .right("there"), .left("state"),
            ])
            for info in imports {
                table.append([
                    String(info.id.raw), info.time.description, info.fileName, info.format,
                    String(info.inserted),
                    String(info.existing), info.state,
                ])
            }
            context.output.write(table.render())
        }
        return .ok
    }

    private static func json(_ imports: [ImportInfo]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.objects("batches", imports) { json, info in
            json.key("import_id")
            json.string(String(info.id.raw))
            json.key("time")
            json.time(info.time)
            json.key("file")
            json.string(info.fileName)
            json.key("format")
            json.string(info.format)
            json.key("inserted")
            json.integer(info.inserted)
            json.key("existing")
            json.integer(info.existing)
            json.key("state")
            json.string(info.state)
        }
        json.endObject()
        return json.finish()
    }
}
