import CostBasis
import Ledger
import Money
public import Storage
public import Time
import Valuation

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
    func computedLots(
        of user: UserID,
        settings: ReportSettings
    ) throws -> (snapshot: UserSnapshot, valuer: Valuer, lots: LotBook) {
        let (snapshot, valuer, priceVersion) = try valuation(of: user)
        let resolved = try settings.resolved(in: snapshot.registry)
        let key = ReportKey(bookVersion: snapshot.version, priceVersion: priceVersion, settings: resolved)
        let shelf = books.shelf(of: user)
        if let kept = shelf.report(for: key) { return (snapshot, valuer, kept) }
        let lots = compute(snapshot.book, resolved, snapshot.registry, valuer)
        shelf.keep(lots, for: key)
        return (snapshot, valuer, lots)
    }

    /// The lots of any Book.
    func compute(
        _ book: Book,
        _ settings: LotSettings,
        _ registry: AssetRegistry,
        _ valuer: Valuer
    ) -> LotBook {
        LotBook(
            book,
            settings: settings,
            valuer: CurrencyValuer(valuer: valuer, currency: settings.currency),
            isFiat: { registry.asset($0)?.kind == .fiat }
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
