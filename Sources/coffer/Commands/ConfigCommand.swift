import CommandLine
import FoundationEssentials
import JSON

/// `coffer config show` and `coffer config set`.
enum ConfigCommand {
    static func performShow(_ context: CommandContext) throws -> ExitCode {
        guard context.json else {
            context.output.write(context.settings.render())
            return .ok
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("data")
        json.string(context.folder)
        json.objects("settings", context.settings.all) { json, setting in
            json.key("key")
            json.string(setting.spec.key)
            json.key("value")
            json.string(orNull: setting.shownText)
            json.key("origin")
            json.string(setting.origin.description)
        }
        json.endObject()
        context.output.writeJSON(json.finish())
        return .ok
    }

    static func performSet(_ context: CommandContext) throws -> ExitCode {
        guard let key = context.command.argument(0), let value = context.command.argument(1) else {
            return .usage
        }
        try ProgramSettings.table.check(key: key, text: value)
        if let spec = ProgramSettings.table.spec(key), spec.kind.isSecret {
            throw UsageError.secretOnCommandLine(key, path: CommandContext.settingsPath(in: context.folder))
        }
        let path = CommandContext.settingsPath(in: context.folder)
        var file = try CommandContext.settingsFile(in: context.folder) ?? SettingsFile(path: path)
        file.set(key, to: value)
        do {
            try FileManager.default.createDirectory(
                atPath: context.folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw FileError.cannotWrite(path: context.folder, reason: "the folder cannot be made")
        }
        let text = file.render()
        try FileTarget.write(to: path) { write in try write(text) }
        if context.json {
            context.output.writeJSON(Array("{}".utf8))
        } else {
            context.output.line("\(key) = \(value)   (\(path); a running server reads it at its next start)")
        }
        return .ok
    }
}

/// `coffer version`.
enum VersionCommand {
    /// The version of this program.
    static let version = "0.1.0"

    static func perform(_ context: CommandContext) -> ExitCode {
        if context.json {
            context.output.writeJSON(Array("{\"version\":\"\(version)\"}".utf8))
        } else {
            context.output.line("coffer \(version)")
        }
        return .ok
    }
}
