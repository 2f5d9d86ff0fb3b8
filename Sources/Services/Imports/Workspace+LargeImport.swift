import Importing
import Ledger
import Money
import Storage
import Synchronization

extension Workspace {
    /// The rows that one commit of a large import carries.
    static let rowsPerCommit = 5000

    /// Imports a file of any size by commits of bounded length; nothing is visible until the last of them.
    func importLarge(
        _ pass: ImportPass,
        _ drafts: DraftSupply,
        _ progress: (Int, Int?) -> Void,
        _ outcome: inout ImportOutcome
    ) throws {
        let (request, survey) = (pass.request, pass.survey)
        let draft = ImportDraft(
            user: request.user,
            fileName: request.fileName,
            format: survey.format.name,
            refused: survey.errorCount
        )
        let (names, closed, session) = try database.writeAndWait { transaction in
            let names = try NameResolver(survey, of: request.user, making: transaction)
            let closed = ClosedYearWatch(try transaction.closedYears(of: request.user))
            return (names, closed, try transaction.beginImport(draft, rows: survey.entries))
        }
        let shelf = books.shelf(of: request.user)
        shelf.add(accounts: names.newAccounts, assets: names.newAssets)
        let pipe = InsertPipe(
            database,
            session,
            InsertTotals(names, closed, AddedTurnover(to: pass.turnover))
        )
        do {
            var batch = RowBatch(names, survey)
            let known = try drafts.forEach { entry in
                batch.append(entry)
                guard batch.rows.count == Workspace.rowsPerCommit else { return }
                try pipe.insert(batch.take())
                progress(batch.count, survey.entries)
            }
            try pipe.insert(batch.take())
            let totals = try pipe.finish()
            batch.findings.add(to: &outcome)
            totals.findings.add(to: &outcome)
            totals.closed.add(to: &outcome)
            outcome.importID = session.id
            outcome.inserted = totals.inserted
            outcome.existing = totals.existing + known
            outcome.existingLines = totals.existingLines.sorted()
            try commit(session, request, outcome, totals.sums.added, shelf)
        } catch {
            pipe.drain()
            try database.abandonImport(session)
            guard let refusal = error as? RangeRefusal else { throw error }
            refusal.report(to: &outcome)
        }
    }

    /// Makes the rows of a large import visible, with the answer that is kept for its key.
    private func commit(
        _ session: ImportSession,
        _ request: ImportRequest,
        _ outcome: ImportOutcome,
        _ added: Turnover,
        _ shelf: BookShelf
    ) throws {
        let ticket = RangeTicket(shelf.range)
        do {
            try database.writeAndWait { transaction in
                try transaction.commitImport(session)
                if let claim = request.claim, let answer = request.answer {
                    try transaction.keep(answer(outcome), claim, of: request.user)
                }
                try ticket.reserve(added)
            }
            shelf.invalidate()
            ticket.settle(isCommitted: true)
        } catch {
            ticket.settle(isCommitted: false)
            throw error
        }
    }

    /// Gives the entries of a file from the oldest row to the newest.
    ///
    /// A file that runs the other way is held in memory to be turned round; others pass through.
    static func forEachDraft(
        _ source: @escaping ByteSource,
        _ survey: ImportSurvey,
        _ options: ImportOptions,
        _ body: (DraftEntry) throws -> Void
    ) throws {
        if survey.newestFirst {
            for draft in try drafts(source, survey, options) { try body(draft) }
        } else {
            try ImportReader.read(source, survey: survey, options: options, entry: body)
        }
    }

    /// Asks what importing would do, by the same look-ups as the import's.
    func probe(
        _ pass: ImportPass,
        _ drafts: DraftSupply,
        _ progress: (Int, Int?) -> Void,
        _ outcome: inout ImportOutcome
    ) throws {
        let (request, survey) = (pass.request, pass.survey)
        let (registry, accounts, closed) = try database.read { connection throws(StorageError) in
            (
                try connection.registry(of: request.user), try connection.accounts(of: request.user),
                ClosedYearWatch(try connection.closedYears(of: request.user))
            )
        }
        let names = NameResolver(survey, registry: registry, accounts: accounts)
        var batch = RowBatch(names, survey)
        var totals = InsertTotals(names, closed, AddedTurnover(to: pass.turnover))
        let session = ProbeSession()
        func ask(_ asked: (rows: [ImportRow], lines: [Int])) throws {
            let verdicts = try database.read { connection throws(StorageError) in
                try connection.probe(asked.rows[...], user: request.user, session: session)
            }
            try totals.add(verdicts, asked)
        }
        var known = 0
        do {
            known = try drafts.forEach { entry in
                batch.append(entry)
                guard batch.rows.count == Workspace.rowsPerCommit else { return }
                try ask(batch.take())
                progress(batch.count, survey.entries)
            }
            try ask(batch.take())
        } catch let refusal as RangeRefusal {
            return refusal.report(to: &outcome)
        }
        outcome.inserted = totals.inserted
        outcome.existing = totals.existing + known
        outcome.existingLines = totals.existingLines.sorted()
        batch.findings.add(to: &outcome)
        totals.findings.add(to: &outcome)
        totals.closed.add(to: &outcome)
    }
}

