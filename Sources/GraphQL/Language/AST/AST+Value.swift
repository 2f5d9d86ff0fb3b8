extension AST {
    /// A value as it is written.
    public enum Value: Sendable {
        /// `$name`.
        case variable(Variable)
        /// An integer by its digits.
        case int(NumberValue)
        /// A number with a point or an exponent by its digits.
        case float(NumberValue)
        /// A string, its escapes resolved.
        case string(StringValue)
        /// `true` or `false`.
        case boolean(BooleanValue)
        /// `null`, at its byte.
        case null(at: Int)
        /// Any other word.
        case enumeration(Name)
        /// `[ … ]`.
        case list(ListValue)
        /// `{ … }`.
        case object(ObjectValue)

        /// The byte at which the value begins.
        public var offset: Int {
            switch self {
            case .variable(let node): node.offset
            case .int(let node), .float(let node): node.offset
            case .string(let node): node.offset
            case .boolean(let node): node.offset
            case .null(let offset): offset
            case .enumeration(let name): name.offset
            case .list(let node): node.offset
            case .object(let node): node.offset
            }
        }
    }

    /// A variable: `$name`.
    public struct Variable: Sendable {
        /// Its name, without the `$`.
        public let name: Name
        /// The byte of the `$`.
        public let offset: Int

        /// A variable from its name.
        public init(name: Name, offset: Int) {
            self.name = name
            self.offset = offset
        }
    }

    /// A number as it is written.
    public struct NumberValue: Sendable {
        /// Its characters.
        public let text: String
        /// The byte at which it begins.
        public let offset: Int

        /// A number from its characters.
        public init(_ text: String, at offset: Int) {
            self.text = text
            self.offset = offset
        }
    }

    /// A string.
    public struct StringValue: Sendable {
        /// What it stands for: escapes resolved, a block string's indentation removed.
        public let text: String
        /// Whether it is written as a block string.
        public let isBlock: Bool
        /// The byte of its first quote.
        public let offset: Int

        /// A string from its value.
        public init(_ text: String, isBlock: Bool, at offset: Int) {
            self.text = text
            self.isBlock = isBlock
            self.offset = offset
        }
    }

    /// `true` or `false`.
    public struct BooleanValue: Sendable {
        /// Which of them.
        public let value: Bool
        /// The byte at which it begins.
        public let offset: Int

        /// A truth value at its place.
        public init(_ value: Bool, at offset: Int) {
            self.value = value
            self.offset = offset
        }
    }

    /// A list of values.
    public struct ListValue: Sendable {
        /// The elements.
        public let values: [Value]
        /// The byte of the bracket.
        public let offset: Int

        /// A list from its elements.
        public init(_ values: [Value], at offset: Int) {
            self.values = values
            self.offset = offset
        }
    }

    /// An input object.
    public struct ObjectValue: Sendable {
        /// The fields in the order of the source; the parser takes a name twice, validation does not.
        public let fields: [ObjectField]
        /// The byte of the brace.
        public let offset: Int

        /// An input object from its fields.
        public init(_ fields: [ObjectField], at offset: Int) {
            self.fields = fields
            self.offset = offset
        }
    }

    /// A field of an input object: `name: value`.
    public struct ObjectField: Sendable {
        /// Its name.
        public let name: Name
        /// Its value.
        public let value: Value

        /// A field from its two parts.
        public init(name: Name, value: Value) {
            self.name = name
            self.value = value
        }

        /// The byte at which it begins.
        public var offset: Int { name.offset }
    }

    /// A type by its name.
    public struct NamedType: Sendable {
        /// The name.
        public let name: Name

        /// A type from its name.
        public init(_ name: Name) {
            self.name = name
        }

        /// The byte at which it begins.
        public var offset: Int { name.offset }
    }

    /// A type as it is written: `Name`, `[Type]`, `Type!`.
    public indirect enum TypeReference: Sendable {
        /// A type by its name.
        case named(NamedType)
        /// A list of a type, at the byte of its bracket.
        case list(TypeReference, at: Int)
        /// A type that is never null; its own type is not of this case.
        case nonNull(TypeReference)

        /// The byte at which it begins.
        public var offset: Int {
            switch self {
            case .named(let type): type.offset
            case .list(_, let offset): offset
            case .nonNull(let type): type.offset
            }
        }

        /// The named type inside all lists and exclamation marks.
        public var namedType: NamedType {
            switch self {
            case .named(let type): type
            case .list(let type, _), .nonNull(let type): type.namedType
            }
        }
    }
}
