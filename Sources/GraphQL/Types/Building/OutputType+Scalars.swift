extension OutputType where Self == NullableType<String> {
    /// `String`.
    public static var string: NullableType<String> {
        NullableType(shape: .named("String")) { text, _, execution in execution.writeString(text) }
    }

    /// `ID`.
    public static var id: NullableType<String> {
        NullableType(shape: .named("ID")) { text, _, execution in execution.writeString(text) }
    }
}

extension OutputType where Self == NullableType<Bool> {
    /// `Boolean`.
    public static var boolean: NullableType<Bool> {
        NullableType(shape: .named("Boolean")) { value, _, execution in execution.writeBoolean(value) }
    }
}

extension OutputType where Self == NullableType<Int> {
    /// `Int`; a value beyond 32 bits is an error of the field.
    public static var int: NullableType<Int> {
        NullableType(shape: .named("Int")) { value, field, execution in
            guard let small = Int32(exactly: value) else {
                let reason = "Int cannot represent non 32-bit signed integer value: \(value)"
                return execution.fail(reason, field)
            }
            return execution.writeInteger(Int64(small))
        }
    }
}

extension OutputType where Self == NullableType<Double> {
    /// `Float`; a value that is not finite is an error of the field.
    public static var float: NullableType<Double> {
        NullableType(shape: .named("Float")) { value, field, execution in
            guard value.isFinite else {
                return execution.fail("Float cannot represent non numeric value: \(value)", field)
            }
            return execution.writeNumber(value.description)
        }
    }
}

extension NullableType {
    /// `String`, from a value that renders itself: no text is made of it in between.
    ///
    /// ```swift
    /// let decimal = NullableType<Amount>.text { value, bytes in value.append(to: &bytes) }
    /// amount.field("value", decimal) { $0.value }
    /// ```
    public static func text(
        _ render: @escaping @Sendable (Wrapped, inout [UInt8]) -> Void
    ) -> NullableType<Wrapped> {
        NullableType(shape: .named("String")) { value, _, execution in
            execution.writeText { render(value, &$0) }
        }
    }

    /// `Float`, from a value that renders itself as a number of JSON with all its digits.
    public static func digits(
        _ render: @escaping @Sendable (Wrapped, inout [UInt8]) -> Void
    ) -> NullableType<Wrapped> {
        NullableType(shape: .named("Float")) { value, _, execution in
            execution.writeRaw { render(value, &$0) }
        }
    }
}
