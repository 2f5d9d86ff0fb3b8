import Ledger
import Money
public import Storage
public import Time
import Valuation

extension Workspace {
    // MARK: Now

    /// What a portfolio holds of each of its reporting currencies, in their order, zeros too; or of one currency.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `TrackingRefusal.notFound` or `.unknownCurrency`, `StorageError`, `MoneyError.overflow`.
    public func currencySums(
        of portfolio: PortfolioID,
        of user: UserID,
        currency code: String? = nil,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        let currencies = try reported(of: portfolio, of: user, code)
        let scope = try trackedScope(of: user, portfolio: portfolio)
        let time = time ?? now()
        let held = try scope.held(at: time)
        return currencies.map { currency in
            let slot = scope.snapshot.book.assets.firstIndex(of: currency.id)
            return BalanceRow(currency: currency, balance: slot.map { held[$0] } ?? .zero, time: time)
        }
    }

    /// What everything that a portfolio holds is worth in each of its reporting currencies, in their order.
    ///
    /// Blocks until the Book is in memory. Rounded once; what has no price is named and not part of the balance.
    ///
    /// - Throws: `TrackingRefusal.notFound` or `.unknownCurrency`, `StorageError`, `MoneyError.overflow`.
    public func convertedSums(
        of portfolio: PortfolioID,
        of user: UserID,
        currency code: String? = nil,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        let currencies = try reported(of: portfolio, of: user, code)
        let scope = try trackedScope(of: user, portfolio: portfolio)
        let time = time ?? now()
        let held = try scope.held(at: time)
        let runs = scope.snapshot.book.assets.enumerated().map { slot, asset in
            var runs = HoldingRuns(asset: asset)
            if !held[slot].isZero { runs.hold(held[slot], from: 0) }
            return runs
        }
        return try currencies.map { currency in
            try Workspace.converted(runs, at: [time], to: currency, scope)[0]
        }
    }

    /// What a portfolio bought and sold of each of its reporting currencies, in their order: trades and swaps with their fees,
    /// and nothing that was paid in, taken out, earned or corrected.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: as `currencySums`.
    public func inventory(
        of portfolio: PortfolioID,
        of user: UserID,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        let currencies = try reported(of: portfolio, of: user, nil)
        let scope = try trackedScope(of: user, portfolio: portfolio)
        let time = time ?? now()
        let book = scope.snapshot.book
        var sums = [Int128](repeating: 0, count: book.assets.count)
        func add(_ leg: BookLeg?, _ sign: Int128) {
            guard let leg, scope.isInside(leg) else { return }
            sums[Int(leg.asset)] += sign * leg.amount.raw
        }
        book.forEachRowView { row in
            guard row.time <= time, let kind = EntryKind(rawValue: row.kindNumber),
                kind.rule.lots == .exchange
            else { return }
            add(row.incoming, 1)
            add(row.outgoing, -1)
            add(row.fee, -1)
        }
        return try currencies.map { currency in
            let slot = book.assets.firstIndex(of: currency.id)
            let balance = try slot.map { try Amount(raw: sums[$0]) } ?? .zero
            return BalanceRow(currency: currency, balance: balance, time: time)
        }
    }

    // MARK: Day by day

    /// What a portfolio held of its reporting currencies, or of one, at each noon (UTC) since its first entry, the newest
    /// first; of one noon in the currencies' order.
    ///
    /// Blocks until the Book is in memory; one walk over it for all days and currencies.
    ///
    /// - Throws: as `currencySums`.
    public func sumHistory(
        of portfolio: PortfolioID,
        of user: UserID,
        currency code: String? = nil,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        let currencies = try reported(of: portfolio, of: user, code)
        let scope = try trackedScope(of: user, portfolio: portfolio)
        let noons = scope.noons(through: time ?? now(), currencies: currencies.count)
        let runs = try timeline(scope, at: noons)
        let amounts = currencies.map { currency in
            runs.first { $0.asset == currency.id }?.amounts(count: noons.count)
                ?? Array(repeating: .zero, count: noons.count)
        }
        var rows: [BalanceRow] = []
        rows.reserveCapacity(noons.count * currencies.count)
        for place in noons.indices.reversed() {
            for (number, currency) in currencies.enumerated() {
                rows.append(
                    BalanceRow(currency: currency, balance: amounts[number][place], time: noons[place])
                )
            }
        }
        return rows
    }

    /// What everything that a portfolio held was worth in each of its reporting currencies, or in one, at each noon (UTC)
    /// since its first entry, the newest first; of one noon in the currencies' order.
    ///
    /// Blocks until the Book is in memory; one walk over it for all days, one over the prices for each currency.
    ///
    /// - Throws: as `convertedSums`.
    public func convertedHistory(
        of portfolio: PortfolioID,
        of user: UserID,
        currency code: String? = nil,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        let currencies = try reported(of: portfolio, of: user, code)
        let scope = try trackedScope(of: user, portfolio: portfolio)
        let noons = scope.noons(through: time ?? now(), currencies: currencies.count)
        let runs = try timeline(scope, at: noons)
        let columns = try currencies.map { try Workspace.converted(runs, at: noons, to: $0, scope) }
        return noons.indices.reversed().flatMap { place in columns.map { $0[place] } }
    }

    // MARK: What they share

    /// The currencies that are asked for.
    private func reported(
        of portfolio: PortfolioID,
        of user: UserID,
        _ code: String?
    ) throws -> [Asset] {
        let rows = try trackedRows(of: user)
        guard rows.portfolios.contains(where: { $0.id == portfolio }) else { throw TrackingRefusal.notFound }
        guard let code else { return rows.currencies(of: portfolio) }
        let registry = try books.snapshot(of: user).registry
        guard let normal = AssetCode.normalize(code), let asset = registry.asset(code: normal) else {
            throw TrackingRefusal.unknownCurrency(code)
        }
        return [asset]
    }

    /// What holdings are worth in a currency at some instants.
    private static func converted(
        _ runs: [HoldingRuns],
        at times: [Timestamp],
        to currency: Asset,
        _ scope: TrackedScope
    ) throws -> [BalanceRow] {
        var sweep = ValueSweep(times, in: currency.id, scope.valuer)
        for held in runs { sweep.add(held) }
        let series = try sweep.finish()
        // Only a few have no price; each is named just where it was held without one.
        let missing = series.unpricedAssets.map { id in
            (
                asset: scope.snapshot.asset(id),
                since: scope.valuer.firstTime(from: id, to: currency.id),
                amounts: runs.first { $0.asset == id }?.amounts(count: times.count) ?? []
            )
        }.sorted { $0.asset.code < $1.asset.code }
        return times.indices.map { place in
            var unpriced: [Asset] = []
            if series.unpriced[place] > 0 {
                unpriced = missing.filter { asset in
                    !asset.amounts[place].isZero && (asset.since.map { $0 > times[place] } ?? true)
                }.map(\.asset)
            }
            return BalanceRow(
                currency: currency,
                balance: series.values[place],
                time: times[place],
                unpriced: unpriced,
                isStale: series.isStale[place]
            )
        }
    }
}
