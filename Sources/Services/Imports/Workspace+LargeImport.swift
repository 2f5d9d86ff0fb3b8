import Importing
import Ledger
import Money
import Storage
import Synchronization

extension Workspace {
    /// The rows that one commit of a large import carries.
    static let rowsPerCommit = 8000

    /// Imports a file of any size by commits of bounded length; nothing is visible until the last of them.
    func importLarge(
        _ request: ImportRequest,
        _ survey: ImportSurvey,
        _ options: ImportOptions,
        _ source: () throws -> ByteSource,
        _ progress: (Int, Int?) -> Void,
        _ outcome: inout ImportOutcome
    ) throws {
        let draft = ImportDraft(
            user: request.user,
            fileName: request.fileName,
            format: survey.format.name,
            refused: survey.errorCount
        )
        let (names, session) = try database.writeAndWait { transaction in
            let names = try NameResolver(survey, of: request.user, making: transaction)
            return (names, try transaction.beginImport(draft, rows: survey.entries))
        }
        books.shelf(of: request.user).add(accounts: names.newAccounts, assets: names.newAssets)
        do {
            var batch = RowBatch(names, survey)
            let pipe = InsertPipe(database, session)
            try Workspace.forEachDraft(try source(), survey, options) { entry in
                batch.append(entry)
                guard batch.rows.count == Workspace.rowsPerCommit else { return }
                try pipe.insert(batch.take())
                progress(batch.count, survey.entries)
            }
            try pipe.insert(batch.take())
            let totals = try pipe.finish()
            for finding in batch.findings + totals.findings { finding.add(to: &outcome) }
            try database.writeAndWait { transaction in try transaction.commitImport(session) }
            outcome.importID = session.id
            outcome.inserted = totals.inserted
            outcome.existing = totals.existing
            books.shelf(of: request.user).invalidate()
        } catch {
            try database.abandonImport(session)
            throw error
        }
    }

    /// Gives the entries of a file from the oldest row to the newest.
    ///
    /// A file that runs the other way is held in memory to be turned round; others pass through.
    private static func forEachDraft(
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
        _ request: ImportRequest,
        _ survey: ImportSurvey,
        _ options: ImportOptions,
        _ source: () throws -> ByteSource,
        _ progress: (Int, Int?) -> Void,
        _ outcome: inout ImportOutcome
    ) throws {
        let (registry, accounts) = try database.read { connection throws(StorageError) in
            var registry = AssetRegistry.builtIn
            for asset in try connection.assets(of: request.user) { registry.add(asset) }
            return (registry, try connection.accounts(of: request.user))
        }
        var batch = RowBatch(NameResolver(survey, registry: registry, accounts: accounts), survey)
        let session = ProbeSession()
        func ask(_ asked: (rows: [ImportRow], lines: [Int])) throws {
            let verdicts = try database.read { connection throws(StorageError) in
                try connection.probe(asked.rows[...], user: request.user, session: session)
            }
            var totals = InsertPipe.Totals()
            totals.add(verdicts, asked)
            outcome.inserted += totals.inserted
            outcome.existing += totals.existing
            for finding in totals.findings { finding.add(to: &outcome) }
        }
        try Workspace.forEachDraft(try source(), survey, options) { entry in
            batch.append(entry)
            guard batch.rows.count == Workspace.rowsPerCommit else { return }
            try ask(batch.take())
            progress(batch.count, survey.entries)
        }
        try ask(batch.take())
        for finding in batch.findings { finding.add(to: &outcome) }
    }
}

/// Rows on their way to the writer.
struct RowBatch {
    private let names: NameResolver
    private var unknown: UnknownAssets
    private(set) var rows: [ImportRow] = []
    private(set) var lines: [Int] = []
    private(set) var count = 0
    private(set) var findings: [ImportFinding] = []

    init(_ names: NameResolver, _ survey: ImportSurvey) {
        self.names = names
        unknown = UnknownAssets(names.unknownAssets)
        rows.reserveCapacity(Workspace.rowsPerCommit)
    }

    mutating func append(_ draft: DraftEntry) {
        rows.append(names.row(draft, place: Int64(count)))
        lines.append(draft.line)
        count += 1
        findings += unknown.findings(in: draft)
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

/// Lets the writer insert one batch while the next is read.
final class InsertPipe: Sendable {
    struct Totals: Sendable {
        var inserted = 0
        var existing = 0
        var findings: [ImportFinding] = []
    }

    private struct State {
        var totals = Totals()
        var failure: (any Error)?
    }

    private let database: Database
    private let session: ImportSession
    private let state = Mutex(State())
    private let places: Gate

    /// The batches that may wait for the writer: one is inserted while one is read.
    private static let batchesMax = 2

    init(_ database: Database, _ session: ImportSession) {
        self.database = database
        self.session = session
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
                switch result {
                case .failure(let error): state.failure = state.failure ?? error
                case .success(let verdicts): state.totals.add(verdicts, batch)
                }
            }
            places.leave()
        }
    }

    /// Waits for all batches.
    ///
    /// - Throws: what a batch failed with.
    func finish() throws -> Totals {
        for _ in 0..<InsertPipe.batchesMax { places.enter() }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.totals
        }
    }
}

extension InsertPipe.Totals {
    mutating func add(_ verdicts: [RowVerdict], _ batch: (rows: [ImportRow], lines: [Int])) {
        for (index, verdict) in verdicts.enumerated() {
            if verdict.isNew { inserted += 1 } else { existing += 1 }
            guard case .insertedBeside(_, let conflicting) = verdict, findings.count < 1000 else { continue }
            findings.append(
                .changedRow(
                    line: batch.lines[index],
                    reference: batch.rows[index].texts.reference,
                    entry: conflicting
                )
            )
        }
    }
}
