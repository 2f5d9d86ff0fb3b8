import Synchronization

/// What is asked of an interface's or union's objects: planned for each type when its first object comes.
internal final class AbstractPlan: Sendable {
    private let type: TypeID
    private let nodes: [AST.Field]
    private let planner: Planner
    private let plans: Mutex<[String: PlannedSelection]> = Mutex([:])

    init(type: TypeID, nodes: [AST.Field], planner: Planner) {
        self.type = type
        self.nodes = nodes
        self.planner = planner
    }

    /// The fields for objects of a type.
    ///
    /// - Throws: When the type cannot stand here, or the plan would have too many fields.
    func selection(for typeName: String, most: Int) throws(GraphQLError) -> PlannedSelection {
        if let plan = plans.withLock({ $0[typeName] }) { return plan }
        let schema = planner.schema
        let own = schema[type].name
        guard let id = schema.type(named: typeName) else {
            throw GraphQLError(
                "Abstract type '\(own)' was resolved to a type '\(typeName)'"
                    + " that does not exist inside the schema."
            )
        }
        guard schema[id].isObject else {
            throw GraphQLError("Abstract type '\(own)' was resolved to a non-object type '\(typeName)'.")
        }
        guard schema.possibleTypes(of: type).contains(id) else {
            throw GraphQLError("Runtime Object type '\(typeName)' is not a possible type for '\(own)'.")
        }
        guard planner.fieldCount < most else {
            throw GraphQLError(
                "The operation has more fields over all types than the limit of \(most).",
                code: "FIELD_LIMIT"
            )
        }
        let plan = planner.selection(of: id, nodes)
        // Another request may have been first; its plan is kept, since fields are found again by number.
        return plans.withLock { plans in
            if let first = plans[typeName] { return first }
            plans[typeName] = plan
            return plan
        }
    }

    /// The fields for all types that the objects may have.
    var allFields: [PlannedField] {
        planner.schema.possibleTypes(of: type).flatMap { id in
            // Types of the schema that are possible here only fail when the plan grows too large.
            (try? selection(for: planner.schema[id].name, most: planner.fieldsMax))?.fields ?? []
        }
    }
}
