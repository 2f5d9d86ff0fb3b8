/// One operation while it is carried out: the answer so far, its errors, and what it may still cost.
///
/// Resolvers get it where they ask for it, to charge costs and to look ahead.
public struct Execution: ~Copyable {
    /// The answer so far.
    internal var bytes: [UInt8] = []
    /// The errors so far, their paths still without the steps above the place that is written now.
    internal var errors: [FieldError] = []
    /// How many errors there were beyond those that are kept.
    internal var errorsDropped = 0
    /// Why the operation goes no further; nothing that is written after it counts.
    internal var stop: GraphQLError?
    /// The field whose resolver runs.
    internal var current: PlannedField?

    internal let variables: VariableValues
    private let limits: ExecutionLimits
    private let deadline: Int64
    private var steps = 0
    private var costs = 0
    /// By a field's number: its arguments as the resolver takes them.
    private var bound: [AnyObject?] = []

    /// An operation whose answer will have about so many bytes.
    internal init(variables: VariableValues, limits: ExecutionLimits, bytes capacity: Int) {
        self.variables = variables
        self.limits = limits
        let (deadline, overflow) = limits.now().addingReportingOverflow(limits.microseconds)
        self.deadline = overflow ? .max : deadline
        bytes.reserveCapacity(min(max(capacity, 4_096), 4 << 20))
    }
}

/// What carrying out an operation may take.
public struct ExecutionLimits: Sendable {
    /// The time from its beginning to its end, in microseconds.
    public var microseconds: Int64
    /// The sum of what its resolvers charge.
    public var cost: Int
    /// The errors of fields that are told; the rest is counted.
    public var errors: Int
    /// The bytes of its answer.
    public var bytes: Int
    /// The fields of its plan, each counted once for each object type that it is planned for.
    public var plannedFields: Int
    /// A clock that only goes forward, in microseconds.
    public var now: @Sendable () -> Int64
    /// Told of what a resolver throws that is no `GraphQLError`: the caller learns only that something went wrong.
    public var report: @Sendable (any Error) -> Void

    /// Five seconds, costs of 20,000, 100 errors, 64 MiB and 20,000 planned fields, unless told otherwise.
    public init(
        microseconds: Int64 = 5_000_000,
        cost: Int = 20_000,
        errors: Int = 100,
        bytes: Int = 64 << 20,
        plannedFields: Int = 20_000,
        now: @escaping @Sendable () -> Int64,
        report: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        precondition(
            microseconds > 0 && cost >= 0 && errors > 0 && bytes > 0,
            "limits leave room for something"
        )
        precondition(plannedFields > 0, "limits leave room for a field")
        self.microseconds = microseconds
        self.cost = cost
        self.errors = errors
        self.bytes = bytes
        self.plannedFields = plannedFields
        self.now = now
        self.report = report
    }
}

// MARK: - What resolvers use

extension Execution {
    /// What is asked below the field whose resolver runs, with its arguments.
    public var lookAhead: LookAhead {
        guard let current else { preconditionFailure("a resolver looks ahead while it runs") }
        return LookAhead(current, variables)
    }

    /// Adds to what the operation costs.
    ///
    /// - Throws: An error with the code `COST_LIMIT` once it costs more than it may, which ends the operation.
    public mutating func charge(_ cost: Int) throws(GraphQLError) {
        precondition(cost >= 0, "costs are not given back")
        let (sum, overflow) = costs.addingReportingOverflow(cost)
        costs = overflow ? .max : sum
        guard costs > limits.cost else { return }
        let error = GraphQLError(
            "The operation costs more than the limit of \(limits.cost).",
            code: "COST_LIMIT"
        )
        stop = stop ?? error
        throw error
    }

    /// Ends the operation if its time is over; for resolvers that work long at a time.
    ///
    /// - Throws: An error with the code `TIME_LIMIT`.
    public mutating func checkTime() throws(GraphQLError) {
        guard limits.now() >= deadline else { return }
        let error = GraphQLError(
            "The operation takes longer than the limit of \(limits.microseconds / 1_000) ms.",
            code: "TIME_LIMIT"
        )
        stop = stop ?? error
        throw error
    }
}

