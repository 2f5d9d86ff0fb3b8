public import Ledger
public import Money
public import Storage
public import Time

/// One place where a user holds assets, with what is in it.
public struct SubWallet: Sendable {
    /// The number.
    public let id: AccountID
    /// What its owner calls it.
    public let title: String
    /// The venue in lower case; empty when there is none.
    public let venue: String
    /// The address and the coin of its chain, where it is one.
    public let chain: (coin: Asset, address: String)?
    /// When it was made.
    public let created: Timestamp
    /// When its owner changed it last.
    public let updated: Timestamp
    /// What it holds, by code, without zeros.
    public let balances: [(asset: Asset, amount: Amount)]
}

extension Workspace {
    /// A user's accounts, addresses and offsets by number, after one of them where it is named.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `StorageError`.
    public func subWallets(
        of user: UserID,
        after number: UInt32? = nil,
        limit: Int,
        at time: Timestamp? = nil
    ) throws -> (wallets: [SubWallet], hasMore: Bool) {
        let snapshot = try books.snapshot(of: user)
        let (records, addresses) = try database.read { connection throws(StorageError) in
            (try connection.accounts(of: user), try connection.addresses(of: user))
        }
        let chains = Dictionary(addresses.map { ($0.account, $0) }) { $1 }
        let wanted = records.filter { $0.id.raw > number ?? 0 }.sorted { $0.id.raw < $1.id.raw }
        let held = Dictionary(grouping: snapshot.book.balances(at: time ?? now()), by: \.account)
        let wallets = wanted.prefix(limit).map { record in
            let balances = (held[record.id] ?? []).filter { !$0.amount.isZero }
                .map { (asset: snapshot.asset($0.asset), amount: $0.amount) }
            return SubWallet(
                id: record.id,
                title: record.title,
                venue: record.venue,
                chain: chains[record.id].flatMap { row in
                    snapshot.registry.asset(row.asset).map { ($0, row.address) }
                },
                created: record.created,
                updated: record.updated,
                balances: balances.sorted { $0.asset.code < $1.asset.code }
            )
        }
        return (wallets, wanted.count > limit)
    }
}
