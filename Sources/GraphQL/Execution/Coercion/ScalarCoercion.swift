internal import JSON

/// What scalars take, and the messages when they do not.
internal enum ScalarCoercion {
    /// Why a value is not taken.
    enum Refusal: Error {
        /// The whole message.
        case message(String)
        /// What the scalar itself said.
        case refused(ScalarRefusal)
    }

    private static let idDigitsMax = 40

    /// A value that came as JSON.
    static func coerce(_ value: JSONValue, _ scalar: ScalarType) throws(Refusal) -> InputValue {
        switch scalar.input {
        case .int: return try int(value)
        case .float: return try float(value)
        case .string:
            if case .string(let text) = value { return .string(text) }
            throw .message("String cannot represent a non string value: " + Inspection.text(value))
        case .boolean:
            if case .bool(let truth) = value { return .boolean(truth) }
            throw .message("Boolean cannot represent a non boolean value: " + Inspection.text(value))
        case .id:
            if case .string(let text) = value { return .string(text) }
            if case .number(let text) = value,
                let digits = ExactNumber(text).integerText(digitsMax: idDigitsMax)
            {
                return .string(digits)
            }
            throw .message("ID cannot represent value: " + Inspection.text(value))
        case .custom(let take):
            do throws(ScalarRefusal) {
                return try take(InputValue(value))
            } catch {
                throw .refused(error)
            }
        }
    }

    private static func int(_ value: JSONValue) throws(Refusal) -> InputValue {
        guard case .number(let text) = value, ExactNumber(text).isInteger else {
            throw .message("Int cannot represent non-integer value: " + Inspection.text(value))
        }
        guard let small = ExactNumber(text).int32 else {
            throw .message("Int cannot represent non 32-bit signed integer value: " + Inspection.text(value))
        }
        return .number(String(small))
    }

    /// The digits stay as they are; binary floating point only tells whether a reader of such could hold them.
    private static func float(_ value: JSONValue) throws(Refusal) -> InputValue {
        guard case .number(let text) = value, let binary = Double(text), binary.isFinite else {
            throw .message("Float cannot represent non numeric value: " + Inspection.text(value))
        }
        return .number(text)
    }

    /// A value as a document writes it, its variables already replaced.
    static func coerce(_ value: InputValue, _ scalar: ScalarType) throws(Refusal) -> InputValue {
        switch (scalar.input, value) {
        case (.int, .number(let text)):
            guard let small = Int32(text) else { break }
            return .number(String(small))
        case (.float, .number), (.string, .string), (.boolean, .boolean), (.id, .string): return value
        case (.id, .number(let text)):
            guard text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") <= 9 }) else {
                break
            }
            return .string(text)
        case (.custom(let take), _):
            do throws(ScalarRefusal) {
                return try take(value)
            } catch {
                throw .refused(error)
            }
        default: break
        }
        throw .message(literalRefusal(value, scalar))
    }

    private static func literalRefusal(_ value: InputValue, _ scalar: ScalarType) -> String {
        let text = value.text
        switch scalar.input {
        case .int:
            if case .number(let digits) = value, ExactNumber(digits).isInteger, !digits.contains(".") {
                return "Int cannot represent non 32-bit signed integer value: \(text)"
            }
            return "Int cannot represent non-integer value: \(text)"
        case .float: return "Float cannot represent non numeric value: \(text)"
        case .string: return "String cannot represent a non string value: \(text)"
        case .boolean: return "Boolean cannot represent a non boolean value: \(text)"
        case .id: return "ID cannot represent a non-string and non-integer value: \(text)"
        case .custom: return "The value is not taken: \(text)"
        }
    }
}

extension InputValue {
    /// A value of JSON as it is, without a type.
    internal init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let truth): self = .boolean(truth)
        case .number(let digits): self = .number(digits)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map { InputValue($0) })
        case .object(let members): self = .object(members.map { Field($0.key, InputValue($0.value)) })
        }
    }

    /// The value as a document would write it.
    public var text: String {
        switch self {
        case .null: "null"
        case .boolean(let truth): truth ? "true" : "false"
        case .number(let digits): digits
        case .string(let string): Printer.quoted(string)
        case .enumeration(let word): word
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let fields):
            fields.isEmpty
                ? "{}" : "{ " + fields.map { "\($0.name): \($0.value.text)" }.joined(separator: ", ") + " }"
        }
    }
}
