/// One argument of a command that has no name, such as a file.
public struct ArgumentSpec: Sendable, Hashable {
    /// What stands for the argument in help screens, such as `FILE`.
    public let placeholder: String
    /// One line saying what it is.
    public let summary: String
    /// Whether the command works without it.
    public let isOptional: Bool
    /// Whether several may follow each other; only for the last argument of a command.
    public let isRepeatable: Bool

    /// An argument; required and single unless said otherwise.
    public init(
        _ placeholder: String,
        _ summary: String,
        isOptional: Bool = false,
        isRepeatable: Bool = false
    ) {
        self.placeholder = placeholder
        self.summary = summary
        self.isOptional = isOptional
        self.isRepeatable = isRepeatable
    }

    /// The argument as it stands in a usage line.
    var usage: String {
        let text = placeholder + (isRepeatable ? " ..." : "")
        return isOptional ? "[\(text)]" : text
    }
}

/// One command of the program: what it takes and what its help says.
public struct CommandSpec: Sendable, Hashable {
    /// The name, of one word or of two with one space between them.
    public let name: String
    /// One line saying what the command does, without a full stop.
    public let summary: String
    /// The arguments without a name, in order.
    public let arguments: [ArgumentSpec]
    /// The options of this command alone; those of the program come on top.
    public let options: [OptionSpec]
    /// Lines that work as printed, without the `$`.
    public let examples: [String]
    /// Longer text for the help screen; paragraphs are separated by an empty line.
    public let details: String
    /// The exit codes that the command can end with, besides those that every command has.
    public let exitCodes: [ExitCode]
    /// Whether the command is left out of the program's help screen.
    public let isHidden: Bool

    /// A command.
    public init(
        _ name: String,
        _ summary: String,
        arguments: [ArgumentSpec] = [],
        options: [OptionSpec] = [],
        examples: [String] = [],
        details: String = "",
        exitCodes: [ExitCode] = [],
        isHidden: Bool = false
    ) {
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        precondition((1...2).contains(words.count) && !words.contains(""), "a command has one word or two")
        precondition(
            !arguments.dropLast().contains { $0.isRepeatable },
            "only the last argument may be repeated"
        )
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.options = options
        self.examples = examples
        self.details = details
        self.exitCodes = exitCodes
        self.isHidden = isHidden
    }

    /// The words of the name.
    var words: [String] { name.split(separator: " ").map(String.init) }
}

/// The program: its commands and the options that all of them take.
public struct ProgramSpec: Sendable, Hashable {
    /// The name that is typed.
    public let name: String
    /// One line saying what the program is.
    public let summary: String
    /// The options that every command takes, before or after the command's name.
    public let options: [OptionSpec]
    /// The commands in the order of the help screen.
    public let commands: [CommandSpec]

    /// A program; `--help` is added to its options.
    public init(name: String, summary: String, options: [OptionSpec], commands: [CommandSpec]) {
        let all = options + [.flag("help", "show this help and end")]
        precondition(Set(commands.map(\.name)).count == commands.count, "two commands have the same name")
        for command in commands {
            let names = (all + command.options).map(\.name)
            precondition(Set(names).count == names.count, "two options of one command have the same name")
            precondition(
                !commands.contains { $0.name.hasPrefix(command.name + " ") },
                "a command cannot also be a group"
            )
        }
        self.name = name
        self.summary = summary
        self.options = all
        self.commands = commands
    }

    /// The command of a name, or nil.
    public func command(named name: String) -> CommandSpec? {
        commands.first { $0.name == name }
    }

    /// The commands of two words that start with the given one.
    func commands(inGroup group: String) -> [CommandSpec] {
        commands.filter { $0.words.count == 2 && $0.words[0] == group }
    }
}
