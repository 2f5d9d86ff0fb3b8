/// A value that goes into a field: an argument, a variable's value, a default.
///
/// Numbers keep their digits. After coercion a value has exactly the form of its type: a list where the type is a
/// list, `enumeration` for enums, `string` for `String` and `ID`, all fields with defaults of an input object.
public enum InputValue: Hashable, Sendable {
    /// `null`.
    case null
    /// A truth value.
    case boolean(Bool)
    /// A number by its digits; an integer has neither point nor exponent.
    case number(String)
    /// A string.
    case string(String)
    /// The name of an enum's value.
    case enumeration(String)
    /// A list.
    case list([InputValue])
    /// The fields of an input object.
    case object([Field])

    /// A field of an input object.
    public struct Field: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: InputValue

        /// A field from its two parts.
        public init(_ name: String, _ value: InputValue) {
            self.name = name
            self.value = value
        }
    }
}

extension InputValue {
    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The field of an input object; nil when it has none of that name or is no object.
    public subscript(_ name: String) -> InputValue? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }
}
