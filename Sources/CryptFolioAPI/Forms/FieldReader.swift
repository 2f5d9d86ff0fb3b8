import JSON
import Money
import Services

/// Reads the fields of a body and gathers what is wrong with them, in words.
///
/// A field may be sent as the habits of known clients have it: a list of one for a single value, a single value for a
/// list, numbers as texts, lists as objects whose keys count from 0, a currency as an object with its code.
struct FieldReader {
    private let fields: JSONValue
    private let query: JSONValue
    /// What is wrong, a sentence each.
    private(set) var problems: [String] = []

    /// The most problems that are told.
    private static let problemsMax = 20

    /// `query` has what may stand in the query instead; each route says which fields.
    init(_ fields: JSONValue, query: JSONValue = .object([])) {
        self.fields = fields
        self.query = query
    }

    /// The same problems over the fields of the query, for a route that takes some of them from there.
    mutating func inQuery<Value>(_ read: (inout FieldReader) -> Value) -> Value {
        var reader = FieldReader(query)
        let value = read(&reader)
        for problem in reader.problems { refuse(problem) }
        return value
    }

    /// Whether a field is there at all.
    func has(_ name: String) -> Bool { fields[name] != nil }

    mutating func refuse(_ problem: String) {
        if problems.count < FieldReader.problemsMax { problems.append(problem) }
    }

    /// Whether something is wrong with a field.
    func isRefused(_ name: String) -> Bool { problems.contains { $0.hasPrefix(name + " ") } }

    // MARK: Titles

    /// A title that can be one; nil when it is not there.
    ///
    /// It is checked here, so that it is told with all else that is wrong.
    mutating func title(_ name: String, _ limits: TrackingLimits) -> String? {
        guard let title = text(name) else { return nil }
        if let problem = limits.problem(withTitle: title) { refuse(problem) }
        return title
    }

    /// A title that must be there.
    mutating func requiredTitle(_ name: String, _ limits: TrackingLimits) -> String {
        guard has(name) else { return required(name) }
        return title(name, limits) ?? ""
    }

    /// The name of a venue that must be there.
    mutating func venue(_ name: String) -> String {
        let count = problems.count
        let venue = required(name)
        if problems.count == count, let problem = TrackingLimits.problem(withVenue: venue.lowercased()) {
            refuse(problem)
        }
        return venue
    }

    // MARK: Texts

    /// A text; nil when it is not there, null or something else, which is noted.
    mutating func text(_ name: String) -> String? {
        guard let value = fields[name] else { return nil }
        return text(value, name)
    }

    /// A text that must be there.
    mutating func required(_ name: String) -> String {
        guard let value = fields[name] else {
            refuse("\(name) can't be blank")
            return ""
        }
        return text(value, name) ?? ""
    }

    private mutating func text(_ value: JSONValue, _ name: String) -> String? {
        switch value {
        case .string(let text): return text
        case .number(let digits): return digits
        case .array(let elements) where elements.count == 1: return text(elements[0], name)
        case .null: refuse("\(name) can't be blank")
        default: refuse("\(name) must be a text")
        }
        return nil
    }

    // MARK: Currencies

    /// The code of a currency that must be there.
    mutating func currency(_ name: String) -> String {
        guard let value = fields[name] else {
            refuse("\(name) can't be blank")
            return ""
        }
        return code(value, name) ?? ""
    }

    /// Codes of currencies; nil when the field is not there.
    mutating func currencies(_ name: String) -> [String]? {
        guard let value = fields[name] else { return nil }
        return elements(value).compactMap { element in
            // A form cannot send an empty list but as one with an empty element.
            if case .string("") = element { return nil }
            return code(element, name)
        }
    }

    private mutating func code(_ value: JSONValue, _ name: String) -> String? {
        switch value {
        case .string(let code): return code
        case .object: if let code = value["code"]?.string { return code }
        case .array(let elements) where elements.count == 1: return code(elements[0], name)
        case .null:
            refuse("\(name) can't be blank")
            return nil
        default: break
        }
        refuse("\(name) must be the code of a currency")
        return nil
    }

    // MARK: Balances

    /// The balances of an offset; nil when the field is not there.
    mutating func balances(_ name: String) -> [StatedBalance]? {
        guard let value = fields[name] else { return nil }
        // All that was stated is taken away by an empty list alone.
        guard !value.isNull, value != .object([]) else {
            refuse("\(name) can't be blank")
            return nil
        }
        var balances: [StatedBalance] = []
        for (index, element) in elements(value).enumerated() {
            let place = "\(name)[\(index)]"
            guard case .object = element else {
                refuse("\(place) must have a currency and a balance")
                continue
            }
            let currency = element["currency"].map { code($0, "\(place).currency") }
            if currency == nil { refuse("\(place).currency can't be blank") }
            let amount = element["balance"].map { self.amount($0, "\(place).balance") }
            if amount == nil { refuse("\(place).balance can't be blank") }
            if let code = currency ?? nil, let amount = amount ?? nil {
                balances.append(StatedBalance(code: code, balance: amount))
            }
        }
        return balances
    }

    /// An amount as a number of JSON or a text, digit for digit.
    private mutating func amount(_ value: JSONValue, _ name: String) -> Amount? {
        let text: String
        switch value {
        case .number(let digits): text = digits
        case .string(let given): text = given
        case .array(let elements) where elements.count == 1: return amount(elements[0], name)
        case .null:
            refuse("\(name) can't be blank")
            return nil
        default:
            refuse("\(name) is not a number")
            return nil
        }
        do throws(MoneyError) {
            return try Amount.parseScientific(text)
        } catch {
            switch error {
            case .tooManyDecimals: refuse("\(name) has more than \(Amount.scale) decimals")
            case .outOfRange: refuse("\(name) is out of range; amounts are below 10^20")
            default: refuse(text.isEmpty ? "\(name) can't be blank" : "\(name) is not a number")
            }
            return nil
        }
    }

    // MARK: Lists

    /// The elements of a list; of a single value that value, of an object whose keys count from 0 its values.
    private func elements(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .null: return []
        case .array(let elements): return elements
        case .object(let members):
            guard !members.isEmpty else { return [] }
            var placed: [(place: Int, value: JSONValue)] = []
            for member in members {
                guard let place = Int(member.key), place >= 0 else { return [value] }
                placed.append((place, member.value))
            }
            return placed.sorted { $0.place < $1.place }.map(\.value)
        default: return [value]
        }
    }
}
