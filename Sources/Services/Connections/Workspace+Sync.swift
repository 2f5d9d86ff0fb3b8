import Connectors
import Crypto
import Importing
import Ledger
import Money
public import Storage
import Synchronization
import Time
import Venues

extension Workspace {
    /// Reads the connected venues of a user and enters what is new, by an import that can be undone.
    ///
    /// Blocks, for long where there is much to read. `coinbaseLedger` reads the ledger of each Coinbase wallet behind what
    /// was read before, `tradeHistorySync` the trades of every venue; both at most so many pages, of each list. A dry run
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
        let all = try database.read { connection throws(StorageError) in
            try connection.venueConnections(of: user)
        }
        let isCoinbase = source == .coinbaseLedger
        let records = isCoinbase ? all.filter { $0.venue == ConnectableVenue.coinbase.name } : all
        guard !records.isEmpty else {
            outcome.errors.append(all.isEmpty ? Workspace.nothingConnected : Workspace.noCoinbase)
            return outcome
        }
        let scope: ExchangeScope = isCoinbase ? .ledger : .trades
        for record in records {
            let sync = try read(record, scope, isDryRun: isDryRun, maxPages: maxPages)
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
        "no exchange is connected, so there is nothing to read; coffer connections add connects one"
    private static let noCoinbase =
        "no Coinbase account is connected, and this reads the ledgers of Coinbase alone; coffer connections sync reads "
        + "the others"

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
                    .ledger,
                    isDryRun: false,
                    maxPages: configuration.connections.pagesPerSync,
                    isAgain: isAgain
                )
            )
        }
        return outcome
    }

    /// Reads the connections of all users that are due, each once, for a thread or several of its own.
    ///
    /// Blocks, for long where there is much to read. What fails is kept with its connection and tried again later. The next
    /// one is looked for after each, and those that were never read come first. A reading ends after the request in which
    /// its turn is over, and goes on in the next round: so each one waits for at most a turn and a request of every other,
    /// shared by the threads. A turn that got no further is doubled, up to a limit.
    ///
    /// - Throws: `StorageError`.
    public func syncDueConnections(turn: Duration? = nil) throws {
        var tried: Set<VenueConnectionID> = []
        while !areReadingsEnded.load(ordering: .relaxed) {
            let time = now()
            let due = try database.read { connection throws(StorageError) in
                try connection.dueVenueConnections(at: time, limit: ConnectionLimits.dueMax)
            }
            let busy = readings.withLock { $0 }
            guard let record = due.first(where: { !tried.contains($0.id) && !busy.contains($0.id) }) else {
                return
            }
            tried.insert(record.id)
            _ = try read(
                record,
                .ledger,
                isDryRun: false,
                maxPages: configuration.connections.pagesPerSync,
                turn: turn ?? ConnectionLimits.turn
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

    /// Reads one connection and enters what is new; within a turn only where it is due still.
    private func read(
        _ record: VenueConnectionRecord,
        _ scope: ExchangeScope,
        isDryRun: Bool,
        maxPages: Int,
        isAgain: Bool = false,
        turn: Duration? = nil
    ) throws -> ConnectionSync {
        var sync = ConnectionSync(id: record.id, label: record.label, venue: record.venue)
        guard readings.withLock({ $0.insert(record.id).inserted }) else {
            sync.errors.append("\(record.label): \(ConnectionError.underWay(record.id.raw))")
            return sync
        }
        defer { readings.withLock { _ = $0.remove(record.id) } }
        let started = now()
        if turn != nil {
            // Another thread may have read it since it was found.
            let current = try database.read { connection throws(StorageError) in
                try connection.venueConnections(of: record.user).first { $0.id == record.id }
            }
            guard current == record else { return sync }
        }
        let doublings = turnDoublings.withLock { $0[record.id] ?? 0 }
        let turnEnd = turn.map { ContinuousClock.now.advanced(by: $0 * (1 << doublings)) }
        let isTurnOver = { turnEnd.map { ContinuousClock.now >= $0 } ?? false }
        let source: any ExchangeSource
        do {
            source = try self.source(of: record)
        } catch let error as StorageError {
            throw error
        } catch {
            // The key file, the row or the setting of the address: the words say which, and hold no secret.
            sync.errors.append("\(record.label): \(error)")
            var isInvalid: Bool?
            if case ConnectionError.credentials = error { isInvalid = true }
            if !isDryRun {
                try note(
                    sync,
                    record,
                    record.progress,
                    delay: configuration.connections.refusedSeconds,
                    isInvalid: isInvalid
                )
            }
            return sync
        }
        var reading = VenueReading(
            source,
            name: record.label,
            progress: isAgain ? SyncProgress() : SyncProgress(record.progress),
            pagesMax: maxPages,
            now: started,
            assets: try assetsMet(in: record),
            isEnded: { [self] in areReadingsEnded.load(ordering: .relaxed) || isTurnOver() }
        )
        if scope == .ledger { reading.readLedger() } else { reading.readTrades() }
        sync.pagesFetched = reading.pagesFetched
        sync.eventsFound = reading.events.count
        sync.isComplete = reading.isComplete
        sync.errors = reading.errors
        sync.remarks = reading.remarks
        let isEntered = try enter(reading.events, of: record, scope, isDryRun: isDryRun, &sync)
        guard !isDryRun else { return sync }
        if sync.isComplete, scope == .ledger {
            sync.differences = try differences(of: record, reading.wallets)
        }
        // Events that the ledger refused come again.
        let progress = isEntered ? reading.progress.text : record.progress
        let isRefused = reading.failure?.concernsCredentials ?? false
        let isCutOff = sync.errors.isEmpty && !sync.isComplete && isTurnOver()
        if turn != nil {
            let isFutile = isCutOff && progress == record.progress
            turnDoublings.withLock { known in
                if isFutile {
                    known[record.id] = min(doublings + 1, ConnectionLimits.turnDoublingsMax)
                } else if !isCutOff {
                    known[record.id] = nil
                }
            }
        }
        try note(
            sync,
            record,
            progress,
            delay: isCutOff
                ? ConnectionLimits.turnRestSeconds : delay(after: sync, reading.failure, record, scope),
            isInvalid: isRefused ? true : reading.hasAnswered ? false : nil
        )
        return sync
    }

    /// The codes of the assets that a connection's account has or ever had.
    private func assetsMet(in record: VenueConnectionRecord) throws -> Set<String> {
        guard record.venue == ConnectableVenue.binanceUS.name else { return [] }
        let snapshot = try books.snapshot(of: record.user)
        let met = snapshot.book.balances.filter { $0.account == record.account }
        return Set(met.compactMap { snapshot.registry.asset($0.asset)?.code })
    }

    /// Enters the events that the ledger does not have; false when it refuses them.
    private func enter(
        _ events: [ExchangeEvent],
        of record: VenueConnectionRecord,
        _ scope: ExchangeScope,
        isDryRun: Bool,
        _ sync: inout ConnectionSync
    ) throws -> Bool {
        guard let first = events.first, let last = events.last,
            let venue = ConnectableVenue(rawValue: record.venue)
        else { return true }
        let format = venue.format(scope)
        var known = try knownMovements(
            of: record.user,
            account: record.account,
            format: format,
            from: first.time,
            through: last.time
        )
        let told = events.map { $0.draft(line: 1, account: record.accountName, venue: venue.title) }
        known.reserve(told)
        var drafts: [DraftEntry] = []
        for var draft in told where !known.isKnown(draft) {
            draft.line = drafts.count + 1
            drafts.append(draft)
        }
        sync.duplicatesSkipped = events.count - drafts.count
        guard !drafts.isEmpty else { return true }
        let outcome = try bringIn(
            drafts,
            of: record,
            format,
            named: venue.importName(scope),
            isDryRun: isDryRun
        )
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
        named name: String,
        isDryRun: Bool
    ) throws -> ImportOutcome {
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
            return try work.finish(
                Result {
                    try database.writeAndWait { transaction in
                        // What was removed with its account meanwhile must not make the account again.
                        guard try transaction.connection.hasVenueConnection(record.id) else {
                            throw ConnectionError.unknown(String(record.id.raw))
                        }
                        return try work.perform(transaction)
                    }
                }
            )
        }
        let isThere = try database.read { connection throws(StorageError) in
            try connection.hasVenueConnection(record.id)
        }
        guard isThere else { throw ConnectionError.unknown(String(record.id.raw)) }
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
        let venue = ConnectableVenue(rawValue: record.venue)?.title ?? record.venue
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
                ? nil
                : BalanceDifference(venue: venue, asset: code.uppercased(), stated: left, computed: right)
        }
    }

    // MARK: What is kept

    /// How long until the next reading, in seconds.
    private func delay(
        after sync: ConnectionSync,
        _ failure: ConnectorError?,
        _ record: VenueConnectionRecord,
        _ scope: ExchangeScope
    ) -> Int64 {
        guard !sync.errors.isEmpty else {
            // What is left is read soon; the next reading goes on where this one stopped.
            let isMore = !sync.isComplete && scope == .ledger
            return isMore
                ? configuration.connections.firstRetrySeconds : configuration.connections.syncEverySeconds
        }
        if failure?.concernsCredentials ?? false { return configuration.connections.refusedSeconds }
        let doubled = configuration.connections.firstRetrySeconds << min(record.failures, 20)
        var wait = min(doubled, configuration.connections.retrySecondsMax)
        if case .rateLimited(let seconds?) = failure {
            wait = max(wait, min(seconds, ConnectionLimits.askedSecondsMax))
        }
        return wait + Int64(SecureRandom.number(below: UInt32(wait / 10 + 1)))
    }

    private func note(
        _ sync: ConnectionSync,
        _ record: VenueConnectionRecord,
        _ progress: String,
        delay: Int64,
        isInvalid: Bool? = nil
    ) throws {
        let note = VenueSyncNote(
            progress: progress,
            error: sync.errors.first.map { String($0.prefix(ConnectionLimits.errorBytesMax)) },
            isComplete: sync.isComplete,
            next: now().advanced(bySeconds: delay),
            isInvalid: isInvalid
        )
        try database.writeAndWait { transaction in
            try transaction.noteSync(record.id, note, sealed: record.sealed)
        }
        books.shelf(of: record.user).noteChange()
    }
}

extension BalanceDifference: CustomStringConvertible {
    /// The difference in words.
    public var description: String {
        "\(venue) states \(stated) \(asset) and the ledger gives \(computed); nothing was changed for that"
    }
}
