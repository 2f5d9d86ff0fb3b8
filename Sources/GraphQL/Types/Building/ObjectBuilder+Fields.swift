extension ObjectBuilder {
    /// A field without arguments.
    public func field<Output: OutputType>(
        _ name: String,
        _ type: Output,
        description: String? = nil,
        resolve: @escaping @Sendable (Source) throws -> Output.Value
    ) {
        add(name, type, description, []) { FieldResolver($0, resolve) }
    }

    /// A field with one argument.
    public func field<Output: OutputType, First>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First) throws -> Output.Value
    ) {
        field(name, type, first, description: description) { source, first, _ in try resolve(source, first) }
    }

    /// A field with one argument whose resolver charges costs or looks ahead.
    public func field<Output: OutputType, First>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First, inout Execution) throws -> Output.Value
    ) {
        add(name, type, description, [first.definition]) {
            FieldResolver($0, reading: { try first.read($0) }, resolve)
        }
    }

    /// A field with two arguments.
    public func field<Output: OutputType, First, Second>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        _ second: Argument<Second>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First, Second) throws -> Output.Value
    ) {
        field(name, type, first, second, description: description) { source, first, second, _ in
            try resolve(source, first, second)
        }
    }

    /// A field with two arguments whose resolver charges costs or looks ahead.
    public func field<Output: OutputType, First, Second>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        _ second: Argument<Second>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First, Second, inout Execution) throws -> Output.Value
    ) {
        add(name, type, description, [first.definition, second.definition]) {
            FieldResolver($0, reading: { (try first.read($0), try second.read($0)) }) {
                try resolve($0, $1.0, $1.1, &$2)
            }
        }
    }

    /// A field with three arguments.
    public func field<Output: OutputType, First, Second, Third>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        _ second: Argument<Second>,
        _ third: Argument<Third>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First, Second, Third) throws -> Output.Value
    ) {
        field(name, type, first, second, third, description: description) { source, first, second, third, _ in
            try resolve(source, first, second, third)
        }
    }

    /// A field with three arguments whose resolver charges costs or looks ahead.
    public func field<Output: OutputType, First, Second, Third>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        _ second: Argument<Second>,
        _ third: Argument<Third>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First, Second, Third, inout Execution) throws -> Output.Value
    ) {
        add(name, type, description, [first.definition, second.definition, third.definition]) {
            FieldResolver(
                $0,
                reading: { (try first.read($0), try second.read($0), try third.read($0)) },
                { try resolve($0, $1.0, $1.1, $1.2, &$2) }
            )
        }
    }

    /// A field without arguments whose resolver charges costs or looks ahead.
    public func field<Output: OutputType>(
        _ name: String,
        _ type: Output,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, inout Execution) throws -> Output.Value
    ) {
        add(name, type, description, []) { FieldResolver($0, resolve) }
    }

    /// A root field that fetches what is asked below it, once per request, before anything is written.
    ///
    /// Only the types where operations begin may have such fields.
    public func fetch<Output: OutputType>(
        _ name: String,
        _ type: Output,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, LookAhead) async throws -> Output.Value
    ) {
        add(name, type, description, []) {
            FieldResolver(fetching: $0, reading: { _ in }) { source, _, ahead in
                try await resolve(source, ahead)
            }
        }
    }

    /// A root field with one argument that fetches what is asked below it, once per request.
    public func fetch<Output: OutputType, First: Sendable>(
        _ name: String,
        _ type: Output,
        _ first: Argument<First>,
        description: String? = nil,
        resolve: @escaping @Sendable (Source, First, LookAhead) async throws -> Output.Value
    ) {
        add(name, type, description, [first.definition]) {
            FieldResolver(fetching: $0, reading: { try first.read($0) }, resolve)
        }
    }
}
