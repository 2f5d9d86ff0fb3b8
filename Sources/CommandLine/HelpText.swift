extension ProgramSpec {
    /// The first words of the two-word commands, in the order of the help screen.
    var groups: [String] {
        var seen: [String] = []
        for command in commands where command.words.count == 2 && !seen.contains(command.words[0]) {
            seen.append(command.words[0])
        }
        return seen
    }

    /// The usage line of a command.
    func usage(of command: CommandSpec) -> String {
        ([name, command.name] + command.arguments.map(\.usage) + ["[options]"]).joined(separator: " ")
    }

    /// The help screen of a command, of a group of commands, or of the program when the name is empty or unknown.
    public func renderHelp(for name: String = "") -> [UInt8] {
        var page = HelpPage()
        if let command = command(named: name) {
            addHelp(of: command, to: &page)
        } else if !commands(inGroup: name).isEmpty {
            page.paragraph("Usage: \(self.name) \(name) COMMAND [options]")
            page.section("Commands", rows: commands(inGroup: name).map { ($0.name, $0.summary) })
            page.paragraph("'\(self.name) \(name) COMMAND --help' says more about a command.")
        } else {
            page.paragraph("\(self.name): \(summary)")
            page.paragraph("Usage: \(self.name) COMMAND [options]")
            page.section("Commands", rows: commands.filter { !$0.isHidden }.map { ($0.name, $0.summary) })
            page.section("Options of every command", rows: options.map(\.helpRow))
            page.section("Exit codes", rows: ExitCode.allCases.map { (String($0.rawValue), $0.summary) })
            page.paragraph("'\(self.name) COMMAND --help' says more about a command.")
        }
        return Array(page.text.utf8)
    }

    private func addHelp(of command: CommandSpec, to page: inout HelpPage) {
        page.paragraph("\(name) \(command.name): \(command.summary)")
        page.paragraph("Usage: \(usage(of: command))")
        for paragraph in command.details.split(separator: "\n\n") { page.paragraph(String(paragraph)) }
        page.section("Arguments", rows: command.arguments.map { ($0.placeholder, $0.summary) })
        page.section("Options", rows: command.options.map(\.helpRow))
        page.section("Options of every command", rows: options.map(\.helpRow))
        page.lines(command.examples.count == 1 ? "Example" : "Examples", command.examples)
        let always: Set<ExitCode> = [.ok, .usage, .internalFault]
        let codes = ExitCode.allCases.filter { always.contains($0) || command.exitCodes.contains($0) }
        page.section("Exit codes", rows: codes.map { (String($0.rawValue), $0.summary) })
    }
}

extension OptionSpec {
    /// The option's line of a help screen: how to write it, and what it does.
    fileprivate var helpRow: (String, String) {
        var text = summary
        if !choices.isEmpty { text += ": " + choices.joined(separator: ", ") }
        if isRepeatable { text += " (may be repeated)" }
        if let defaultText { text += " (default: \(defaultText))" }
        return ("--" + name + (placeholder.map { " " + $0 } ?? ""), text)
    }
}

/// A help screen in the making, wrapped at a fixed width.
private struct HelpPage {
    private(set) var text = ""
    private static let widestLabel = 26

    mutating func paragraph(_ words: String) {
        separate()
        for line in Self.wrapped(words, columns: Limits.helpColumns) { text += line + "\n" }
    }

    mutating func lines(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        separate()
        text += title + ":\n"
        for line in lines { text += "  " + line + "\n" }
    }

    mutating func section(_ title: String, rows: [(label: String, words: String)]) {
        guard !rows.isEmpty else { return }
        separate()
        text += title + ":\n"
        let width = min(Self.widestLabel, rows.map { $0.label.unicodeScalars.count }.max() ?? 0)
        let margin = String(repeating: " ", count: width + 4)
        for row in rows {
            var lines = Self.wrapped(row.words, columns: Limits.helpColumns - margin.utf8.count)[...]
            let length = row.label.unicodeScalars.count
            text += "  " + row.label
            if length <= width, let first = lines.popFirst() {
                text += String(repeating: " ", count: width - length + 2) + first
            }
            text += "\n"
            for line in lines { text += margin + line + "\n" }
        }
    }

    private mutating func separate() {
        if !text.isEmpty { text += "\n" }
    }

    private static func wrapped(_ words: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !line.isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
