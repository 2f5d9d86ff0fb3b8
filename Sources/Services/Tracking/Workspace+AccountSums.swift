public import Ledger
import Money
public import Storage
public import Time
import Valuation

extension Workspace {
    /// What an account, address or offset holds by the ledger, by code; of an address its own coin also when it is zero.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `TrackingRefusal.notFound`, or `.notReady` for an address, or a connected account without entries, that was
    /// never read, `StorageError`.
    public func holdings(
        of account: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        let coin = try ready(account, in: portfolio, of: user)
        let scope = try trackedScope(of: user, account: account)
        let time = time ?? now()
        let held = try scope.held(at: time)
        var rows = held.indices.filter { !held[$0].isZero }.map {
            BalanceRow(currency: scope.asset($0), balance: held[$0], time: time)
        }
        if let coin, !rows.contains(where: { $0.currency.id == coin.id }) {
            rows.append(BalanceRow(currency: coin, balance: .zero, time: time))
        }
        return rows.sorted { $0.currency.code < $1.currency.code }
    }

    /// What an account, address or offset held at each noon (UTC) since its first entry, the newest first; of one noon by
    /// code, each currency from its first movement on.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: as `holdings`, and `MoneyError.overflow`.
    public func history(
        of account: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        at time: Timestamp? = nil
    ) throws -> [BalanceRow] {
        _ = try ready(account, in: portfolio, of: user)
        let scope = try trackedScope(of: user, account: account)
        let assets = scope.snapshot.book.balances.count { $0.account == account }
        let noons = scope.noons(through: time ?? now(), currencies: assets)
        let columns = try timeline(scope, at: noons).compactMap { runs in
            runs.firstPlace.map { first in
                (
                    asset: scope.snapshot.asset(runs.asset), first: first,
                    amounts: runs.amounts(count: noons.count)
                )
            }
        }.sorted { $0.asset.code < $1.asset.code }
        var rows: [BalanceRow] = []
        for place in noons.indices.reversed() {
            for column in columns where column.first <= place {
                rows.append(
                    BalanceRow(currency: column.asset, balance: column.amounts[place], time: noons[place])
                )
            }
        }
        return rows
    }

    /// What changed in an account, address or offset, the newest first.
    ///
    /// Blocks. Each currency that an entry changes has a row; a fee stands beside the row of its currency, or is a row of its
    /// own where the entry moves nothing else of it. So delta less fee, summed up, is what is held.
    ///
    /// - Throws: as `holdings`.
    public func transactions(
        of account: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        limit: Int = .max
    ) throws -> [TransactionRow] {
        var rows: [TransactionRow] = []
        try forEachTransaction(of: account, in: portfolio, of: user, limit: limit) { rows.append($0) }
        return rows
    }

    /// The entries that are read from the store at a time.
    private static let entriesAtATime = 1000

    /// Hands out what `transactions` tells, row by row, so that a long list is never in memory as a whole: rows behind the
    /// first `skipped` ones, and so many of them.
    ///
    /// Blocks; linear in the number of entries up to the last row.
    ///
    /// - Throws: as `holdings`.
    public func forEachTransaction(
        of account: AccountID,
        in portfolio: PortfolioID? = nil,
        of user: UserID,
        skipping skipped: Int = 0,
        limit: Int = .max,
        _ take: (TransactionRow) -> Void
    ) throws {
        _ = try ready(account, in: portfolio, of: user)
        let scope = try trackedScope(of: user, account: account)
        let book = scope.snapshot.book
        var places: [EntryPlace] = []
        book.forEachRowView { row in
            if scope.touches(row) { places.append(EntryPlace(time: row.time, id: row.id)) }
        }
        places.sort { ($0.time, $0.id) > ($1.time, $1.id) }
        let venue = scope.snapshot.accounts[account]?.venue ?? ""
        let all = places[...]
        try database.read { connection throws(StorageError) in
            var (rest, passed, taken) = (all, 0, 0)
            while !rest.isEmpty, taken < limit {
                let brought = try connection.entries(
                    of: user,
                    at: Array(rest.prefix(Workspace.entriesAtATime))
                )
                rest = rest.dropFirst(Workspace.entriesAtATime)
                for entry in brought {
                    for row in TransactionRow.rows(of: entry, account, venue: venue, scope.snapshot) {
                        guard passed >= skipped else {
                            passed += 1
                            continue
                        }
                        guard taken < limit else { return }
                        taken += 1
                        take(row)
                    }
                }
            }
        }
    }

    /// The coin of an address that was read; nil for everything else.
    private func ready(
        _ account: AccountID,
        in portfolio: PortfolioID?,
        of user: UserID
    ) throws -> Asset? {
        let rows = try trackedRows(of: user)
        if let address = rows.address(account) {
            guard portfolio ?? address.portfolio == address.portfolio else { throw TrackingRefusal.notFound }
            // One that is none of its chain never will be read, and holds nothing.
            guard address.isReady || address.isInvalid else { throw TrackingRefusal.notReady }
            return address.isReady ? address.currency : nil
        }
        let found = rows.account(account)
        guard let home = found?.portfolio ?? rows.offset(account)?.portfolio, portfolio ?? home == home
        else { throw TrackingRefusal.notFound }
        // What files brought is there before the venue was read.
        if let found, !found.isReady, !rows.hasEntries(account) { throw TrackingRefusal.notReady }
        return nil
    }
}

extension TransactionRow {
    /// What an entry changed in an account: what went out first, then what came in.
    fileprivate static func rows(
        of brought: BroughtEntry,
        _ account: AccountID,
        venue: String,
        _ snapshot: UserSnapshot
    ) -> [TransactionRow] {
        let entry = brought.stored.entry
        let fee = entry.fee?.account == account ? entry.fee : nil
        var rows: [TransactionRow] = []
        var isFeeTold = fee?.amount.isZero ?? true
        func add(_ leg: Leg, isNegative: Bool, feeBeside: Amount?) {
            let reference = brought.stored.texts.reference
            rows.append(
                TransactionRow(
                    currency: snapshot.asset(leg.asset),
                    delta: isNegative ? leg.amount.negated : leg.amount,
                    time: entry.time,
                    fee: feeBeside,
                    reference: reference.isEmpty ? nil : reference,
                    created: brought.brought,
                    updated: brought.brought,
                    source: venue.isEmpty ? brought.format : venue
                )
            )
        }
        func feeBeside(_ leg: Leg) -> Amount? {
            guard !isFeeTold, let fee, fee.asset == leg.asset else { return nil }
            isFeeTold = true
            return fee.amount
        }
        if let out = entry.outgoing, out.account == account {
            add(out, isNegative: true, feeBeside: feeBeside(out))
        }
        if let into = entry.incoming, into.account == account {
            add(into, isNegative: false, feeBeside: feeBeside(into))
        }
        if let fee, !isFeeTold { add(fee, isNegative: true, feeBeside: nil) }
        return rows
    }
}
