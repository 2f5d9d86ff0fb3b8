/// What answers one field of an object whose fields are read from values of one Swift type.
internal final class FieldResolver<Source>: Sendable {
    /// Writes the field's value; false when whoever is around it becomes null.
    let run: @Sendable (Source, PlannedField, inout Execution) -> Bool
    /// Fetches the field's value; what comes back writes it.
    ///
    /// Nil for fields that are read at once.
    let fetch: (@Sendable (Source, LookAhead) async throws -> Fetched)?

    /// Writes what was fetched.
    typealias Fetched = (PlannedField, inout Execution) -> Bool

    init(run: @escaping @Sendable (Source, PlannedField, inout Execution) -> Bool) {
        self.run = run
        fetch = nil
    }

    /// A field without arguments.
    init<Value>(
        _ output: OutputParts<Value>,
        _ resolve: @escaping @Sendable (Source) throws -> Value
    ) {
        let write = output.write
        fetch = nil
        run = { source, field, execution in
            let value: Value
            do {
                value = try resolve(source)
            } catch {
                return execution.absorb(error, field)
            }
            return write(value, field, &execution)
        }
    }

    /// A field without arguments whose resolver wants the execution.
    init<Value>(
        _ output: OutputParts<Value>,
        _ resolve: @escaping @Sendable (Source, inout Execution) throws -> Value
    ) {
        let write = output.write
        fetch = nil
        run = { source, field, execution in
            let value: Value
            do {
                execution.current = field
                value = try resolve(source, &execution)
            } catch {
                return execution.absorb(error, field)
            }
            return write(value, field, &execution)
        }
    }

    /// A field with arguments, which are read once per request and place in the document.
    init<Arguments, Value>(
        _ output: OutputParts<Value>,
        reading read: @escaping @Sendable (InputValues) throws -> Arguments,
        _ resolve: @escaping @Sendable (Source, Arguments, inout Execution) throws -> Value
    ) {
        let write = output.write
        fetch = nil
        run = { source, field, execution in
            let value: Value
            do {
                let arguments = try execution.arguments(of: field, read)
                execution.current = field
                value = try resolve(source, arguments, &execution)
            } catch {
                return execution.absorb(error, field)
            }
            return write(value, field, &execution)
        }
    }

    /// A field of a root that is fetched.
    init<Arguments, Value>(
        fetching output: OutputParts<Value>,
        reading read: @escaping @Sendable (InputValues) throws -> Arguments,
        _ resolve: @escaping @Sendable (Source, Arguments, LookAhead) async throws -> Value
    ) {
        let write = output.write
        run = { _, field, execution in
            execution.fail(
                "\(field.parent).\(field.definition.name) can only be asked where an operation begins.",
                field
            )
        }
        fetch = { source, ahead in
            let arguments = try read(ahead.values())
            let value = try await resolve(source, arguments, ahead)
            return { field, execution in write(value, field, &execution) }
        }
    }
}
