import Connectors
import Crypto
import Importing
import Ledger
import Money
public import Storage
import Synchronization
import Time

extension Workspace {
    /// Reads the connected venues of a user and enters what is new, by an import that can be undone.
    ///
    /// Blocks, for long where there is much to read. `coinbaseLedger` reads each wallet's ledger behind what was read
    /// before, `tradeHistorySync` the fills of orders; both at most so many pages, of each wallet for the ledger. A dry run
    /// changes nothing, also not how far was read. What fails is told in `errors`; what came before is kept.
    ///
    /// - Throws: `ConnectionError.pages` for pages out of 1...25, `StorageError`.
    public func backfill(
        of user: UserID,
        source: BackfillSource,
        isDryRun: Bool,
        maxPages: Int
    ) throws -> BackfillOutcome {
        guard ConnectionLimits.backfillPages.contains(maxPages) else { throw ConnectionError.pages(maxPages) }
        var outcome = BackfillOutcome(source: source, isDryRun: isDryRun)
        let records = try database.read { connection throws(StorageError) in
            try connection.venueConnections(of: user)
        }.filter { $0.venue == "coinbase" }
        guard !records.isEmpty else {
            outcome.errors.append(Workspace.nothingConnected)
            return outcome
        }
        for record in records {
            let sync = try read(record, source, isDryRun: isDryRun, maxPages: maxPages)
            outcome.pagesFetched += sync.pagesFetched
            outcome.eventsFound += sync.eventsFound
            outcome.eventsInserted += sync.eventsInserted
            outcome.duplicatesSkipped += sync.duplicatesSkipped
            outcome.errors += sync.errors
            outcome.remarks += sync.remarks + sync.differences.map { "\(sync.label): \($0)" }
        }
        return outcome
    }

    /// What is said when a user has connected no venue.
    static let nothingConnected =
        "no exchange is connected, so there is nothing to read; coffer connections add coinbase connects one"

    /// Reads all connections of a user, or one of them, whether due or not.
    ///
    /// Blocks, for long where there is much to read. What fails is told with each connection. `isAgain` reads from the
    /// beginning; what is there already is recognised.
    ///
    /// - Throws: `ConnectionError.unknown`, `StorageError`.
    public func syncConnections(
        of user: UserID,
        only number: Int64? = nil,
        isAgain: Bool = false
    ) throws -> SyncOutcome {
        var outcome = SyncOutcome()
        var records = try database.read { connection throws(StorageError) in
            try connection.venueConnections(of: user)
        }
        if let number {
            records = records.filter { $0.id.raw == number }
            guard !records.isEmpty else { throw ConnectionError.unknown(String(number)) }
        }
        if records.isEmpty { outcome.errors.append(Workspace.nothingConnected) }
        for record in records {
            outcome.connections.append(
                try read(
                    record,
                    .coinbaseLedger,
                    isDryRun: false,
                    maxPages: ConnectionLimits.pagesPerSync,
                    isAgain: isAgain
                )
            )
        }
        return outcome
    }

    /// Reads the connections of all users that are due; for a thread of its own.
    ///
    /// Blocks, for long where there is much to read. What fails is kept with its connection and tried again later.
    ///
    /// - Throws: `StorageError`.
    public func syncDueConnections() throws {
        let time = now()
        let due = try database.read { connection throws(StorageError) in
            try connection.dueVenueConnections(at: time)
        }
        for record in due where !areReadingsEnded.load(ordering: .relaxed) {
            _ = try read(
                record,
                .coinbaseLedger,
                isDryRun: false,
                maxPages: ConnectionLimits.pagesPerSync
            )
        }
    }

    /// Lets readings end after the page at hand; what they have is kept.
    ///
    /// For a server that stops.
    public func endReadings() {
        areReadingsEnded.store(true, ordering: .relaxed)
    }

    // MARK: One connection

    /// Reads one connection and enters what is new.
    private func read(
        _ record: VenueConnectionRecord,
        _ what: BackfillSource,
        isDryRun: Bool,
        maxPages: Int,
        isAgain: Bool = false
    ) throws -> ConnectionSync {
        var sync = ConnectionSync(id: record.id, label: record.label, venue: record.venue)
        guard readings.withLock({ $0.insert(record.id).inserted }) else {
            sync.errors.append("\(record.label): \(ConnectionError.underWay(record.id.raw))")
            return sync
        }
        defer { readings.withLock { _ = $0.remove(record.id) } }
        let started = now()
        let source: any ExchangeSource
        do {
            source = try self.source(of: record)
        } catch let error as StorageError {
            throw error
        } catch {
            // The key file, the row or the setting of the address: the words say which, and hold no secret.
            sync.errors.append("\(record.label): \(error)")
            if !isDryRun { try note(sync, record, record.progress, delay: ConnectionLimits.refusedSeconds) }
            return sync
        }
        var reading = VenueReading(
            source,
            name: record.label,
            progress: isAgain ? SyncProgress() : SyncProgress(record.progress),
            pagesMax: maxPages,
            now: started,
            isEnded: { [self] in areReadingsEnded.load(ordering: .relaxed) }
        )
        if what == .coinbaseLedger { reading.readLedger() } else { reading.readTrades() }
        sync.pagesFetched = reading.pagesFetched
        sync.eventsFound = reading.events.count
        sync.isComplete = reading.isComplete
        sync.errors = reading.errors
        sync.remarks = reading.remarks
        let format: ImportFormat = what == .coinbaseLedger ? .coinbaseLedger : .coinbaseTrades
        let isEntered = try enter(reading.events, of: record, format, isDryRun: isDryRun, &sync)
        guard !isDryRun else { return sync }
        if sync.isComplete, what == .coinbaseLedger {
            sync.differences = try differences(of: record, reading.wallets)
        }
        // Events that the ledger refused come again.
        let progress = isEntered ? reading.progress.text : record.progress
        try note(sync, record, progress, delay: delay(after: sync, reading.failure, record, what))
        return sync
    }

