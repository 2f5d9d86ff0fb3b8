public import Chains
public import Money

/// A service that tells what addresses of one public chain hold, and where it can, how it came about.
///
/// Safe to use from any thread; calls block. Nothing is kept between calls but the pace, so whoever calls hands in
/// what it knows. The service's operator learns every address that is asked about, from where and when.
public protocol ChainSource: Sendable {
    /// The chain.
    var chain: Chain { get }

    /// Whether the service lists transactions; where it does not, `fetchHistory` throws `ConnectorError.unknown`.
    var hasHistory: Bool { get }

    /// The newest block.
    ///
    /// - Throws: `ConnectorError`.
    func fetchTip() throws(ConnectorError) -> ChainTip

    /// What an address holds of some assets of the chain, in their order; of several those may be left out that are not there.
    ///
    /// One tip serves for many addresses, but not for longer than some minutes: nodes forget old states.
    ///
    /// - Throws: `ConnectorError`; an address or asset of another chain is `.unknown`.
    func fetchHoldings(
        of address: ChainAddress,
        assets: [ChainAsset],
        at tip: ChainTip
    ) throws(ConnectorError) -> [ChainHolding]

    /// The confirmed transactions of an address down to what is known, or as many as one call may read.
    ///
    /// - Throws: `ConnectorError`; nothing of a call that throws may be used.
    func fetchHistory(_ query: ChainHistoryQuery) throws(ConnectorError) -> ChainHistory
}

extension ChainSource {
    /// What an address holds of its own asset.
    ///
    /// - Throws: as `fetchHoldings`.
    public func fetchHolding(
        of address: ChainAddress,
        at tip: ChainTip
    ) throws(ConnectorError) -> ChainHolding {
        guard let holding = try fetchHoldings(of: address, assets: [address.asset], at: tip).first else {
            preconditionFailure("one asset gives one holding")
        }
        return holding
    }
}

/// The newest block of a chain as a service sees it.
public struct ChainTip: Hashable, Sendable {
    /// The number of blocks before it.
    public let height: Int64

    /// A tip by its height.
    public init(height: Int64) {
        self.height = height
    }
}

/// What an address holds of one asset.
public struct ChainHolding: Hashable, Sendable {
    /// The asset.
    public let asset: ChainAsset
    /// What confirmed transactions left there.
    public let amount: Amount
    /// All that confirmed transactions brought, change that came back included; nil where the service does not say.
    public let received: Amount?
    /// All that confirmed transactions took, change that came back included; nil where the service does not say.
    public let sent: Amount?
    /// The confirmed transactions of the address, on Ethereum those that it sent itself; nil for a token.
    public let transactions: Int64?
    /// What transactions that are in no block yet would change; nil where the service does not say.
    public let pending: ChainPending?
    /// The block that the numbers stand for, at least: a service may be some blocks further.
    public let height: Int64

    /// A holding from its parts.
    public init(
        asset: ChainAsset,
        amount: Amount,
        received: Amount?,
        sent: Amount?,
        transactions: Int64?,
        pending: ChainPending?,
        height: Int64
    ) {
        self.asset = asset
        self.amount = amount
        self.received = received
        self.sent = sent
        self.transactions = transactions
        self.pending = pending
        self.height = height
    }
}

/// Transactions that are in no block yet and may never be.
public struct ChainPending: Hashable, Sendable {
    /// How many there are.
    public let transactions: Int64
    /// By how much they would change what the address holds.
    public let change: Amount

    /// From its parts.
    public init(transactions: Int64, change: Amount) {
        self.transactions = transactions
        self.change = change
    }
}
