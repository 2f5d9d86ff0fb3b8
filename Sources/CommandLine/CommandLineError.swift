/// What can be wrong with the command line, the environment or the settings file.
///
/// The printed form is one line: what is wrong, where, and what to do about it. It never holds the value of a secret.
public enum CommandLineError: Error, Sendable, Hashable {
    /// Nothing says what to do.
    case missingCommand(program: String)
    /// No command has this name.
    case unknownCommand(String, nearest: String?, program: String)
    /// The first word of a two-word command stands alone.
    case missingSubcommand(group: String, known: [String], program: String)
    /// The second word of a two-word command is not known.
    case unknownSubcommand(String, group: String, nearest: String?, known: [String])
    /// No option has this name.
    case unknownOption(String, command: String?, nearest: String?, program: String)
    /// The option belongs to a command and stands before it.
    case misplacedOption(String)
    /// The option belongs to other commands only.
    case optionOfOtherCommand(String, command: String, owners: [String])
    /// The option needs a value and has none.
    case missingValue(option: String, placeholder: String)
    /// The option takes no value and has one.
    case unexpectedValue(option: String)
    /// The option is given more than once.
    case repeatedOption(String)
    /// The value is none of those allowed.
    case notAChoice(option: String, value: String, choices: [String], nearest: String?)
    /// The value is no whole number, or outside its range.
    case notAnInteger(option: String, value: String, least: Int, most: Int)
    /// An argument that the command needs is missing.
    case missingArgument(String, command: String, program: String)
    /// The command takes fewer arguments.
    case tooManyArguments(first: String, command: String, usage: String)

    /// No setting has this name.
    case unknownSetting(String, place: SettingPlace, nearest: String?)
    /// The setting is one of an earlier version.
    case replacedSetting(String, place: SettingPlace, instead: String)
    /// The value of a setting is wrong; for a secret the value is left out.
    case badSetting(key: String, value: String?, origin: SettingOrigin, expected: String)
    /// A secret is given both directly and by file.
    case secretGivenTwice(name: String)
    /// The file that should hold a secret cannot be used.
    case unusableSecretFile(name: String, path: String, reason: String)
    /// The settings file is larger than allowed or is no UTF-8 text.
    case unreadableSettingsFile(path: String, reason: String)
    /// A line of the settings file is neither a setting, a comment nor empty.
    case badSettingsLine(path: String, line: Int, found: String)
    /// A key stands twice in the settings file.
    case repeatedSetting(key: String, path: String, line: Int, firstLine: Int)

    /// The code to end with: always the one for wrong usage.
    public var exitCode: ExitCode { .usage }
}

/// Where a setting's name was met.
public enum SettingPlace: Sendable, Hashable {
    /// A variable of the environment.
    case environment
    /// A line of the settings file.
    case file(path: String, line: Int)
    /// A key named on the command line, as in `config set`.
    case commandLine
}

extension CommandLineError: CustomStringConvertible {
    /// The error in one line: what, where, what to do.
    public var description: String {
        commandDescription ?? settingDescription ?? "wrong command line"
    }

    private var commandDescription: String? {
        switch self {
        case .missingCommand(let program):
            "no command given. Try: \(program) --help"
        case .unknownCommand(let text, let nearest, let program):
            "unknown command \(quoted(text)). \(hint(nearest, otherwise: "Try: \(program) --help"))"
        case .missingSubcommand(let group, let known, let program):
            "'\(group)' needs one more word: \(known.joined(separator: ", ")). Try: \(program) \(group) --help"
        case .unknownSubcommand(let text, let group, let nearest, let known):
            "unknown command \(quoted("\(group) \(text)")). "
                + hint(
                    nearest.map { "\(group) \($0)" },
                    otherwise: "'\(group)' knows: \(known.joined(separator: ", "))"
                )
        case .unknownOption(let text, let command, let nearest, let program):
            "unknown option \(quoted(text))\(command.map { " of '\($0)'" } ?? ""). "
                + hint(
                    nearest.map { "--\($0)" },
                    otherwise:
                        "Try: \(([program, command].compactMap { $0 } + ["--help"]).joined(separator: " "))"
                )
        case .misplacedOption(let name):
            "option '--\(name)' stands before the command. Put it after the command's name"
        case .optionOfOtherCommand(let name, let command, let owners):
            "'\(command)' does not take '--\(name)'. It belongs to: \(owners.joined(separator: ", "))"
        case .missingValue(let option, let placeholder):
            "option '--\(option)' needs a value. Write: --\(option) \(placeholder)"
        case .unexpectedValue(let option):
            "option '--\(option)' takes no value. Write: --\(option)"
        case .repeatedOption(let option):
            "option '--\(option)' is given more than once. Give it once"
        case .notAChoice(let option, let value, let choices, let nearest):
            "option '--\(option)' cannot be \(quoted(value)); expected \(choices.joined(separator: ", "))"
                + (nearest.map { ". Did you mean '\($0)'?" } ?? "")
        case .notAnInteger(let option, let value, let least, let most):
            "option '--\(option)' cannot be \(quoted(value)); expected a whole number from \(least) to \(most)"
        case .missingArgument(let name, let command, let program):
            "'\(command)' needs \(name). Try: \(program) \(command) --help"
        case .tooManyArguments(let first, let command, let usage):
            "'\(command)' does not take the further argument \(quoted(first)). Write: \(usage)"
        default: nil
        }
    }

    private var settingDescription: String? {
        switch self {
        case .unknownSetting(let name, let place, let nearest):
            "unknown setting \(quoted(name)) (\(place)). "
                + hint(nearest, otherwise: "Remove it; 'config show' then lists all that exist")
        case .replacedSetting(let name, let place, let instead):
            "setting \(quoted(name)) (\(place)) is no more. Write \(instead)"
        case .badSetting(let key, let value, let origin, let expected):
            "setting '\(key)' (\(origin)) cannot be \(value.map(quoted) ?? "what it is set to"); expected \(expected)"
        case .secretGivenTwice(let name):
            "both \(name) and \(name)_FILE are set in the environment. Unset one of them"
        case .unusableSecretFile(let name, let path, let reason):
            "the file \(quoted(path)) named by \(name) \(reason). Name a file that holds the secret on one line"
        case .unreadableSettingsFile(let path, let reason):
            "the settings file \(quoted(path)) \(reason). Lines are: key = value"
        case .badSettingsLine(let path, let line, let found):
            "\(TerminalText.harmless(path)):\(line): found \(quoted(found)); expected key = value, or a comment that starts with #"
        case .repeatedSetting(let key, let path, let line, let firstLine):
            "\(TerminalText.harmless(path)):\(line): '\(key)' is set already in line \(firstLine). Delete one of the two"
        default: nil
        }
    }

    private func hint(_ nearest: String?, otherwise: String) -> String {
        nearest.map { "Did you mean '\($0)'?" } ?? otherwise
    }

    private func quoted(_ text: String) -> String {
        TerminalText.quoted(text)
    }
}

extension SettingPlace: CustomStringConvertible {
    /// The place in a few words.
    public var description: String {
        switch self {
        case .environment: "environment"
        case .file(let path, let line): "\(TerminalText.harmless(path)):\(line)"
        case .commandLine: "command line"
        }
    }
}
