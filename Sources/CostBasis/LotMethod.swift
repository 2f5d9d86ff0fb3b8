public import Time

/// Which lots a disposal uses first.
public enum LotMethod: UInt8, Hashable, Sendable, CaseIterable {
    /// The lot acquired first.
    case fifo
    /// The lot acquired last.
    case lifo
    /// The lot with the highest unit cost at its acquisition.
    case hifo
    /// The lot with the lowest unit cost at its acquisition.
    case lofo
    /// No lot before another: all coins of a pool cost the same, its moving weighted average.
    case average
    /// The adjusted cost base of Canada: the moving average, and losses that are superficial are denied.
    ///
    /// Income Tax Act (Canada) sections 47, 54 "superficial loss", 40(2)(g)(i) and 53(1)(f).
    case acb
    /// The share pools of the United Kingdom: same day, then the 30 days after, then the section 104 holding.
    ///
    /// TCGA 1992 sections 104, 105 and 106A; HMRC's Cryptoassets Manual CRYPTO22200 and the pages after it.
    case s104
    /// The lots that the disposal's entry names, then the lot acquired first (26 CFR 1.1012-1(j)).
    case specific

    /// The word in reports and on the command line.
    public var name: String {
        switch self {
        case .fifo: "fifo"
        case .lifo: "lifo"
        case .hifo: "hifo"
        case .lofo: "lofo"
        case .average: "average"
        case .acb: "acb"
        case .s104: "s104"
        case .specific: "specific"
        }
    }

    /// Whether all coins of a pool cost the same.
    public var sharesCosts: Bool {
        switch self {
        case .average, .acb, .s104: true
        case .fifo, .lifo, .hifo, .lofo, .specific: false
        }
    }

    /// Whether the law knows one pool for all accounts of a person, whatever the scope.
    ///
    /// HMRC's CRYPTO22200 and TCGA 1992 s104(1): all tokens of a type held in one capacity; Income Tax Act (Canada) s47.
    public var isOfPerson: Bool { self == .acb || self == .s104 }

    /// Whether a disposal depends on what is acquired after it.
    var looksAhead: Bool { self == .acb || self == .s104 }
}

/// A method that holds from a day on; lots that are open then carry over with date and cost.
public struct MethodChange: Hashable, Sendable {
    /// The first tax day.
    public let from: Day
    /// The method.
    public let method: LotMethod

    /// A change from its parts.
    public init(from: Day, method: LotMethod) {
        self.from = from
        self.method = method
    }
}

/// Where a disposal may take its lots from.
public enum LotScope: UInt8, Hashable, Sendable, CaseIterable {
    /// From all accounts together.
    case universal
    /// From the account that the disposal left alone (26 CFR 1.1012-1(j), from 2025 on).
    case wallet

    /// The word in reports and on the command line.
    public var name: String {
        switch self {
        case .universal: "universal"
        case .wallet: "wallet"
        }
    }
}

/// A scope that holds from a day on.
///
/// From universal to wallet the open lots are allocated to the accounts; from wallet to universal they join.
public struct ScopeChange: Hashable, Sendable {
    /// The first tax day.
    public let from: Day
    /// The scope.
    public let scope: LotScope

    /// A change from its parts.
    public init(from: Day, scope: LotScope) {
        self.from = from
        self.scope = scope
    }
}

/// How lots of a universal pool are allocated to accounts when the scope becomes that of a wallet.
///
/// The safe harbour of IRS Rev. Proc. 2024-28: units of unused basis are allocated to the units that each wallet holds.
/// Accounts are filled to what they hold in the order of their numbers, with lots in the order named here; `acquired`
/// first leaves lots in the account that acquired them as far as it holds so much.
public enum LotAllocation: UInt8, Hashable, Sendable, CaseIterable {
    /// Each lot to the account that acquired it, the rest by age.
    case acquired
    /// The lot acquired first.
    case oldestFirst
    /// The lot acquired last.
    case newestFirst
    /// The lot with the highest unit cost.
    case dearestFirst
    /// The lot with the lowest unit cost.
    case cheapestFirst

    /// The word on the command line.
    public var name: String {
        switch self {
        case .acquired: "acquired"
        case .oldestFirst: "oldest"
        case .newestFirst: "newest"
        case .dearestFirst: "dearest"
        case .cheapestFirst: "cheapest"
        }
    }
}

/// Which of several lots with the same unit cost goes first.
public enum LotTies: UInt8, Hashable, Sendable, CaseIterable {
    /// The lot acquired first.
    case oldestFirst
    /// The lot acquired last.
    case newestFirst

    /// The word on the command line.
    public var name: String {
        switch self {
        case .oldestFirst: "oldest"
        case .newestFirst: "newest"
        }
    }
}
