import CommandLine
import Money
import Services
import Valuation

/// `coffer portfolio list|add|set|delete|targets|drift`.
enum PortfolioCommand {
    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user")).id
        let views = try workspace.portfolios(of: user, activeOnly: context.command.flag("active"))
        if context.json {
            context.output.writeJSON(PortfolioJSON.render(views))
        } else {
            context.output.write(PortfolioText.render(views))
        }
        return .ok
    }

    static func performAdd(_ context: CommandContext) throws -> ExitCode {
        guard let name = context.command.argument(0) else { return .usage }
        var draft = PortfolioDraft(title: name)
        draft.description = context.command.value("description")
        draft.risk = try risk(context) ?? draft.risk
        draft.isActive = !context.command.flag("inactive")
        draft.isDefault = context.command.flag("default")
        draft.targets = try context.command.value("targets").map(targets) ?? []
        draft.tags = tags(context) ?? []
        if let text = context.command.value("initial") {
            draft.openingDeposit = try amount(text, option: "initial")
        }
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let view = try workspace.makePortfolio(
            draft,
            of: user,
            answer: { $0 },
            kept: { _ in KeptAnswer(status: 201, body: []) }
        )
        show(view, "portfolio \(view.info.title) created, id \(view.info.uuid)", context)
        return .ok
    }

    static func performSet(_ context: CommandContext) throws -> ExitCode {
        var edit = PortfolioEdit()
        edit.title = context.command.value("name")
        edit.description = context.command.value("description")
        edit.risk = try risk(context)
        if context.command.flag("active"), context.command.flag("inactive") {
            throw UsageError.together("active", "inactive")
        }
        if context.command.flag("active") { edit.isActive = true }
        if context.command.flag("inactive") { edit.isActive = false }
        edit.targets = try context.command.value("targets").map(targets)
        edit.tags = tags(context)
        edit.becomesDefault = context.command.flag("default")
        edit.isRebalanced = context.command.flag("rebalanced")
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let portfolio = try workspace.portfolio(context.command.argument(0), of: user)
        for account in context.command.values("account") {
            try workspace.moveAccount(account, of: user, to: portfolio)
        }
        let view = try workspace.changePortfolio(
            portfolio.uuid,
            of: user,
            edit,
            answer: { $0 },
            kept: { _ in KeptAnswer(status: 200, body: []) }
        )
        show(view, "portfolio \(view.info.title) is changed", context)
        return .ok
    }

    static func performDelete(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let portfolio = try workspace.portfolio(context.command.argument(0), of: user)
        try workspace.deletePortfolio(
            portfolio.uuid,
            of: user,
            force: context.command.flag("force"),
            kept: KeptAnswer(status: 204, body: [])
        )
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line("portfolio \(portfolio.title) is deleted")
        }
        return .ok
    }

    static func performTargets(_ context: CommandContext) throws -> ExitCode {
        let view = try view(context)
        if context.json {
            context.output.writeJSON(PortfolioJSON.targets(view))
        } else {
            context.output.write(PortfolioText.targets(view))
        }
        return .ok
    }

    static func performDrift(_ context: CommandContext) throws -> ExitCode {
        let view = try view(context)
        if context.json {
            context.output.writeJSON(PortfolioJSON.drift(view))
        } else {
            context.output.write(PortfolioText.drift(view))
        }
        return .ok
    }

    /// The portfolio that a command names, or the default one.
    static func view(_ context: CommandContext, option: Bool = false) throws -> PortfolioView {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user")).id
        let name = option ? context.command.value("portfolio") : context.command.argument(0)
        return try workspace.portfolioView(try workspace.portfolio(name, of: user))
    }

    private static func show(_ view: PortfolioView, _ line: String, _ context: CommandContext) {
        if context.json {
            context.output.writeJSON(PortfolioJSON.render(view))
        } else {
            context.output.line(line)
        }
    }

    // MARK: Words

    private static func risk(_ context: CommandContext) throws -> RiskTolerance? {
        context.command.value("risk").flatMap { RiskTolerance(rawValue: $0) }
    }

    private static func tags(_ context: CommandContext) -> [String]? {
        guard let text = context.command.value("tags") else { return nil }
        return text.split(separator: ",").map { String($0) }
    }

    /// Shares such as `BTC=60%,ETH=0.4`.
    private static func targets(_ text: String) throws -> [AllocationShare] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let words = part.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2 else { throw UsageError.badTargets(text) }
            return AllocationShare(
                code: String(words[0]),
                fraction: try ValueQuestion.fraction(String(words[1]), option: "targets")
            )
        }
    }

    static func amount(_ text: String, option: String) throws -> Amount {
        guard let amount = try? Amount.parse(text), !amount.isNegative else {
            throw UsageError.badAmount(option, text)
        }
        return amount
    }
}

/// `coffer rebalance`: what would restore a portfolio's targets.
enum RebalanceCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        var settings = RebalancingSettings()
        if let text = context.command.value("minimum") {
            settings.minimumTrade = try PortfolioCommand.amount(text, option: "minimum")
        }
        if let text = context.command.value("fee") {
            settings.feeFraction = try ValueQuestion.fraction(text, option: "fee")
        }
        if let text = context.command.value("add") {
            settings.addedCash = try PortfolioCommand.amount(text, option: "add")
        }
        settings.allowsSells = !context.command.flag("no-sells")
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user")).id
        let portfolio = try workspace.portfolio(context.command.value("portfolio"), of: user)
        let plan = try workspace.rebalancePlan(portfolio, settings)
        if context.json {
            context.output.writeJSON(PortfolioJSON.render(plan))
        } else {
            context.output.write(PortfolioText.render(plan))
        }
        return .ok
    }
}
