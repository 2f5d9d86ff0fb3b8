public import Money
public import Storage
public import Time

/// How much loss an owner is ready to bear.
public enum RiskTolerance: String, Hashable, Sendable, CaseIterable {
    /// Little.
    case conservative
    /// Some.
    case moderate
    /// Much.
    case aggressive
}

/// A portfolio without what is in it.
public struct PortfolioInfo: Hashable, Sendable {
    /// The number inside.
    public let id: PortfolioID
    /// Whose it is.
    public let user: UserID
    /// The identity outside.
    public let uuid: String
    /// The name, unique among a user's portfolios.
    public let title: String
    /// What the owner says about it.
    public let description: String?
    /// The owner's readiness for risk.
    public let risk: RiskTolerance
    /// Whether the owner looks after it.
    public let isActive: Bool
    /// Whether imports that name no portfolio go here.
    public let isDefault: Bool
    /// When it was made.
    public let created: Timestamp
    /// When anything of it was changed last.
    public let updated: Timestamp
    /// When the owner last confirmed that it was rebalanced.
    public let rebalanced: Timestamp?

    init(_ record: PortfolioRecord) {
        id = record.id
        user = record.user
        uuid = record.uuid
        title = record.title
        description = record.description
        risk = RiskTolerance(rawValue: record.risk) ?? .moderate
        isActive = record.isActive
        isDefault = record.isDefault
        created = record.created
        updated = record.updated
        rebalanced = record.rebalanced
    }
}

/// What a portfolio is doing, as far as that shows in it.
public enum PortfolioStatus: String, Hashable, Sendable, CaseIterable {
    /// Nothing was ever recorded in it.
    case created
    /// It is looked after, and within reach of its targets or without any.
    case active
    /// It is looked after, and the share of an asset is further from its target than the limit.
    case rebalancing
    /// Its owner does not look after it.
    case inactive
}

/// The share that an asset has.
public struct AllocationShare: Hashable, Sendable {
    /// The asset's code.
    public let code: String
    /// The share as a fraction of one; below zero for what is owed.
    public let fraction: Amount

    /// A share from its two parts.
    public init(code: String, fraction: Amount) {
        self.code = code
        self.fraction = fraction
    }
}

/// A portfolio with what it is worth.
public struct PortfolioView: Sendable {
    /// What is kept of it.
    public let info: PortfolioInfo
    /// Its owner's identity outside.
    public let owner: String
    /// The shares that assets are meant to have, in the owner's order.
    public let targets: [AllocationShare]
    /// The owner's words.
    public let tags: [String]
    /// What it is worth.
    public let figures: PortfolioFigures
    /// Where that lies, beside where it is meant to lie.
    public let allocation: PortfolioAllocation
    /// What it is doing.
    public let status: PortfolioStatus
}

/// What a portfolio is worth now, in USD, and what it has gained.
public struct PortfolioFigures: Sendable {
    /// What is held, by value.
    public let balances: [ValuedBalance]
    /// The sum of the known values.
    public let total: Amount
    /// What is held without a known price.
    public let unpriced: [Asset]
    /// Whether a price used is older than its limit.
    public let isStale: Bool
    /// Whether anything was ever recorded.
    public let hasHistory: Bool
    /// The gain since the beginning: value less what was paid in, plus what was taken out.
    public let gain: Amount
    /// The same over the average capital, as a fraction; nil where there was none.
    public let relativeGain: Amount?

    /// The share of each asset with a value, to eight decimals, by value.
    public var shares: [AllocationShare] {
        guard !total.isZero else { return [] }
        return balances.compactMap { balance in
            // A share of 10²⁰ or more tells nothing and is left away.
            guard let value = balance.value,
                let share = try? value.divided(by: total).rounded(toDecimals: 8)
            else { return nil }
            return AllocationShare(code: balance.asset.displayCode, fraction: share)
        }
    }
}