    /// Enters the events that the ledger does not have; false when it refuses them.
    private func enter(
        _ events: [ExchangeEvent],
        of record: VenueConnectionRecord,
        _ format: ImportFormat,
        isDryRun: Bool,
        _ sync: inout ConnectionSync
    ) throws -> Bool {
        guard let first = events.first, let last = events.last else { return true }
        var known = try knownMovements(
            of: record.user,
            account: record.account,
            format: format,
            from: first.time,
            through: last.time
        )
        var drafts: [DraftEntry] = []
        for event in events {
            let draft = event.draft(line: drafts.count + 1, account: record.accountName, venue: "Coinbase")
            if !known.isKnown(draft) { drafts.append(draft) }
        }
        sync.duplicatesSkipped = events.count - drafts.count
        guard !drafts.isEmpty else { return true }
        let outcome = try bringIn(drafts, of: record, format, isDryRun: isDryRun)
        sync.eventsInserted = outcome.inserted
        sync.duplicatesSkipped += outcome.existing
        sync.importNumber = outcome.importNumber
        for issue in outcome.issues.prefix(ConnectionLimits.wordsMax) {
            let words = "\(record.label): \(issue.message)"
            if issue.severity == .error { sync.errors.append(words) } else { sync.remarks.append(words) }
        }
        return !outcome.isRefused
    }

    /// Imports entries by the same ways as a file's.
    private func bringIn(
        _ drafts: [DraftEntry],
        of record: VenueConnectionRecord,
        _ format: ImportFormat,
        isDryRun: Bool
    ) throws -> ImportOutcome {
        let name = format == .coinbaseLedger ? "coinbase ledger" : "coinbase trades"
        let request = ImportRequest(
            user: record.user,
            fileName: name,
            account: record.accountName,
            isDryRun: isDryRun
        )
        let survey = ImportSurvey(drafts, format: format)
        var outcome = ImportOutcome(request, survey)
        let turnover = try turnover(of: record.user)
        if !isDryRun { books.shelf(of: record.user).hasVenueEntries = true }
        if drafts.count <= configuration.storage.smallImportRowsMax, !isDryRun {
            let work = SmallImport(
                request,
                survey,
                drafts,
                outcome,
                turnover,
                books.shelf(of: record.user)
            )
            return try work.finish(Result { try database.writeAndWait { try work.perform($0) } })
        }
        let pass = ImportPass(request: request, survey: survey, turnover: turnover)
        let feed = DraftSupply.ready(drafts)
        if isDryRun {
            try probe(pass, feed, { _, _ in }, &outcome)
        } else {
            try importLarge(pass, feed, { _, _ in }, &outcome)
        }
        return outcome
    }

    /// Where the venue's balances and the account's differ, by asset.
    private func differences(
        of record: VenueConnectionRecord,
        _ wallets: [ExchangeWallet]
    ) throws -> [BalanceDifference] {
        let snapshot = try books.snapshot(of: record.user)
        var stated: [String: Amount] = [:]
        for wallet in wallets {
            guard let balance = wallet.balance else { continue }
            stated[wallet.asset] = try (stated[wallet.asset] ?? .zero).adding(balance)
        }
        var computed: [String: Amount] = [:]
        for balance in snapshot.book.balances where balance.account == record.account {
            guard let asset = snapshot.registry.asset(balance.asset) else { continue }
            computed[asset.code] = balance.amount
        }
        return Set(stated.keys).union(computed.keys).sorted().compactMap { code in
            let (left, right) = (stated[code] ?? .zero, computed[code] ?? .zero)
            return left == right
                ? nil : BalanceDifference(asset: code.uppercased(), stated: left, computed: right)
        }
    }

    // MARK: What is kept

    /// How long until the next reading, in seconds.
    private func delay(
        after sync: ConnectionSync,
        _ failure: ConnectorError?,
        _ record: VenueConnectionRecord,
        _ what: BackfillSource
    ) -> Int64 {
        guard !sync.errors.isEmpty else {
            // What is left is read soon; the next reading goes on where this one stopped.
            let isMore = !sync.isComplete && what == .coinbaseLedger
            return isMore ? ConnectionLimits.firstRetrySeconds : configuration.connections.syncEverySeconds
        }
        if case .notAuthorized = failure { return ConnectionLimits.refusedSeconds }
        let doubled = ConnectionLimits.firstRetrySeconds << min(record.failures, 20)
        var wait = min(doubled, ConnectionLimits.retrySecondsMax)
        if case .rateLimited(let seconds?) = failure { wait = max(wait, min(seconds, 86_400)) }
        return wait + Int64(SecureRandom.number(below: UInt32(wait / 10 + 1)))
    }

    private func note(
        _ sync: ConnectionSync,
        _ record: VenueConnectionRecord,
        _ progress: String,
        delay: Int64
    ) throws {
        let note = VenueSyncNote(
            progress: progress,
            error: sync.errors.first.map { String($0.prefix(ConnectionLimits.errorBytesMax)) },
            isComplete: sync.isComplete,
            next: now().advanced(bySeconds: delay)
        )
        try database.writeAndWait { transaction in try transaction.noteSync(record.id, note) }
    }
}

extension BalanceDifference: CustomStringConvertible {
    /// The difference in words.
    public var description: String {
        "Coinbase states \(stated) \(asset) and the ledger gives \(computed); nothing was changed for that"
    }
}
