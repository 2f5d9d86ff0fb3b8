public import Ledger
public import Money
public import Time

/// The leg of an entry that a record comes from.
public enum LegSide: UInt8, Hashable, Sendable, CaseIterable {
    /// What came in.
    case incoming
    /// What went out.
    case outgoing
    /// The fee.
    case fee

    /// The word in lot ids.
    public var name: String {
        switch self {
        case .incoming: "in"
        case .outgoing: "out"
        case .fee: "fee"
        }
    }
}

/// The identity of a lot: the leg that acquired it.
///
/// It survives transfers, splits and rebuilds.
public struct LotID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The entry that acquired the lot.
    public let entry: EntryID
    /// Its leg: in for acquisitions; out for coins that left without a known acquisition.
    public let side: LegSide

    /// An identity from its parts.
    public init(entry: EntryID, side: LegSide) {
        self.entry = entry
        self.side = side
    }

    /// Such as `17.in`.
    public var description: String { "\(entry.raw).\(side.name)" }

    /// Ordered by entry, then leg.
    public static func < (left: LotID, right: LotID) -> Bool {
        (left.entry.raw, left.side.rawValue) < (right.entry.raw, right.side.rawValue)
    }
}

/// Where the coins of a lot are.
public enum LotPlace: UInt8, Hashable, Sendable, CaseIterable {
    /// In an account, or for an outside leg in none.
    case held
    /// Withdrawn, and not yet seen to arrive.
    case transit
    /// Locked as a security.
    case collateral
}

/// Coins of one asset acquired together, as far as they lie in one place.
///
/// A lot whose coins were moved apart appears several times, with one id: the quantities add up to what was acquired.
public struct Lot: Hashable, Sendable {
    /// The identity, shared by all parts of a lot.
    public let id: LotID
    /// Of what.
    public let asset: AssetID
    /// The account that holds it; nil in transit, as collateral and outside.
    public let account: AccountID?
    /// Where it is.
    public let place: LotPlace
    /// When it was acquired.
    public let acquired: Timestamp
    /// What was acquired, of the part that lies or lay here.
    public let quantity: Amount
    /// What that cost in the report's currency, fees included.
    public let cost: Amount
    /// What is left.
    public let remaining: Amount
    /// What that cost.
    public let remainingCost: Amount
    /// Whether nothing is known of the acquisition, so that its cost counts as zero; reported as a problem.
    public let isAssumed: Bool
    /// Whether a price was missing when its cost was found; reported as a problem.
    public let lacksPrice: Bool
    /// Whether a price too old was used for its cost.
    public let isStale: Bool

    /// The cost of one unit, rounded half-even once; nil when it would reach 10²⁰.
    public var unitCost: Amount? {
        // The quantity is above zero, so the quotient's size is the only way to fail.
        try? cost.divided(by: quantity)
    }
}

/// How long the coins of a disposal were held.
public enum Term: UInt8, Hashable, Sendable, CaseIterable {
    /// Up to the threshold, or of unknown acquisition.
    case short
    /// For more days than the threshold.
    case long
    /// Some for longer, some not.
    case mixed

    /// The word in reports.
    public var name: String {
        switch self {
        case .short: "short"
        case .long: "long"
        case .mixed: "mixed"
        }
    }
}
