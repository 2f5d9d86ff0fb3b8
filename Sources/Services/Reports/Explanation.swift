public import CostBasis
public import Ledger
public import Money
public import Storage
public import Time
import Valuation

/// One price on the way from an asset to the report's currency.
public struct PriceStepView: Hashable, Sendable {
    /// What is priced.
    public let base: Asset
    /// What the price is counted in.
    public let quote: Asset
    /// Units of the quote for one unit of the base.
    public let price: Amount
    /// Whether the price is divided by instead of multiplied with.
    public let isInverted: Bool
    /// The instant from which it counts.
    public let time: Timestamp
    /// Its age at the disposal in seconds.
    public let ageSeconds: Int64
    /// Whether it was too old.
    public let isStale: Bool
    /// The name under which it was imported, or what else it is.
    public let source: String
}

/// How an amount got its value.
public struct ValueExplanation: Hashable, Sendable {
    /// Where the value came from.
    public let origin: ValueOrigin
    /// What was valued; nil where nothing was.
    public let quantity: Amount?
    /// Of what.
    public let asset: Asset?
    /// Of a part of the trade's value: the quantity that all of it is worth; nil otherwise.
    public let whole: Amount?
    /// The prices from that asset to the report's currency; none where it is that currency.
    public let steps: [PriceStepView]
}

/// Why a disposal's gain is what it is.
public struct DisposalExplanation: Sendable {
    /// The disposal.
    public let disposal: DisposalView
    /// How its value before the fee was found.
    public let value: ValueExplanation
    /// The fee as the entry has it, with the prices that turned it into money; nil without one.
    public let fee: ValueExplanation?
    /// What is missing or odd about its entry.
    public let problems: [ReportProblem]
}

/// Which disposals are explained.
public struct ExplanationFilter: Hashable, Sendable {
    /// Those of one tax year.
    public var year: Int?
    /// Those of one entry.
    public var entry: EntryID?
    /// Those of one asset, by its code in any case.
    public var asset: String?

    /// All of them, unless set otherwise.
    public init(year: Int? = nil, entry: EntryID? = nil, asset: String? = nil) {
        self.year = year
        self.entry = entry
        self.asset = asset
    }
}

/// Explained disposals with what else is to be looked at.
public struct GainsExplanation: Sendable {
    /// The report that they belong to.
    public let report: GainsReport
    /// In the order of the journal.
    public let disposals: [DisposalExplanation]
    /// What is missing or odd about other entries; none where one entry was asked for.
    public let otherProblems: [ReportProblem]
}

extension Workspace {
    /// Explains a user's disposals: values with their prices, fees, lots and rules.
    ///
    /// Blocks. Values are found again at the instant of each disposal, from the prices that there are.
    ///
    /// - Throws: as `gains`, `WorkspaceError.unknownCurrency` for an asset, `.unknownDisposal`.
    public func explanation(
        of user: UserID,
        settings: ReportSettings,
        filter: ExplanationFilter = ExplanationFilter()
    ) throws -> GainsExplanation {
        let report = try gains(of: user, settings: settings, year: filter.year)
        let computed = report.computed
        let asset = try filter.asset.map { code throws(WorkspaceError) in
            try ReportSettings.currency(code, in: computed.snapshot.registry).id
        }
        let chosen = report.disposals.filter { disposal in
            (filter.entry == nil || disposal.entry == filter.entry)
                && (asset == nil || disposal.asset.id == asset)
        }
        if let entry = filter.entry, chosen.isEmpty { throw WorkspaceError.unknownDisposal(entry: entry.raw) }
        let problems = Dictionary(grouping: report.problems, by: \.entry)
        let explainer = Explainer(
            computed: computed,
            rows: Explainer.rows(of: chosen, in: computed.snapshot.book)
        )
        var explained: [DisposalExplanation] = []
        try reading { connection throws(StorageError) in
            for disposal in chosen {
                explained.append(
                    DisposalExplanation(
                        disposal: disposal,
                        value: try explainer.value(of: disposal, connection),
                        fee: try explainer.fee(of: disposal, connection),
                        problems: problems[disposal.entry] ?? []
                    )
                )
            }
        }
        let entries = Set(chosen.map(\.entry))
        return GainsExplanation(
            report: report,
            disposals: explained,
            otherProblems: filter.entry == nil
                ? report.problems.filter { problem in
                    problem.entry.map { !entries.contains($0) } ?? true
                } : []
        )
    }
}

