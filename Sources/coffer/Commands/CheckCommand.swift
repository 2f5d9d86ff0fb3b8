import CommandLine
import JSON
import Services

/// `coffer check`.
enum CheckCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let report = try workspace.check()
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.key("ok")
            json.bool(report.findings.isEmpty)
            json.key("checked")
            json.beginObject()
            for (name, count) in report.counts {
                json.key(name)
                json.integer(count)
            }
            json.endObject()
            json.objects("findings", report.findings) { json, finding in
                json.key("code")
                json.string(finding.code)
                json.key("message")
                json.string(finding.message)
                json.key("count")
                json.integer(finding.count)
            }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            for finding in report.findings {
                let more = finding.count > 1 ? " (and \(finding.count - 1) more)" : ""
                context.output.remark("\(finding.code): \(finding.message)\(more)")
            }
            let counts = report.counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            context.output.line(
                report.findings.isEmpty ? "all is well: \(counts)" : "not well: \(counts)"
            )
        }
        return report.findings.isEmpty ? .ok : .finding
    }
}
