/// One setting: its names, what it may be, and what holds when nobody sets it.
public struct SettingSpec: Sendable, Hashable {
    /// The name in the settings file and in `config show`, such as `http.listen`.
    public let key: String
    /// What the setting may be set to.
    public let kind: SettingKind
    /// The text of the default; nil when the setting is unset by default.
    public let defaultText: String?
    /// The name of the option that sets it for one run, without dashes; nil when there is none.
    public let flag: String?
    /// What stands for the value in help screens.
    public let placeholder: String
    /// One line saying what the setting does, without a full stop.
    public let summary: String

    /// A setting.
    public init(
        _ key: String,
        _ kind: SettingKind,
        default defaultText: String? = nil,
        flag: String? = nil,
        placeholder: String = "VALUE",
        _ summary: String
    ) {
        let isPlain = key.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x5F
        }
        precondition(!key.isEmpty && isPlain, "a key has lower-case letters, digits, points and underscores")
        precondition(
            defaultText.map { kind.parse($0) != nil } ?? true,
            "the default is of the setting's own kind"
        )
        precondition(!kind.isSecret || flag == nil, "a secret never stands on a command line")
        self.key = key
        self.kind = kind
        self.defaultText = defaultText
        self.flag = flag
        self.placeholder = placeholder
        self.summary = summary
    }

    /// The name of the variable that sets it, such as `COFFER_HTTP_LISTEN`.
    public func environmentName(prefix: String) -> String {
        SettingSpec.environmentName(ofKey: key, prefix: prefix)
    }

    static func environmentName(ofKey key: String, prefix: String) -> String {
        prefix + key.uppercased().split(separator: ".").joined(separator: "_")
    }

    /// The option that sets it, for the commands that take it; nil when it has no flag.
    public var option: OptionSpec? {
        guard let flag else { return nil }
        guard kind != .boolean else { return .flag(flag, summary) }
        // Choices are checked with the other settings, so that every origin gives the same message.
        var words = summary
        if case .choice(let choices) = kind { words += ": " + choices.joined(separator: ", ") }
        return .value(
            flag,
            placeholder,
            words,
            defaultText: defaultText,
            isRepeatable: kind.isList
        )
    }
}

/// Where the value of a setting came from.
public enum SettingOrigin: Sendable, Hashable {
    /// An option of the command line.
    case flag(String)
    /// A variable of the environment.
    case environment(String)
    /// A file that a variable of the environment names.
    case environmentFile(String, path: String)
    /// A line of the settings file.
    case file(path: String, line: Int)
    /// The built-in default.
    case standard
    /// A value given to be stored, as in `config set`.
    case commandLine
}

extension SettingOrigin: CustomStringConvertible {
    /// The origin in a few words.
    public var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .environment(let name): name
        case .environmentFile(let name, let path): "\(name) \(TerminalText.harmless(path))"
        case .file(let path, let line): "\(TerminalText.harmless(path)):\(line)"
        case .standard: "default"
        case .commandLine: "command line"
        }
    }
}
