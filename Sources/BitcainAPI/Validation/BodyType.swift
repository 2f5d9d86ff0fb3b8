import JSON
import Money

/// How pydantic reads one sort of JSON value: small pieces that are put together to the type of a field.
struct BodyType<Value>: Sendable {
    /// A place on the way from the body to the value.
    typealias Step = ValidationItem.Step

    /// The value, or nil with what is wrong added.
    let read: @Sendable (JSONValue, [Step], inout [ValidationItem]) -> Value?

    /// The same type, or null.
    var orNull: BodyType<Value?> {
        BodyType<Value?> { value, place, errors in
            if value.isNull { return .some(nil) }
            // A value that does not fit is nil without being null.
            guard let found = read(value, place, &errors) else { return nil }
            return .some(found)
        }
    }

    /// The same type with a rule of our own; the sentence of a broken one is shown as pydantic shows it.
    func checked(_ rule: @escaping @Sendable (Value) -> String?) -> BodyType {
        BodyType { value, place, errors in
            guard let found = read(value, place, &errors) else { return nil }
            guard let sentence = rule(found) else { return found }
            errors.append(
                ValidationItem(
                    type: "value_error",
                    location: place,
                    message: "Value error, " + sentence,
                    input: value,
                    context: .context("error", .object([]))
                )
            )
            return nil
        }
    }
}

// MARK: - Texts and truth values

extension BodyType where Value == String {
    /// A text whose length in Unicode scalars is bounded.
    static func string(_ length: ClosedRange<Int>) -> BodyType {
        BodyType { value, place, errors in
            guard case .string(let text) = value else {
                errors.append(.plain("string_type", "Input should be a valid string", place, value))
                return nil
            }
            let count = text.unicodeScalars.count
            if count < length.lowerBound {
                let least = length.lowerBound
                errors.append(
                    ValidationItem(
                        type: "string_too_short",
                        location: place,
                        message: "String should have at least \(least) character\(least == 1 ? "" : "s")",
                        input: value,
                        context: .context("min_length", .number(String(least)))
                    )
                )
                return nil
            }
            guard count <= length.upperBound else {
                errors.append(
                    ValidationItem(
                        type: "string_too_long",
                        location: place,
                        message: "String should have at most \(length.upperBound) characters",
                        input: value,
                        context: .context("max_length", .number(String(length.upperBound)))
                    )
                )
                return nil
            }
            return text
        }
    }
}

extension BodyType where Value == Bool {
    /// A truth value; also 0 and 1, and the words that a query takes.
    static var bool: BodyType {
        BodyType { value, place, errors in
            switch value {
            case .bool(let value): return value
            case .string(let text):
                if let value = QueryValue.truth(text) { return value }
            case .number(let text):
                // As Python has it: a float that is no 0 and no 1, or a number beyond 64 bits, is of a wrong type.
                let number = try? Amount.parseScientific(text)
                if number == .zero || number == .one { return number == .one }
                guard Int64(text) != nil else { return wrongType(value, place, &errors) }
            default: return wrongType(value, place, &errors)
            }
            errors.append(.plain("bool_parsing", QueryValue.boolWords, place, value))
            return nil
        }
    }

    private static func wrongType(
        _ value: JSONValue,
        _ place: [Step],
        _ errors: inout [ValidationItem]
    ) -> Bool? {
        errors.append(.plain("bool_type", "Input should be a valid boolean", place, value))
        return nil
    }
}

extension BodyType where Value: RawRepresentable<String> & CaseIterable & Sendable {
    /// One of several words.
    static var choice: BodyType {
        let choices = Array(Value.allCases)
        return BodyType { value, place, errors in
            if case .string(let text) = value, let found = choices.first(where: { $0.rawValue == text }) {
                return found
            }
            errors.append(.notOneOf(choices.map(\.rawValue), place, value))
            return nil
        }
    }
}

// MARK: - Numbers

extension BodyType where Value == Amount {
    /// A number as pydantic takes a float, kept exact: digits beyond the eighteenth decimal are rounded half-even.
    ///
    /// Unlike there, what is no number (`nan`, `inf`) or is 10²⁰ or more does not fit.
    static var float: BodyType {
        BodyType { value, place, errors in
            var text: String?
            switch value {
            case .bool(let value): return value ? .one : .zero
            case .number(let digits): text = digits
            case .string(let digits): text = PythonDigits.number(digits)
            default:
                errors.append(.plain("float_type", "Input should be a valid number", place, value))
                return nil
            }
            if let text, let amount = try? Amount.parseRounding(text).amount { return amount }
            errors.append(
                .plain(
                    "float_parsing",
                    "Input should be a valid number, unable to parse string as a number",
                    place,
                    value
                )
            )
            return nil
        }
    }

