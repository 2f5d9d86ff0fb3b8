import CommandLine
import JSON
import Money
import MoneyJSON
import Services
import Time

/// `coffer prices gaps`: the days without a price.
enum PriceGapsCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let from = try PriceInput.time(context, "from")
        let to = try PriceInput.time(context, "to")
        let report = try context.reader().priceGaps(
            asset: context.command.value("asset"),
            from: from,
            to: to
        )
        if context.json {
            context.output.writeJSON(render(report))
        } else {
            show(report, context.output)
        }
        return .ok
    }

    private static func show(_ report: PriceGapReport, _ output: Output) {
        var table = TextTable([
            .left("pair"), .left("source"), .right("days"), .left("missing from"), .left("to"),
        ])
        for row in report.rows {
            for gap in row.gaps {
                table.append([
                    "\(row.base)/\(row.quote)", row.source, String(gap.days), gap.from.description,
                    gap.to.description,
                ])
            }
        }
        if table.isEmpty {
            output.line("no series has a gap up to \(report.to)")
        } else {
            output.write(table.render())
        }
        if !report.unpriced.isEmpty {
            output.line("no price at all: \(report.unpriced.joined(separator: ", "))")
        }
    }

    private static func render(_ report: PriceGapReport) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("from")
        if let from = report.from { json.string(from.description) } else { json.null() }
        json.key("to")
        json.string(report.to.description)
        json.objects("series", report.rows) { json, row in
            json.key("base")
            json.string(row.base)
            json.key("quote")
            json.string(row.quote)
            json.key("source")
            json.string(row.source)
            json.key("days_present")
            json.integer(row.present)
            json.key("days_missing")
            json.integer(row.missing)
            json.objects("gaps", row.gaps) { json, gap in
                json.key("from")
                json.string(gap.from.description)
                json.key("to")
                json.string(gap.to.description)
                json.key("days")
                json.integer(gap.days)
            }
        }
        json.array("no_price_at_all", report.unpriced) { json, code in json.string(code) }
        json.endObject()
        return json.finish()
    }
}

/// `coffer convert`: an amount in another asset.
enum ConvertCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        guard let text = context.command.argument(0), let from = context.command.argument(1),
            let to = context.command.argument(2)
        else { return .usage }
        guard let amount = try? Amount.parse(text) else { throw UsageError.noNumber(text) }
        let time = try PriceInput.time(context, "at")
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user"))
        let report = try workspace.convert(amount, from: from, to: to, at: time, of: user.id)
        if context.json {
            context.output.writeJSON(render(report))
        } else {
            show(report, context.output)
        }
        return .ok
    }

    private static func show(_ report: ConversionReport, _ output: Output) {
        output.line(
            "\(report.amount) \(report.from.displayCode) is \(report.value) \(report.to.displayCode) at \(report.time)"
        )
        guard !report.steps.isEmpty else { return }
        let path = report.path.map(\.displayCode).joined(separator: " > ")
        output.line("path \(path), rate \(report.rate)")
        var table = TextTable([
            .left("price of"), .decimal("price"), .left("in"), .left("source"), .left("from"), .right("age"),
        ])
        for step in report.steps {
            table.append([
                step.base.displayCode, step.price.description, step.quote.displayCode, step.source,
                step.time.description,
                ReportText.age(seconds: step.ageSeconds) + (step.isStale ? ", stale" : ""),
            ])
        }
        output.write(table.render())
    }

    private static func render(_ report: ConversionReport) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("amount")
        json.amount(report.amount)
        json.key("from")
        json.string(report.from.displayCode)
        json.key("to")
        json.string(report.to.displayCode)
        json.key("time")
        json.time(report.time)
        json.key("value")
        json.amount(report.value)
        json.key("rate")
        json.amount(report.rate)
        json.array("path", report.path) { json, asset in json.string(asset.displayCode) }
        json.key("price_time")
        json.time(report.priceTime)
        json.key("age_seconds")
        json.integer(Int(report.ageSeconds))
        json.key("stale")
        json.bool(report.isStale)
        json.objects("steps", report.steps) { json, step in
            json.key("base")
            json.string(step.base.displayCode)
            json.key("quote")
            json.string(step.quote.displayCode)
            json.key("price")
            json.amount(step.price)
            json.key("inverted")
            json.bool(step.isInverted)
            json.key("source")
            json.string(step.source)
            json.key("time")
            json.time(step.time)
            json.key("age_seconds")
            json.integer(Int(step.ageSeconds))
            json.key("stale")
            json.bool(step.isStale)
        }
        json.endObject()
        return json.finish()
    }
}
