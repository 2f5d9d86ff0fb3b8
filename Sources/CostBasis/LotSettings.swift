public import Ledger
public import Money
public import Time

/// What the network fee of a transfer between own accounts does.
public enum TransferFees: UInt8, Hashable, Sendable, CaseIterable {
    /// A fee paid in a coin is a disposal of that coin at its market value.
    case disposal
    /// The cost of the coins paid goes on in the coins that were moved.
    case addedToCost

    /// The word on the command line.
    public var name: String {
        switch self {
        case .disposal: "disposal"
        case .addedToCost: "cost"
        }
    }
}

/// What gifts bring; donations to charities always bring what they had cost (TCGA 1992 s257).
public enum GiftRule: UInt8, Hashable, Sendable, CaseIterable {
    /// What they had cost: no gain and no loss (United States; between spouses in the United Kingdom, TCGA 1992 s58).
    case atCost
    /// Their market value, as if they had been sold (TCGA 1992 s17; Income Tax Act (Canada) s69(1)).
    case atValue

    /// The word on the command line.
    public var name: String {
        switch self {
        case .atCost: "cost"
        case .atValue: "value"
        }
    }
}

/// What coins lost or stolen bring.
public enum LossRule: UInt8, Hashable, Sendable, CaseIterable {
    /// What they had cost: the loss does not count (26 USC 165(h)(5)).
    case atCost
    /// Nothing: the whole cost is a loss.
    case atZero

    /// The word on the command line.
    public var name: String {
        switch self {
        case .atCost: "cost"
        case .atZero: "zero"
        }
    }
}

/// The day on which tax years start.
public struct YearStart: Hashable, Sendable {
    /// 1 to 12.
    public let month: Int
    /// 1 to 28.
    public let day: Int

    /// A day that every year has, or nil.
    public init?(month: Int, day: Int) {
        guard (1...12).contains(month), (1...28).contains(day) else { return nil }
        self.month = month
        self.day = day
    }

    private init(_ month: Int, _ day: Int) {
        self.month = month
        self.day = day
    }

    /// The calendar year.
    public static let january = YearStart(1, 1)
    /// The tax year of the United Kingdom, from 6 April.
    public static let unitedKingdom = YearStart(4, 6)

    /// The tax year of a day, named by the calendar year in which it starts.
    public func year(of day: Day) -> Int {
        let date = day.date
        return (date.month, date.day) < (month, self.day) ? date.year - 1 : date.year
    }

    /// The first day of a tax year, or nil outside years 1 to 9999.
    public func firstDay(of year: Int) -> Day? {
        Day(year: year, month: month, day: day)
    }

    /// Such as `04-06`.
    public var text: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(two(month))-\(two(day))"
    }

    /// The day of a text such as `04-06`, or nil.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            parts.count == 2, let month = Int(parts[0]), let day = Int(parts[1])
        else {
            return nil
        }
        self.init(month: month, day: day)
    }
}

/// The choices that honest programs make differently.
public struct LotSettings: Hashable, Sendable {
    /// Which lots go first.
    public var method: LotMethod
    /// Other methods from certain days on; of two for one day the one named first.
    public var changes: [MethodChange]
    /// Which of several lots with the same unit cost `hifo` and `lofo` use first.
    public var ties: LotTies
    /// Where lots may come from.
    public var scope: LotScope
    /// Other scopes from certain days on; of two for one day the one named first.
    public var scopeChanges: [ScopeChange]
    /// How lots get to accounts when the scope becomes that of a wallet.
    public var allocation: LotAllocation
    /// The currency of costs and proceeds.
    public var currency: AssetID
    /// A use of a lot is long-term when the lot was held for longer.
    public var longTerm: HoldingPeriod
    /// A use of a lot is exempt when the lot was held for longer; nil where there is no such rule.
    public var exemptAfter: HoldingPeriod?
    /// What network fees of transfers do.
    public var transferFees: TransferFees
    /// What gifts bring.
    public var gifts: GiftRule
    /// What coins lost or stolen bring.
    public var losses: LossRule
    /// Whether losses on coins that are bought again within 30 days before or after are disallowed and join the cost of
    /// the replacement (26 USC 1091, which does not cover digital assets at present); for methods that go by lots.
    public var washSales: Bool
    /// The decimals to which the proceeds and the cost of each disposal are rounded half-even; nil for none.
    public var roundedDecimals: Int?
    /// When tax years start.
    public var yearStart: YearStart

    /// Settings; the defaults are those of a new owner.
    public init(
        method: LotMethod = .fifo,
        changes: [MethodChange] = [],
        ties: LotTies = .oldestFirst,
        scope: LotScope = .universal,
        scopeChanges: [ScopeChange] = [],
        allocation: LotAllocation = .acquired,
        currency: AssetID = .usd,
        longTerm: HoldingPeriod = .years(1),
        exemptAfter: HoldingPeriod? = nil,
        transferFees: TransferFees = .disposal,
        gifts: GiftRule = .atCost,
        losses: LossRule = .atCost,
        washSales: Bool = false,
        roundedDecimals: Int? = nil,
        yearStart: YearStart = .january
    ) {
        self.method = method
        self.changes = changes
        self.ties = ties
        self.scope = scope
        self.scopeChanges = scopeChanges
        self.allocation = allocation
        self.currency = currency
        self.longTerm = longTerm
        self.exemptAfter = exemptAfter
        self.transferFees = transferFees
        self.gifts = gifts
        self.losses = losses
        self.washSales = washSales
        self.roundedDecimals = roundedDecimals
        self.yearStart = yearStart
    }

    /// All methods in force at any time.
    var methods: [LotMethod] { [method] + changes.map(\.method) }
}

/// For the entries of disposals that name their lots: the entries that acquired these, in the order of use.
///
/// An empty list stands for names that no acquisition has, which is reported.
public typealias NamedLots = [EntryID: [EntryID]]
