public import Chains
import Crypto
import HTTPClient
import JSON
import Money

/// A chain of Bitcoin's family through a service with Esplora's HTTP API, as blockstream.info and mempool.space have
/// it.
///
/// Source: the file API.md of Blockstream's Esplora. Rows are compared with the address by their scripts, so the form
/// in which the service writes addresses does not matter.
public struct EsploraSource: ChainSource {
    /// The chain.
    public let chain: Chain
    private let url: ChainURL
    private let client: PacedClient
    private let limits: ChainLimits

    /// The pace at which a service is asked.
    public static let pacing = Pacing(gapMilliseconds: 250)

    /// The rows of a full page of confirmed transactions, as documented.
    static let rowsPerPage = 25
    /// Services that give fewer rows than documented give at least these, where there are more.
    static let rowsPerPageMin = 10

    /// A source of a chain of Bitcoin's family; another chain stops the program.
    ///
    /// `url` is where the API begins, such as `https://blockstream.info/api`.
    public init(
        _ chain: Chain,
        url: ChainURL,
        client: PacedClient,
        limits: ChainLimits = ChainLimits()
    ) {
        precondition(BitcoinNetwork.main(chain) != nil, "\(chain.title) is not of Bitcoin's family")
        self.chain = chain
        self.url = url
        self.client = client
        self.limits = limits
    }

    /// Esplora lists transactions.
    public var hasHistory: Bool { true }

