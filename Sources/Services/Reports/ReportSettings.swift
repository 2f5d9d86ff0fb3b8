import CostBasis
import Ledger
import Money
import Time

/// The choices of a report, by the words of the command line.
public struct ReportSettings: Hashable, Sendable {
    /// The code of the currency, in any case.
    public var currency: String
    /// Which lots go first.
    public var method: String
    /// `universal` or `wallet`.
    public var scope: String
    /// Other methods and scopes from certain days on, such as `2025-01-01=wallet`.
    public var from: [String] = []
    /// The name of the time zone whose days count.
    public var zone = "UTC"
    /// Which of equally dear lots goes first.
    public var ties = LotTies.oldestFirst.name
    /// A lot held for longer is long term, such as `1y` or `365d`.
    public var longTerm = "1y"
    /// The gain on a lot held for longer is exempt, or `none`.
    public var exemptAfter = ReportSettings.noPeriod
    /// `disposal` or `cost`.
    public var transferFees = CostBasis.TransferFees.disposal.name
    /// What gifts bring.
    public var gifts = GiftRule.atCost.name
    /// What coins lost or stolen bring.
    public var losses = LossRule.atCost.name
    /// Whether the wash-sale rule holds.
    public var washSales = false
    /// How each disposal is rounded.
    public var rounding = ReportRounding.exact.name
    /// The day on which tax years start, such as `04-06`.
    public var yearStart = YearStart.january.text
    /// How lots get to accounts when the scope becomes that of a wallet.
    public var allocation = LotAllocation.acquired.name
    /// Whether proceeds are shown after the fee or before it.
    public var fees = FeeDisplay.within.name

    /// The word for a period that there is not.
    public static let noPeriod = "none"
    /// The most changes of method and scope.
    public static let changesMax = 100

    /// Choices; those of a new owner unless given or set.
    public init(currency: String = "USD", method: String = "fifo", scope: String = "universal") {
        self.currency = currency
        self.method = method
        self.scope = scope
    }

    /// Whether disposals name their lots at any time.
    public var usesNames: Bool {
        let specific = LotMethod.specific.name
        return method == specific || from.contains { $0.hasSuffix("=" + specific) }
    }

    /// The choices as the engine takes them.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency`, `.unknownChoice`, `.repeatedChange` or `.washSalesNeedLots`.
    func resolved(in registry: AssetRegistry) throws(WorkspaceError) -> ResolvedSettings {
        let asset = try ReportSettings.currency(currency, in: registry)
        var lots = LotSettings(currency: asset.id)
        lots.method = try ReportSettings.choice("method", method)
        lots.scope = try ReportSettings.choice("scope", scope)
        lots.ties = try ReportSettings.choice("order of equally dear lots", ties)
        lots.transferFees = try ReportSettings.choice("way to count transfer fees", transferFees)
        lots.gifts = try ReportSettings.choice("way to count gifts", gifts)
        lots.losses = try ReportSettings.choice("way to count losses and thefts", losses)
        lots.allocation = try ReportSettings.choice("way to allocate lots", allocation)
        lots.longTerm = try ReportSettings.period(longTerm)
        lots.exemptAfter =
            exemptAfter == ReportSettings.noPeriod ? nil : try ReportSettings.period(exemptAfter)
        lots.yearStart = try ReportSettings.yearStart(yearStart)
        lots.washSales = washSales
        switch try ReportSettings.choice("rounding", rounding) as ReportRounding {
        case .exact: lots.roundedDecimals = nil
        case .cents: lots.roundedDecimals = asset.decimals
        case .whole: lots.roundedDecimals = 0
        }
        let changes = try changes()
        for change in changes {
            switch change {
            case .method(let change): lots.changes.append(change)
            case .scope(let change): lots.scopeChanges.append(change)
            }
        }
        let sharing = ([lots.method] + lots.changes.map(\.method)).first(where: \.sharesCosts)
        if washSales, let sharing { throw .washSalesNeedLots(method: sharing.name) }
        return ResolvedSettings(
            lots: lots,
            changes: changes,
            zone: zone,
            currency: asset,
            fees: try ReportSettings.choice("way to show fees", fees)
        )
    }

