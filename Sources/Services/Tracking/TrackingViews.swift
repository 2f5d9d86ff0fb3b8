public import Ledger
public import Money
public import Storage
public import Time

/// A portfolio with what is tracked in it.
public struct TrackedPortfolio: Hashable, Sendable {
    /// The number, also outside.
    public let id: PortfolioID
    /// What its owner calls it; need not be unique.
    public let title: String
    /// Whether imports that name no portfolio go here.
    public let isDefault: Bool
    /// When it was made.
    public let created: Timestamp
    /// When anything of it was changed last.
    public let updated: Timestamp
    /// What it is reported in, by code; never empty.
    public let currencies: [Asset]
    /// Exchange accounts, wallets and imported files, in the order they were made.
    public let accounts: [TrackedAccount]
    /// Addresses on public chains, in the order they were added.
    public let addresses: [TrackedAddress]
    /// Balances that the owner states, in the order they were added.
    public let offsets: [TrackedOffset]
    /// When the balances last changed; nil while nothing is recorded.
    public let balancesUpdated: Timestamp?
    /// When the daily balances last changed; nil while nothing is recorded.
    public let historiesUpdated: Timestamp?
    /// When the converted balances last changed, also by prices; nil while nothing is recorded.
    public let convertedBalancesUpdated: Timestamp?
    /// When the daily converted balances last changed; nil while nothing is recorded.
    public let convertedHistoriesUpdated: Timestamp?
    /// What made it, such as `private-api`; `web` for what is our own.
    public let source: String
}

/// An account at a venue, or one that files brought.
public struct TrackedAccount: Hashable, Sendable {
    /// The number, also outside; accounts, addresses and offsets share one space of numbers.
    public let id: AccountID
    /// The portfolio that it belongs to.
    public let portfolio: PortfolioID
    /// What its owner calls it.
    public let title: String
    /// The venue in lower case, such as `coinbase`; empty when there is none.
    public let venue: String
    /// What made it, such as `private-api`; `web` for what is our own.
    public let source: String
    /// Whether its credentials are none or refused, or its venue has no connector.
    public let isInvalid: Bool
    /// Why it was not read last, in words without secrets; nil when all is well.
    public let latestError: String?
    /// When it was made.
    public let created: Timestamp
    /// When its owner changed it last.
    public let updated: Timestamp
    /// False while a connected one waits for its first reading.
    public let isReady: Bool
    /// When it was last read to the end; nil when never, and for those that files brought.
    public let synced: Timestamp?
    /// When its transactions were last read to the end.
    public let transactionsSynced: Timestamp?
    /// When its history was last made; it follows from the transactions.
    public let historySynced: Timestamp?
}

/// An address on a public chain.
public struct TrackedAddress: Hashable, Sendable {
    /// The number, also outside; accounts, addresses and offsets share one space of numbers.
    public let id: AccountID
    /// The portfolio that it belongs to.
    public let portfolio: PortfolioID
    /// What its owner calls it.
    public let title: String
    /// The coin of its chain.
    public let currency: Asset
    /// The address as it was given.
    public let address: String
    /// What made it, such as `private-api`; `web` for what is our own.
    public let source: String
    /// Whether it is no address of its chain; such a one is never asked for.
    public let isInvalid: Bool
    /// What is wrong with it, or why it was not read last; nil when all is well.
    public let latestError: String?
    /// When it was added.
    public let created: Timestamp
    /// When its owner changed it last.
    public let updated: Timestamp
    /// When it was last read.
    public let refreshed: Timestamp?
    /// When its transactions were last read; nil where its chain's server tells balances alone.
    public let transactionsRefreshed: Timestamp?
    /// Whether it was read at least once.
    public let isReady: Bool
    /// When it will be read next; nil for as soon as may be, and for an invalid one.
    public let nextRefresh: Timestamp?
    /// What it holds: the coin first, then tokens by code; empty until it is ready.
    public let balances: [AddressBalance]
}

/// How much of a currency an address holds, as its chain says.
public struct AddressBalance: Hashable, Sendable {
    /// Of what.
    public let currency: Asset
    /// How much.
    public let balance: Amount
    /// When.
    public let balanceTime: Timestamp
    /// How much it sent in all, where the chain's server says so.
    public let sent: Amount?
    /// How much it received in all, where the chain's server says so.
    public let received: Amount?
    /// How many transactions it has, where the chain's server says so.
    public let transactions: Int64?
    /// Who says so.
    public let source: String
}

/// Balances that an owner states, such as of what no account shows.
public struct TrackedOffset: Hashable, Sendable {
    /// The number, also outside; accounts, addresses and offsets share one space of numbers.
    public let id: AccountID
    /// The portfolio that it belongs to.
    public let portfolio: PortfolioID
    /// What its owner calls it.
    public let title: String
    /// What made it, such as `private-api`; `web` for what is our own.
    public let source: String
    /// When it was made.
    public let created: Timestamp
    /// When its owner changed it last.
    public let updated: Timestamp
    /// What is stated, by code.
    public let balances: [OffsetBalance]
}

/// How much of a currency an owner states.
public struct OffsetBalance: Hashable, Sendable {
    /// Of what.
    public let currency: Asset
    /// How much; below zero for what is owed.
    public let balance: Amount
    /// When it was first stated.
    public let created: Timestamp
    /// When it was changed last.
    public let updated: Timestamp
    /// What stated it, such as `private-api`.
    public let source: String
}

/// How much there is of a currency at an instant.
public struct BalanceRow: Hashable, Sendable {
    /// Of what.
    public let currency: Asset
    /// How much.
    public let balance: Amount
    /// When.
    public let time: Timestamp
    /// Who says so: `cryptfolio` for what is computed from the ledger.
    public let source: String
    /// What is held and not part of a converted balance, as it has no price; by code.
    public let unpriced: [Asset]
    /// Whether a price used was older than its limit.
    public let isStale: Bool

    /// The source of what is computed from the ledger.
    public static let computedSource = "cryptfolio"

    init(
        currency: Asset,
        balance: Amount,
        time: Timestamp,
        unpriced: [Asset] = [],
        isStale: Bool = false
    ) {
        self.currency = currency
        self.balance = balance
        self.time = time
        self.unpriced = unpriced
        self.isStale = isStale
        source = BalanceRow.computedSource
    }
}

/// What a transaction changed of one currency in an account.
public struct TransactionRow: Hashable, Sendable {
    /// Of what.
    public let currency: Asset
    /// By how much, without the fee: below zero for what went out.
    public let delta: Amount
    /// When.
    public let time: Timestamp
    /// What was paid for it on top in the same currency; nil for nothing.
    public let fee: Amount?
    /// The source's own identity of it, such as the hash of a transaction.
    public let reference: String?
    /// When the ledger took it up.
    public let created: Timestamp
    /// When the ledger changed it last.
    public let updated: Timestamp
    /// What it came from: a chain, a venue, or the format of a file.
    public let source: String
}
