import Ledger
import Money
public import Storage

/// What verifying a data folder found.
public struct CheckReport: Sendable {
    /// One thing that is not as it should be.
    public struct Finding: Sendable {
        /// A stable snake-case word.
        public let code: String
        /// One sentence for people.
        public let message: String
    }

    /// How much was looked at, by name.
    public let counts: [(name: String, count: Int)]
    /// The first findings.
    public let findings: [Finding]
    /// All findings.
    public let findingCount: Int
}

extension Workspace {
    /// Verifies the whole data folder: schema, references, digests, seals, postings and balances. Blocks.
    ///
    /// - Throws: `StorageError` when the database cannot be read.
    public func check() throws -> CheckReport {
        let stored = try database.check()
        return CheckReport(
            counts: stored.counts.map { ($0.name, $0.count) },
            findings: stored.findings.map { CheckReport.Finding(code: $0.code, message: $0.message) },
            findingCount: stored.findingCount)
    }
}
