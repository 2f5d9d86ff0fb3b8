import JSON
import Money
import Services

/// The fields of the bodies that make and change portfolios, in the order of the published models.
enum PortfolioFields {
    /// The fields of a new portfolio.
    static func draft(_ reader: inout BodyReader, _ limits: PortfolioLimits) -> PortfolioDraft? {
        let title = reader.required("name", name(limits))
        let description = reader.optional("description", text(limits))
        let targets = reader.required("target_allocations", allocations(limits))
        var draft = PortfolioDraft(title: title ?? "")
        draft.description = description
        draft.targets = targets.map(shares) ?? []
        draft.risk = reader.optional("risk_tolerance", .choice, default: draft.risk)
        draft.isActive = reader.optional("is_active", .bool, default: draft.isActive)
        draft.isDefault = reader.optional("is_default", .bool, default: draft.isDefault)
        draft.openingDeposit = reader.optional("initial_value_usd", .decimal) ?? .zero
        draft.tags = reader.optional("tags", tags(limits), default: [])
        return draft
    }

    /// The fields of a change; null leaves a field as it is.
    static func edit(_ reader: inout BodyReader, _ limits: PortfolioLimits) -> PortfolioEdit? {
        var edit = PortfolioEdit()
        edit.title = reader.optional("name", name(limits))
        edit.description = reader.optional("description", text(limits))
        edit.targets = reader.optional("target_allocations", allocations(limits)).map(shares)
        edit.risk = reader.optional("risk_tolerance", BodyType<RiskTolerance>.choice)
        edit.isActive = reader.optional("is_active", BodyType<Bool>.bool)
        edit.tags = reader.optional("tags", tags(limits))
        return edit
    }

    private static func name(_ limits: PortfolioLimits) -> BodyType<String> {
        .string(1...limits.titleCharactersMax)
    }

    private static func text(_ limits: PortfolioLimits) -> BodyType<String> {
        .string(0...limits.descriptionCharactersMax)
    }

    private static func tags(_ limits: PortfolioLimits) -> BodyType<[String]> {
        .list(of: .string(1...limits.tagCharactersMax), max: limits.tagsMax)
    }

    private static func allocations(
        _ limits: PortfolioLimits
    ) -> BodyType<[(key: String, value: Amount)]> {
        BodyType<[(key: String, value: Amount)]>.dictionary(of: .float, max: limits.targetsMax)
            .checked { members in
                limits.problem(withTargets: shares(members)).map { "Target allocations " + $0 }
            }
    }

    private static func shares(_ members: [(key: String, value: Amount)]) -> [AllocationShare] {
        members.map { AllocationShare(code: $0.key, fraction: $0.value) }
    }
}
