import Importing
import Ledger
import Money
import Storage

/// An import that one commit carries.
struct SmallImport: Sendable {
    let request: ImportRequest
    let survey: ImportSurvey
    let drafts: [DraftEntry]
    /// What is known before rows meet the journal.
    let outcome: ImportOutcome
    let turnover: Turnover
    let shelf: BookShelf
    let ticket: RangeTicket
    /// Accounts that are known to be there, which spares looking them up; may lack some or all.
    let knownAccounts: KnownAccounts

    struct Done: Sendable {
        let outcome: ImportOutcome
        let entries: [Entry]
        let newAccounts: [AccountRecord]
        let newAssets: [Asset]
        /// The accounts that the file names.
        let accounts: KnownAccounts
    }

    init(
        _ request: ImportRequest,
        _ survey: ImportSurvey,
        _ drafts: [DraftEntry],
        _ outcome: ImportOutcome,
        _ turnover: Turnover,
        _ shelf: BookShelf
    ) {
        self.request = request
        self.survey = survey
        self.drafts = drafts
        self.outcome = outcome
        self.turnover = turnover
        self.shelf = shelf
        ticket = RangeTicket(shelf.range)
        knownAccounts = shelf.accountNumbers
    }

    /// Does everything within a transaction; may be done again when another job of the commit fails.
    ///
    /// - Throws: `KeyRefusal`, `RangeRefusal`, `StorageError`; nothing of the import is stored then.
    func perform(_ transaction: WriteTransaction) throws -> Done {
        try transaction.check(request.claim, of: request.user)
        let epoch = shelf.accountNumbers.epoch
        let names = try NameResolver(
            survey,
            of: request.user,
            making: transaction,
            knownAccounts: epoch == knownAccounts.epoch ? knownAccounts.byName : [:]
        )
        let rows = drafts.enumerated().map { names.row($1, place: Int64($0)) }
        let draft = ImportDraft(
            user: request.user,
            fileName: request.fileName,
            format: survey.format.name,
            refused: survey.errorCount
        )
        let (record, verdicts) = try transaction.importOnce(draft, rows: rows)
        var entries: [Entry] = []
        var sums = AddedTurnover(to: shelf.range.known ?? turnover)
        var outcome = outcome
        var closed = ClosedYearWatch(try transaction.closedYears(of: request.user))
        for finding in UnknownAssets(names.unknownAssets).findings(in: drafts) { finding.add(to: &outcome) }
        for (index, verdict) in verdicts.enumerated() where verdict.isNew {
            let entry = rows[index].entry.numbered(as: verdict.entry)
            if let asset = sums.add(entry) {
                throw RangeRefusal(line: drafts[index].line, asset: names.displayCode(of: asset))
            }
            entries.append(entry)
            closed.note(entry.time, line: drafts[index].line)
            if case .insertedBeside(_, let conflicting) = verdict {
                ImportFinding.changedRow(
                    line: drafts[index].line,
                    reference: drafts[index].reference,
                    entry: conflicting
                ).add(to: &outcome)
            }
        }
        closed.add(to: &outcome)
        let known = verdicts.indices.filter { !verdicts[$0].isNew }.prefix(ImportOutcome.linesMax)
        outcome.existingLines = known.map { drafts[$0].line }.sorted()
        outcome.importID = record.id
        outcome.inserted = entries.count
        outcome.existing = outcome.entries - entries.count
        if let claim = request.claim, let answer = request.answer {
            try transaction.keep(answer(outcome), claim, of: request.user)
        }
        try ticket.reserve(sums.added)
        return Done(
            outcome: outcome,
            entries: entries,
            newAccounts: names.newAccounts,
            newAssets: names.newAssets,
            accounts: KnownAccounts(epoch: epoch, byName: names.accounts)
        )
    }

    /// Shows what was committed to readers, or tells why nothing was.
    ///
    /// - Throws: what failed, but for a refusal that the outcome tells.
    func finish(_ result: Result<Done, any Error>) throws -> ImportOutcome {
        switch result {
        case .success(let done):
            if !done.newAccounts.isEmpty || !done.newAssets.isEmpty {
                shelf.add(accounts: done.newAccounts, assets: done.newAssets)
            }
            if !done.entries.isEmpty { shelf.add(done.entries) }
            shelf.note(done.accounts)
            ticket.settle(isCommitted: true)
            return done.outcome
        case .failure(let error):
            ticket.settle(isCommitted: false)
            guard let refusal = error as? RangeRefusal else { throw error }
            var outcome = outcome
            refusal.report(to: &outcome)
            return outcome
        }
    }
}
