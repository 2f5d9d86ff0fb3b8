extension ProgramSpec {
    /// Understands a command line, given without the program's own name.
    ///
    /// `--name VALUE` and `--name=VALUE` mean the same; after `--` everything is an argument; `-` alone is an argument;
    /// `-h` and the word `help` ask for help. Options of the program may stand before or after the command.
    ///
    /// - Throws: the first thing that is wrong, from left to right; missing arguments come last.
    public func parse(_ arguments: [String]) throws(CommandLineError) -> ParsedCommand {
        var parser = CommandParser(program: self)
        for (index, text) in arguments.enumerated() where index >= parser.next {
            parser.next = index + 1
            try parser.take(text, at: index, following: arguments[(index + 1)...])
        }
        return try parser.finish()
    }
}

/// The state of understanding one command line, word by word.
private struct CommandParser {
    let program: ProgramSpec
    /// The index of the next word that no option has taken as its value.
    var next = 0
    private var command: CommandSpec?
    private var group: String?
    private var wantsHelp = false
    private var onlyArguments = false
    private var positionals: [(text: String, place: Int)] = []
    private var given: [String: [String]] = [:]

    init(program: ProgramSpec) {
        self.program = program
    }

    mutating func take(
        _ text: String,
        at place: Int,
        following: ArraySlice<String>
    ) throws(CommandLineError) {
        if onlyArguments || text == "-" || !text.utf8.starts(with: "-".utf8) {
            try takeWord(text, at: place)
        } else if text == "--" {
            onlyArguments = true
        } else if text == "-h" {
            wantsHelp = true
        } else if text == "--version", command == nil, group == nil,
            let version = program.command(named: "version")
        {
            command = version
        } else {
            try takeOption(text, following: following)
        }
    }

    // MARK: Words

    private mutating func takeWord(_ text: String, at place: Int) throws(CommandLineError) {
        if let command {
            guard positionals.count < command.arguments.count || command.arguments.last?.isRepeatable == true
            else {
                throw .tooManyArguments(first: text, command: command.name, usage: program.usage(of: command))
            }
            positionals.append((text, place))
        } else if let group {
            let known = program.commands(inGroup: group)
            guard let found = known.first(where: { $0.words[1] == text }) else {
                let words = known.map { $0.words[1] }
                throw .unknownSubcommand(
                    text,
                    group: group,
                    nearest: NearestName.suggest(text, among: words),
                    known: words
                )
            }
            command = found
        } else if text == "help", !wantsHelp {
            wantsHelp = true
        } else if let found = program.command(named: text) {
            command = found
        } else if !program.commands(inGroup: text).isEmpty {
            group = text
        } else {
            let nearest = NearestName.suggest(text, among: program.commands.map(\.name) + program.groups)
            throw .unknownCommand(text, nearest: nearest, program: program.name)
        }
    }

    // MARK: Options

    private mutating func takeOption(_ text: String, following: ArraySlice<String>) throws(CommandLineError) {
        let body = text.utf8.starts(with: "--".utf8) ? text.dropFirst(2) : text.dropFirst(0)
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        let option = try knownOption(name, asWritten: text)
        if !option.isRepeatable, given[option.name] != nil { throw .repeatedOption(option.name) }
        guard let placeholder = option.placeholder else {
            guard parts.count == 1 else { throw .unexpectedValue(option: option.name) }
            if option.name == "help" { wantsHelp = true }
            given[option.name] = ["true"]
            return
        }
        var value = parts.count == 2 ? String(parts[1]) : nil
        if value == nil, let word = following.first, word == "-" || !word.utf8.starts(with: "-".utf8) {
            value = word
            next += 1
        }
        guard let value, !value.isEmpty else {
            throw .missingValue(option: option.name, placeholder: placeholder)
        }
        guard option.choices.isEmpty || option.choices.contains(value) else {
            let nearest = NearestName.suggest(value, among: option.choices)
            throw .notAChoice(option: option.name, value: value, choices: option.choices, nearest: nearest)
        }
        given[option.name, default: []].append(value)
    }

    private func knownOption(_ name: String, asWritten text: String) throws(CommandLineError) -> OptionSpec {
        let known = program.options + (command?.options ?? [])
        if let option = known.first(where: { $0.name == name }) { return option }
        let owners = program.commands.filter { $0.options.contains { $0.name == name } }.map(\.name)
        if !owners.isEmpty {
            guard let command else { throw .misplacedOption(name) }
            throw .optionOfOtherCommand(name, command: command.name, owners: owners)
        }
        let written =
            text.split(separator: "=", omittingEmptySubsequences: false).first.map(String.init) ?? text
        throw .unknownOption(
            written,
            command: command?.name,
            nearest: NearestName.suggest(name, among: known.map(\.name)),
            program: program.name
        )
    }

    // MARK: The end

    func finish() throws(CommandLineError) -> ParsedCommand {
        guard !wantsHelp else {
            return ParsedCommand(
                name: command?.name ?? group ?? "",
                wantsHelp: true,
                arguments: positionals,
                options: program.options + (command?.options ?? []),
                given: given
            )
        }
        guard let command else {
            guard let group else { throw .missingCommand(program: program.name) }
            throw .missingSubcommand(
                group: group,
                known: program.commands(inGroup: group).map { $0.words[1] },
                program: program.name
            )
        }
        let required = command.arguments.prefix { !$0.isOptional }
        if positionals.count < required.count {
            throw .missingArgument(
                required[positionals.count].placeholder,
                command: command.name,
                program: program.name
            )
        }
        return ParsedCommand(
            name: command.name,
            wantsHelp: false,
            arguments: positionals,
            options: program.options + command.options,
            given: given
        )
    }
}
