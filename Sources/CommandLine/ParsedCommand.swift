/// A command line that was understood: the command and what it was given.
public struct ParsedCommand: Sendable, Hashable {
    /// The name of the command; empty when only the program's help was asked for.
    public let name: String
    /// Whether help was asked for instead of the work; the name may then also be a group such as `prices`.
    public let wantsHelp: Bool
    /// The arguments without a name, in order; their number has been checked.
    public let arguments: [String]
    /// Which words of the command line the arguments were, counted from 0.
    public let argumentPlaces: [Int]
    private let options: [String: OptionSpec]
    private let given: [String: [String]]

    init(
        name: String,
        wantsHelp: Bool,
        arguments: [(text: String, place: Int)],
        options: [OptionSpec],
        given: [String: [String]]
    ) {
        self.name = name
        self.wantsHelp = wantsHelp
        self.arguments = arguments.map(\.text)
        argumentPlaces = arguments.map(\.place)
        self.options = Dictionary(options.map { ($0.name, $0) }) { first, _ in first }
        self.given = given
    }

    /// Whether a flag was given.
    public func flag(_ name: String) -> Bool {
        precondition(options[name]?.isFlag == true, "the command declares no such flag")
        return given[name] != nil
    }

    /// The value of an option that may be given once, or nil.
    public func value(_ name: String) -> String? {
        precondition(options[name]?.isFlag == false, "the command declares no such option with a value")
        return given[name]?.last
    }

    /// The values of an option that may be given several times, in the order given.
    public func values(_ name: String) -> [String] {
        precondition(options[name]?.isRepeatable == true, "the command declares no such repeatable option")
        return given[name] ?? []
    }

    /// The value of an option as a whole number within a range, or nil when the option is not given.
    ///
    /// - Throws: `CommandLineError.notAnInteger`.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandLineError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = SettingKind.wholeNumber(text), range.contains(number) else {
            throw .notAnInteger(option: name, value: text, least: range.lowerBound, most: range.upperBound)
        }
        return number
    }

    /// The argument at a position, or nil when fewer were given.
    public func argument(_ index: Int) -> String? {
        arguments.indices.contains(index) ? arguments[index] : nil
    }

    /// What was given for each option, as the settings table takes it.
    ///
    /// A flag counts as `true`; values of an option that may be repeated have commas between them.
    public var optionTexts: [String: String] {
        given.mapValues { $0.joined(separator: ",") }
    }
}