    /// The newest block.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchTip() throws(ConnectorError) -> ChainTip {
        let body = try ChainAnswer.body(try get("/blocks/tip/height"), name: url.name, limits: limits)
        let digits = body.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        guard body.count <= 12, let units = ChainUnits.units(String(decoding: digits, as: UTF8.self)),
            units <= ChainAnswer.heightMax
        else { throw .malformed("the height of the newest block is no number") }
        return ChainTip(height: Int64(units))
    }

    /// What an address holds; the assets are the chain's coin and nothing else.
    ///
    /// - Throws: `ConnectorError`.
    public func fetchHoldings(
        of address: ChainAddress,
        assets: [ChainAsset],
        at tip: ChainTip
    ) throws(ConnectorError) -> [ChainHolding] {
        let coin = ChainAsset(coinOf: chain)
        _ = try bitcoin(address)
        guard assets.allSatisfy({ $0 == coin }) else {
            throw .unknown("\(url.name) knows \(coin.code.uppercased()) alone")
        }
        guard !assets.isEmpty else { return [] }
        let value = try ChainAnswer.json(
            try get("/address/" + address.text),
            name: url.name,
            limits: limits
        )
        let fields = ChainFields(value: value, name: "the address")
        let confirmed = try Flows(try fields.object("chain_stats"), chain)
        let waiting = try Flows(try fields.object("mempool_stats"), chain)
        guard confirmed.received >= confirmed.sent else {
            throw fields.fault("chain_stats", "one that spends more than it received")
        }
        let holding = ChainHolding(
            asset: coin,
            amount: Amount(unchecked: confirmed.received.raw - confirmed.sent.raw),
            received: confirmed.received,
            sent: confirmed.sent,
            transactions: confirmed.transactions,
            pending: ChainPending(
                transactions: waiting.transactions,
                change: Amount(unchecked: waiting.received.raw - waiting.sent.raw)
            ),
            height: tip.height
        )
        return assets.map { _ in holding }
    }

    /// The sums of one object of statistics.
    private struct Flows {
        let received: Amount
        let sent: Amount
        let transactions: Int64

        init(_ fields: ChainFields, _ chain: Chain) throws(ConnectorError) {
            func sum(_ key: String) throws(ConnectorError) -> Amount {
                guard let sum = ChainUnits.amount(try fields.units(key), decimals: chain.decimals) else {
                    throw fields.fault(key, "an amount of 10^20 or more")
                }
                return sum
            }
            received = try sum("funded_txo_sum")
            sent = try sum("spent_txo_sum")
            transactions = try fields.count("tx_count")
        }
    }

    // MARK: History

    /// The confirmed transactions of an address, newest first.
    ///
    /// Pages are read until one holds the known transaction in its old block, or one so many blocks below it, or the
    /// history ends, or as many pages were read as one call may.
    ///
    /// - Throws: `ConnectorError`; `malformed` for pages that lead in circles, are not newest first, or end before as
    ///   many transactions as the service counts; `unknown` for an address with more than may be read.
    public func fetchHistory(_ query: ChainHistoryQuery) throws(ConnectorError) -> ChainHistory {
        let script = Hex.encode(try bitcoin(query.address).script)
        var walk = Walk(query, limits)
        for _ in 0..<limits.pagesPerCall {
            var path = "/address/\(query.address.text)/txs/chain"
            if let last = walk.cursor { path += "/" + last.id }
            let value = try ChainAnswer.json(try get(path), name: url.name, limits: limits)
            guard let rows = value.array else { throw .malformed("the page of transactions is no list") }
            guard rows.count <= limits.rowsPerPageMax else {
                throw .malformed("a page of more than \(limits.rowsPerPageMax) transactions")
            }
            for (index, row) in rows.enumerated() {
                let fields = ChainFields(value: row, name: "row \(index + 1) of the transactions")
                guard let transaction = try EsploraTransaction.read(fields, script: script, chain: chain)
                else { continue }
                if try walk.take(transaction, fields) { return walk.finished }
            }
            if try walk.endsPage(rows: rows.count) { return walk.finished }
        }
        return walk.unfinished
    }

    /// A walk from the newest transaction to older ones.
    private struct Walk {
        private let query: ChainHistoryQuery
        private let limits: ChainLimits
        private var transactions: [ChainTransaction] = []
        private var ids: Set<String> = []
        /// The lowest height that is wanted.
        private let floor: Int64
        private var completeFrom: Int64
        private(set) var cursor: ChainCursor?
        private var idAtPageStart: String?

        init(_ query: ChainHistoryQuery, _ limits: ChainLimits) {
            self.query = query
            self.limits = limits
            cursor = query.cursor
            floor = query.known.map { max(0, $0.height - max(0, query.lookBackBlocks)) } ?? 0
            completeFrom = floor
            if let last = query.cursor { ids.insert(last.id) }
            idAtPageStart = cursor?.id
        }

        /// Takes the next older transaction; true when what follows is known.
        mutating func take(
            _ transaction: ChainTransaction,
            _ fields: ChainFields
        ) throws(ConnectorError) -> Bool {
            guard ids.insert(transaction.id).inserted else {
                throw fields.fault("txid", "one that was there already: the pages lead in circles")
            }
            if let last = cursor, transaction.height > last.height {
                throw fields.fault("status", "a block above the row before it")
            }
            if let known = query.known, transaction.id == known.id, transaction.blockHash == known.blockHash {
                completeFrom = transaction.height + 1
                transactions.removeAll { $0.height < completeFrom }
                return true
            }
            guard transaction.height >= floor else { return true }
            let count = (cursor?.count ?? 0) + 1
            guard count <= limits.transactionsMax else {
                throw .unknown(
                    "the address has more than \(limits.transactionsMax) transactions, which Coffer does not read"
                )
            }
            transactions.append(transaction)
            cursor = ChainCursor(id: transaction.id, height: transaction.height, count: count)
            return false
        }

        /// Notes that a page of so many rows is over; true when the history is.
        mutating func endsPage(rows: Int) throws(ConnectorError) -> Bool {
            let count = cursor?.count ?? 0
            let isAllCounted = count >= query.counted ?? 0
            // A short page is the last one, if as many were read as there are. Otherwise an empty one tells.
            let isEnd = rows == 0 || rows < EsploraSource.rowsPerPageMin && isAllCounted
            guard !isEnd else {
                guard isAllCounted else {
                    throw .malformed(
                        "the history ends after \(count) of \(query.counted ?? 0) transactions; "
                            + "the chain may have changed while it was read"
                    )
                }
                completeFrom = 0
                return true
            }
            guard cursor?.id != idAtPageStart else {
                throw .malformed("a page of confirmed transactions has none that is confirmed")
            }
            idAtPageStart = cursor?.id
            return false
        }

        var finished: ChainHistory {
            ChainHistory(transactions: transactions, progress: .complete(from: completeFrom))
        }

        var unfinished: ChainHistory {
            guard let cursor else { preconditionFailure("a page that does not end the walk has rows") }
            return ChainHistory(transactions: transactions, progress: .unfinished(cursor))
        }
    }

    // MARK: Requests

    private func bitcoin(_ address: ChainAddress) throws(ConnectorError) -> BitcoinAddress {
        guard case .bitcoin(let inner) = address.content, inner.network.chain == chain else {
            throw .unknown("\(url.name) knows addresses of \(chain.title) alone")
        }
        return inner
    }

    private func get(_ path: String) throws(ConnectorError) -> IncomingResponse {
        try client.get(url.text + path, headers: [OutgoingHeader("accept", "application/json")])
    }
}