// MARK: - Going on

extension Execution {
    /// How many fields and elements are written between two looks at the clock.
    private static var stepsPerLook: Int { 256 }

    /// Counts a field or element; false when the operation goes no further.
    internal mutating func step() -> Bool {
        steps &+= 1
        guard stop == nil else { return false }
        guard bytes.count <= limits.bytes else {
            stop = GraphQLError(
                "The answer is longer than the limit of \(limits.bytes) bytes.",
                code: "RESPONSE_LIMIT"
            )
            return false
        }
        guard steps % Execution.stepsPerLook == 0 else { return true }
        // What it throws is also kept as the reason to stop.
        return (try? checkTime()) != nil
    }

    /// The arguments of a field as its resolver takes them, read once per request.
    internal mutating func arguments<Arguments>(
        of field: PlannedField,
        _ read: (InputValues) throws -> Arguments
    ) throws -> Arguments {
        let number = field.number
        if number < bound.count, let box = bound[number] {
            // Compared by their types: a cast that asks the runtime costs more than most resolvers.
            precondition(type(of: box) == ArgumentBox<Arguments>.self, "a field's number belongs to it alone")
            return unsafe unsafeDowncast(box, to: ArgumentBox<Arguments>.self).value
        }
        let value = try read(field.values(variables))
        while bound.count <= number { bound.append(nil) }
        bound[number] = ArgumentBox(value)
        return value
    }

    /// The answers about an interface's or union's object.
    internal func selection(
        of field: PlannedField,
        for typeName: String
    ) throws(GraphQLError) -> PlannedSelection {
        guard case .abstract(let plan) = field.content else {
            preconditionFailure("the field's type is an interface or union")
        }
        return try plan.selection(for: typeName, most: limits.plannedFields)
    }
}

/// Arguments that were read, kept under the number of their field.
private final class ArgumentBox<Arguments> {
    let value: Arguments

    init(_ value: Arguments) {
        self.value = value
    }
}

// MARK: - Errors

/// An error of a field, the steps of its path from the innermost outwards.
internal struct FieldError {
    let message: String
    let code: String?
    /// The bytes of the document that are to blame.
    let offsets: [Int]
    var reversedPath: [GraphQLError.PathElement] = []
}

extension Execution {
    /// Records an error of a field and gives false.
    internal mutating func fail(_ message: String, _ field: PlannedField, code: String? = nil) -> Bool {
        record(FieldError(message: message, code: code, offsets: field.offsets))
        return false
    }

    /// Records what a resolver threw and gives false.
    internal mutating func fail(_ error: any Error, _ field: PlannedField) -> Bool {
        guard stop == nil else { return false }
        switch error {
        case let error as PlacedError:
            record(FieldError(message: error.message, code: error.code, offsets: error.offsets))
        case let error as GraphQLError:
            record(FieldError(message: error.message, code: error.code, offsets: field.offsets))
        default:
            limits.report(error)
            record(FieldError(message: "Internal error", code: "INTERNAL", offsets: field.offsets))
        }
        return false
    }

    /// Records what a resolver threw; the field becomes null if it may.
    internal mutating func absorb(_ error: any Error, _ field: PlannedField) -> Bool {
        _ = fail(error, field)
        guard stop == nil, field.isNullable else { return false }
        return writeNull()
    }

    private mutating func record(_ error: FieldError) {
        guard errors.count < limits.errors else {
            errorsDropped += 1
            return
        }
        errors.append(error)
    }

    /// Adds a step to the paths of the errors since there were so many.
    internal mutating func extendPaths(since count: Int, by element: GraphQLError.PathElement) {
        for index in count..<errors.count { errors[index].reversedPath.append(element) }
    }
}

/// An error that names other places of the document than its field's.
internal struct PlacedError: Error {
    let message: String
    let code: String?
    let offsets: [Int]

    init(_ message: String, at offsets: [Int], code: String? = nil) {
        self.message = message
        self.offsets = offsets
        self.code = code
    }
}