/// What is to be changed of a portfolio; nil leaves it as it is.
public struct PortfolioEdit: Hashable, Sendable {
    /// The name.
    public var title: String?
    /// What the owner says about it.
    public var description: String?
    /// The owner's readiness for risk.
    public var risk: RiskTolerance?
    /// Whether the owner looks after it.
    public var isActive: Bool?
    /// The shares that assets are meant to have, in the owner's order.
    public var targets: [AllocationShare]?
    /// The owner's words, in order.
    public var tags: [String]?
    /// Whether it becomes the one for imports that name none.
    public var becomesDefault = false
    /// Whether the owner has just rebalanced it.
    public var isRebalanced = false

    /// No change.
    public init() {}

    /// What the store keeps of it.
    var change: PortfolioChange {
        var change = PortfolioChange()
        change.title = title
        change.description = description
        change.risk = risk?.rawValue
        change.isActive = isActive
        change.targets = targets?.map { PortfolioTarget(asset: $0.code, fraction: $0.fraction) }
        change.tags = tags
        return change
    }
}

/// A portfolio before it is made.
public struct PortfolioDraft: Sendable {
    /// The name.
    public var title: String
    /// What the owner says about it.
    public var description: String?
    /// The owner's readiness for risk.
    public var risk = RiskTolerance.moderate
    /// Whether the owner looks after it.
    public var isActive = true
    /// Whether it becomes the one for imports that name none.
    public var isDefault = false
    /// The shares that assets are meant to have, in the owner's order.
    public var targets: [AllocationShare] = []
    /// The owner's words.
    public var tags: [String] = []
    /// An opening deposit in USD.
    public var openingDeposit = Amount.zero

    /// A draft of a name.
    public init(title: String) {
        self.title = title
    }
}

/// The bounds of portfolios.
public struct PortfolioLimits: Hashable, Sendable {
    /// Portfolios of one user.
    public var portfoliosMax = 100
    /// Characters of a name.
    public var titleCharactersMax = 100
    /// Characters of a description.
    public var descriptionCharactersMax = 2000
    /// Targets of one portfolio.
    public var targetsMax = 100
    /// Tags of one portfolio.
    public var tagsMax = 50
    /// Characters of a tag.
    public var tagCharactersMax = 50
    /// Entries that one deletion takes back one by one.
    public var entriesVoidedMax = 50_000
    /// The distance from a target from which on a portfolio is to be rebalanced.
    public var driftMax = Amount(unchecked: 50_000_000_000_000_000)
    /// How far from one the sum of targets may be.
    public static let targetTolerance = Amount(unchecked: 1_000_000_000_000_000)

    /// The usual limits.
    public init() {}
}

/// Why something is not done with a portfolio.
public enum PortfolioRefusal: Error, Hashable, Sendable {
    /// No portfolio of the user has this identity or name.
    case unknown(String)
    /// Another portfolio of the user has the name.
    case nameTaken(String)
    /// The user has as many as may be.
    case tooMany(limit: Int)
    /// It is the default one, which imports need.
    case isDefault
    /// It still holds something; the value, and how many assets have none.
    case holdsAssets(value: Amount, unpriced: Int)
    /// More entries would have to be taken back one by one than one deletion may.
    case tooManyEntries(count: Int, limit: Int)
    /// What is wrong with targets, in words.
    case badTargets(String)
    /// What is wrong with another field, in words.
    case badField(String)
    /// No account of the user has this name.
    case unknownAccount(String)
}

extension PortfolioRefusal: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .unknown(let name): "there is no portfolio \(name); coffer portfolio list shows them"
        case .nameTaken(let name): "a portfolio is called \(name) already; choose another name"
        case .tooMany(let limit): "there are \(limit) portfolios, which is the most; delete one first"
        case .isDefault: "the default portfolio cannot be deleted; make another one the default first"
        case .holdsAssets(let value, let unpriced):
            "the portfolio still holds assets worth \(value) USD"
                + (unpriced > 0 ? " and \(unpriced) without a known price" : "")
                + "; use force to delete it with its entries"
        case .tooManyEntries(let count, let limit):
            "\(count) entries share imports with other portfolios, and one deletion takes back at most \(limit) such; "
                + "undo some of the imports first"
        case .badTargets(let words), .badField(let words): words
        case .unknownAccount(let name): "there is no account \(name)"
        }
    }
}
