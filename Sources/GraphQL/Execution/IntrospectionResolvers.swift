/// What answers the fields of introspection, for any schema.
internal enum IntrospectionResolvers {
    /// A type with the schema that it belongs to.
    struct TypeView {
        let schema: Schema
        let type: TypeReference
    }

    /// A definition with the schema that it belongs to.
    struct View<Definition> {
        let schema: Schema
        let definition: Definition
    }

    /// Adds the resolvers of all types of introspection, and of the two fields where it begins.
    static func install<Root>(in table: inout ResolverTable, for schema: Schema, root: Root.Type) {
        table.set(schemaFields, of: Introspection.schemaType)
        table.set(typeFields, of: Introspection.typeType)
        table.set(fieldFields, of: Introspection.fieldType)
        table.set(inputValueFields, of: Introspection.inputValueType)
        table.set(enumValueFields, of: Introspection.enumValueType)
        table.set(directiveFields, of: Introspection.directiveType)
        let whole: NullableType<Schema> = .object("__Schema")
        table.schemaField = FieldResolver<Root>(whole.required.parts) { _ in schema }
        let name = Argument("name", .required(.string))
        table.typeField = FieldResolver<Root>(type.parts, reading: { try name.read($0) }) { _, name, _ in
            schema.type(named: name).map { TypeView(schema: schema, type: TypeReference($0)) }
        }
    }
}

extension IntrospectionResolvers {
    private typealias Resolvers = [any AnyObject & Sendable]
    private typealias FieldView = View<FieldDefinition>
    private typealias InputView = View<InputDefinition>
    private typealias DirectiveView = View<DirectiveDefinition>

    private static var type: NullableType<TypeView> { .object("__Type") }
    private static var types: NullableType<[TypeView]> { .list(type.required) }
    private static var inputs: NullableType<[InputView]> {
        let input: NullableType<InputView> = .object("__InputValue")
        return .list(input.required)
    }

    private static let includeDeprecated = Argument("includeDeprecated", .boolean, default: .boolean(false))

    /// A field that is read.
    private static func read<Source, Output: OutputType>(
        _ output: Output,
        _ resolve: @escaping @Sendable (Source) -> Output.Value
    ) -> any AnyObject & Sendable {
        FieldResolver<Source>(output.parts, resolve)
    }

    /// A list that leaves out what is deprecated unless told otherwise.
    private static func list<Source, Output: OutputType>(
        _ output: Output,
        _ resolve: @escaping @Sendable (Source, Bool) -> Output.Value
    ) -> any AnyObject & Sendable {
        let argument = includeDeprecated
        return FieldResolver<Source>(output.parts, reading: { try argument.read($0) ?? false }) {
            source,
            all,
            _ in
            resolve(source, all)
        }
    }

    private static let schemaFields: Resolvers = {
        let directive: NullableType<DirectiveView> = .object("__Directive")
        return [
            read(.string) { (schema: Schema) in schema.description },
            read(types.required) { (schema: Schema) in schema.types.map { $0.view(in: schema) } },
            read(type) { (schema: Schema) in schema.query?.view(in: schema) },
            read(type) { (schema: Schema) in schema.mutation?.view(in: schema) },
            read(type) { (schema: Schema) in schema.subscription?.view(in: schema) },
            read(.required(.list(directive.required))) { (schema: Schema) in
                schema.directives.map { View(schema: schema, definition: $0) }
            },
        ]
    }()

