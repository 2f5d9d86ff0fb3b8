/// The form of a value in a request or an answer, in the terms of JSON Schema 2020-12.
public indirect enum ValueSchema: Hashable, Sendable {
    /// Any value at all.
    case anything
    /// The value null.
    case null
    /// True or false.
    case boolean
    /// A whole number within bounds, both included.
    case integer(minimum: Int? = nil, maximum: Int? = nil)
    /// A number within bounds, both included.
    case number(minimum: Int? = nil, maximum: Int? = nil)
    /// A text that follows rules.
    case text(TextRule = TextRule())
    /// One of these texts.
    case choice([String])
    /// The bytes of a file.
    case file
    /// Values of one form in order.
    case list(ValueSchema, maximum: Int? = nil)
    /// An object with exactly these fields, as answers have them.
    case record([FieldDescription])
    /// An object with these fields, as requests have them: further ones are ignored.
    case form([FieldDescription])
    /// An object with any keys, whose values have one form.
    case map(ValueSchema)
    /// A value that has at least one of these forms.
    case either([ValueSchema])
    /// A form that documents show once, under this name.
    case named(String, ValueSchema)
    /// A form with a sentence about it.
    case described(String, ValueSchema)

    /// The same form, or null.
    public var orNull: ValueSchema { .either([self, .null]) }
}

/// What a text must be; a rule left away holds for every text.
public struct TextRule: Hashable, Sendable {
    /// The name of a format of JSON Schema, such as `date-time`.
    public let format: String?
    /// A regular expression of ECMA-262 that finds a place in the text.
    public let pattern: String?
    /// The least number of characters.
    public let shortest: Int?
    /// The greatest number of characters.
    public let longest: Int?

    /// The rule made of its parts.
    public init(format: String? = nil, pattern: String? = nil, shortest: Int? = nil, longest: Int? = nil) {
        self.format = format
        self.pattern = pattern
        self.shortest = shortest
        self.longest = longest
    }
}

/// A field of an object.
public struct FieldDescription: Hashable, Sendable {
    /// The key.
    public let name: String
    /// The form of the value.
    public let schema: ValueSchema
    /// Whether the field is always there.
    public let isRequired: Bool
    /// The value that counts when the field is not there.
    public let standard: LiteralValue?
    /// What the value means, in one sentence.
    public let summary: String?

    /// A field made of its parts.
    public init(
        _ name: String,
        _ schema: ValueSchema,
        isRequired: Bool = true,
        standard: LiteralValue? = nil,
        _ summary: String? = nil
    ) {
        self.name = name
        self.schema = schema
        self.isRequired = isRequired
        self.standard = standard
        self.summary = summary
    }
}

/// A value that a description states, such as a default.
public enum LiteralValue: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// A text.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// True or false.
    case boolean(Bool)
    /// Null.
    case null

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
}
