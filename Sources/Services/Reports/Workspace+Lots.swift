import CostBasis
import Ledger
import Money
public import Storage
public import Time
import Valuation

/// A user's lots with what they were computed from.
struct ComputedLots: Sendable {
    let snapshot: UserSnapshot
    let valuer: Valuer
    let settings: ResolvedSettings
    let kept: KeptLots

    var lots: LotBook { kept.lots }
    var currency: Asset { settings.currency }
}

/// Lots as they are kept in memory.
struct KeptLots: Sendable {
    let lots: LotBook
    /// Goes on where the lots end, for a Book that grew; nil where entries may name lots, which are looked up anew.
    let live: LiveLots?
    /// What entries name that no acquisition is called.
    let unknownNames: [UnknownName]
}

extension Workspace {
    /// The state of a user's data at an instant, or nil while it is not all in memory; never blocks.
    public func stamp(of user: UserID, at time: Timestamp) -> DataStamp? {
        guard let prices = prices.loaded(), let version = books.shelf(of: user).loadedVersion else {
            return nil
        }
        return DataStamp(bookVersion: version, priceVersion: prices.version, second: time.seconds)
    }

    /// A user's snapshot with a valuer over the present prices.
    ///
    /// Blocks when they are not in memory.
    func valuation(of user: UserID) throws -> (snapshot: UserSnapshot, valuer: Valuer, priceVersion: Int) {
        let snapshot = try books.snapshot(of: user)
        let (book, version) = try prices.snapshot()
        let registry = snapshot.registry
        let valuer = Valuer(
            book: book,
            settings: configuration.valuation,
            isFiat: { registry.asset($0)?.kind == .fiat }
        )
        return (snapshot, valuer, version)
    }

    /// A user's lots, computed unless they were computed from just the same before.
    ///
    /// Those that are not to be kept leave the place to others.
    func computedLots(
        of user: UserID,
        settings: ReportSettings,
        isKept: Bool = true
    ) throws -> ComputedLots {
        let (snapshot, valuer, priceVersion) = try valuation(of: user)
        let resolved = try settings.resolved(in: snapshot.registry).inForce(at: now(), in: snapshot.book)
        let key = ReportKey(
            bookVersion: snapshot.version,
            priceVersion: priceVersion,
            settings: resolved.lots,
            zone: resolved.zone
        )
        let shelf = books.shelf(of: user)
        let known = shelf.report(alike: key)
        if let known, known.key == key {
            return ComputedLots(snapshot: snapshot, valuer: valuer, settings: resolved, kept: known.report)
        }
        let kept: KeptLots
        if let live = known?.report.live, live.lots.book.assets.count == snapshot.book.assets.count {
            kept = KeptLots(lots: live.advanced(to: snapshot.book), live: live, unknownNames: [])
        } else {
            kept = try compute(snapshot.book, resolved, snapshot, valuer)
        }
        // What went on from kept lots takes their place.
        if isKept || known != nil { shelf.keep(kept, for: key) }
        return ComputedLots(snapshot: snapshot, valuer: valuer, settings: resolved, kept: kept)
    }

    /// The lots of a user's Book or of its beginning.
    ///
    /// - Throws: `WorkspaceError.unknownZone`, `StorageError`.
    func compute(
        _ book: Book,
        _ settings: ResolvedSettings,
        _ snapshot: UserSnapshot,
        _ valuer: Valuer
    ) throws -> KeptLots {
        let registry = snapshot.registry
        let calendar = try TaxZone(named: settings.zone).calendar
        let names = settings.usesNames ? try nameResolution(of: snapshot) : NameResolution()
        let days: @Sendable (Timestamp) -> Day = { calendar.day(of: $0) }
        let live = LiveLots(
            book,
            settings: settings.lots,
            valuer: CurrencyValuer(valuer: valuer, currency: settings.lots.currency),
            taxDay: calendar.isUTC ? nil : days,
            named: names.named,
            isFiat: { registry.asset($0)?.kind == .fiat }
        )
        return KeptLots(
            lots: live.lots,
            live: settings.usesNames ? nil : live,
            unknownNames: names.unknown
        )
    }
}

/// Values what entries do not value themselves, from the snapshot of prices.
private struct CurrencyValuer: EntryValuer {
    let valuer: Valuer
    let currency: AssetID

    func value(of amount: Amount, asset: AssetID, at time: Timestamp) -> ValueQuote? {
        guard let found = valuer.convert(amount, from: asset, to: currency, at: time).conversion else {
            return nil
        }
        return ValueQuote(amount: found.value, priceTime: found.priceTime, isStale: found.isStale)
    }
}
