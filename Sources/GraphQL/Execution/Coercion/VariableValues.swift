/// The coerced values of an operation's variables; a variable that was not given and has no default is missing.
internal struct VariableValues: Sendable {
    private var values: [String: InputValue] = [:]

    subscript(name: String) -> InputValue? {
        get { values[name] }
        set { values[name] = newValue }
    }
}