/// Where the entries of an import come from.
enum DraftSupply {
    /// A file that was surveyed, and what of it a venue's API has brought already.
    case file(ByteSource, ImportSurvey, ImportOptions, KnownMovements?)
    /// Entries that are in memory, oldest first.
    case ready([DraftEntry])

    /// Gives the entries from the oldest to the newest, and how many were left out since they are known.
    func forEach(_ body: (DraftEntry) throws -> Void) throws -> Int {
        switch self {
        case .file(let source, let survey, let options, var known):
            try Workspace.forEachDraft(source, survey, options) { draft in
                if known?.isKnown(draft) ?? false { return }
                try body(draft)
            }
            return known?.count ?? 0
        case .ready(let drafts):
            for draft in drafts { try body(draft) }
            return 0
        }
    }
}

/// What the passes of an import share.
struct ImportPass {
    let request: ImportRequest
    let survey: ImportSurvey
    /// The sums of the history before.
    let turnover: Turnover
}

/// Rows on their way to the writer.
struct RowBatch {
    private let names: NameResolver
    private var unknown: UnknownAssets
    private(set) var rows: [ImportRow] = []
    private(set) var lines: [Int] = []
    private(set) var count = 0
    private(set) var findings = FindingLog()

    init(_ names: NameResolver, _ survey: ImportSurvey) {
        self.names = names
        unknown = UnknownAssets(names.unknownAssets)
        rows.reserveCapacity(Workspace.rowsPerCommit)
    }

    mutating func append(_ draft: DraftEntry) {
        rows.append(names.row(draft, place: Int64(count)))
        lines.append(draft.line)
        count += 1
        for finding in unknown.findings(in: draft) { findings.add(finding) }
    }

    /// The rows so far with their lines; the batch is empty afterwards.
    mutating func take() -> (rows: [ImportRow], lines: [Int]) {
        defer {
            rows = []
            rows.reserveCapacity(Workspace.rowsPerCommit)
            lines = []
        }
        return (rows, lines)
    }
}

/// What the verdicts on rows come to.
struct InsertTotals: Sendable {
    private let names: NameResolver
    private(set) var inserted = 0
    private(set) var existing = 0
    /// The lines of the first rows that were there already.
    private(set) var existingLines: [Int] = []
    private(set) var findings = FindingLog()
    private(set) var sums: AddedTurnover
    private(set) var closed: ClosedYearWatch

    init(_ names: NameResolver, _ closed: ClosedYearWatch, _ sums: AddedTurnover) {
        self.names = names
        self.closed = closed
        self.sums = sums
    }

    /// Adds the verdicts on a batch.
    ///
    /// - Throws: `RangeRefusal`.
    mutating func add(
        _ verdicts: [RowVerdict],
        _ batch: (rows: [ImportRow], lines: [Int])
    ) throws(RangeRefusal) {
        for (index, verdict) in verdicts.enumerated() {
            guard verdict.isNew else {
                existing += 1
                if existingLines.count < ImportOutcome.linesMax { existingLines.append(batch.lines[index]) }
                continue
            }
            inserted += 1
            closed.note(batch.rows[index].entry.time, line: batch.lines[index])
            if let asset = sums.add(batch.rows[index].entry) {
                throw RangeRefusal(line: batch.lines[index], asset: names.displayCode(of: asset))
            }
            guard case .insertedBeside(_, let conflicting) = verdict else { continue }
            findings.add(
                .changedRow(
                    line: batch.lines[index],
                    reference: batch.rows[index].texts.reference,
                    entry: conflicting
                )
            )
        }
    }
}

/// Lets the writer insert one batch while the next is read.
final class InsertPipe: Sendable {
    private struct State {
        var totals: InsertTotals
        var failure: (any Error)?
    }

    private let database: Database
    private let session: ImportSession
    private let state: Mutex<State>
    private let places: Gate

    /// The batches that may wait for the writer: one is inserted while one is read.
    private static let batchesMax = 2

    init(_ database: Database, _ session: ImportSession, _ totals: InsertTotals) {
        self.database = database
        self.session = session
        state = Mutex(State(totals: totals))
        places = Gate(InsertPipe.batchesMax)
    }

    /// Queues a batch; waits while too many wait already.
    ///
    /// - Throws: what an earlier batch failed with.
    func insert(_ batch: (rows: [ImportRow], lines: [Int])) throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        guard !batch.rows.isEmpty else { return }
        places.enter()
        let session = session
        database.submit { transaction in
            try transaction.insert(batch.rows[...], into: session)
        } completion: { [self] result in
            state.withLock { state in
                do {
                    try state.totals.add(try result.get(), batch)
                } catch {
                    state.failure = state.failure ?? error
                }
            }
            places.leave()
        }
    }

    /// Waits for all batches.
    ///
    /// - Throws: what a batch failed with.
    func finish() throws -> InsertTotals {
        drain()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.totals
        }
    }

    /// Waits for all batches, whatever became of them.
    func drain() {
        for _ in 0..<InsertPipe.batchesMax { places.enter() }
        for _ in 0..<InsertPipe.batchesMax { places.leave() }
    }
}
