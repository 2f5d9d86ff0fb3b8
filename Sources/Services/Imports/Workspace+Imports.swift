public import Importing
import Ledger
import Money
public import Storage

extension Workspace {
    /// Imports a file, or says what importing it would do.
    ///
    /// Blocks.
    ///
    /// The source is called once for each pass over the file. A file with errors imports nothing unless the request
    /// is partial.
    ///
    /// - Throws: `ImportError` for a file that cannot be read at all, `KeyRefusal`, `StorageError`, and what the source
    ///   throws.
    public func importFile(
        _ request: ImportRequest,
        source: () throws -> ByteSource,
        progress: (_ done: Int, _ total: Int?) -> Void
    ) throws -> ImportOutcome {
        try holding(request.claim, of: request.user) {
            let options = Workspace.options(of: request)
            var survey = try ImportReader.survey(try source(), options: options)
            var outcome = ImportOutcome(request, survey)
            guard survey.errorCount == 0 || request.isPartial || request.isDryRun else {
                outcome.isRefused = true
                return outcome
            }
            if Settlement.matters(to: survey) {
                survey = settle(survey, by: try settlement(of: survey, for: request.user), &outcome)
            }
            var known = try broughtByVenue(survey, of: request.user)
            let turnover = try turnover(of: request.user)
            if survey.entries <= configuration.storage.smallImportRowsMax, !request.isDryRun {
                var drafts = try Workspace.drafts(try source(), survey, options)
                drafts.removeAll { known?.isKnown($0) ?? false }
                let work = SmallImport(
                    request,
                    survey,
                    drafts,
                    outcome,
                    turnover,
                    books.shelf(of: request.user)
                )
                return try work.finish(Result { try database.writeAndWait { try work.perform($0) } })
            }
            let pass = ImportPass(request: request, survey: survey, turnover: turnover)
            let drafts = DraftSupply.file(try source(), survey, options, known)
            if request.isDryRun {
                try probe(pass, drafts, progress, &outcome)
                if survey.errorCount > 0, !request.isPartial { outcome.isRefused = true }
            } else {
                try importLarge(pass, drafts, progress, &outcome)
            }
            return outcome
        }
    }

    /// Where earlier imports of a file's accounts settle fiat.
    ///
    /// Blocks when the history must be looked at.
    private func settlement(of survey: ImportSurvey, for user: UserID) throws -> Settlement {
        let shelf = books.shelf(of: user)
        if let known = Settlement(survey, known: shelf.settlements) { return known }
        let found = Settlement(survey, try books.snapshot(of: user))
        shelf.note(found)
        return found
    }

    private func settle(
        _ survey: ImportSurvey,
        by settlement: Settlement,
        _ outcome: inout ImportOutcome
    ) -> ImportSurvey {
        let (settled, findings) = settlement.settle(survey)
        for finding in findings { finding.add(to: &outcome) }
        return settled
    }

    /// Imports a small file that is in memory; the completion runs on the writer's thread after the commit.
    ///
    /// Reading happens on the calling thread, in about a microsecond a row. Nothing blocks: a file that would need a
    /// look into the store, or is large, is not taken, and `importFile` is to be called on a thread that may wait. So is
    /// one that is refused while its request has a key, since the store knows whether the key has an answer already.
    ///
    /// - Returns: whether the file was taken, so that the completion will be called.
    public func importSmallFile(
        _ request: ImportRequest,
        bytes: [UInt8],
        completion: @escaping @Sendable (Result<ImportOutcome, any Error>) -> Void
    ) -> Bool {
        let shelf = books.shelf(of: request.user)
        guard !request.isDryRun, let turnover = shelf.range.known else { return false }
        do {
            let options = Workspace.options(of: request)
            var (survey, kept) = try ImportReader.surveyKeepingEntries(
                Workspace.once(bytes),
                options: options,
                entriesMax: configuration.storage.smallImportRowsMax
            )
            var outcome = ImportOutcome(request, survey)
            guard survey.errorCount == 0 || request.isPartial else {
                guard request.claim == nil else { return false }
                outcome.isRefused = true
                completion(.success(outcome))
                return true
            }
            guard survey.entries <= configuration.storage.smallImportRowsMax else { return false }
            // What a venue's API brought has to be looked up.
            if survey.format.isVenueFile, shelf.hasVenueEntries != false { return false }
            if Settlement.matters(to: survey) {
                guard let known = Settlement(survey, known: shelf.settlements) else { return false }
                survey = settle(survey, by: known, &outcome)
                if !survey.walletCurrencies.isEmpty { kept = nil }
            }
            let drafts: [DraftEntry]
            if let kept {
                drafts = survey.newestFirst ? kept.reversed() : kept
            } else {
                drafts = try Workspace.drafts(Workspace.once(bytes), survey, options)
            }
            let work = SmallImport(request, survey, drafts, outcome, turnover, shelf)
            if let claim = request.claim { try keysUnderWay.enter(claim, of: request.user) }
            database.submit(isRepeatable: true) { transaction in
                try work.perform(transaction)
            } completion: { [keysUnderWay] result in
                if let claim = request.claim { keysUnderWay.leave(claim, of: request.user) }
                completion(Result { try work.finish(result) })
            }
        } catch is ImportError where request.claim != nil {
            return false
        } catch {
            completion(.failure(error))
        }
        return true
    }

