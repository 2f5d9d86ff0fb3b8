public import Chains
public import Money
public import Time

/// Which transactions of an address are wanted.
public struct ChainHistoryQuery: Hashable, Sendable {
    /// The address.
    public var address: ChainAddress
    /// The newest transaction that is known from a walk that was finished; nil for the whole history.
    public var known: ChainMark?
    /// How many blocks below it are read again where it has left its block: as deep as chains are taken to be
    /// reorganised.
    public var lookBackBlocks: Int64
    /// How many transactions the service counts, by `ChainHolding.transactions`; nil where that is not known.
    ///
    /// A history that ends before as many were read is refused.
    public var counted: Int64?
    /// Where a walk that took too long for one call goes on; nil for a new one.
    public var cursor: ChainCursor?

    /// A query from its parts.
    public init(
        address: ChainAddress,
        known: ChainMark? = nil,
        lookBackBlocks: Int64 = ChainLimits.lookBackBlocks,
        counted: Int64? = nil,
        cursor: ChainCursor? = nil
    ) {
        self.address = address
        self.known = known
        self.lookBackBlocks = lookBackBlocks
        self.counted = counted
        self.cursor = cursor
    }
}

/// A transaction and the block that it was in.
///
/// A block's hash stands for all blocks before it. So where the transaction is in the same block still, nothing older
/// has changed.
public struct ChainMark: Hashable, Sendable {
    /// The transaction's id.
    public let id: String
    /// The block's height.
    public let height: Int64
    /// The block's hash.
    public let blockHash: String

    /// A mark from its parts.
    public init(id: String, height: Int64, blockHash: String) {
        self.id = id
        self.height = height
        self.blockHash = blockHash
    }
}

/// How far a walk from the newest transaction to older ones has come.
public struct ChainCursor: Hashable, Sendable {
    /// The last transaction that was read.
    public let id: String
    /// Its block's height.
    public let height: Int64
    /// The transactions that were read so far.
    public let count: Int64

    /// A cursor from its parts.
    public init(id: String, height: Int64, count: Int64) {
        self.id = id
        self.height = height
        self.count = count
    }
}

/// What one call read of an address's history.
public struct ChainHistory: Hashable, Sendable {
    /// The transactions, newest first.
    public let transactions: [ChainTransaction]
    /// How far down the walk is complete.
    public let progress: Progress

    /// How far down a walk has come.
    public enum Progress: Hashable, Sendable {
        /// Finished: the lists of all calls of the walk together have every transaction of the address in blocks from
        /// this height on, and whatever else was known from there on is gone. What lies below stays as it is known.
        case complete(from: Int64)
        /// There is more; nothing may be taken as gone yet.
        case unfinished(ChainCursor)
    }

    /// A history from its parts.
    public init(transactions: [ChainTransaction], progress: Progress) {
        self.transactions = transactions
        self.progress = progress
    }
}

/// A confirmed transaction from the view of one address.
public struct ChainTransaction: Hashable, Sendable {
    /// The transaction's id.
    public let id: String
    /// The height of its block.
    public let height: Int64
    /// The hash of its block.
    public let blockHash: String
    /// The time that its block states; blocks' times may lie up to two hours off and not grow with the height.
    public let time: Timestamp
    /// What its outputs brought to the address.
    public let received: Amount
    /// What its inputs took from the address, its share of the fee included.
    public let spent: Amount
    /// The fee of the whole transaction.
    public let fee: Amount
    /// The part of the fee that the address paid: all of it where every input is the address's, nothing where none is.
    ///
    /// Where there are inputs of others as well, the fee is shared by what each input brought, in the order of the
    /// inputs, so that the shares of all add up to the fee.
    public let ownFee: Amount
    /// Whether some inputs are the address's and some are not: then the share of the fee is a convention, no fact.
    public let isShared: Bool
    /// Whether it pays out a new block's reward.
    public let isReward: Bool

    /// A transaction from its parts.
    public init(
        id: String,
        height: Int64,
        blockHash: String,
        time: Timestamp,
        received: Amount,
        spent: Amount,
        fee: Amount,
        ownFee: Amount,
        isShared: Bool,
        isReward: Bool
    ) {
        self.id = id
        self.height = height
        self.blockHash = blockHash
        self.time = time
        self.received = received
        self.spent = spent
        self.fee = fee
        self.ownFee = ownFee
        self.isShared = isShared
        self.isReward = isReward
    }

    /// The net change of what the address holds: received − spent, the fee included.
    public var delta: Amount { Amount(unchecked: received.raw - spent.raw) }

    /// The net change without the address's own fee, which is told apart: delta + own fee.
    public var deltaBeforeFee: Amount { Amount(unchecked: delta.raw + ownFee.raw) }

    /// What later walks are told to be known.
    public var mark: ChainMark { ChainMark(id: id, height: height, blockHash: blockHash) }
}