    /// The changes of method and scope by their day.
    private func changes() throws(WorkspaceError) -> [ReportChange] {
        guard from.count <= ReportSettings.changesMax else {
            throw .unknownChoice(
                name: "list of at most \(ReportSettings.changesMax) changes",
                text: "what is given"
            )
        }
        var changes: [ReportChange] = []
        for text in from {
            guard let change = ReportChange(text: text) else {
                throw .unknownChoice(name: "change such as 2025-01-01=wallet", text: text)
            }
            if changes.contains(where: { $0.from == change.from && $0.isOfMethod == change.isOfMethod }) {
                throw .repeatedChange(day: change.from.description)
            }
            changes.append(change)
        }
        return changes.sorted { ($0.from, $0.isOfMethod ? 0 : 1) < ($1.from, $1.isOfMethod ? 0 : 1) }
    }

    private static func choice<Choice: NamedChoice>(
        _ name: String,
        _ word: String
    ) throws(WorkspaceError) -> Choice {
        guard let choice = Choice.named(word) else { throw .unknownChoice(name: name, text: word) }
        return choice
    }

    private static func period(_ text: String) throws(WorkspaceError) -> HoldingPeriod {
        guard let period = HoldingPeriod(text: text) else {
            throw .unknownChoice(name: "period such as 1y or 365d", text: text)
        }
        return period
    }

    private static func yearStart(_ text: String) throws(WorkspaceError) -> YearStart {
        // What comes back must be the same text, so that `+4-06` is none.
        guard let start = YearStart(text: text), start.text == text else {
            throw .unknownChoice(name: "day such as 04-06", text: text)
        }
        return start
    }

    /// The asset of a currency's code.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency`.
    static func currency(_ code: String, in registry: AssetRegistry) throws(WorkspaceError) -> Asset {
        guard let normal = AssetCode.normalize(code), let asset = registry.asset(code: normal) else {
            throw .unknownCurrency(code)
        }
        return asset
    }
}

/// The choices of a report as rooms below take them.
struct ResolvedSettings: Hashable, Sendable {
    var lots: LotSettings
    /// By day.
    let changes: [ReportChange]
    /// The name of the time zone; it is looked up where lots are computed.
    let zone: String
    let currency: Asset
    let fees: FeeDisplay

    /// Without the changes of method and scope that lie ahead of an instant and of all entries; one that has come holds, also
    /// when no entry followed it yet.
    ///
    /// - Throws: `WorkspaceError.unknownZone`.
    func inForce(at time: Timestamp, in book: Book) throws -> ResolvedSettings {
        guard !changes.isEmpty else { return self }
        let last = book.count > 0 ? max(time, book.row(at: book.count - 1).time) : time
        let day = try TaxZone(named: zone).calendar.day(of: last)
        var settings = self
        settings.lots.changes.removeAll { $0.from > day }
        settings.lots.scopeChanges.removeAll { $0.from > day }
        return settings
    }

    /// Whether disposals name their lots at any time.
    var usesNames: Bool {
        lots.method == .specific || lots.changes.contains { $0.method == .specific }
    }
}

/// What computed lots were computed from; equal keys give equal lots.
///
/// The names of lots and the references they stand for are as the Book's version has them.
struct ReportKey: Hashable, Sendable {
    let bookVersion: Int
    let priceVersion: Int
    let settings: LotSettings
    let zone: String

    /// Whether another differs by the Book at most.
    func isAlike(_ other: ReportKey) -> Bool {
        (priceVersion, settings, zone) == (other.priceVersion, other.settings, other.zone)
    }
}

/// The state of a user's data and the second: while it is the same, so is every answer.
public struct DataStamp: Hashable, Sendable {
    let bookVersion: Int
    let priceVersion: Int
    let second: Int64
}
