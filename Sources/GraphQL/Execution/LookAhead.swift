/// A field that is asked, with its arguments and what is asked below it.
///
/// A resolver that fetches looks through it once, so that everything below only reads:
///
/// ```swift
/// let currencies = try ahead.all(named: "in").map { try $0.value(of: currency) }
/// ```
public struct LookAhead: Sendable {
    private let field: PlannedField
    private let variables: VariableValues

    internal init(_ field: PlannedField, _ variables: VariableValues) {
        self.field = field
        self.variables = variables
    }

    /// A field of the request, to find again what was fetched for it.
    public struct ID: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// Which field of the request this is.
    public var id: ID { ID(number: field.number) }

    /// The field's name.
    public var name: String { field.definition.name }

    /// The key of the field in the answer: its alias or its name.
    public var key: String { field.key }

    /// The value of one of the field's arguments, as its resolver gets it.
    ///
    /// - Throws: `GraphQLError` when the argument's value is not one of its type, which only variables can cause.
    public func value<Value>(of argument: Argument<Value>) throws -> Value {
        try argument.read(values())
    }

    /// The fields that are asked of this one's value, for any of the types that it may have.
    public var fields: [LookAhead] {
        switch field.content {
        case .leaf, .typeName: []
        case .object(let selection): selection.fields.map { LookAhead($0, variables) }
        case .abstract(let plan): plan.allFields.map { LookAhead($0, variables) }
        }
    }

    /// The fields of that name at any depth below this one.
    public func all(named name: String) -> [LookAhead] {
        var found: [LookAhead] = []
        var waiting = Array(fields.reversed())
        while let next = waiting.popLast() {
            if next.name == name { found.append(next) }
            waiting.append(contentsOf: next.fields.reversed())
        }
        return found
    }

    internal func values() throws -> InputValues {
        try field.values(variables)
    }
}
