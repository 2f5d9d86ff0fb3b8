import CommandLine
import JSON
import Money
import MoneyJSON
import Services
import Time

/// `coffer years close`, `list` and `reopen`.
enum YearsCommand {
    static func performClose(_ context: CommandContext) throws -> ExitCode {
        let year = try year(context)
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        let closed = try workspace.closeYear(year, of: user.id, settings: context.reportSettings())
        if context.json {
            context.output.writeJSON(render([closed]))
        } else {
            let figures = closed.was
            context.output.line(
                "\(year) is closed: disposals \(figures.disposals), proceeds \(figures.proceeds), cost \(figures.cost), "
                    + "gain \(figures.gain), income \(figures.income) \(closed.settings.currency.uppercased())"
            )
        }
        return .ok
    }

    static func performReopen(_ context: CommandContext) throws -> ExitCode {
        let year = try year(context)
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        try workspace.reopenYear(year, of: user.id)
        if context.json {
            context.output.writeJSON(Array("{\"year\":\(year)}".utf8))
        } else {
            context.output.line("\(year) is open again")
        }
        return .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user"))
        let years = try workspace.closedYears(of: user.id)
        if context.json {
            context.output.writeJSON(render(years))
        } else if years.isEmpty {
            context.output.line("no year is closed: coffer years close YEAR")
        } else {
            var table = TextTable([
                .left("year"), .left("closed"), .left("method"), .right("disposals"), .decimal("proceeds"),
                .decimal("cost"), .decimal("gain"), .decimal("income"), .left("since then"),
            ])
            for year in years {
                table.append([
                    String(year.year), year.closed.day.description,
                    "\(year.settings.method), \(year.settings.currency.uppercased())",
                    String(year.was.disposals), year.was.proceeds.description, year.was.cost.description,
                    year.was.gain.description, year.was.income.description, year.difference ?? "unchanged",
                ])
            }
            context.output.write(table.render())
        }
        return years.contains(where: \.isChanged) ? .finding : .ok
    }

    private static func year(_ context: CommandContext) throws -> Int {
        guard let text = context.command.argument(0), let year = Int(text), (1...9998).contains(year),
            String(year) == text
        else { throw UsageError.badYear(context.command.argument(0) ?? "") }
        return year
    }

    private static func render(_ years: [ClosedYear]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.objects("years", years) { json, year in
            json.key("year")
            json.integer(year.year)
            json.key("closed")
            json.time(year.closed)
            json.key("method")
            json.string(year.settings.method)
            json.key("currency")
            json.string(year.settings.currency.uppercased())
            json.key("was")
            json.figures(year.was)
            json.key("now")
            json.figures(year.now)
            json.key("changed")
            json.bool(year.isChanged)
            json.key("difference")
            json.string(orNull: year.difference)
        }
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    fileprivate mutating func figures(_ figures: YearFigures) {
        beginObject()
        key("disposals")
        integer(figures.disposals)
        money(
            [
                ("proceeds", figures.proceeds), ("cost", figures.cost), ("gain", figures.gain),
                ("income", figures.income),
            ],
            decimals: 0
        )
        endObject()
    }
}
