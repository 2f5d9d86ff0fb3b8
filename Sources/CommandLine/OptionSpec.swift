/// One `--name` that a command or the whole program takes.
public struct OptionSpec: Sendable, Hashable {
    /// The name without its dashes.
    public let name: String
    /// What stands for the value in help screens; nil when the option is a flag.
    public let placeholder: String?
    /// One line saying what the option does.
    public let summary: String
    /// What holds when the option is not given, as shown in help screens.
    public let defaultText: String?
    /// The only values allowed; empty when any text is.
    public let choices: [String]
    /// Whether the option may be given several times.
    public let isRepeatable: Bool

    /// Whether the option stands alone, without a value.
    public var isFlag: Bool { placeholder == nil }

    private init(
        name: String,
        placeholder: String?,
        summary: String,
        defaultText: String?,
        choices: [String],
        isRepeatable: Bool
    ) {
        precondition(!name.isEmpty && !name.hasPrefix("-"), "an option is named without its dashes")
        self.name = name
        self.placeholder = placeholder
        self.summary = summary
        self.defaultText = defaultText
        self.choices = choices
        self.isRepeatable = isRepeatable
    }

    /// An option that stands alone.
    public static func flag(_ name: String, _ summary: String) -> OptionSpec {
        OptionSpec(
            name: name,
            placeholder: nil,
            summary: summary,
            defaultText: nil,
            choices: [],
            isRepeatable: false
        )
    }

    /// An option with a value.
    public static func value(
        _ name: String,
        _ placeholder: String,
        _ summary: String,
        defaultText: String? = nil,
        choices: [String] = [],
        isRepeatable: Bool = false
    ) -> OptionSpec {
        OptionSpec(
            name: name,
            placeholder: placeholder,
            summary: summary,
            defaultText: defaultText,
            choices: choices,
            isRepeatable: isRepeatable
        )
    }
}
