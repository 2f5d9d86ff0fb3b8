public import Money
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

    /// The word in reports and on the command line.
    public var name: String {
        switch self {
        case .fifo: "fifo"
        case .lifo: "lifo"
        case .hifo: "hifo"
        case .lofo: "lofo"
        case .average: "average"
        }
    }
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
    /// From the account that the disposal left alone (26 CFR 1.1012-1(j)(3), from 2025 on).
    case wallet

    /// The word in reports and on the command line.
    public var name: String {
        switch self {
        case .universal: "universal"
        case .wallet: "wallet"
        }
    }
}

/// What the network fee of a transfer between own accounts does.
public enum TransferFees: UInt8, Hashable, Sendable, CaseIterable {
    /// A fee paid in a coin is a disposal of that coin at its market value.
    case disposal
    /// The cost of the coins paid goes on in the coins that were moved.
    case addedToCost
}

/// Which of several lots with the same unit cost goes first.
public enum LotTies: UInt8, Hashable, Sendable, CaseIterable {
    /// The lot acquired first.
    case oldestFirst
    /// The lot acquired last.
    case newestFirst
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
    /// The currency of costs and proceeds.
    public var currency: AssetID
    /// A use of a lot is long-term when the lot was held for more than this many days.
    public var longTermDays: Int32
    /// What network fees of transfers do.
    public var transferFees: TransferFees

    /// Settings; the defaults are those of a new owner.
    public init(
        method: LotMethod = .fifo,
        changes: [MethodChange] = [],
        ties: LotTies = .oldestFirst,
        scope: LotScope = .universal,
        currency: AssetID = .usd,
        longTermDays: Int32 = 365,
        transferFees: TransferFees = .disposal
    ) {
        self.method = method
        self.changes = changes
        self.ties = ties
        self.scope = scope
        self.currency = currency
        self.longTermDays = longTermDays
        self.transferFees = transferFees
    }

    /// The calendar day on which an event counts for tax.
    ///
    /// The UTC day, which a `LotBook` without a rule of its own uses.
    public static func taxDay(of time: Timestamp) -> Day {
        time.day
    }

    /// Whether a lot that was acquired on one day is long-term on another.
    ///
    /// Calendar days, the day of acquisition not counted: with 365 days a lot of 1 March 2023 is short-term through
    /// 29 February 2024 (26 USC 1222: "more than 1 year").
    public func isLongTerm(acquired: Day, disposed: Day) -> Bool {
        // Days lie within years 1 to 9999, so the difference is far from the range's end.
        disposed.number - acquired.number > longTermDays
    }
}
