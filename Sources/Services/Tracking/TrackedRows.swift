import Ledger
import Money
import Storage
import Time

/// All that is kept of what one user tracks, read at once, beside the history that it is shown with.
struct TrackedRows: Sendable {
    let portfolios: [PortfolioRecord]
    private let currencies: [PortfolioID: [AssetID]]
    private let ownCurrency: Asset
    private let accounts: [AccountRecord]
    private let addresses: [AccountID: AddressRecord]
    private let offsets: [AccountID: [OffsetBalanceRecord]]
    private let connections: [AccountID: AccountConnection]
    private let journalChanged: Timestamp?
    private let pricesFetched: Timestamp?
    private let snapshot: UserSnapshot

    /// What a connection sees; the snapshot may be a little older or newer.
    init(_ connection: Connection, _ snapshot: UserSnapshot) throws(StorageError) {
        let user = snapshot.user
        self.snapshot = snapshot
        portfolios = try connection.portfolios(of: user)
        currencies = try connection.portfolioCurrencies(of: user)
        accounts = try connection.accounts(of: user)
        addresses = Dictionary(try connection.addresses(of: user).map { ($0.account, $0) }) { $1 }
        offsets = Dictionary(grouping: try connection.offsetBalances(ofAll: user), by: \.account)
        connections = Dictionary(
            try connection.accountConnections(of: user).map { ($0.account, $0) }
        ) { $1 }
        journalChanged = try connection.journalChanged(of: user)
        pricesFetched = try connection.pricesFetched()
        let code = try connection.user(user)?.currency ?? "usd"
        guard let own = snapshot.registry.asset(code: code) ?? AssetRegistry.builtIn.asset(.usd) else {
            preconditionFailure("the dollar is built in")
        }
        ownCurrency = own
    }

    // MARK: What there is

    /// How many accounts there are of a kind: `address`, `offset`, or nil for all others.
    func count(ofKind kind: String?) -> Int {
        accounts.count { TrackedRows.kind($0) == kind }
    }

    private static func kind(_ account: AccountRecord) -> String? {
        [AccountKind.address, AccountKind.offset].first { $0 == account.kind }
    }

    /// The portfolio of a number; nil when there is none.
    func portfolio(_ id: PortfolioID) -> TrackedPortfolio? {
        portfolios.first { $0.id == id }.map { view($0) }
    }

    /// All portfolios, the default one first, then by number.
    func allPortfolios() -> [TrackedPortfolio] { portfolios.map { view($0) } }

    /// The account of a number, if it is one of those that are neither addresses nor offsets.
    func account(_ id: AccountID) -> TrackedAccount? { record(id, ofKind: nil).map { view($0) } }

    /// The address of a number; nil when there is none.
    func address(_ id: AccountID) -> TrackedAddress? {
        record(id, ofKind: AccountKind.address).flatMap { address($0) }
    }

    /// The offset of a number; nil when there is none.
    func offset(_ id: AccountID) -> TrackedOffset? {
        record(id, ofKind: AccountKind.offset).map { offset($0) }
    }

    /// The row of an account of a kind.
    func record(_ id: AccountID, ofKind kind: String?) -> AccountRecord? {
        accounts.first { $0.id == id && TrackedRows.kind($0) == kind }
    }

    /// The currencies that a portfolio is reported in.
    func currencies(of portfolio: PortfolioID) -> [Asset] {
        let chosen = (currencies[portfolio] ?? []).compactMap { snapshot.registry.asset($0) }
        return chosen.isEmpty ? [ownCurrency] : chosen
    }

    // MARK: Views

    private func view(_ record: PortfolioRecord) -> TrackedPortfolio {
        let own = accounts.filter { $0.portfolio == record.id }
        let numbers = Set(own.map(\.id))
        let changed = snapshot.book.accounts.contains { numbers.contains($0) } ? journalChanged : nil
        let converted = changed.map { max($0, pricesFetched ?? $0) }
        return TrackedPortfolio(
            id: record.id,
            title: record.label,
            isDefault: record.isDefault,
            created: record.created,
            updated: record.updated,
            currencies: currencies(of: record.id),
            accounts: own.filter { TrackedRows.kind($0) == nil }.map { view($0) },
            addresses: own.filter { $0.kind == AccountKind.address }.compactMap { address($0) },
            offsets: own.filter { $0.kind == AccountKind.offset }.map { offset($0) },
            balancesUpdated: changed,
            historiesUpdated: changed,
            convertedBalancesUpdated: converted,
            convertedHistoriesUpdated: converted,
            source: record.source ?? TrackedRows.ownSource
        )
    }

