/// What a field answers: a type of the schema and the Swift value that a resolver gives for it.
///
/// A type may be null unless it is `required`. Its value is optional in the same way, so that the compiler keeps a
/// resolver from giving nothing where the schema promises something.
///
/// ```swift
/// amount.field("value", .string) { $0.value }                   // String,    from String?
/// amount.field("currency", .required(.string)) { $0.currency }  // String!,   from String
/// user.field("amounts", .list(amount.required)) { $0.amounts }  // [Amount!], from [AmountSource]?
/// ```
public protocol OutputType<Value> {
    /// What a resolver gives.
    associatedtype Value

    /// The parts that building a schema needs.
    var parts: OutputParts<Value> { get }
}

/// What is known of a field's type before the schema is there.
public struct OutputParts<Value> {
    internal let shape: TypeShape
    internal let write: WriteValue<Value>
}

/// Writes a value into the answer.
///
/// False when it cannot be there: the error is recorded, and whoever is around it becomes null.
internal typealias WriteValue<Value> = @Sendable (Value, PlannedField, inout Execution) -> Bool

/// A type whose value may be null.
public struct NullableType<Wrapped>: OutputType {
    internal let shape: TypeShape
    internal let write: WriteValue<Wrapped>

    internal init(shape: TypeShape, write: @escaping WriteValue<Wrapped>) {
        self.shape = shape
        self.write = write
    }

    /// The same type with `!`.
    public var required: RequiredType<Wrapped> {
        RequiredType(shape: .nonNull(shape), write: write)
    }

    /// The parts that building a schema needs.
    public var parts: OutputParts<Wrapped?> {
        let write = write
        return OutputParts(shape: shape) { value, field, execution in
            guard let value else { return execution.writeNull() }
            let mark = execution.mark
            return write(value, field, &execution) || execution.nullify(from: mark)
        }
    }
}

/// A type with `!`: its value is never null.
public struct RequiredType<Value>: OutputType {
    internal let shape: TypeShape
    internal let write: WriteValue<Value>

    internal init(shape: TypeShape, write: @escaping WriteValue<Value>) {
        self.shape = shape
        self.write = write
    }

    /// The parts that building a schema needs.
    public var parts: OutputParts<Value> { OutputParts(shape: shape, write: write) }
}

extension OutputType {
    /// A type with `!`.
    public static func required<Wrapped>(_ type: NullableType<Wrapped>) -> RequiredType<Wrapped>
    where Self == RequiredType<Wrapped> {
        type.required
    }

    /// A list.
    public static func list<Element: OutputType>(_ element: Element) -> NullableType<[Element.Value]>
    where Self == NullableType<[Element.Value]> {
        .sequence(element, of: [Element.Value].self)
    }
}

extension NullableType {
    /// A list whose elements come from a sequence other than an array.
    public static func sequence<Element: OutputType>(
        _ element: Element,
        of type: Wrapped.Type
    ) -> NullableType<Wrapped> where Wrapped: Sequence & SendableMetatype, Wrapped.Element == Element.Value {
        let parts = element.parts
        let write = parts.write
        return NullableType(shape: .list(parts.shape)) { elements, field, execution in
            execution.writeList(elements, field, write)
        }
    }
}
