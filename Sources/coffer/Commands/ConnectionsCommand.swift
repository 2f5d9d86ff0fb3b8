import CommandLine
import Connectors
import Crypto
import FoundationEssentials
import JSON
import MoneyJSON
import Services
import Storage
import Time

/// `coffer connections add|change|list|remove|sync`.
enum ConnectionsCommand {
    static func performAdd(_ context: CommandContext) throws -> ExitCode {
        guard let venue = context.command.argument(0) else { return .usage }
        let workspace = try context.writer()
        let key = try ConnectionKey(context.connectionSecret(), named: context.command.value("key-name"))
        let user = try workspace.user(named: context.command.value("user"))
        let added = try workspace.addConnection(
            of: user.id,
            venue: venue.lowercased(),
            label: context.command.value("label"),
            credentials: VenueCredentials(key: key.name, secret: key.secret)
        )
        if context.json {
            var json = JSONWriter()
            render(added, to: &json)
            context.output.writeJSON(json.finish())
        } else {
            let label = TerminalText.harmless(added.label)
            context.output.line("connection \(added.id.raw) added: \(label), to the account \(label)")
            context.output.line("read it now: coffer connections sync \(added.id.raw)")
        }
        return .ok
    }

    static func performChange(_ context: CommandContext) throws -> ExitCode {
        guard let number = context.command.argument(0) else { return .usage }
        let label = context.command.value("label")
        guard label != nil || context.namesKey else { throw ConnectionKeyError.nothing }
        let workspace = try context.writer()
        var credentials: VenueCredentials?
        if context.namesKey {
            let key = try ConnectionKey(
                context.connectionSecret(),
                named: context.command.value("key-name")
            )
            credentials = VenueCredentials(key: key.name, secret: key.secret)
        }
        let user = try workspace.user(named: context.command.value("user"))
        guard let id = Int64(number) else { throw ConnectionError.unknown(number) }
        let changed = try workspace.changeConnection(id, of: user.id, label: label, credentials: credentials)
        if context.json {
            var json = JSONWriter()
            render(changed, to: &json)
            context.output.writeJSON(json.finish())
        } else {
            context.output.line("connection \(number) is changed: \(TerminalText.harmless(changed.label))")
            if credentials != nil {
                context.output.line("read it now with the new key: coffer connections sync \(number)")
            }
        }
        return .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user"))
        let connections = try workspace.connections(of: user.id)
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.array("connections", connections) { json, connection in render(connection, to: &json) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            var table = TextTable([
                .right("id"), .left("label"), .left("venue"), .left("added"), .left("read to the end"),
                .left("next"), .left("latest error"),
            ])
            for connection in connections {
                table.append([
                    String(connection.id.raw), TerminalText.harmless(connection.label), connection.venue,
                    connection.created.day.description, connection.synced?.description ?? "never",
                    connection.isInvalid
                        ? "not until its key changes" : connection.nextSync?.description ?? "now",
                    TerminalText.harmless(connection.latestError ?? ""),
                ])
            }
            context.output.write(table.render())
        }
        return .ok
    }