    /// Whether the Book has entries of an account.
    func hasEntries(_ account: AccountID) -> Bool { snapshot.book.accounts.contains(account) }

    /// What made a thing that no API made.
    static let ownSource = "web"

    private func view(_ record: AccountRecord) -> TrackedAccount {
        let connection = connections[record.id]
        // Only accounts that are read by themselves are of this kind; one that files filled needs no connection.
        let isUnconnected = connection == nil && record.kind == "exchange"
        return TrackedAccount(
            id: record.id,
            portfolio: record.portfolio,
            title: record.title,
            venue: record.venue,
            source: record.source ?? TrackedRows.ownSource,
            isInvalid: connection?.isInvalid ?? isUnconnected,
            latestError: connection?.latestError
                ?? (isUnconnected ? TrackedRows.unconnected(record.venue) : nil),
            created: record.created,
            updated: record.updated,
            isReady: connection.map { $0.synced != nil || $0.isInvalid } ?? true,
            synced: connection?.synced,
            transactionsSynced: connection?.synced,
            historySynced: connection?.synced
        )
    }

    /// Why an account at a venue is not read by itself.
    private static func unconnected(_ venue: String) -> String {
        ConnectableVenue(rawValue: venue) == nil
            ? "Coffer cannot read \(venue) by itself, so keys for it are not kept; import its CSV files into this account, "
                + "or state what it holds as an offset"
            : "the account is not connected: its credentials were removed; give new ones"
    }

    private func address(_ record: AccountRecord) -> TrackedAddress? {
        guard let row = addresses[record.id], let asset = snapshot.registry.asset(row.asset) else {
            return nil
        }
        return TrackedAddress(
            id: record.id,
            portfolio: record.portfolio,
            title: record.title,
            currency: asset,
            address: row.address,
            source: record.source ?? TrackedRows.ownSource,
            isInvalid: row.isInvalid,
            latestError: row.latestError,
            created: record.created,
            updated: record.updated,
            refreshed: row.refreshed,
            transactionsRefreshed: row.transactions == nil ? nil : row.refreshed,
            isReady: row.refreshed != nil,
            nextRefresh: row.isInvalid ? nil : row.nextRefresh,
            balances: balances(of: row, asset)
        )
    }

    private func balances(of row: AddressRecord, _ asset: Asset) -> [AddressBalance] {
        guard let refreshed = row.refreshed, let balance = row.balance, let source = row.source else {
            return []
        }
        let coin = AddressBalance(
            currency: asset,
            balance: balance,
            balanceTime: refreshed,
            sent: row.sent,
            received: row.received,
            transactions: row.transactions,
            source: source
        )
        let tokens = snapshot.book.balances.filter {
            $0.account == row.account && $0.asset != row.asset && !$0.amount.isZero
        }.compactMap { held in
            snapshot.registry.asset(held.asset).map { token in
                AddressBalance(
                    currency: token,
                    balance: held.amount,
                    balanceTime: refreshed,
                    sent: nil,
                    received: nil,
                    transactions: nil,
                    source: source
                )
            }
        }
        return [coin] + tokens.sorted { $0.currency.code < $1.currency.code }
    }

    private func offset(_ record: AccountRecord) -> TrackedOffset {
        let source = record.source ?? TrackedRows.ownSource
        let balances = (offsets[record.id] ?? []).compactMap { row in
            snapshot.registry.asset(row.asset).map { asset in
                OffsetBalance(
                    currency: asset,
                    balance: row.balance,
                    created: row.created,
                    updated: row.updated,
                    source: source
                )
            }
        }
        return TrackedOffset(
            id: record.id,
            portfolio: record.portfolio,
            title: record.title,
            source: source,
            created: record.created,
            updated: record.updated,
            balances: balances.sorted { $0.currency.code < $1.currency.code }
        )
    }
}
