/// A JSON value as it was read: numbers keep their digits, members keep their order.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number by its digits, exactly as written.
    case number(String)
    /// A string with its escapes resolved.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its members in the order of the text.
    case object([JSONMember])
}

/// One member of an object.
public struct JSONMember: Sendable, Equatable {
    /// The name.
    public let key: String
    /// The value.
    public let value: JSONValue

    /// A member from its two parts.
    public init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }

    /// The same name, byte for byte, and the same value.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
    }
}

extension JSONValue: Equatable {
    /// The same value: texts byte for byte, numbers digit for digit, members in the same order.
    ///
    /// Not by `String`'s own equality, which takes differently composed letters for the same.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left.utf8.elementsEqual(right.utf8)
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSONValue {
    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value, or nil when this is something else.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The digits of the number, or nil when this is something else.
    public var number: String? {
        if case .number(let text) = self { text } else { nil }
    }

    /// The number as an integer, or nil when it is written with a point or exponent or is out of range.
    public var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// The string, or nil when this is something else.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements, or nil when this is something else.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members, or nil when this is something else.
    public var object: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value of an object's member, or nil when this is no object or has no such member.
    ///
    /// Linear in the members; names are compared byte for byte.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The element of an array, or nil when this is no array or is shorter.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The sort of value as people call it: null, boolean, number, string, array or object.
    public var sort: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The value as JSON bytes.
    public func rendered(style: JSONWriter.Style = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.value(self)
        return writer.finish()
    }
}
