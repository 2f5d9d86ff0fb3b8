import Crypto
import Ledger
import Money
import Time

extension CheckRun {
    /// Every row must be what was written, its kind's rules kept, and its postings in balance.
    mutating func checkEntries() throws(StorageError) {
        var totals: [AssetID: Int128?] = [:]
        var postings: [AssetID: Int128] = [:]
        for user in try connection.rows(
            "SELECT DISTINCT user FROM entries",
            [],
            { UserID(raw: $0.integer(0)) }
        ) {
            let reader = try EntryReader(connection, user: user)
            let sql = "SELECT \(EntryReader.columns) FROM entries WHERE user = ?"
            var run = self
            try connection.withStatement(sql) { statement throws(StorageError) in
                statement.bind(1, user.raw)
                while try statement.step("checking entries") {
                    run.report.entries += 1
                    let entry: Entry
                    do throws(StorageError) {
                        entry = try reader.read(statement)
                    } catch {
                        guard case .tampered(let id) = error.kind else { throw error }
                        run.find("entry.digest", "entry \(id.raw) is not as it was written")
                        continue
                    }
                    guard reader.isLive(statement) else { continue }
                    run.report.liveEntries += 1
                    run.checkRules(of: entry)
                    CheckRun.add(entry, to: &totals, &postings)
                }
            }
            self = run
        }
        for (asset, sum) in postings.sorted(by: { $0.key < $1.key }) where sum != 0 {
            find("postings.unbalanced", "the postings of asset \(asset.raw) do not sum to zero")
        }
        report.totals = totals.sorted { $0.key < $1.key }.map { asset, sum in
            AssetTotal(asset: asset, holdings: sum.flatMap { try? Amount(raw: $0) })
        }
        for total in report.totals where total.holdings == nil {
            find("balance.range", "the balance of asset \(total.asset.raw) is out of range")
        }
    }

    private mutating func checkRules(of entry: Entry) {
        do throws(LedgerError) {
            try entry.check()
        } catch {
            find("entry.rules", "entry \(entry.id.raw) breaks a rule of its kind: \(error)")
        }
    }

    /// Adds an entry's postings: to the holdings, and to the sum over both sides, which must stay zero.
    private static func add(
        _ entry: Entry,
        to totals: inout [AssetID: Int128?],
        _ postings: inout [AssetID: Int128]
    ) {
        for posting in entry.postings {
            // Sums over both sides wrap around like the integers modulo 2¹²⁸, where zero stays zero.
            postings[posting.asset, default: 0] &+= posting.amount.raw
            guard case .holding = posting.account else { continue }
            let (sum, overflow) = ((totals[posting.asset] ?? 0) ?? 0).addingReportingOverflow(
                posting.amount.raw
            )
            totals[posting.asset] = .some(overflow ? nil : sum)
        }
    }

