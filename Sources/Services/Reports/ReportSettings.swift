import CostBasis
import Money

/// The choices of a report, by the words of the command line.
public struct ReportSettings: Hashable, Sendable {
    /// The code of the currency, in any case.
    public var currency: String
    /// Which lots go first.
    public var method: String
    /// `universal` or `wallet`.
    public var scope: String
    /// A lot held for more days is long term.
    public var longTermDays: Int
    /// `disposal` or `cost`.
    public var transferFees: String

    /// Choices; those of a new owner unless given.
    public init(
        currency: String = "USD",
        method: String = "fifo",
        scope: String = "universal",
        longTermDays: Int = 365,
        transferFees: String = "disposal"
    ) {
        self.currency = currency
        self.method = method
        self.scope = scope
        self.longTermDays = longTermDays
        self.transferFees = transferFees
    }

    /// The choices as the engine takes them.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency` or `.unknownChoice`.
    func resolved(in registry: AssetRegistry) throws(WorkspaceError) -> LotSettings {
        guard let method = LotMethod.allCases.first(where: { $0.name == self.method }) else {
            throw .unknownChoice(name: "method", text: self.method)
        }
        guard let scope = LotScope.allCases.first(where: { $0.name == self.scope }) else {
            throw .unknownChoice(name: "scope", text: self.scope)
        }
        guard transferFees == "disposal" || transferFees == "cost" else {
            throw .unknownChoice(name: "way to count transfer fees", text: transferFees)
        }
        return LotSettings(
            method: method,
            scope: scope,
            currency: try ReportSettings.currency(currency, in: registry).id,
            longTerm: .days(Int32(clamping: longTermDays)),
            transferFees: transferFees == "disposal" ? .disposal : .addedToCost
        )
    }

    /// The asset of a currency's code.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency`.
    static func currency(_ code: String, in registry: AssetRegistry) throws(WorkspaceError) -> Asset {
        guard let normal = AssetCode.normalize(code), let asset = registry.asset(code: normal) else {
            throw .unknownCurrency(code, nearest: nil)
        }
        return asset
    }
}

/// What computed lots were computed from; equal keys give equal lots.
struct ReportKey: Hashable, Sendable {
    let bookVersion: Int
    let priceVersion: Int
    let settings: LotSettings
}

/// The state of a user's data and the second: while it is the same, so is every answer.
public struct DataStamp: Hashable, Sendable {
    let bookVersion: Int
    let priceVersion: Int
    let second: Int64
}
