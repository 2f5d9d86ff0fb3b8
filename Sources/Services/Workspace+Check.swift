import Storage

/// What verifying a data folder found.
public struct IntegrityReport: Sendable {
    /// One thing that is not as it should be.
    public struct Finding: Sendable {
        /// A stable snake-case word.
        public let code: String
        /// What is wrong and where, for the first of its sort.
        public let message: String
        /// How many there are of its sort.
        public let count: Int
    }

    /// How much was looked at, by name.
    public let counts: [(name: String, count: Int)]
    /// What is wrong, by sort.
    public let findings: [Finding]
}

extension Workspace {
    /// Verifies the whole data folder: schema, references, digests, seals, postings and balances.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError` when the database cannot be read.
    public func check() throws -> IntegrityReport {
        let stored = try database.read { connection throws(StorageError) in try connection.check() }
        return IntegrityReport(
            counts: [
                ("entries", stored.liveEntries),
                ("voided", stored.entries - stored.liveEntries - stored.unfinishedEntries),
                ("unfinished", stored.unfinishedEntries),
                ("seals", stored.seals), ("assets", stored.totals.count),
            ],
            findings: stored.findings.map {
                IntegrityReport.Finding(code: $0.code, message: $0.message, count: $0.count)
            }
        )
    }
}
