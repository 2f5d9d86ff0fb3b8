public import Ledger
public import Money
public import Time

/// Something that a report cannot know and does not guess.
public struct LotProblem: Hashable, Sendable {
    /// The sorts of problems.
    public enum Code: UInt8, Hashable, Sendable, CaseIterable {
        /// Coins left, moved or arrived whose acquisition is not recorded.
        case missingAcquisition
        /// No value was stated and no price is known.
        case missingPrice
        /// An account holds less than nothing.
        case overdrawn
        /// A value, balance or sum would leave the range of amounts; the entry is left out as a whole.
        case outOfRange
        /// The entry names a lot that no acquisition has, or of which not enough is left.
        case unknownLot
        /// A leg has a negative amount; the entry is left out as a whole.
        case negativeAmount

        /// The word in reports.
        public var name: String {
            switch self {
            case .missingAcquisition: "missing_acquisition"
            case .missingPrice: "missing_price"
            case .overdrawn: "overdrawn"
            case .outOfRange: "out_of_range"
            case .negativeAmount: "negative_amount"
            case .unknownLot: "unknown_lot"
            }
        }
    }

    /// What sort of problem.
    public let code: Code
    /// The entry it is about.
    public let entry: EntryID
    /// When that entry happened.
    public let time: Timestamp
    /// The asset it is about.
    public let asset: AssetID
    /// The account, where one matters.
    public let account: AccountID?
    /// How much is not covered, not priced or lacking.
    public let quantity: Amount

    /// One sentence that says what, where and what to do; asset codes come from the caller.
    public func message(code display: (AssetID) -> String) -> String {
        let what = "\(quantity) \(display(asset))"
        switch code {
        case .missingAcquisition:
            return
                "Entry \(entry.raw) at \(time) uses \(what) whose acquisition is not recorded, so their cost "
                + "counts as zero: import the history in which they were acquired."
        case .missingPrice:
            return
                "Entry \(entry.raw) at \(time) states no value for \(what) and no price is known by then, so its "
                + "value counts as zero: import prices of \(display(asset)) or state a value."
        case .overdrawn:
            return
                "Entry \(entry.raw) at \(time) leaves its account \(what) below zero: import the deposits or "
                + "purchases that filled it."
        case .outOfRange:
            return
                "Entry \(entry.raw) at \(time) with \(what) would carry a sum beyond the range of amounts and is "
                + "left out: check its amounts and value."
        case .unknownLot:
            return
                "Entry \(entry.raw) at \(time) names lots that do not hold \(what) at that time, so the oldest lots are "
                + "used for these: correct the entry's lot, or import the acquisition that it names."
        case .negativeAmount:
            return
                "Entry \(entry.raw) at \(time) has a negative amount of \(display(asset)) and is left out: "
                + "record it with the sides exchanged."
        }
    }
}
