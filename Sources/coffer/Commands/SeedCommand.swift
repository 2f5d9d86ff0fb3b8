import CommandLine
import JSON
import Services

/// `coffer seed`.
enum SeedCommand {
    /// How many users are made when no number is given, and how many entries for each.
    static let standardUsers = 3
    static let standardEntries = 200

    static func perform(_ context: CommandContext) throws -> ExitCode {
        let users = try context.command.integer("users", in: 1...Workspace.seedUsersMax) ?? standardUsers
        let entries =
            try context.command.integer("entries", in: 1...Workspace.seedEntriesMax) ?? standardEntries
        let workspace = try context.writer()
        let progress = ProgressDrawer("seeding", output: context.output)
        defer { progress.finish() }
        let outcome = try workspace.seed(users: users, entries: entries) { progress.update($0, of: $1) }
        if context.json {
            context.output.writeJSON(json(outcome))
        } else {
            for seeded in outcome.users {
                context.output.line(
                    "\(seeded.user.email ?? "")  password \(seeded.password)  token \(seeded.token ?? "")"
                )
            }
            context.output.line(
                "\(outcome.admin.user.email ?? "")  password \(outcome.admin.password)  (administrator)"
            )
            context.output.line("\(outcome.users.count) users with \(outcome.entries) entries")
        }
        return .ok
    }

    private static func json(_ outcome: SeedOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.array("users", outcome.users) { json, seeded in render(seeded, to: &json) }
        json.key("admin")
        render(outcome.admin, to: &json)
        json.key("enterprise")
        json.beginObject()
        renderClient(outcome.enterprise, to: &json)
        json.endObject()
        json.endObject()
        return json.finish()
    }

    private static func render(_ seeded: SeededUser, to json: inout JSONWriter) {
        json.beginObject()
        json.key("user_id")
        json.string(seeded.user.uuid)
        json.key("name")
        json.string(seeded.user.name)
        json.key("email")
        json.string(orNull: seeded.user.email)
        json.key("password")
        json.string(seeded.password)
        if let token = seeded.token {
            json.key("bitcain")
            json.beginObject()
            json.key("token")
            json.string(token)
            json.endObject()
        }
        json.key("cryptfolio")
        json.beginObject()
        renderClient(seeded.cryptfolio, to: &json)
        for (key, value) in [
            ("redirect_uri", seeded.cryptfolio.redirect), ("access_token", seeded.cryptfolio.accessToken),
            ("api_key", seeded.cryptfolio.apiKey),
        ] {
            json.key(key)
            json.string(value)
        }
        json.endObject()
        json.key("trustvault")
        json.beginObject()
        json.key("api_key")
        json.string(seeded.trustvaultKey)
        json.endObject()
        json.endObject()
    }

    private static func renderClient(_ seeded: SeededCryptFolio, to json: inout JSONWriter) {
        json.key("client_id")
        json.string(seeded.clientID)
        json.key("client_secret")
        json.string(seeded.clientSecret)
    }
}
