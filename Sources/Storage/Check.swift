public import Money

import Crypto

/// Something that is not as it must be.
public struct CheckFinding: Hashable, Sendable {
    /// A word for the sort of finding, such as `entry.digest`.
    public let code: String
    /// What is wrong and where, for the first of them.
    public let message: String
    /// How many there are of this sort.
    public let count: Int
}

/// The balance of one asset over all accounts of all users.
public struct AssetTotal: Hashable, Sendable {
    /// Of what.
    public let asset: AssetID
    /// What the users' accounts hold; nil when it left the range of amounts.
    public let holdings: Amount?
}

/// What a check of the whole database found.
public struct CheckReport: Sendable {
    /// Everything that is wrong, sorts in the order of the checks.
    public internal(set) var findings: [CheckFinding] = []
    /// The entries looked at, live or not.
    public internal(set) var entries = 0
    /// The entries that count.
    public internal(set) var liveEntries = 0
    /// The rows of imports that are under way or were cut off, which nobody sees.
    public internal(set) var unfinishedEntries = 0
    /// The balances of the live entries per asset, in the order of assets.
    public internal(set) var totals: [AssetTotal] = []
    /// The links of the hash chain that hold.
    public internal(set) var seals = 0
}

extension Connection {
    /// Checks the whole database: schema, file, references, digests, seals, postings, prices, addresses and offsets.
    ///
    /// - Throws: `StorageError` when it cannot be read at all; what is readable but wrong is a finding.
    public func check() throws(StorageError) -> CheckReport {
        var run = CheckRun(self)
        try run.checkSchema()
        try run.checkFile()
        try run.checkEntries()
        try run.checkImports()
        try run.checkSeals()
        try run.checkPrices()
        try run.checkTracking()
        return run.finish()
    }
}

/// The findings so far, gathered by code.
struct CheckRun {
    let connection: Connection
    var report = CheckReport()
    private var order: [String] = []
    private var first: [String: String] = [:]
    private var counts: [String: Int] = [:]

    init(_ connection: Connection) {
        self.connection = connection
    }

    mutating func find(_ code: String, _ message: @autoclosure () -> String, count: Int = 1) {
        if counts[code] == nil {
            order.append(code)
            first[code] = message()
        }
        counts[code, default: 0] += count
    }

    func finish() -> CheckReport {
        var report = report
        report.findings = order.map { code in
            CheckFinding(code: code, message: first[code] ?? "", count: counts[code] ?? 0)
        }
        return report
    }

    /// The schema must be what the migrations make of an empty database.
    mutating func checkSchema() throws(StorageError) {
        let query = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master ORDER BY 1"
        let fresh = try Connection(path: ":memory:", mode: .readWrite)
        try Migration.migrate(fresh) { _ in }
        let expected = try fresh.rows(query) { ($0.text(0), $0.text(1)) }
        let found = try connection.rows(query) { ($0.text(0), $0.text(1)) }
        let expectedByName = Dictionary(expected) { first, _ in first }
        let foundByName = Dictionary(found) { first, _ in first }
        for (name, sql) in expected where foundByName[name] != sql {
            find("schema.differs", "the \(name) is missing or differs")
        }
        for (name, _) in found where expectedByName[name] == nil {
            find("schema.unknown", "the \(name) is not ours")
        }
        let version = try connection.number("PRAGMA user_version")
        if version != Int64(Migration.latest) {
            find("schema.version", "the schema says it is number \(version)")
        }
    }

    /// The file's own structure and the references between tables.
    mutating func checkFile() throws(StorageError) {
        for line in try connection.rows("PRAGMA integrity_check", [], { $0.text(0) }) where line != "ok" {
            find("file.structure", line)
        }
        let broken = try connection.rows("PRAGMA foreign_key_check") { ($0.text(0), $0.text(2)) }
        for (table, parent) in broken {
            find("file.reference", "a row of \(table) names a missing row of \(parent)")
        }
        let stray = try connection.rows(
            """
            SELECT 'import', count(*) FROM entries e WHERE NOT EXISTS
                (SELECT 1 FROM imports i WHERE i.id = e.import AND i.user = e.user)
            UNION ALL SELECT 'kind', count(*) FROM entries e WHERE kind NOT IN (SELECT id FROM kinds)
            UNION ALL SELECT 'account', count(*) FROM entries e WHERE
                (in_account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = in_account AND a.user = e.user))
                OR (out_account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = out_account AND a.user = e.user))
                OR (fee_account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = fee_account AND a.user = e.user))
            UNION ALL SELECT 'asset', count(*) FROM entries e WHERE
                (in_asset >= 65536 AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.id = in_asset AND a.user = e.user))
                OR (out_asset >= 65536 AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.id = out_asset AND a.user = e.user))
                OR (fee_asset >= 65536 AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.id = fee_asset AND a.user = e.user))
                OR (value_asset >= 65536 AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.id = value_asset AND a.user = e.user))
            """
        ) { ($0.text(0), Int($0.integer(1))) }
        for (what, count) in stray where count > 0 {
            find("entry.orphan", "entries name an unknown \(what)", count: count)
        }
    }
}
