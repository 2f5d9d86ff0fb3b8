/// A schema with its resolvers while it is built.
///
/// ```swift
/// let schema = SchemaBuilder(root: Caller.self, "What a user owns.")
/// let amount = schema.object("Amount", of: AmountSource.self, "How much of one asset.")
/// amount.field("value", .string) { $0.value }
/// amount.field("currency", .required(.string)) { $0.currency }
/// amount.field("in", amount.required, Argument("currency", .required(.string))) { amount, currency in
///     try amount.converted(to: currency)
/// }
/// schema.query.field("total", amount.required) { caller, execution in
///     try caller.total(in: execution.lookAhead)
/// }
/// let executable = try schema.finish()
/// ```
public final class SchemaBuilder<Root> {
    /// The type where queries begin.
    public let query: ObjectBuilder<Root>
    /// The type where mutations begin; the schema has it once it has a field.
    public let mutation: ObjectBuilder<Root>

    private let description: String?
    private var types: [any TypeBuilder] = []
    private var directives: [@Sendable (inout SchemaAssembly) -> DirectiveDefinition] = []

    /// A builder for operations that begin at a value of this type.
    public init(root: Root.Type, _ description: String? = nil) {
        self.description = description
        query = ObjectBuilder("Query", nil)
        mutation = ObjectBuilder("Mutation", nil)
    }

    /// An object whose fields are read from values of this type.
    public func object<Source>(
        _ name: String,
        of source: Source.Type,
        _ description: String? = nil
    ) -> ObjectBuilder<Source> {
        add(ObjectBuilder(name, description))
    }

    /// An interface; the closure says which object a value is.
    public func interface<Value>(
        _ name: String,
        of value: Value.Type,
        _ description: String? = nil,
        choose: @escaping @Sendable (Value) throws -> ObjectValue
    ) -> AbstractBuilder<Value> {
        add(AbstractBuilder(interface: name, description, choose))
    }

    /// A union of objects by their names; the closure says which object a value is.
    public func union<Value>(
        _ name: String,
        of value: Value.Type,
        members: [String],
        _ description: String? = nil,
        choose: @escaping @Sendable (Value) throws -> ObjectValue
    ) -> AbstractBuilder<Value> {
        add(AbstractBuilder(union: name, members, description, choose))
    }

    /// An enum; its values are those of a Swift enum by their raw values.
    public func enumeration<Value: CaseIterable & RawRepresentable & Sendable>(
        _ name: String,
        of value: Value.Type,
        _ description: String? = nil,
        describe: (Value) -> String? = { _ in nil },
        deprecate: (Value) -> String? = { _ in nil }
    ) -> LeafBuilder<Value> where Value.RawValue == String {
        let values = Value.allCases.map { value in
            EnumValue(
                name: value.rawValue,
                description: describe(value),
                deprecation: deprecate(value)
            )
        }
        return add(
            LeafBuilder(
                name,
                description,
                body: .enumeration(Definitions(values)),
                write: { value, _, execution in execution.writeString(value.rawValue) },
                read: { value in
                    if case .enumeration(let word) = value { Value(rawValue: word) } else { nil }
                }
            )
        )
    }

    /// A scalar of one's own that is written as a string.
    ///
    /// What `read` throws is told to the caller as the reason why a value is not taken.
    public func scalar<Value>(
        _ name: String,
        of value: Value.Type,
        _ description: String? = nil,
        specifiedBy: String? = nil,
        write: @escaping @Sendable (Value, inout [UInt8]) -> Void,
        read: @escaping @Sendable (InputValue) throws(ScalarRefusal) -> Value
    ) -> LeafBuilder<Value> {
        let judge: @Sendable (InputValue) throws(ScalarRefusal) -> InputValue = {
            (value) throws(ScalarRefusal) in
            _ = try read(value)
            return value
        }
        return add(
            LeafBuilder(
                name,
                description,
                body: .scalar(ScalarType(specifiedBy: specifiedBy, input: .custom(judge))),
                write: { value, _, execution in execution.writeText { write(value, &$0) } },
                read: { try read($0) }
            )
        )
    }

