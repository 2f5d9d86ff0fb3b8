/// What an argument takes: a type of the schema and the Swift value that a resolver is given for it.
///
/// As with `OutputType`, a value may be null unless it is `required`.
public protocol InputType<Value> {
    /// What a resolver is given.
    associatedtype Value

    /// The parts that building a schema needs.
    var inputParts: InputParts<Value> { get }
}

/// What is known of an argument's type before the schema is there.
public struct InputParts<Value>: Sendable {
    internal let shape: TypeShape
    internal let read: ReadValue<Value>
}

/// Makes a Swift value of a coerced one; nil only when it does not have the form that coercion gives it.
internal typealias ReadValue<Value> = @Sendable (InputValue) throws -> Value?

/// A type that takes null, or no value at all.
public struct NullableInput<Wrapped>: InputType {
    internal let shape: TypeShape
    internal let read: ReadValue<Wrapped>

    internal init(shape: TypeShape, read: @escaping ReadValue<Wrapped>) {
        self.shape = shape
        self.read = read
    }

    /// The same type with `!`.
    public var required: RequiredInput<Wrapped> {
        RequiredInput(shape: .nonNull(shape), read: read)
    }

    /// The parts that building a schema needs.
    public var inputParts: InputParts<Wrapped?> {
        let read = read
        return InputParts(shape: shape) { value in
            if value.isNull { return .some(.none) }
            return try read(value).map { .some($0) }
        }
    }
}

/// A type with `!`: a value must be given.
public struct RequiredInput<Value>: InputType {
    internal let shape: TypeShape
    internal let read: ReadValue<Value>

    internal init(shape: TypeShape, read: @escaping ReadValue<Value>) {
        self.shape = shape
        self.read = read
    }

    /// The parts that building a schema needs.
    public var inputParts: InputParts<Value> { InputParts(shape: shape, read: read) }
}

extension InputType {
    /// A type with `!`.
    public static func required<Wrapped>(_ type: NullableInput<Wrapped>) -> RequiredInput<Wrapped>
    where Self == RequiredInput<Wrapped> {
        type.required
    }

    /// A list.
    public static func list<Element: InputType>(_ element: Element) -> NullableInput<[Element.Value]>
    where Self == NullableInput<[Element.Value]> {
        let parts = element.inputParts
        let read = parts.read
        return NullableInput(shape: .list(parts.shape)) { value in
            guard case .list(let elements) = value else { return nil }
            var values: [Element.Value] = []
            for element in elements {
                guard let value = try read(element) else { return nil }
                values.append(value)
            }
            return values
        }
    }
}

extension InputType where Self == NullableInput<String> {
    /// `String`.
    public static var string: NullableInput<String> {
        NullableInput(shape: .named("String")) { value in
            if case .string(let text) = value { text } else { nil }
        }
    }

    /// `ID`.
    public static var id: NullableInput<String> {
        NullableInput(shape: .named("ID")) { value in
            if case .string(let text) = value { text } else { nil }
        }
    }

    /// `Float`, by the digits that were written.
    public static var digits: NullableInput<String> {
        NullableInput(shape: .named("Float")) { value in
            if case .number(let text) = value { text } else { nil }
        }
    }
}

extension InputType where Self == NullableInput<Bool> {
    /// `Boolean`.
    public static var boolean: NullableInput<Bool> {
        NullableInput(shape: .named("Boolean")) { value in
            if case .boolean(let truth) = value { truth } else { nil }
        }
    }
}

extension InputType where Self == NullableInput<Int> {
    /// `Int`.
    public static var int: NullableInput<Int> {
        NullableInput(shape: .named("Int")) { value in
            if case .number(let text) = value { Int(text) } else { nil }
        }
    }
}