/// Finds where values came from, the way the engine did.
private struct Explainer {
    let computed: ComputedLots
    let rows: [EntryID: BookRow]

    /// The rows of the entries of disposals.
    static func rows(of disposals: [DisposalView], in book: Book) -> [EntryID: BookRow] {
        let wanted = Set(disposals.map(\.entry))
        var places: [Int] = []
        book.forEachRowView { if wanted.contains($0.id) { places.append($0.index) } }
        return Dictionary(uniqueKeysWithValues: places.map { book.row(at: $0) }.map { ($0.id, $0) })
    }

    func value(
        of disposal: DisposalView,
        _ connection: Connection?
    ) throws(StorageError) -> ValueExplanation {
        let row = rows[disposal.entry]
        let isFee = disposal.side == .fee
        let leg: BookLeg? =
            switch disposal.origin {
            case .none, .missing: nil
            case .stated: row?.value
            case .fiatLeg: isFee ? row?.fee : money(row)
            case .priceOfOutgoing: row?.outgoing
            case .priceOfIncoming: row?.incoming
            case .priceOfFee: row?.fee
            case .impliedByTrade: isFee ? row?.fee : row?.outgoing
            }
        let isPriced = disposal.origin != .impliedByTrade
        return try explanation(
            disposal.origin,
            leg,
            in: row,
            at: disposal.time,
            isPriced: isPriced,
            connection
        )
    }

    func fee(of disposal: DisposalView, _ connection: Connection?) throws(StorageError) -> ValueExplanation? {
        guard !disposal.fee.isZero, let row = rows[disposal.entry], let leg = row.fee else { return nil }
        let isMoney = isMoney(leg)
        // A fee in a coin of the trade itself is worth its part of the trade's value.
        let isPart = !isMoney && Explainer.whole(of: leg, in: row) != nil
        let origin: ValueOrigin = isMoney ? .fiatLeg : isPart ? .impliedByTrade : .priceOfFee
        return try explanation(origin, leg, in: row, at: disposal.time, isPriced: !isPart, connection)
    }

    /// The leg of a trade that a fee in its asset is a part of.
    private static func whole(of fee: BookLeg, in row: BookRow?) -> Amount? {
        [row?.outgoing, row?.incoming].compactMap { $0 }
            .first { $0.asset == fee.asset && $0.amount.isPositive }?.amount
    }

    /// The leg of money that a trade was valued by: one in the report's currency, else what went out, else what came in.
    private func money(_ row: BookRow?) -> BookLeg? {
        let legs = [row?.outgoing, row?.incoming].compactMap { $0 }
        return legs.first { asset($0).id == computed.currency.id } ?? legs.first(where: isMoney)
    }

    private func isMoney(_ leg: BookLeg) -> Bool {
        let asset = asset(leg)
        return asset.kind == .fiat || asset.id == computed.currency.id
    }

    private func asset(_ leg: BookLeg) -> Asset {
        computed.snapshot.asset(computed.snapshot.book.assets[Int(leg.asset)])
    }

    private func explanation(
        _ origin: ValueOrigin,
        _ leg: BookLeg?,
        in row: BookRow?,
        at time: Timestamp,
        isPriced: Bool,
        _ connection: Connection?
    ) throws(StorageError) -> ValueExplanation {
        guard let leg else {
            return ValueExplanation(origin: origin, quantity: nil, asset: nil, whole: nil, steps: [])
        }
        let asset = asset(leg)
        let found =
            isPriced ? computed.valuer.steps(from: asset.id, to: computed.currency.id, at: time) : []
        return ValueExplanation(
            origin: origin,
            quantity: leg.amount,
            asset: asset,
            whole: isPriced ? nil : Explainer.whole(of: leg, in: row),
            steps: found.map { step in
                PriceStepView(
                    base: computed.snapshot.registered(step.pair.base),
                    quote: computed.snapshot.registered(step.pair.quote),
                    price: step.point.price,
                    isInverted: step.isInverted,
                    time: step.point.time,
                    ageSeconds: max(0, time.seconds - step.point.time.seconds),
                    isStale: step.isStale,
                    source: step.source.title
                )
            }
        )
    }
}

extension PriceOrigin {
    /// The name in an explanation.
    var title: String {
        self == .bundled ? "ECB reference rate" : name
    }
}

extension UserSnapshot {
    /// The asset of a number that a price has.
    fileprivate func registered(_ id: AssetID) -> Asset {
        guard let asset = registry.asset(id) else {
            preconditionFailure("prices lead over assets that the registry has")
        }
        return asset
    }
}
