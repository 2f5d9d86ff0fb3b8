import CommandLine
import JSON
import OperatorsAPI
import Services
import Storage

/// `coffer client add|list|show|rotate|remove|first-party|redirects`.
enum ClientCommand {
    /// What a client may ask for when nothing is named.
    static let standardScopes = "read,write"

    static func performAdd(_ context: CommandContext) throws -> ExitCode {
        guard let name = context.command.argument(0) else { return .usage }
        let scopes = (context.command.value("scopes") ?? standardScopes).split(separator: ",").map(
            String.init
        )
        let workspace = try context.writer()
        let owner = try workspace.user(named: context.command.value("user"))
        let made = try workspace.registerClient(
            name: name,
            redirects: Array(context.command.arguments.dropFirst()),
            scopes: try Workspace.scopes(scopes),
            isConfidential: !context.command.flag("public"),
            of: owner.id
        )
        let client =
            context.command.flag("first-party")
            ? try workspace.setFirstParty(true, of: made.client.publicID) : made.client
        show(client, owner, secret: made.secret, context)
        return .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let owners = try workspace.users()
        let wanted = try context.command.value("user").map { try workspace.user(named: $0).id }
        let clients = try workspace.oauthClients().filter { wanted == nil || $0.owner == wanted }
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.array("clients", clients) { json, client in
                OperatorsBodies.render(client, owner: owners.first { $0.id == client.owner }, to: &json)
            }
            json.endObject()
            context.output.writeJSON(json.finish())
            return .ok
        }
        var table = TextTable([
            .left("client id"), .left("name"), .left("owner"), .left("sort"), .left("scopes"),
            .left("redirects"),
        ])
        for client in clients {
            let owner = owners.first { $0.id == client.owner }
            table.append([
                client.publicID, client.name, owner?.email ?? owner?.name ?? "", sort(client),
                client.scopes.map(\.rawValue).joined(separator: ","), client.redirects.joined(separator: " "),
            ])
        }
        context.output.write(table.render())
        return .ok
    }

    static func performShow(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let client = try client(context, workspace)
        show(client, try workspace.user(client.owner), secret: nil, context)
        return .ok
    }

    static func performRotate(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let client = try client(context, workspace)
        let rotated = try workspace.rotateSecret(client.publicID, of: client.owner)
        show(rotated.client, try workspace.user(client.owner), secret: rotated.secret, context)
        return .ok
    }

    static func performRemove(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let client = try client(context, workspace)
        try workspace.deleteClient(client.publicID, of: client.owner)
        say("client \(client.publicID) (\(client.name)) is removed, and all that it was allowed", context)
        return .ok
    }

    static func performFirstParty(_ context: CommandContext) throws -> ExitCode {
        let word = context.command.argument(1) ?? ""
        guard ["on", "off"].contains(word) else { throw UsageError.badSwitch(word) }
        let workspace = try context.writer()
        let client = try workspace.setFirstParty(word == "on", of: try client(context, workspace).publicID)
        say(
            "client \(client.publicID) (\(client.name)) may \(client.isFirstParty ? "" : "not ")take passwords",
            context
        )
        return .ok
    }

    static func performRedirects(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let old = try client(context, workspace)
        let client = try workspace.changeClient(
            old.publicID,
            of: old.owner,
            redirects: Array(context.command.arguments.dropFirst())
        )
        show(client, try workspace.user(client.owner), secret: nil, context)
        return .ok
    }

    private static func client(_ context: CommandContext, _ workspace: Workspace) throws -> OAuthClientInfo {
        let id = context.command.argument(0) ?? ""
        guard let client = try workspace.oauthClient(publicID: id) else {
            throw OAuthRefusal.unknownClient(id)
        }
        return client
    }

    private static func sort(_ client: OAuthClientInfo) -> String {
        (client.isConfidential ? "confidential" : "public") + (client.isFirstParty ? ", first-party" : "")
    }

    private static func show(
        _ client: OAuthClientInfo,
        _ owner: UserInfo,
        secret: String?,
        _ context: CommandContext
    ) {
        if context.json {
            var json = JSONWriter()
            OperatorsBodies.render(client, owner: owner, secret: secret, to: &json)
            context.output.writeJSON(json.finish())
            return
        }
        context.output.line("client id   \(client.publicID)")
        if let secret { context.output.line("secret      \(secret)") }
        context.output.line("name        \(client.name)")
        context.output.line("owner       \(owner.email ?? owner.name)")
        context.output.line("sort        \(sort(client))")
        context.output.line("scopes      \(client.scopes.map(\.rawValue).joined(separator: ","))")
        for redirect in client.redirects { context.output.line("redirect    \(redirect)") }
        if secret != nil { context.output.remark("the secret is shown only now") }
    }

    private static func say(_ words: String, _ context: CommandContext) {
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line(words)
        }
    }
}

/// `coffer quota set|list|unset`.
enum QuotaCommand {
    static func performSet(_ context: CommandContext) throws -> ExitCode {
        let range = OAuthLimits.quotaRange
        guard let rate = try context.command.integer("rate", in: range) else {
            throw UsageError.missing("rate")
        }
        let burst = try context.command.integer("burst", in: range) ?? rate
        let holder = try Holder(context)
        let workspace = try context.writer()
        switch try holder.find(workspace) {
        case .user(let user): try workspace.setQuota(requestsPerSecond: rate, burst: burst, ofUser: user)
        case .client(let client):
            try workspace.setQuota(requestsPerSecond: rate, burst: burst, ofClient: client)
        }
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line("\(holder.text) has \(rate) requests a second, \(burst) at once")
        }
        return .ok
    }

    static func performUnset(_ context: CommandContext) throws -> ExitCode {
        let holder = try Holder(context)
        let workspace = try context.writer()
        let hadOne =
            switch try holder.find(workspace) {
            case .user(let user): try workspace.unsetQuota(ofUser: user)
            case .client(let client): try workspace.unsetQuota(ofClient: client)
            }
        guard hadOne else { throw WorkspaceError.noQuota(holder.text) }
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line("\(holder.text) has the usual rate")
        }
        return .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let quotas = try context.reader().quotas()
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.array("quotas", quotas) { json, quota in OperatorsBodies.render(quota, to: &json) }
            json.endObject()
            context.output.writeJSON(json.finish())
            return .ok
        }
        var table = TextTable([
            .left("sort"), .left("id"), .left("name"), .right("a second"), .right("at once"),
        ])
        for quota in quotas {
            table.append([
                quota.user == nil ? "client" : "user", quota.user?.uuid ?? quota.client?.publicID ?? "",
                quota.user.map { $0.email ?? $0.name } ?? quota.client?.name ?? "",
                String(quota.requestsPerSecond), String(quota.burst),
            ])
        }
        context.output.write(table.render())
        return .ok
    }

    /// Whose quota is meant.
    private struct Holder {
        enum Found {
            case user(UserInfo)
            case client(OAuthClientInfo)
        }

        let user: String?
        let client: String?

        init(_ context: CommandContext) throws {
            user = context.command.value("user")
            client = context.command.value("client")
            guard user == nil || client == nil else { throw UsageError.together("user", "client") }
            guard user != nil || client != nil else { throw UsageError.missing("user or --client") }
        }

        var text: String { user ?? client ?? "" }

        func find(_ workspace: Workspace) throws -> Found {
            if let user { return .user(try workspace.user(named: user)) }
            guard let found = try workspace.oauthClient(publicID: text) else {
                throw OAuthRefusal.unknownClient(text)
            }
            return .client(found)
        }
    }
}
