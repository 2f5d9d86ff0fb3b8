import CommandLine
import Ledger
import Money
import Services

/// `coffer portfolio currencies`.
enum CurrenciesCommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let (added, removed) = (context.command.values("add"), context.command.values("remove"))
        let isChange = !added.isEmpty || !removed.isEmpty
        let workspace = isChange ? try context.writer() : try context.reader()
        let user = try workspace.user(named: context.command.value("user")).id
        let id = try workspace.portfolio(context.command.argument(0), of: user).id
        let portfolio =
            isChange
            ? try workspace.changeTrackedCurrencies(
                of: id,
                of: user,
                adding: added,
                removing: removed,
                answer: { $0 },
                kept: TrackingCommand.nothing
            ) : try workspace.trackedPortfolio(id, of: user)
        let sums = try workspace.currencySums(of: id, of: user)
        let converted = try workspace.convertedSums(of: id, of: user)
        if context.json {
            context.output.writeJSON(TrackingJSON.render(portfolio, sums, converted))
        } else {
            context.output.write(TrackingText.render(sums, converted))
        }
        return .ok
    }
}

/// What the commands of addresses and offsets share.
enum TrackingCommand {
    /// What made a thing that was typed.
    static let source = "command-line"

    @Sendable
    static func nothing<Value>(_ value: Value) -> KeptAnswer { KeptAnswer(status: 200, body: []) }

    /// The number that is typed first.
    static func number(_ context: CommandContext) throws -> AccountID {
        guard let text = context.command.argument(0), let raw = UInt32(text) else {
            throw TrackingRefusal.notFound
        }
        return AccountID(raw: raw)
    }
}

/// `coffer address add|list|refresh|remove`.
enum AddressCommand {
    static func performAdd(_ context: CommandContext) throws -> ExitCode {
        guard let code = context.command.argument(0), let address = context.command.argument(1) else {
            return .usage
        }
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let made = try workspace.addTrackedAddress(
            in: try workspace.portfolio(context.command.value("portfolio"), of: user).id,
            of: user,
            title: context.command.value("title"),
            address: address,
            currency: code,
            source: TrackingCommand.source,
            answer: { $0 },
            kept: TrackingCommand.nothing
        )
        if context.json {
            context.output.writeJSON(TrackingJSON.render(made))
        } else {
            context.output.line("address \(made.id.raw) is tracked: \(TerminalText.harmless(made.address))")
            if let error = made.latestError {
                context.output.remark(TerminalText.harmless(error))
            } else {
                context.output.line("read it now: coffer address refresh \(made.id.raw)")
            }
        }
        return made.isInvalid ? .finding : .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user")).id
        show(try workspace.trackedPortfolios(of: user).flatMap(\.addresses), context)
        return .ok
    }

    static func performRefresh(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let id = try context.command.argument(0).map { _ in try TrackingCommand.number(context) }
        let addresses = try workspace.refreshAddresses(of: user, only: id)
        show(addresses, context)
        return addresses.allSatisfy { $0.latestError == nil } ? .ok : .finding
    }

    static func performRemove(_ context: CommandContext) throws -> ExitCode {
        let id = try TrackingCommand.number(context)
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let gone = try workspace.deleteTrackedAddress(
            id,
            of: user,
            answer: { $0 },
            kept: TrackingCommand.nothing
        )
        if context.json {
            context.output.writeJSON(TrackingJSON.render(gone))
        } else {
            context.output.line("address \(id.raw) is tracked no more; its entries no longer count")
        }
        return .ok
    }

    private static func show(_ addresses: [TrackedAddress], _ context: CommandContext) {
        if context.json {
            context.output.writeJSON(TrackingJSON.render(addresses))
        } else {
            context.output.write(TrackingText.render(addresses))
        }
    }
}

/// `coffer offset add|list|set|remove`.
enum OffsetCommand {
    static func performAdd(_ context: CommandContext) throws -> ExitCode {
        guard let title = context.command.argument(0) else { return .usage }
        let balances = try balances(context)
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let made = try workspace.addTrackedOffset(
            in: try workspace.portfolio(context.command.value("portfolio"), of: user).id,
            of: user,
            title: title,
            balances: balances,
            source: TrackingCommand.source,
            answer: { $0 },
            kept: TrackingCommand.nothing
        )
        show(made, "offset \(made.id.raw) is stated", context)
        return .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user")).id
        let offsets = try workspace.trackedPortfolios(of: user).flatMap(\.offsets)
        if context.json {
            context.output.writeJSON(TrackingJSON.render(offsets))
        } else {
            context.output.write(TrackingText.render(offsets))
        }
        return .ok
    }

    static func performSet(_ context: CommandContext) throws -> ExitCode {
        let id = try TrackingCommand.number(context)
        let given = try balances(context)
        let isEmptied = context.command.flag("none")
        if isEmptied, !given.isEmpty { throw UsageError.together("none", "balance") }
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let changed = try workspace.changeTrackedOffset(
            id,
            of: user,
            title: context.command.value("title"),
            balances: given.isEmpty && !isEmptied ? nil : given,
            answer: { $0 },
            kept: TrackingCommand.nothing
        )
        show(changed, "offset \(id.raw) is changed", context)
        return .ok
    }

    static func performRemove(_ context: CommandContext) throws -> ExitCode {
        let id = try TrackingCommand.number(context)
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user")).id
        let gone = try workspace.deleteTrackedOffset(
            id,
            of: user,
            answer: { $0 },
            kept: TrackingCommand.nothing
        )
        show(gone, "offset \(id.raw) is deleted; its corrections no longer count", context)
        return .ok
    }

    private static func balances(_ context: CommandContext) throws -> [StatedBalance] {
        try context.command.values("balance").map { text in
            let words = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2 else {
                throw TrackingRefusal.invalid(["\(text) is no balance; expected such as BTC=0.5"])
            }
            return try StatedBalance(code: String(words[0]), text: String(words[1]))
        }
    }

    private static func show(_ offset: TrackedOffset, _ line: String, _ context: CommandContext) {
        if context.json {
            context.output.writeJSON(TrackingJSON.render(offset))
        } else {
            context.output.line(line)
        }
    }
}