    /// The rows of each import must be those that its batches were sealed over.
    mutating func checkImports() throws(StorageError) {
        report.unfinishedEntries = Int(
            try connection.number(
                "SELECT count(*) FROM entries WHERE import IN "
                    + "(SELECT id FROM imports WHERE state IN ('open', 'abandoned'))"
            )
        )
        // Rows of an abandoned import are about to go, and some of them may be gone already.
        let kept = "import NOT IN (SELECT id FROM imports WHERE state = 'abandoned')"
        var rows = try connection.rows(
            "SELECT import, id, coalesce(event, 0), digest FROM entries WHERE \(kept)"
        ) {
            ImportedRow(
                importID: $0.integer(0),
                id: $0.integer(1),
                event: $0.integer(2),
                digest: Digest128($0.blob(3)) ?? Digest128(low: 0, high: 0)
            )
        }
        rows.sort { ($0.importID, $0.id) < ($1.importID, $1.id) }
        var place = 0
        let batches = try connection.rows(
            """
            SELECT import, first_entry, last_entry, rows, digest FROM batches WHERE \(kept)
            ORDER BY import, number
            """
        ) { row in ((0..<4).map { row.integer(Int32($0)) }, row.blob(4)) }
        for (numbers, digest) in batches {
            var batch = BatchDigest()
            while place < rows.count, rows[place].importID < numbers[0] {
                find("import.rows", "entry \(rows[place].id) belongs to no batch of its import")
                place += 1
            }
            while place < rows.count, rows[place].importID == numbers[0], rows[place].id <= numbers[2] {
                batch.add(id: rows[place].id, event: rows[place].event, digest: rows[place].digest)
                place += 1
            }
            if Int64(batch.count) != numbers[3] || batch.digest.bytes != digest {
                find(
                    "import.rows",
                    "the entries \(numbers[1]) to \(numbers[2]) of import \(numbers[0]) changed"
                )
            }
        }
        if place < rows.count {
            find("import.rows", "entry \(rows[place].id) belongs to no batch", count: rows.count - place)
        }
        let miscounted = try connection.rows(
            """
            SELECT id FROM imports i WHERE state IN ('committed', 'undone')
                AND inserted <> (SELECT coalesce(sum(rows), 0) FROM batches b WHERE b.import = i.id)
            """
        ) { $0.integer(0) }
        for id in miscounted { find("import.count", "import \(id) does not have as many entries as it says") }
    }

    private struct ImportedRow {
        var importID: Int64
        var id: Int64
        var event: Int64
        var digest: Digest128
    }

    /// The hash chain must hold, and everything visible must be under a seal.
    mutating func checkSeals() throws(StorageError) {
        let seals = try connection.verifySeals()
        report.seals = seals.sealsGood
        if let broken = seals.firstBroken { find("seal.broken", "seal \(broken): \(seals.reason)") }
        let unsealed = try connection.number(
            "SELECT count(*) FROM imports WHERE state IN ('committed', 'undone') AND inserted > 0 AND seal IS NULL"
        )
        if unsealed > 0 { find("seal.missing", "imports are not sealed", count: Int(unsealed)) }
        let unnamed = try connection.number(
            """
            SELECT count(*) FROM imports i WHERE state = 'undone'
                AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.import = i.id)
            """
        )
        let unsealedVoids = try connection.number("SELECT count(*) FROM voids WHERE seal IS NULL")
        if unnamed + unsealedVoids > 0 {
            find("void.missing", "undone imports have no sealed record", count: Int(unnamed + unsealedVoids))
        }
        let unmarked = try connection.number(
            "SELECT count(*) FROM voids v JOIN imports i ON i.id = v.import WHERE i.state <> 'undone'"
        )
        if unmarked > 0 {
            find("void.unmarked", "imports with a void record count again", count: Int(unmarked))
        }
    }
}

extension Connection {
    /// Recomputes the hash chain from the batches, imports and voids it covers.
    public func verifySeals() throws(StorageError) -> SealReport {
        var report = SealReport()
        var previous = Digest256.zero
        let seals = try rows("SELECT number, digest, entries, voids FROM seals ORDER BY number") {
            (
                number: $0.integer(0), digest: Digest256($0.blob(1)), entries: Int($0.integer(2)),
                voids: $0.integer(3)
            )
        }
        for (place, seal) in seals.enumerated() {
            report.firstBroken = seal.number
            guard seal.number == Int64(place + 1) else {
                report.reason = "number \(place + 1) is missing"
                return report
            }
            let digest = try sealDigest(number: seal.number, previous: previous)
            guard digest == seal.digest else {
                report.reason = "what it covers has changed"
                return report
            }
            let entries = try number(
                "SELECT sum(inserted) FROM imports WHERE seal = ?",
                [.integer(seal.number)]
            )
            let voids = try number("SELECT count(*) FROM voids WHERE seal = ?", [.integer(seal.number)])
            guard entries == Int64(seal.entries), voids == seal.voids else {
                report.reason = "its counts have changed"
                return report
            }
            previous = digest
            report.firstBroken = nil
            report.sealsGood += 1
            report.entriesCovered += seal.entries
        }
        return report
    }
}