    private static let typeFields: Resolvers = {
        let field: NullableType<FieldView> = .object("__Field")
        let enumValue: NullableType<EnumValue> = .object("__EnumValue")
        return [
            read(.required(.string)) { (view: TypeView) in view.kind },
            read(.string) { (view: TypeView) in view.named?.name },
            read(.string) { (view: TypeView) in view.named?.description },
            read(.string) { (view: TypeView) in
                guard case .scalar(let scalar) = view.named?.body else { return nil }
                return scalar.specifiedBy
            },
            list(.list(field.required)) { (view: TypeView, all) in
                view.named?.fields?.filter { all || $0.deprecation == nil }.map {
                    View(schema: view.schema, definition: $0)
                }
            },
            read(types) { (view: TypeView) in
                guard let named = view.named, named.fields != nil else { return nil }
                return named.interfaces.map { $0.view(in: view.schema) }
            },
            read(types) { (view: TypeView) in
                guard let named = view.named, named.isAbstract else { return nil }
                return view.schema.possibleTypes(of: view.type.named).map { $0.view(in: view.schema) }
            },
            list(.list(enumValue.required)) { (view: TypeView, all) in
                view.named?.enumValues?.filter { all || $0.deprecation == nil }
            },
            list(inputs) { (view: TypeView, all) in
                view.named?.inputObject?.fields.filter { all || $0.deprecation == nil }.map {
                    View(schema: view.schema, definition: $0)
                }
            },
            read(type) { (view: TypeView) in
                view.type.inner.map { TypeView(schema: view.schema, type: $0) }
            },
        ]
    }()

    private static let fieldFields: Resolvers = [
        read(.required(.string)) { (view: FieldView) in view.definition.name },
        read(.string) { (view: FieldView) in view.definition.description },
        list(inputs.required) { (view: FieldView, all) in
            view.definition.arguments.views(in: view.schema, all)
        },
        read(type) { (view: FieldView) in TypeView(schema: view.schema, type: view.definition.type) },
        read(.required(.boolean)) { (view: FieldView) in view.definition.deprecation != nil },
        read(.string) { (view: FieldView) in view.definition.deprecation },
    ]

    private static let inputValueFields: Resolvers = [
        read(.required(.string)) { (view: InputView) in view.definition.name },
        read(.string) { (view: InputView) in view.definition.description },
        read(type) { (view: InputView) in TypeView(schema: view.schema, type: view.definition.type) },
        read(.string) { (view: InputView) in view.definition.defaultValue?.text },
        read(.required(.boolean)) { (view: InputView) in view.definition.deprecation != nil },
        read(.string) { (view: InputView) in view.definition.deprecation },
    ]

    private static let enumValueFields: Resolvers = [
        read(.required(.string)) { (value: EnumValue) in value.name },
        read(.string) { (value: EnumValue) in value.description },
        read(.required(.boolean)) { (value: EnumValue) in value.deprecation != nil },
        read(.string) { (value: EnumValue) in value.deprecation },
    ]

    private static let directiveFields: Resolvers = [
        read(.required(.string)) { (view: DirectiveView) in view.definition.name },
        read(.string) { (view: DirectiveView) in view.definition.description },
        read(.required(.boolean)) { (view: DirectiveView) in view.definition.isRepeatable },
        read(.required(.list(.required(.string)))) { (view: DirectiveView) in
            view.definition.locations.map(\.rawValue)
        },
        list(inputs.required) { (view: DirectiveView, all) in
            view.definition.arguments.views(in: view.schema, all)
        },
    ]
}

extension TypeID {
    fileprivate func view(in schema: Schema) -> IntrospectionResolvers.TypeView {
        IntrospectionResolvers.TypeView(schema: schema, type: TypeReference(self))
    }
}

extension [InputDefinition] {
    fileprivate func views(in schema: Schema, _ all: Bool) -> [IntrospectionResolvers.View<InputDefinition>] {
        filter { all || $0.deprecation == nil }.map {
            IntrospectionResolvers.View(schema: schema, definition: $0)
        }
    }
}

extension IntrospectionResolvers.TypeView {
    /// The type itself when it is neither a list nor has a `!`.
    fileprivate var named: NamedType? {
        type.inner == nil ? schema[type.named] : nil
    }

    fileprivate var kind: String {
        if type.isNonNull { return "NON_NULL" }
        if type.isList { return "LIST" }
        return switch schema[type.named].body {
        case .scalar: "SCALAR"
        case .object: "OBJECT"
        case .interface: "INTERFACE"
        case .union: "UNION"
        case .enumeration: "ENUM"
        case .inputObject: "INPUT_OBJECT"
        }
    }
}
