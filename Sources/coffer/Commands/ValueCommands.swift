import CommandLine
import Money
import Services
import Time
import Valuation

/// `coffer value`: what holdings are worth at an instant.
enum ValueCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let question = try ValueQuestion(context)
        let report = try question.workspace.value(
            of: question.user,
            scope: question.scope,
            currency: question.currency,
            at: try question.instant("at")
        )
        if context.json {
            context.output.writeJSON(ValueJSON.render(report))
        } else {
            context.output.write(ValueText.render(report))
        }
        return .ok
    }
}

/// `coffer history`: what holdings were worth over time.
enum HistoryCommand {
    static let standardStep = HistoryStep.daily

    static func perform(_ context: CommandContext) throws -> ExitCode {
        let question = try ValueQuestion(context)
        let step = context.command.value("step").flatMap { HistoryStep(rawValue: $0) } ?? standardStep
        let history = try question.workspace.valueHistory(
            of: question.user,
            scope: question.scope,
            currency: question.currency,
            from: try question.instant("from"),
            to: try question.instant("to"),
            step: step,
            zone: question.zone
        )
        if context.json {
            context.output.writeJSON(ValueJSON.render(history, step: step))
        } else {
            context.output.write(ValueText.render(history))
        }
        return .ok
    }
}

/// `coffer performance`: the figures of a range.
enum PerformanceCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let question = try ValueQuestion(context)
        var request = PerformanceRequest(currency: question.currency)
        request.scope = question.scope
        request.from = try question.instant("from")
        request.to = try question.instant("to")
        request.zone = question.zone
        if let text = context.command.value("risk-free") {
            request.settings.riskFreeRate = try ValueQuestion.fraction(text, option: "risk-free")
        }
        request.benchmark = try context.command.value("benchmark").map(ValueQuestion.benchmark) ?? []
        let report = try question.workspace.performance(of: question.user, request)
        if context.json {
            context.output.writeJSON(ValueJSON.render(report))
        } else {
            context.output.write(ValueText.render(report))
        }
        return .ok
    }
}

/// What all commands of values are asked: whose holdings, in which currency, by which days.
struct ValueQuestion {
    let workspace: Workspace
    let user: UserID
    let scope: ValueScope
    let currency: String
    let zone: String
    private let context: CommandContext

    init(_ context: CommandContext) throws {
        self.context = context
        let (portfolio, account) = (context.command.value("portfolio"), context.command.value("account"))
        if portfolio != nil, account != nil { throw UsageError.together("portfolio", "account") }
        workspace = try context.reader()
        user = try workspace.user(named: context.command.value("user")).id
        scope = try workspace.scope(of: user, portfolio: portfolio, account: account)
        let settings = context.reportSettings()
        (currency, zone) = (settings.currency, settings.zone)
    }

    /// The instant of an option; a date is the start of that day in the time zone.
    func instant(_ option: String) throws -> Timestamp? {
        guard let text = context.command.value(option) else { return nil }
        do {
            let time = try Timestamp.parse(text)
            guard text.utf8.count == 10 else { return time }
            return try TaxZone(named: zone).calendar.start(of: time.day)
        } catch is TimeError {
            throw UsageError.badTime(text)
        }
    }

    /// One asset such as `BTC`, or a mix such as `BTC=60%,USD=40%`.
    static func benchmark(_ text: String) throws -> [BenchmarkPart] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let words = part.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2 else {
                guard words.count == 1, text == part else { throw UsageError.badBenchmark(text) }
                return BenchmarkPart(code: String(part), fraction: .one)
            }
            return BenchmarkPart(
                code: String(words[0]),
                fraction: try fraction(String(words[1]), option: "benchmark")
            )
        }
    }

    /// A rate such as `4.5%` or `0.045`.
    static func fraction(_ text: String, option: String) throws -> Amount {
        let isPercent = text.hasSuffix("%")
        guard let number = try? Amount.parse(isPercent ? String(text.dropLast()) : text),
            number.magnitude <= Amount(whole: 100)
        else { throw UsageError.badRate(option, text) }
        return isPercent ? try number.divided(by: Amount(whole: 100)) : number
    }
}
