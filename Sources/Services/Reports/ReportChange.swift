public import CostBasis
public import Time

/// A method or a scope that holds from a day on, as `2025-01-01=wallet`.
public enum ReportChange: Hashable, Sendable {
    /// Another method.
    case method(MethodChange)
    /// Another scope.
    case scope(ScopeChange)

    /// The change of a text, or nil when it is none.
    public init?(text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        // A text that is no day is no change; why does not matter.
        guard parts.count == 2, let day = try? Day.parse(String(parts[0])) else { return nil }
        let word = String(parts[1])
        if let method = LotMethod.named(word) {
            self = .method(MethodChange(from: day, method: method))
        } else if let scope = LotScope.named(word) {
            self = .scope(ScopeChange(from: day, scope: scope))
        } else {
            return nil
        }
    }

    /// The first day.
    public var from: Day {
        switch self {
        case .method(let change): change.from
        case .scope(let change): change.from
        }
    }

    /// The word behind the day.
    public var word: String {
        switch self {
        case .method(let change): change.method.name
        case .scope(let change): change.scope.name
        }
    }

    /// Whether it is one of methods.
    public var isOfMethod: Bool {
        if case .method = self { return true }
        return false
    }
}

/// A choice that has a word on the command line.
public protocol NamedChoice: CaseIterable {
    /// The word.
    var name: String { get }
}

extension NamedChoice {
    /// The choice of a word, or nil.
    public static func named(_ word: String) -> Self? {
        allCases.first { $0.name == word }
    }

    /// The words of all choices.
    public static var names: [String] { allCases.map(\.name) }
}

extension LotMethod: NamedChoice {}
extension LotScope: NamedChoice {}
extension LotAllocation: NamedChoice {}
extension LotTies: NamedChoice {}
extension TransferFees: NamedChoice {}
extension GiftRule: NamedChoice {}
extension LossRule: NamedChoice {}

/// To which decimals the proceeds and the cost of each disposal are rounded.
public enum ReportRounding: NamedChoice, Hashable, Sendable {
    /// Not at all.
    case exact
    /// To the decimals of the currency.
    case cents
    /// To whole units of the currency.
    case whole

    /// The word on the command line.
    public var name: String {
        switch self {
        case .exact: "exact"
        case .cents: "cents"
        case .whole: "whole"
        }
    }
}

/// Whether reports show proceeds with the fee taken off.
public enum FeeDisplay: NamedChoice, Hashable, Sendable {
    /// Proceeds are after the fee.
    case within
    /// Proceeds are before the fee, which stands beside them.
    case apart

    /// The word on the command line.
    public var name: String {
        switch self {
        case .within: "within"
        case .apart: "apart"
        }
    }
}