    static func options(of request: ImportRequest) -> ImportOptions {
        var limits = ImportLimits()
        limits.rows = request.rowsMax
        return ImportOptions(account: request.account, limits: limits)
    }

    private static func once(_ bytes: [UInt8]) -> ByteSource {
        var isTaken = false
        return {
            defer { isTaken = true }
            return isTaken ? nil : bytes
        }
    }

    /// The entries of a file from the oldest row to the newest.
    static func drafts(
        _ source: @escaping ByteSource,
        _ survey: ImportSurvey,
        _ options: ImportOptions
    ) throws -> [DraftEntry] {
        var drafts: [DraftEntry] = []
        drafts.reserveCapacity(survey.entries)
        try ImportReader.read(source, survey: survey, options: options) { drafts.append($0) }
        return survey.newestFirst ? drafts.reversed() : drafts
    }

    // MARK: The list of imports

    /// A user's imports, newest first.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func imports(of user: UserID) throws -> [ImportInfo] {
        try database.read { connection throws(StorageError) in try connection.imports(of: user) }
            .filter { $0.state == .committed || $0.state == .undone }
            .map { record in
                ImportInfo(
                    id: record.id,
                    time: record.committed ?? record.created,
                    fileName: record.draft.fileName,
                    format: record.draft.format,
                    inserted: record.inserted,
                    existing: record.existing,
                    state: record.state.rawValue
                )
            }
    }

    /// Takes all entries of an import back, by a further record.
    ///
    /// Blocks.
    ///
    /// - Returns: how many entries no longer count.
    /// - Throws: `WorkspaceError.unknownImport`, `StorageError`.
    public func undoImport(_ number: Int, of user: UserID) throws -> Int {
        let id = ImportID(raw: Int64(number))
        let known = try database.read { connection throws(StorageError) in try connection.imports(of: user) }
        guard let record = known.first(where: { $0.id == id }), record.state == .committed else {
            throw WorkspaceError.unknownImport(number, state: known.first { $0.id == id }?.state.rawValue)
        }
        guard !Workspace.trackedFormats.contains(record.draft.format) else {
            throw WorkspaceError.importIsTracked(number, what: record.draft.format)
        }
        try database.writeAndWait { transaction in
            try transaction.undoImport(id, user: user, reason: "undone by the user")
        }
        let shelf = books.shelf(of: user)
        shelf.invalidate()
        shelf.range.forget()
        return record.inserted
    }
}

/// Something worth a look that was found when rows met the journal.
struct ImportFinding: Sendable {
    let line: Int
    let code: String
    let found: String
    let expected: String
    let message: String

    func add(to outcome: inout ImportOutcome) {
        outcome.add(
            RowIssue(
                line: line,
                column: nil,
                code: code,
                severity: .warning,
                found: found,
                expected: expected,
                message: message
            )
        )
    }

    static func unknownAsset(_ code: String, line: Int) -> ImportFinding {
        ImportFinding(
            line: line,
            code: "unknown_asset",
            found: code.uppercased(),
            expected: "a known asset",
            message: "\(code.uppercased()) is not a known asset; it is registered as one of unknown kind"
        )
    }

    static func changedRow(line: Int, reference: String, entry: EntryID) -> ImportFinding {
        let shown = CellText.shown(reference.utf8)
        return ImportFinding(
            line: line,
            code: "changed_row",
            found: shown,
            expected: "the same content as entry \(entry.raw)",
            message: "the row's id \(shown) is that of entry \(entry.raw), which has other content; "
                + "both are kept: undo the older import if this file corrects it"
        )
    }
}

/// Collects the findings of a long file: counts all, keeps the first.
struct FindingLog: Sendable {
    private var kept: [ImportFinding] = []
    private var dropped = 0

    mutating func add(_ finding: ImportFinding) {
        if kept.count < ImportOutcome.issuesMax { kept.append(finding) } else { dropped += 1 }
    }

    func add(to outcome: inout ImportOutcome) {
        for finding in kept { finding.add(to: &outcome) }
        outcome.addWarnings(dropped)
    }
}

/// Finds the first row of each unknown asset.
struct UnknownAssets {
    private var left: Set<String>

    init(_ codes: Set<String>) {
        left = codes
    }

    /// The finding of a draft that names unknown assets for the first time.
    mutating func findings(in draft: DraftEntry) -> [ImportFinding] {
        guard !left.isEmpty else { return [] }
        let codes = [draft.incoming?.asset, draft.outgoing?.asset, draft.fee?.asset, draft.value?.asset]
        return codes.compactMap { $0 }.filter { left.remove($0) != nil }
            .map { .unknownAsset($0, line: draft.line) }
    }

    consuming func findings(in drafts: [DraftEntry]) -> [ImportFinding] {
        guard !left.isEmpty else { return [] }
        var unknown = self
        return drafts.flatMap { unknown.findings(in: $0) }
    }
}

extension Entry {
    /// The entry with the number that the journal gave it; its event moves by as much.
    func numbered(as number: EntryID) -> Entry {
        let first = number.raw - id.raw
        return Entry(
            id: number,
            time: time,
            kind: kind,
            incoming: incoming,
            outgoing: outgoing,
            fee: fee,
            value: value,
            event: event.map { first + $0 }
        )
    }
}
