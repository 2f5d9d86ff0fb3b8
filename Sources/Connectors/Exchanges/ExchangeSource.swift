public import Money
public import Time
public import Venues

/// A venue's account of one user that is read through the venue's API.
///
/// Safe to use from any thread; calls block. Nothing is kept between calls but what the caller hands in again: a page's
/// `next` is the whole memory of how far a stream was read.
public protocol ExchangeSource: Sendable {
    /// The venue's name in lower case, as accounts have it.
    var venue: String { get }

    /// The streams to be read, in that order.
    ///
    /// - Throws: `ConnectorError` where the venue must be asked which there are.
    func fetchStreams(
        _ scope: ExchangeScope,
        of wallets: [ExchangeWallet],
        known: ExchangeKnowledge
    ) throws(ConnectorError) -> [ExchangeStream]

    /// What is held, by wallet; several wallets may hold one asset.
    ///
    /// - Throws: `ConnectorError`.
    func fetchWallets() throws(ConnectorError) -> [ExchangeWallet]

    /// One page of a stream, oldest first within a ledger, behind a cursor; nil for the beginning.
    ///
    /// - Throws: `ConnectorError`; `malformed` names the row and the field.
    func fetchPage(of stream: ExchangeStream, after cursor: String?) throws(ConnectorError) -> ExchangePage
}

/// A place at a venue that holds one asset.
public struct ExchangeWallet: Hashable, Sendable {
    /// The venue's own identity of it.
    public let id: String
    /// The asset's code in lower case.
    public let asset: String
    /// What the venue says it holds; nil where it says nothing.
    public let balance: Amount?

    /// A wallet from its parts.
    public init(id: String, asset: String, balance: Amount?) {
        self.id = id
        self.asset = asset
        self.balance = balance
    }
}

/// How much of a venue's account is read.
public enum ExchangeScope: Hashable, Sendable {
    /// Everything that changes what is held.
    case ledger
    /// Trades alone.
    case trades
}

/// What is known of an account beforehand, where a venue does not say it.
public struct ExchangeKnowledge: Hashable, Sendable {
    /// The codes of assets that the account has or ever had, in lower case.
    public var assets: Set<String>
    /// How far each stream was read, by its key.
    public var streams: [String: String]

    /// Knowledge from its parts; none unless given.
    public init(assets: Set<String> = [], streams: [String: String] = [:]) {
        self.assets = assets
        self.streams = streams
    }
}

/// Something that is read page by page.
public enum ExchangeStream: Hashable, Sendable {
    /// Every change of a wallet's balance.
    case ledger(ExchangeWallet)
    /// The deposits and withdrawals of a wallet, where a venue has no ledger or they are wanted alone.
    case transfers(ExchangeWallet)
    /// The fills of orders, over all wallets.
    case trades
    /// A list that the venue has for the whole account, oldest first, by a name such as `the ledger` for messages.
    case list(key: String, name: String)

    /// The name under which the stream's progress is kept.
    public var key: String {
        switch self {
        case .ledger(let wallet): "ledger:" + wallet.id
        case .transfers(let wallet): "transfers:" + wallet.id
        case .trades: "trades"
        case .list(let key, _): key
        }
    }
}

/// What one request gave.
public struct ExchangePage: Hashable, Sendable {
    /// The rows in the venue's order.
    public let rows: [ExchangeRow]
    /// Behind the last row, to go on from there; what was asked with when there is no row.
    public let cursor: String?
    /// Whether the venue has more rows behind the cursor.
    public let hasMore: Bool

    /// A page from its parts.
    public init(rows: [ExchangeRow], cursor: String?, hasMore: Bool) {
        self.rows = rows
        self.cursor = cursor
        self.hasMore = hasMore
    }
}

/// One row of a venue's answer, in words that every venue shares.
public struct ExchangeRow: Hashable, Sendable {
    /// The venue's identity of the row.
    public let id: String
    /// When it happened.
    public let time: Timestamp
    /// The cursor behind this row alone, where the venue can go on from any row; nil where only from a page's end.
    public let cursor: String?
    /// What it says.
    public let content: Content
    /// What should be said about it, if anything.
    public let remark: String?

    /// What a row can be.
    public enum Content: Hashable, Sendable {
        /// A whole event.
        case event(ExchangeEvent)
        /// One side of an event that the venue tells in two rows.
        case half(ExchangeHalf)
        /// One of the rows of an event which its group joins.
        case part(LedgerRow)
        /// The other side of an event which another row tells whole; its key says which.
        case otherSide(key: String)
        /// Not settled yet; it comes again with another state.
        case pending
        /// Nothing that changes what is held.
        case nothing
    }

    /// A row from its parts.
    public init(id: String, time: Timestamp, cursor: String?, content: Content, remark: String? = nil) {
        self.id = id
        self.time = time
        self.cursor = cursor
        self.content = content
        self.remark = remark
    }
}