    /// A decimal of at most eighteen decimals, from zero up to below 10²⁰, as a number or as a text.
    static var decimal: BodyType {
        BodyType { value, place, errors in
            let text: String?
            switch value {
            case .number(let digits): text = digits
            case .string(let digits):
                if PythonDigits.isNotFinite(digits) {
                    errors.append(.plain("finite_number", "Input should be a finite number", place, value))
                    return nil
                }
                text = PythonDigits.number(digits)
            default:
                errors.append(
                    .plain(
                        "decimal_type",
                        "Decimal input should be an integer, float, string or Decimal object",
                        place,
                        value
                    )
                )
                return nil
            }
            guard let text else {
                errors.append(.plain("decimal_parsing", "Input should be a valid decimal", place, value))
                return nil
            }
            return bounded(text, value, place, &errors)
        }
    }

    private static func bounded(
        _ text: String,
        _ value: JSONValue,
        _ place: [Step],
        _ errors: inout [ValidationItem]
    ) -> Amount? {
        let item: ValidationItem
        do {
            let amount = try Amount.parseScientific(text)
            guard amount.isNegative else { return amount }
            item = negative(value, place)
        } catch MoneyError.tooManyDecimals {
            item = ValidationItem(
                type: "decimal_max_places",
                location: place,
                message: "Decimal input should have no more than 18 decimal places",
                input: value,
                context: .context("decimal_places", .number("18"))
            )
        } catch {
            let isNegative = text.hasPrefix("-")
            item =
                isNegative
                ? negative(value, place)
                : ValidationItem(
                    type: "less_than",
                    location: place,
                    message: "Input should be less than 100000000000000000000",
                    input: value,
                    context: .context("lt", .number("100000000000000000000"))
                )
        }
        errors.append(item)
        return nil
    }

    private static func negative(_ value: JSONValue, _ place: [Step]) -> ValidationItem {
        ValidationItem(
            type: "greater_than_equal",
            location: place,
            message: "Input should be greater than or equal to 0",
            input: value,
            context: .context("ge", .number("0"))
        )
    }
}

// MARK: - Containers

extension BodyType {
    /// A list of values of one type.
    static func list<Element>(of element: BodyType<Element>, max: Int) -> BodyType where Value == [Element] {
        BodyType { value, place, errors in
            guard case .array(let elements) = value else {
                errors.append(.plain("list_type", "Input should be a valid list", place, value))
                return nil
            }
            guard elements.count <= max else {
                errors.append(.tooLong("List", max: max, count: elements.count, place, value))
                return nil
            }
            var found: [Element] = []
            for (index, one) in elements.enumerated() {
                if let one = element.read(one, place + [.index(index)], &errors) { found.append(one) }
            }
            return found.count == elements.count ? found : nil
        }
    }

    /// A dictionary with values of one type, in the order of the body.
    static func dictionary<Element>(
        of element: BodyType<Element>,
        max: Int
    ) -> BodyType where Value == [(key: String, value: Element)] {
        BodyType { value, place, errors in
            guard case .object(let members) = value else {
                errors.append(.plain("dict_type", "Input should be a valid dictionary", place, value))
                return nil
            }
            guard members.count <= max else {
                errors.append(.tooLong("Dictionary", max: max, count: nil, place, value))
                return nil
            }
            var found: [(key: String, value: Element)] = []
            for member in members {
                if let one = element.read(member.value, place + [.name(member.key)], &errors) {
                    found.append((member.key, one))
                }
            }
            return found.count == members.count ? found : nil
        }
    }
}

extension ValidationItem {
    /// An item without a context.
    static func plain(
        _ type: String,
        _ message: String,
        _ place: [Step],
        _ value: JSONValue
    ) -> ValidationItem {
        ValidationItem(type: type, location: place, message: message, input: value)
    }

    /// A word that is none of those expected.
    static func notOneOf(_ words: [String], _ place: [Step], _ value: JSONValue) -> ValidationItem {
        let quoted = words.map { "'\($0)'" }
        let expected = quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
        return ValidationItem(
            type: "enum",
            location: place,
            message: "Input should be " + expected,
            input: value,
            context: .context("expected", .string(expected))
        )
    }

    fileprivate static func tooLong(
        _ sort: String,
        max: Int,
        count: Int?,
        _ place: [Step],
        _ value: JSONValue
    ) -> ValidationItem {
        ValidationItem(
            type: "too_long",
            location: place,
            message: "\(sort) should have at most \(max) items after validation, not "
                + (count.map { String($0) } ?? "more"),
            input: value,
            context: .object([
                JSONMember(key: "field_type", value: .string(sort)),
                JSONMember(key: "max_length", value: .number(String(max))),
                JSONMember(key: "actual_length", value: count.map { .number(String($0)) } ?? .null),
            ])
        )
    }
}