    static func performRemove(_ context: CommandContext) throws -> ExitCode {
        guard let number = context.command.argument(0) else { return .usage }
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        guard let id = Int64(number) else { throw ConnectionError.unknown(number) }
        try workspace.removeConnection(id, of: user.id)
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line(
                "connection \(number) is removed with its credentials; its entries stay. Revoke the key at the venue too"
            )
        }
        return .ok
    }

    static func performSync(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        var number: Int64?
        if let typed = context.command.argument(0) {
            guard let id = Int64(typed) else { throw ConnectionError.unknown(typed) }
            number = id
        }
        let outcome = try workspace.syncConnections(
            of: user.id,
            only: number,
            isAgain: context.command.flag("again")
        )
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.array("connections", outcome.connections) { json, sync in render(sync, to: &json) }
            json.array("errors", outcome.errors) { json, error in json.string(error) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            for sync in outcome.connections { show(sync, on: context.output) }
            for error in outcome.errors { context.output.remark(TerminalText.harmless(error)) }
        }
        if !outcome.errors.isEmpty { return .refused }
        let isWell = outcome.connections.allSatisfy { $0.errors.isEmpty && $0.differences.isEmpty }
        return isWell ? .ok : .finding
    }

    // MARK: Shown

    private static func show(_ sync: ConnectionSync, on output: Output) {
        let label = TerminalText.harmless(sync.label)
        let new = sync.importNumber.map { "\(sync.eventsInserted) new (import \($0))" } ?? "nothing new"
        let end = sync.isComplete ? "read to the end" : "not read to the end"
        output.line(
            "\(label): pages \(sync.pagesFetched), events \(sync.eventsFound), \(new), "
                + "known already \(sync.duplicatesSkipped); \(end)"
        )
        for error in sync.errors { output.remark(TerminalText.harmless(error)) }
        for remark in sync.remarks { output.remark("note: " + TerminalText.harmless(remark)) }
        for difference in sync.differences { output.remark("\(label): \(difference)") }
    }

    private static func render(_ connection: ConnectionInfo, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.integer(connection.id.raw)
        json.key("label")
        json.string(connection.label)
        json.key("venue")
        json.string(connection.venue)
        json.key("account")
        json.string(connection.account)
        json.key("created")
        json.time(connection.created)
        json.key("synced")
        json.time(connection.synced)
        json.key("next_sync")
        json.time(connection.nextSync)
        json.key("latest_error")
        json.string(orNull: connection.latestError)
        json.key("is_invalid")
        json.bool(connection.isInvalid)
        json.endObject()
    }

    private static func render(_ sync: ConnectionSync, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.integer(sync.id.raw)
        json.key("label")
        json.string(sync.label)
        json.key("venue")
        json.string(sync.venue)
        json.key("pages_fetched")
        json.integer(sync.pagesFetched)
        json.key("events_found")
        json.integer(sync.eventsFound)
        json.key("events_inserted")
        json.integer(sync.eventsInserted)
        json.key("duplicates_skipped")
        json.integer(sync.duplicatesSkipped)
        json.key("import")
        if let number = sync.importNumber { json.integer(number) } else { json.null() }
        json.key("complete")
        json.bool(sync.isComplete)
        json.objects("differences", sync.differences) { json, difference in
            json.key("asset")
            json.string(difference.asset)
            json.key("stated")
            json.amount(difference.stated)
            json.key("computed")
            json.amount(difference.computed)
        }
        json.array("errors", sync.errors) { json, error in json.string(error) }
        json.array("remarks", sync.remarks) { json, remark in json.string(remark) }
        json.endObject()
    }
}

/// `coffer backfill`.
enum BackfillCommand {
    /// The pages that are read where none are named, as bitcain has it.
    static let standardPages = 3

    static func perform(_ context: CommandContext) throws -> ExitCode {
        let pages =
            try context.command.integer("max-pages", in: ConnectionLimits.backfillPages) ?? standardPages
        let word = context.command.value("source") ?? BackfillSource.coinbaseLedger.rawValue
        guard let source = BackfillSource(rawValue: word) else { return .usage }
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        let outcome = try workspace.backfill(
            of: user.id,
            source: source,
            isDryRun: context.command.flag("dry-run"),
            maxPages: pages
        )
        if context.json {
            context.output.writeJSON(render(outcome))
        } else {
            let verb = outcome.isDryRun ? "would be new" : "new"
            context.output.line(
                "\(outcome.source.rawValue): pages \(outcome.pagesFetched), events \(outcome.eventsFound), "
                    + "\(outcome.eventsInserted) \(verb), known already \(outcome.duplicatesSkipped)"
            )
            for error in outcome.errors { context.output.remark(TerminalText.harmless(error)) }
            for remark in outcome.remarks { context.output.remark("note: " + TerminalText.harmless(remark)) }
        }
        guard outcome.errors.isEmpty else { return outcome.pagesFetched == 0 ? .refused : .finding }
        return .ok
    }

    private static func render(_ outcome: BackfillOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("source")
        json.string(outcome.source.rawValue)
        json.key("dry_run")
        json.bool(outcome.isDryRun)
        json.key("pages_fetched")
        json.integer(outcome.pagesFetched)
        json.key("events_found")
        json.integer(outcome.eventsFound)
        json.key("events_inserted")
        json.integer(outcome.eventsInserted)
        json.key("duplicates_skipped")
        json.integer(outcome.duplicatesSkipped)
        json.array("errors", outcome.errors) { json, error in json.string(error) }
        json.array("remarks", outcome.remarks) { json, remark in json.string(remark) }
        json.endObject()
        return json.finish()
    }
}
