public import Time

/// A layout of files that Coffer reads.
public enum ImportFormat: String, Hashable, Sendable, CaseIterable {
    /// Coffer's own layout, which is also its export.
    case coffer
    /// Coinbase, in any of its five generations.
    case coinbase
    /// The ledger of Coinbase's API, which is no file.
    case coinbaseLedger = "coinbase_ledger"
    /// The fills of Coinbase's API, which are no file.
    case coinbaseTrades = "coinbase_trades"
    /// Kraken's ledger as its pages export it.
    case kraken
    /// The ledger of Kraken's API, which is no file.
    case krakenLedger = "kraken_ledger"
    /// The trades of Kraken's API, which are no file.
    case krakenTrades = "kraken_trades"
    /// Binance's statement of all transactions, or its history of spot trades.
    case binance
    /// Binance.US's report of all transactions.
    case binanceUS = "binanceus"
    /// Everything that Binance.US's API tells, which is no file.
    case binanceUSLedger = "binanceus_ledger"
    /// The fills of Binance.US's API, which are no file.
    case binanceUSTrades = "binanceus_trades"

    /// The stable name for programs.
    public var name: String { rawValue }

    /// The layouts in words, for the message about an unknown one.
    static let knownLayouts =
        "Coffer's own layout (a header with time and kind), Coinbase's transaction history, tax report "
        + "and account export, Kraken's ledger, Binance's statement and trade history, and Binance.US's report"
}

/// What the first pass over a file found; the second pass needs it.
public struct ImportSurvey: Hashable, Sendable {
    /// The layout.
    public internal(set) var format: ImportFormat
    /// The line of the header, from 1.
    public internal(set) var headerLine: Int
    /// Rows of data, without empty ones.
    public internal(set) var rows = 0
    /// Entries that the good rows make.
    public internal(set) var entries = 0
    /// Whether the file runs from the newest row to the oldest.
    public internal(set) var newestFirst = false
    /// The earliest time of an entry.
    public internal(set) var firstTime: Timestamp?
    /// The latest time of an entry.
    public internal(set) var lastTime: Timestamp?
    /// The issues by line, at most as many as the limit says; errors come before remarks when there are more.
    public internal(set) var issues: [RowIssue] = []
    /// All errors, also those not kept.
    public internal(set) var errorCount = 0
    /// Rows with at least one error.
    public internal(set) var errorRows = 0
    /// All warnings, also those not kept.
    public internal(set) var warningCount = 0
    /// All notices, also those not kept.
    public internal(set) var noticeCount = 0
    /// The names of accounts met, sorted.
    public internal(set) var accounts: [String] = []
    /// The codes of assets met in lower case, sorted.
    public internal(set) var assets: [String] = []
    /// The fiat currencies that have wallet rows of their own, sorted; their legs are inside the account.
    public internal(set) var walletCurrencies: [String] = []

    /// Overrules which fiat currencies lie inside the account, so that all files of an account agree.
    public mutating func settle(inside: Set<String>, outside: Set<String>) {
        walletCurrencies = Set(walletCurrencies).union(inside).subtracting(outside).sorted()
    }

    /// The survey of entries that come from elsewhere than a file, from the oldest to the newest.
    public init(_ drafts: [DraftEntry], format: ImportFormat) {
        self.init(format: format, headerLine: 0)
        rows = drafts.count
        entries = drafts.count
        firstTime = drafts.map(\.time).min()
        lastTime = drafts.map(\.time).max()
        var accounts: Set<String> = []
        var assets: Set<String> = []
        for draft in drafts {
            for leg in [draft.incoming, draft.outgoing, draft.fee] {
                guard let leg else { continue }
                assets.insert(leg.asset)
                if case .named(let name) = leg.account { accounts.insert(name) }
            }
            if let value = draft.value { assets.insert(value.asset) }
        }
        self.accounts = accounts.sorted()
        self.assets = assets.sorted()
    }

    init(format: ImportFormat, headerLine: Int) {
        self.format = format
        self.headerLine = headerLine
    }
}
