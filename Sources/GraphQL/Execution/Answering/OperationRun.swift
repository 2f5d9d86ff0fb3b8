internal import JSON
import Synchronization

/// An operation on its way through its root fields, one after the other.
internal struct OperationRun: ~Copyable {
    private let plan: OperationPlan
    private let document: AST.Document
    private var execution: Execution
    private var place = 0
    /// Whether the answer's `data` is null because a field below could not be.
    private var isNull = false
    private let start: Int

    init(_ plan: OperationPlan, document: AST.Document, _ execution: consuming Execution) {
        self.plan = plan
        self.document = document
        self.execution = execution
        self.execution.bytes.append(contentsOf: "{\"data\":".utf8)
        start = self.execution.bytes.count
    }

    /// The next root field to be written; nil when there is none or it goes no further.
    mutating func next() -> PlannedField? {
        while !isNull, place < plan.selection.fields.count, execution.step() {
            let field = plan.selection.fields[place]
            place += 1
            execution.bytes.append(contentsOf: field.prefix)
            guard case .typeName(let name) = field.content else { return field }
            execution.bytes.append(contentsOf: name)
        }
        return nil
    }

    /// How a field is fetched, if it is.
    func fetch<Root>(
        _ field: PlannedField,
        of root: Root.Type
    ) -> (@Sendable (Root, LookAhead) async throws -> FieldResolver<Root>.Fetched)? {
        field.resolver(of: root).fetch
    }

    func lookAhead(_ field: PlannedField) -> LookAhead {
        LookAhead(field, execution.variables)
    }

    mutating func write<Root>(_ field: PlannedField, _ root: Root) {
        close(field) { execution in field.resolver(of: Root.self).run(root, field, &execution) }
    }

    mutating func write(_ field: PlannedField, fetched: (PlannedField, inout Execution) -> Bool) {
        close(field) { execution in fetched(field, &execution) }
    }

    mutating func absorb(_ error: any Error, _ field: PlannedField) {
        close(field) { execution in execution.absorb(error, field) }
    }

    private mutating func close(_ field: PlannedField, _ write: (inout Execution) -> Bool) {
        let count = execution.errors.count
        isNull = !write(&execution)
        if execution.errors.count != count { execution.extendPaths(since: count, by: .key(field.key)) }
    }

    /// The whole answer.
    consuming func finish() -> GraphQLAnswer {
        if let stop = execution.stop { return GraphQLAnswer(.limited, [stop]) }
        if isNull {
            execution.bytes.removeLast(execution.bytes.count - start)
            _ = execution.writeNull()
        } else {
            execution.bytes.append(contentsOf: plan.selection.ending)
        }
        if !execution.errors.isEmpty { writeErrors() }
        execution.bytes.append(UInt8(ascii: "}"))
        plan.planner.answerBytes.store(execution.bytes.count, ordering: .relaxed)
        return GraphQLAnswer(.executed, execution.bytes)
    }

    private mutating func writeErrors() {
        var writer = JSONWriter()
        writer.beginArray()
        for error in execution.errors {
            GraphQLError(
                error.message,
                locations: error.offsets.map { document.location($0) },
                path: error.reversedPath.reversed(),
                code: error.code
            ).write(to: &writer)
        }
        if execution.errorsDropped > 0 {
            GraphQLError("\(execution.errorsDropped) more errors are not told.", code: "ERROR_LIMIT")
                .write(to: &writer)
        }
        writer.endArray()
        execution.bytes.append(contentsOf: ",\"errors\":".utf8)
        execution.bytes.append(contentsOf: writer.finish())
    }
}
