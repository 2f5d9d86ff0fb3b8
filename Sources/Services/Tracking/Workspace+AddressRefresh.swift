import Chains
import Connectors
import Crypto
public import Ledger
import Money
public import Storage
import Synchronization
import Time

extension Workspace {
    // MARK: When

    /// Reads the addresses of all users that are due; for a thread of its own.
    ///
    /// Blocks, for long where there is much to read. What fails is kept with its address and tried again later; what was known
    /// of it stays.
    ///
    /// - Throws: `StorageError`.
    public func refreshDueAddresses() throws {
        let time = now()
        let due = try database.read { connection throws(StorageError) in
            try connection.dueAddresses(at: time, limit: RefreshLimits.dueMax)
        }
        var count = 0
        for record in due {
            // Those that nobody is asked about do not keep others waiting.
            guard count < configuration.chains.addressesPerRound,
                !areReadingsEnded.load(ordering: .relaxed)
            else { return }
            if try refresh(record) { count += 1 }
        }
    }

    /// Reads the addresses of a user, or one of them, whether due or not, and tells of them.
    ///
    /// Blocks, for long where there is much to read. Of more than the limit those are read that were not for the longest time.
    ///
    /// - Throws: `TrackingRefusal.notFound`, `StorageError`.
    public func refreshAddresses(
        of user: UserID,
        only id: AccountID? = nil,
        limit: Int = .max
    ) throws -> [TrackedAddress] {
        var records = try database.read { connection throws(StorageError) in
            try connection.addresses(of: user)
        }.filter { id == nil || $0.account == id }
        guard id == nil || !records.isEmpty else { throw TrackingRefusal.notFound }
        if records.count > limit {
            let oldest = records.filter { !$0.isInvalid }.sorted {
                ($0.refreshed?.microseconds ?? .min, $0.account.raw)
                    < ($1.refreshed?.microseconds ?? .min, $1.account.raw)
            }
            records = Array(oldest.prefix(limit))
        }
        for record in records where !record.isInvalid {
            guard !areReadingsEnded.load(ordering: .relaxed) else { break }
            _ = try refresh(record)
        }
        let rows = try trackedRows(of: user)
        return records.compactMap { rows.address($0.account) }
    }

    /// Whether somebody is asked about an address.
    func isPolled(_ address: TrackedAddress) -> Bool {
        guard !address.isInvalid else { return false }
        let registry = AssetRegistry.builtIn
        let checked = AddressCheck.check(address.address, currency: address.currency.code, registry: registry)
        return checked.address.map { configuration.chains.urls[$0.asset.chain] != nil } ?? false
    }

    // MARK: One address

    /// Reads one address and enters what is new; one that is being read already is left to that reading.
    ///
    /// False where nobody was asked.
    private func refresh(_ record: AddressRecord) throws -> Bool {
        guard addressDesk.begin(record.account) else { return false }
        defer { addressDesk.end(record.account) }
        // Chains are known of built-in assets alone; no user's Book is loaded for an address that nobody is asked about.
        let registry = AssetRegistry.builtIn
        let outcome = registry.asset(record.asset).map {
            AddressCheck.check(record.address, currency: $0.code, registry: registry)
        }
        guard let address = outcome?.address else {
            let words = record.latestError ?? outcome?.words ?? "Coffer cannot track this address"
            try fail(record, words, after: RefreshLimits.unknownChainSeconds)
            return false
        }
        let chain = address.asset.chain
        do {
            guard let source = try chainSource(chain) else {
                let words = configuration.chains.reasonNotPolled(chain) ?? "nobody is asked about it"
                // Said once; it stays due, so that it is read as soon as a service is named.
                if record.latestError != words { try fail(record, words, after: RefreshLimits.unsetSeconds) }
                return false
            }
            if source.hasHistory {
                try readHistory(record, address, source)
            } else {
                try readBalances(record, address, source, registry)
            }
        } catch let error as ConnectorError {
            try fail(record, "\(error)", after: delay(after: error, failures: record.failures))
        } catch MoneyError.overflow {
            try fail(
                record,
                "its amounts together with the rest of the ledger reach 10^20, which Coffer does not count",
                after: configuration.chains.retrySecondsMax
            )
        }
        return true
    }

