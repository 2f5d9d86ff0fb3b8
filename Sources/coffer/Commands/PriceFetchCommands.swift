import CommandLine
import JSON
import Money
import MoneyJSON
import Services
import Time

/// `coffer prices fetch`: what services give, now.
enum PriceFetchCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        var request = PriceFetchRequest()
        request.asset = context.command.value("asset")
        request.source = context.command.value("source")
        request.from = try PriceInput.time(context, "from")
        request.to = try PriceInput.time(context, "to")
        if let step = PriceInput.step(context) { request.step = step }
        if let from = request.from, let to = request.to, from >= to {
            throw WorkspaceError.invertedRange(from: from.description, to: to.description)
        }
        let workspace = try context.writer()
        let progress = ProgressDrawer("fetching prices", output: context.output)
        let outcome = try workspace.fetchPrices(request) { progress.update($0, of: $1) }
        progress.finish()
        if context.json {
            context.output.writeJSON(render(outcome))
        } else {
            show(outcome, context.output)
        }
        return outcome.results.contains { $0.error == nil } || outcome.results.isEmpty ? .ok : .refused
    }

    private static func show(_ outcome: PriceFetchOutcome, _ output: Output) {
        var table = TextTable([
            .left("pair"), .left("source"), .right("closes"), .right("latest"), .left("remarks"),
        ])
        for result in outcome.results {
            var remarks: [String] = []
            if let error = result.error { remarks.append(TerminalText.harmless(error)) }
            if let limit = result.limitedFrom { remarks.append("nothing before \(limit.day)") }
            table.append([
                "\(result.base)/\(result.quote)", result.source, String(result.closes),
                result.spot?.description ?? "-", remarks.joined(separator: "; "),
            ])
        }
        if table.isEmpty { output.line("there is nothing to fetch") } else { output.write(table.render()) }
        if !outcome.unserved.isEmpty {
            let codes = outcome.unserved.joined(separator: ", ")
            output.remark("no service that is turned on has prices of \(codes)")
        }
    }

    private static func render(_ outcome: PriceFetchOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.objects("fetched", outcome.results) { json, result in
            json.key("base")
            json.string(result.base)
            json.key("quote")
            json.string(result.quote)
            json.key("source")
            json.string(result.source)
            json.key("closes")
            json.integer(result.closes)
            json.key("latest")
            json.amount(result.spot)
            json.key("nothing_before")
            json.time(result.limitedFrom)
            json.key("error")
            if let error = result.error { json.string(error) } else { json.null() }
        }
        json.array("unserved", outcome.unserved) { json, code in json.string(code) }
        json.endObject()
        return json.finish()
    }
}

/// `coffer prices set` and `coffer prices unset`: prices that the owner names.
enum ManualPriceCommand {
    static func performSet(_ context: CommandContext) throws -> ExitCode {
        guard let base = context.command.argument(0), let quote = context.command.argument(1),
            let text = context.command.argument(2)
        else { return .usage }
        guard let price = try? Amount.parse(text) else { throw UsageError.noNumber(text) }
        let given = try PriceInput.time(context, "at")
        let workspace = try context.writer()
        let time = given ?? workspace.time
        try workspace.setPrice(of: base, in: quote, price, at: time)
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.key("base")
            json.string(base.uppercased())
            json.key("quote")
            json.string(quote.uppercased())
            json.key("price")
            json.amount(price)
            json.key("time")
            json.time(time)
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            context.output.line("1 \(base.uppercased()) is \(price) \(quote.uppercased()) from \(time) on")
        }
        return .ok
    }

    static func performUnset(_ context: CommandContext) throws -> ExitCode {
        guard let base = context.command.argument(0), let quote = context.command.argument(1) else {
            return .usage
        }
        let time = try PriceInput.time(context, "at")
        let count = try context.writer().unsetPrice(of: base, in: quote, at: time)
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.key("removed")
            json.integer(count)
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            context.output.line("manual prices taken back: \(count)")
        }
        return .ok
    }
}

/// `coffer prices order`: which source of an asset's prices is preferred.
enum PriceOrderCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        guard let code = context.command.argument(0) else { return .usage }
        let sources = Array(context.command.arguments.dropFirst())
        let isReset = context.command.flag("reset")
        if isReset, !sources.isEmpty { throw UsageError.orderAndReset }
        let workspace = try sources.isEmpty && !isReset ? context.reader() : context.writer()
        if !sources.isEmpty || isReset { try workspace.setPriceOrder(of: code, sources) }
        let order = try workspace.priceOrder(of: code)
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.key("asset")
            json.string(code.uppercased())
            json.array("given", order.given) { json, name in json.string(name) }
            json.array("order", order.known) { json, name in json.string(name) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            context.output.line("\(code.uppercased()): \(order.known.joined(separator: ", "))")
        }
        return .ok
    }
}

/// What several commands of prices read from the command line.
enum PriceInput {
    /// The seconds of `--step`.
    static func step(_ context: CommandContext) -> Int64? {
        switch context.command.value("step") {
        case "minute": 60
        case "hour": 3_600
        case "day": 86_400
        default: nil
        }
    }

    /// The words of `--step`.
    static let steps = ["minute", "hour", "day"]

    /// The instant of an option; a date is its midnight in UTC.
    static func time(_ context: CommandContext, _ option: String) throws -> Timestamp? {
        guard let text = context.command.value(option) else { return nil }
        do { return try Timestamp.parse(text) } catch { throw UsageError.badTime(text) }
    }
}
