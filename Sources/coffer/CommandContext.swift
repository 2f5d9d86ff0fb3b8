import CommandLine
import Crypto
import FoundationEssentials
import Services
import Storage
import Time

/// What one command works with: its words, its settings, its data folder.
struct CommandContext: Sendable {
    let command: ParsedCommand
    let caller: Caller
    let settings: Settings
    /// The data folder as an absolute path.
    let folder: String

    var output: Output { caller.output }

    /// Whether the result is wanted as JSON.
    var json: Bool { command.flag("json") }

    init(_ command: ParsedCommand, _ caller: Caller) throws {
        self.command = command
        self.caller = caller
        let environment = ProcessInfo.processInfo.environment
        let fromEnvironment = environment["COFFER_DATA"].flatMap { $0.isEmpty ? nil : $0 }
        let named = command.value("data") ?? fromEnvironment ?? "data"
        folder = caller.host?.folder ?? CommandContext.absolute(named, in: caller.directory)
        settings = try ProgramSettings.table.resolve(
            flags: CommandContext.settingFlags(of: command),
            environment: environment,
            file: try CommandContext.settingsFile(in: folder),
            readSecret: { FileManager.default.contents(atPath: $0).map { [UInt8]($0) } }
        )
    }

    /// What was given for the options that are settings; another option may have the name of a setting's flag.
    private static func settingFlags(of command: ParsedCommand) -> [String: String] {
        let offered = Program.spec.command(named: command.name)?.options ?? []
        let settings = Set(ProgramSettings.table.specs.compactMap(\.option))
        let names = Set(offered.filter { settings.contains($0) }.map(\.name))
        return command.optionTexts.filter { names.contains($0.key) }
    }

    /// A path that the caller typed, made absolute.
    func path(_ typed: String) -> String {
        CommandContext.absolute(typed, in: caller.directory)
    }

    private static func absolute(_ path: String, in directory: String) -> String {
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        return URL(fileURLWithPath: whole).standardizedFileURL.path
    }

    static func settingsPath(in folder: String) -> String { folder + "/coffer.conf" }

    static func settingsFile(in folder: String) throws -> SettingsFile? {
        let path = settingsPath(in: folder)
        guard let contents = FileManager.default.contents(atPath: path) else {
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            throw CommandLineError.unreadableSettingsFile(path: path, reason: "no permission")
        }
        return try SettingsFile.parse([UInt8](contents), path: path)
    }

    // MARK: The data folder

    /// The data folder for reading; made anew when it is not there yet.
    func reader() throws -> Workspace {
        if let host = caller.host { return host.workspace }
        let configuration = try WorkspaceSettings.configuration(settings, folder: folder)
        if FileManager.default.fileExists(atPath: folder + "/coffer.db") {
            do {
                let workspace = try Workspace.open(configuration, access: .reading)
                guard try workspace.users().isEmpty else { return workspace }
                workspace.close()
            } catch let error as StorageError {
                switch error.kind {
                // A crash in the middle of making it left something that only a writer can take back.
                case .olderSchema, .readOnly: break
                default: throw error
                }
            }
        }
        // A folder that is new, or of an earlier version, needs its schema and owner before anything can be read.
        try Workspace.open(configuration, access: .writing).close()
        return try Workspace.open(configuration, access: .reading)
    }

    /// The data folder for writing; when a server owns it the command is carried out there.
    ///
    /// - Throws: `Handled` with the exit code when the server has carried the command out.
    func writer() throws -> Workspace {
        if let host = caller.host { return host.workspace }
        var configuration = try WorkspaceSettings.configuration(settings, folder: folder)
        // A server is asked at once; only another command is waited for.
        if ControlClient.isServed(folder + "/control.sock") { configuration.lockWaitMilliseconds = 0 }
        do {
            return try Workspace.open(configuration, access: .writing)
        } catch let error as StorageError {
            guard case .folderInUse = error.kind else { throw error }
            try forward()
            throw error
        }
    }

    /// The data folder for a server of this process's own; refused at once while another process has it.
    func ownWriter() throws -> Workspace {
        guard caller.host == nil else { throw UsageError.isServed(folder) }
        var configuration = try WorkspaceSettings.configuration(settings, folder: folder)
        configuration.lockWaitMilliseconds = 0
        return try Workspace.open(configuration, access: .writing)
    }

    /// Hands the command to the server that owns the folder, if one does.
    private func forward() throws {
        let request = ControlRequest(
            arguments: caller.arguments,
            directory: caller.directory,
            input: try secretForCommand(),
            errorIsTerminal: output.errorIsTerminal
        )
        if let code = ControlClient.forward(request, path: folder + "/control.sock", output: output) {
            throw Handled(code: code)
        }
    }

    /// Whether the command line says where the key of a connection is.
    var namesKey: Bool {
        command.value("key-file") != nil || command.flag("secret-stdin") || command.value("key-name") != nil
    }

    private func secretForCommand() throws -> String? {
        switch command.name {
        case "user add", "user passwd": try password()
        case "connections change" where !namesKey: nil
        case "connections add", "connections change":
            String(decoding: try connectionSecret().revealed(), as: UTF8.self)
        default: nil
        }
    }

    /// The new password: from the caller beforehand, from standard input, or asked for on the terminal.
    func password() throws -> String {
        if let input = caller.input { return input }
        if command.flag("password-stdin") { return try StandardInput.readLine() }
        return try StandardInput.askTwice("New password: ")
    }
}