    /// Keeps why an address could not be read.
    private func fail(
        _ record: AddressRecord,
        _ words: String,
        after seconds: Int64,
        progress: String? = nil
    ) throws {
        let text = String(words.prefix(RefreshLimits.errorBytesMax))
        let next = now().advanced(bySeconds: seconds)
        // A walk that could not go on begins anew: what it would go on from may be gone.
        var kept = AddressProgress(record.progress)
        kept.walk = nil
        let left = progress ?? kept.text
        try database.writeAndWait { transaction in
            try transaction.noteRefreshFailure(record, error: text, progress: left, next: next)
        }
        books.shelf(of: record.user).noteChange()
    }

    /// How long until the next try, in seconds: doubled with each failure, with jitter.
    private func delay(after error: ConnectorError, failures: Int64) -> Int64 {
        let chains = configuration.chains
        var wait = min(chains.firstRetrySeconds << min(failures, 20), chains.retrySecondsMax)
        if case .rateLimited(let seconds?) = error {
            wait = max(wait, min(seconds, chains.askedSecondsMax))
        }
        return jittered(wait)
    }

    private func jittered(_ seconds: Int64) -> Int64 {
        seconds + Int64(SecureRandom.number(below: UInt32(seconds / 10 + 1)))
    }

    // MARK: Chains that list transactions

    /// What a reading of a history came to.
    private struct HistoryReading {
        var transactions: [ChainTransaction] = []
        var progress: AddressProgress
        /// The height from which on the transactions are all that there are; nil while there is more.
        var completeFrom: Int64?
        /// Whether the walk began with this reading, so that what it did not meet is gone.
        let isWhole: Bool
        /// What went wrong after some of it was read.
        var failure: ConnectorError?
    }

    private func readHistory(
        _ record: AddressRecord,
        _ address: ChainAddress,
        _ source: any ChainSource
    ) throws {
        let tip = try addressDesk.tip(of: source, at: now())
        var holding = try source.fetchHolding(of: address, at: tip)
        let reading: HistoryReading
        do throws(ConnectorError) {
            reading = try walk(record, address, source, counted: holding.transactions)
        } catch {
            // An address with more transactions than are read has its balance all the same.
            guard case .unknown(let words) = error else { throw error }
            var progress = AddressProgress(record.progress)
            progress.walk = nil
            return try enter(
                ChainChanges(corrections: []),
                record,
                figures(holding, of: source.chain),
                progress: progress.text,
                remark: words,
                after: jittered(configuration.chains.refreshEverySeconds)
            )
        }
        var changes = try changes(record, reading, address.asset.chain)
        var stated = holding.amount
        var computed = try held(record).adding(changes.delta)
        if stated != computed, reading.completeFrom != nil {
            // A block may have come between the two answers.
            holding = try source.fetchHolding(of: address, at: tip)
            stated = holding.amount
            changes = try self.changes(record, reading, address.asset.chain)
            computed = try held(record).adding(changes.delta)
        }
        var remark: String?
        if let failure = reading.failure {
            remark = "\(failure)"
        } else if reading.completeFrom == nil {
            let count = reading.progress.walk?.cursor.count ?? 0
            remark =
                "its history is being read: \(count) of \(holding.transactions ?? count) transactions so far"
        } else if stated != computed {
            remark =
                "the chain states \(stated) \(address.asset.code.uppercased()) and the ledger gives \(computed); "
                + "nothing was changed for that"
        }
        let wait =
            if let failure = reading.failure {
                delay(after: failure, failures: record.failures)
            } else if reading.completeFrom == nil {
                RefreshLimits.restSeconds
            } else {
                jittered(configuration.chains.refreshEverySeconds)
            }
        try enter(
            changes,
            record,
            figures(holding, of: source.chain),
            progress: reading.progress.text,
            remark: remark,
            after: wait
        )
    }

    private func figures(_ holding: ChainHolding, of chain: Chain) -> AddressFigures {
        AddressFigures(
            balance: holding.amount,
            received: holding.received,
            sent: holding.sent,
            transactions: holding.transactions,
            source: chainName(of: chain)
        )
    }

