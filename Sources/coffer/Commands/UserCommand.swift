import CommandLine
import Crypto
import JSON
import MoneyJSON
import OperatorsAPI
import Services
import Storage
import Time

/// `coffer user add|list|passwd|set-role|remove`.
enum UserCommand {
    static func performAdd(_ context: CommandContext) throws -> ExitCode {
        guard let email = context.command.argument(0) else { return .usage }
        let role = try Workspace.role(
            context.command.value("role") ?? (context.command.flag("admin") ? "admin" : "user")
        )
        let workspace = try context.writer()
        let password = Secret(Array(try context.password().utf8))
        let user = try workspace.addUser(
            email: email,
            name: context.command.value("name") ?? email,
            role: role,
            password: password
        )
        if context.json {
            var json = JSONWriter()
            OperatorsBodies.render(user, to: &json)
            context.output.writeJSON(json.finish())
        } else {
            context.output.line("user \(user.email ?? user.name) created, id \(user.uuid)")
        }
        return .ok
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let users = try workspace.users()
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.array("users", users) { json, user in OperatorsBodies.render(user, to: &json) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            var table = TextTable([
                .left("id"), .left("name"), .left("e-mail"), .left("role"), .left("created"),
                .left("password"),
            ])
            for user in users {
                table.append([
                    user.uuid, user.name, user.email ?? "", user.role, user.created.day.description,
                    user.hasPassword ? "set" : "none",
                ])
            }
            context.output.write(table.render())
        }
        return .ok
    }

    static func performPasswd(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.argument(0))
        try workspace.setPassword(Secret(Array(try context.password().utf8)), of: user.id)
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line("the password of \(user.email ?? user.name) is set")
        }
        return .ok
    }

    static func performSetRole(_ context: CommandContext) throws -> ExitCode {
        guard let name = context.command.argument(0), let word = context.command.argument(1) else {
            return .usage
        }
        let role = try Workspace.role(word)
        let workspace = try context.writer()
        let user = try workspace.user(named: name)
        try workspace.changeUser(user.id, role: role)
        say("\(user.email ?? user.name) has the role \(role.rawValue)", context)
        return .ok
    }

    static func performRemove(_ context: CommandContext) throws -> ExitCode {
        guard let name = context.command.argument(0) else { return .usage }
        let workspace = try context.writer()
        let user = try workspace.user(named: name)
        try workspace.deleteUser(user.id)
        say("user \(user.email ?? user.name) is removed", context)
        return .ok
    }

    private static func say(_ words: String, _ context: CommandContext) {
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line(words)
        }
    }
}

/// `coffer token create|list|revoke`.
enum TokenCommand {
    /// The days that a token lives when none are named.
    static let standardDays = 90
    /// What a token allows when nothing is named.
    static let standardScopes = "read,write"

    static func performCreate(_ context: CommandContext) throws -> ExitCode {
        let days = try context.command.integer("expires", in: 1...36_500) ?? standardDays
        let scopes = try scopes(context.command.value("scopes") ?? standardScopes)
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        let token = try workspace.createToken(
            for: user.id,
            label: context.command.value("label") ?? "",
            scopes: scopes,
            days: days
        )
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.key("token")
            json.string(token.text)
            json.key("id")
            json.string(String(token.info.id.raw))
            json.key("user_id")
            json.string(user.uuid)
            json.key("expires")
            json.time(token.info.expires)
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            context.output.line(token.text)
            context.output.remark("token \(token.info.id.raw), shown only now; it expires in \(days) days")
        }
        return .ok
    }

    private static func scopes(_ text: String) throws(UsageError) -> [TokenScope] {
        var scopes: [TokenScope] = []
        for word in text.split(separator: ",") {
            guard let scope = TokenScope.bitcain.first(where: { $0.rawValue == word }) else {
                throw .badScopes(text)
            }
            if !scopes.contains(scope) { scopes.append(scope) }
        }
        guard !scopes.isEmpty else { throw .badScopes(text) }
        return scopes
    }

    static func performList(_ context: CommandContext) throws -> ExitCode {
        let workspace = try context.reader()
        let user = try workspace.user(named: context.command.value("user"))
        let tokens = try workspace.tokens(of: user.id)
        if context.json {
            var json = JSONWriter()
            json.beginObject()
            json.array("tokens", tokens) { json, token in render(token, to: &json) }
            json.endObject()
            context.output.writeJSON(json.finish())
        } else {
            var table = TextTable([
                .right("id"), .left("label"), .left("scopes"), .left("created"), .left("expires"),
                .left("last used"), .left("state"),
            ])
            for token in tokens {
                table.append([
                    String(token.id.raw), token.label, token.scopes.map(\.rawValue).joined(separator: ","),
                    token.created.day.description, token.expires?.day.description ?? "never",
                    token.lastUsed?.description ?? "never", token.revoked == nil ? "" : "revoked",
                ])
            }
            context.output.write(table.render())
        }
        return .ok
    }

    static func performRevoke(_ context: CommandContext) throws -> ExitCode {
        guard let number = context.command.argument(0) else { return .usage }
        let workspace = try context.writer()
        let user = try workspace.user(named: context.command.value("user"))
        try workspace.revokeToken(number, of: user.id)
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line("token \(number) is revoked")
        }
        return .ok
    }

    private static func render(_ token: TokenInfo, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.string(String(token.id.raw))
        json.key("label")
        json.string(token.label)
        json.array("scopes", token.scopes) { json, scope in json.string(scope.rawValue) }
        json.key("created")
        json.time(token.created)
        json.key("expires")
        json.time(token.expires)
        json.key("last_used")
        json.time(token.lastUsed)
        json.key("revoked")
        json.time(token.revoked)
        json.endObject()
    }
}