    /// An input object with one field.
    public func input<Value, First>(
        _ name: String,
        of value: Value.Type,
        _ first: Argument<First>,
        description: String? = nil,
        make: @escaping @Sendable (First) throws -> Value
    ) -> InputBuilder<Value> {
        add(
            InputBuilder(name, description, fields: [first.definition]) { value in
                guard case .object(let fields) = value else { return nil }
                return try make(first.read(InputValues(fields: fields)))
            }
        )
    }

    /// An input object with two fields.
    public func input<Value, First, Second>(
        _ name: String,
        of value: Value.Type,
        _ first: Argument<First>,
        _ second: Argument<Second>,
        description: String? = nil,
        make: @escaping @Sendable (First, Second) throws -> Value
    ) -> InputBuilder<Value> {
        add(
            InputBuilder(name, description, fields: [first.definition, second.definition]) { value in
                guard case .object(let fields) = value else { return nil }
                let values = InputValues(fields: fields)
                return try make(first.read(values), second.read(values))
            }
        )
    }

    /// An input object with three fields.
    public func input<Value, First, Second, Third>(
        _ name: String,
        of value: Value.Type,
        _ first: Argument<First>,
        _ second: Argument<Second>,
        _ third: Argument<Third>,
        description: String? = nil,
        make: @escaping @Sendable (First, Second, Third) throws -> Value
    ) -> InputBuilder<Value> {
        let fields = [first.definition, second.definition, third.definition]
        return add(
            InputBuilder(name, description, fields: fields) { value in
                guard case .object(let fields) = value else { return nil }
                let values = InputValues(fields: fields)
                return try make(first.read(values), second.read(values), third.read(values))
            }
        )
    }

    /// A directive of one's own, which documents may use and resolvers do not see.
    public func directive(
        _ name: String,
        on locations: [DirectiveLocation],
        isRepeatable: Bool = false,
        description: String? = nil
    ) {
        let definition = DirectiveDefinition(
            name: name,
            description: description,
            isRepeatable: isRepeatable,
            locations: locations
        )
        directives.append { _ in definition }
    }

    /// A directive of one's own with an argument.
    public func directive<First>(
        _ name: String,
        on locations: [DirectiveLocation],
        isRepeatable: Bool = false,
        _ first: Argument<First>,
        description: String? = nil
    ) {
        let draft = first.definition
        directives.append { assembly in
            DirectiveDefinition(
                name: name,
                description: description,
                arguments: [draft.definition(in: &assembly)],
                isRepeatable: isRepeatable,
                locations: locations
            )
        }
    }

    /// The schema, once it is complete and keeps all rules.
    ///
    /// - Throws: `SchemaFault` with everything that is wrong.
    public func finish() throws(SchemaFault) -> ExecutableSchema<Root> {
        var assembly = SchemaAssembly()
        assembly.description = description
        var builders: [any TypeBuilder] = [query]
        if !mutation.resolvers.isEmpty { builders.append(mutation) }
        builders.append(contentsOf: types)
        for builder in builders { builder.define(in: &assembly) }
        for directive in directives { assembly.define(directive(&assembly)) }
        assembly.query = assembly.id(for: query.name)
        if !mutation.resolvers.isEmpty { assembly.mutation = assembly.id(for: mutation.name) }
        let schema = try assembly.finishUnchecked()
        let faults = SchemaChecker.check(schema) + DraftChecker.check(schema)
        guard faults.isEmpty else { throw SchemaFault(messages: faults) }
        return ExecutableSchema(schema, builders: builders)
    }

    private func add<Builder: TypeBuilder>(_ builder: Builder) -> Builder {
        types.append(builder)
        return builder
    }
}