    /// Reads the history down to what is known, or as much of it as one reading may.
    ///
    /// - Throws: `ConnectorError` when nothing could be read.
    private func walk(
        _ record: AddressRecord,
        _ address: ChainAddress,
        _ source: any ChainSource,
        counted: Int64?
    ) throws(ConnectorError) -> HistoryReading {
        let before = AddressProgress(record.progress)
        var reading = HistoryReading(progress: before, isWhole: before.walk == nil)
        var query = ChainHistoryQuery(
            address: address,
            known: before.known,
            counted: counted,
            cursor: before.walk?.cursor
        )
        var top = before.walk?.top
        for call in 0..<configuration.chains.callsPerReading {
            if call > 0, areReadingsEnded.load(ordering: .relaxed) { break }
            let history: ChainHistory
            do throws(ConnectorError) {
                history = try source.fetchHistory(query)
            } catch {
                guard call > 0 else { throw error }
                reading.failure = error
                break
            }
            reading.transactions += history.transactions
            top = top ?? history.transactions.first?.mark
            switch history.progress {
            case .complete(let height):
                reading.completeFrom = height
                reading.progress.walk = nil
                // Where the known transaction is gone and nothing came for it, all is read again.
                reading.progress.known = top ?? before.known.flatMap { $0.height < height ? $0 : nil }
                return reading
            case .unfinished(let cursor):
                guard let top else { throw .malformed("a history that goes on without a transaction") }
                reading.progress.walk = AddressProgress.Walk(top: top, cursor: cursor)
                query.cursor = cursor
            }
        }
        return reading
    }

    /// What must be done to the ledger so that it is what was read.
    private func changes(
        _ record: AddressRecord,
        _ reading: HistoryReading,
        _ chain: Chain
    ) throws -> ChainChanges {
        let before = AddressProgress(record.progress)
        var brought: [BroughtEntry] = []
        let isAllNew = before.known.map { known in (reading.completeFrom ?? 0) > known.height } ?? false
        // Above the newest known transaction there is nothing in the ledger yet, unless a reading was cut off.
        if !reading.transactions.isEmpty || !isAllNew {
            let scope = try trackedScope(of: record.user, account: record.account)
            var places: [EntryPlace] = []
            scope.snapshot.book.forEachRowView { row in
                if scope.touches(row) { places.append(EntryPlace(time: row.time, id: row.id)) }
            }
            brought = try database.read { connection throws(StorageError) in
                try connection.entries(of: record.user, at: places)
            }
        }
        return try ChainChanges(
            reading.transactions,
            completeFrom: reading.isWhole ? reading.completeFrom : nil,
            against: brought,
            account: record.account,
            asset: record.asset,
            chain: chain
        )
    }

    /// What the account of an address holds of its coin by the ledger.
    private func held(_ record: AddressRecord) throws -> Amount {
        let balances = try books.snapshot(of: record.user).book.balances
        return balances.first { $0.account == record.account && $0.asset == record.asset }?.amount ?? .zero
    }

    // MARK: Chains that tell balances alone

    private func readBalances(
        _ record: AddressRecord,
        _ address: ChainAddress,
        _ source: any ChainSource,
        _ registry: AssetRegistry
    ) throws {
        let tip = try addressDesk.tip(of: source, at: now())
        var holdings = try source.fetchHoldings(of: address, assets: [address.asset], at: tip)
        guard let first = holdings.first else { return }
        var unread: [ChainAsset] = []
        if address.asset.contract == nil {
            let tokens = registry.all.lazy.filter { $0.kind == .token }
                .compactMap { ChainAsset(code: $0.code, registry: registry) }
                .filter { $0.chain == source.chain }
                .prefix(RefreshLimits.assetsMax)
            var calls = RefreshLimits.tokenCallsMax
            holdings += try readTokens(source, address, Array(tokens)[...], at: tip, &calls)
            let read = Set(holdings.map(\.asset))
            unread = tokens.filter { !read.contains($0) }
        }
        let balances = try books.snapshot(of: record.user).book.balances
        var known: [AssetID: Amount] = [:]
        for balance in balances where balance.account == record.account {
            known[balance.asset] = balance.amount
        }
        // A token that is held nowhere and cannot be asked for is no loss, such as on a network for trials.
        let missed = unread.filter { token in
            registry.id(code: token.code).flatMap { known[$0] }.map { !$0.isZero } ?? false
        }.map { $0.code.uppercased() }
        let time = now()
        var corrections: [ImportRow] = []
        for holding in holdings {
            guard let asset = registry.id(code: holding.asset.code) else { continue }
            let delta = try holding.amount.subtracting(known[asset] ?? .zero)
            guard !delta.isZero else { continue }
            let leg = Leg(amount: delta.magnitude, asset: asset, account: record.account)
            let entry = Entry(
                id: EntryID(raw: 0),
                time: time,
                kind: delta.isNegative ? .correctionOut : .correctionIn,
                incoming: delta.isNegative ? nil : leg,
                outgoing: delta.isNegative ? leg : nil
            )
            let texts = EntryTexts(
                reference: ChainEntries.comment(height: holding.height),
                exchange: source.chain.title,
                comment: "as the chain states"
            )
            corrections.append(ImportRow(entry: entry, texts: texts))
        }
        let figures = AddressFigures(
            balance: first.amount,
            received: first.received,
            sent: first.sent,
            transactions: nil,
            source: chainName(of: source.chain)
        )
        // Each reading has a number of its own, so that of two at once one finds that the other was first.
        let number = (Int64(record.progress) ?? 0) + 1
        try enter(
            ChainChanges(corrections: corrections),
            record,
            figures,
            progress: String(number),
            remark: missed.isEmpty
                ? nil
                : "the balance of \(missed.joined(separator: ", ")) could not be read; what was known stays",
            after: jittered(configuration.chains.refreshEverySeconds)
        )
    }

