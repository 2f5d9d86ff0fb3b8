public import Money
public import Time
import Valuation

/// An amount in another asset, and how it got there.
public struct ConversionReport: Hashable, Sendable {
    /// What was converted.
    public let amount: Amount
    /// The asset it was counted in.
    public let from: Asset
    /// The asset it was converted to.
    public let to: Asset
    /// The instant.
    public let time: Timestamp
    /// The result, rounded half-even once.
    public let value: Amount
    /// The worth of one unit, rounded half-even to 18 decimals.
    public let rate: Amount
    /// The assets on the way, both ends included.
    public let path: [Asset]
    /// The price of each step.
    public let steps: [PriceStepView]
    /// The instant from which the oldest price used counts.
    public let priceTime: Timestamp
    /// Whether a price used was too old.
    public let isStale: Bool

    /// The age of the oldest price at the instant, in seconds.
    public var ageSeconds: Int64 { max(0, time.seconds - priceTime.seconds) }
}

extension Workspace {
    /// Converts an amount of one asset into another.
    ///
    /// Blocks until the user's Book is in memory, whose assets count as well as the built-in ones.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency`, `PriceServiceError.noRate`, `MoneyError.overflow`, `StorageError`.
    public func convert(
        _ amount: Amount,
        from source: String,
        to target: String,
        at time: Timestamp? = nil,
        of user: UserID
    ) throws -> ConversionReport {
        let (snapshot, valuer, _) = try valuation(of: user)
        let from = try ReportSettings.currency(source, in: snapshot.registry)
        let to = try ReportSettings.currency(target, in: snapshot.registry)
        let time = time ?? now()
        switch valuer.rate(from: from.id, to: to.id, at: time) {
        case .missing(let reason):
            throw PriceServiceError.noRate(
                from: from.displayCode,
                to: to.displayCode,
                reason: Workspace.words(reason)
            )
        case .found(let rate):
            return ConversionReport(
                amount: amount,
                from: from,
                to: to,
                time: time,
                value: try rate.convert(amount),
                rate: try rate.price(),
                path: try rate.path.map { try Workspace.registered($0, snapshot) },
                steps: try valuer.steps(from: from.id, to: to.id, at: time).map { step in
                    PriceStepView(
                        base: try Workspace.registered(step.pair.base, snapshot),
                        quote: try Workspace.registered(step.pair.quote, snapshot),
                        price: step.point.price,
                        isInverted: step.isInverted,
                        time: step.point.time,
                        ageSeconds: max(0, time.seconds - step.point.time.seconds),
                        isStale: step.isStale,
                        source: step.source.title
                    )
                },
                priceTime: rate.priceTime,
                isStale: rate.isStale
            )
        }
    }

    private static func registered(_ id: AssetID, _ snapshot: UserSnapshot) throws(WorkspaceError) -> Asset {
        guard let asset = snapshot.registry.asset(id) else {
            throw .unknownCurrency("\(id.raw)")
        }
        return asset
    }

    private static func words(_ reason: MissingPrice) -> String {
        switch reason {
        case .noSeries: "no series of prices leads there; import or fetch some"
        case .nonePriorTo(let time, _, _): "no price was known by \(time)"
        case .outOfRange: "the value reaches 10^20 units"
        }
    }
}