    /// Reads what an address holds of tokens; where an answer is not as documented, smaller parts are asked for, until the
    /// tokens are found whose contracts do not answer.
    private func readTokens(
        _ source: any ChainSource,
        _ address: ChainAddress,
        _ tokens: ArraySlice<ChainAsset>,
        at tip: ChainTip,
        _ calls: inout Int
    ) throws(ConnectorError) -> [ChainHolding] {
        guard !tokens.isEmpty, calls > 0 else { return [] }
        calls -= 1
        do throws(ConnectorError) {
            return try source.fetchHoldings(of: address, assets: Array(tokens), at: tip)
        } catch {
            switch error {
            case .malformed, .unknown: break
            default: throw error
            }
        }
        guard tokens.count > 1 else { return [] }
        let middle = tokens.startIndex + tokens.count / 2
        return try readTokens(source, address, tokens[..<middle], at: tip, &calls)
            + readTokens(source, address, tokens[middle...], at: tip, &calls)
    }

    // MARK: What both share

    /// Enters what is new, takes back what is gone, and keeps how far was read; the last commit of several carries that.
    private func enter(
        _ changes: ChainChanges,
        _ record: AddressRecord,
        _ figures: AddressFigures,
        progress: String,
        remark: String?,
        after seconds: Int64
    ) throws {
        let rowsMax = configuration.storage.smallImportRowsMax
        var rest = changes.missing[...]
        let next = now().advanced(bySeconds: seconds)
        let remark = remark.map { String($0.prefix(RefreshLimits.errorBytesMax)) }
        repeat {
            let rows = Array(rest.prefix(rowsMax))
            rest = rest.dropFirst(rowsMax)
            let isLast = rest.isEmpty
            do {
                _ = try entering(of: record.user, nil, { (done: Bool) in done }, { _ in .nothing }) {
                    transaction,
                    _,
                    entered in
                    // Of an address that was deleted, changed or read meanwhile nothing is entered.
                    guard let now = try transaction.connection.address(of: record.account),
                        now.address == record.address, now.progress == record.progress
                    else { throw Overtaken() }
                    try entered.enter(
                        rows,
                        format: Workspace.addressFormat,
                        name: record.address,
                        transaction
                    )
                    guard isLast else { return true }
                    for place in changes.gone {
                        try transaction.voidEntry(
                            place.id,
                            user: record.user,
                            time: place.time,
                            reason: "the chain no longer has it in its block"
                        )
                        entered.hasVoids = true
                    }
                    guard
                        try transaction.noteRefresh(
                            record,
                            figures,
                            progress: progress,
                            remark: remark,
                            next: next
                        )
                    else { throw Overtaken() }
                    return true
                }
            } catch is Overtaken {
                return
            }
        } while !rest.isEmpty
    }

    /// The name of the service that is asked about a chain.
    private func chainName(of chain: Chain) -> String {
        // The setting was read before, so it has the form.
        configuration.chains.urls[chain].flatMap { try? ChainURL($0).name } ?? chain.title
    }
}

/// The address that was read has been deleted, changed or read by somebody else meanwhile.
private struct Overtaken: Error {}

extension KeptAnswer {
    /// What stands for an answer where nobody asked.
    fileprivate static let nothing = KeptAnswer(status: 200, body: [])
}
