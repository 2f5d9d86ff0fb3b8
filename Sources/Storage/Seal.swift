import Crypto
import Time

/// An import that a seal covers.
struct SealedImport {
    let id: ImportID
    let user: UserID
    let inserted: Int
    /// Its batches while they are known without looking: an import of one commit.
    let batch: SealedBatch?
}

/// What a seal takes in of a batch: number, first and last entry, rows, and the digest over them.
struct SealedBatch {
    let numbers: [Int64]
    let digest: [UInt8]
}

/// What one commit makes visible or voids, gathered until its seal is written.
struct PendingSeal {
    var imports: [SealedImport] = []
    var voids: [Int64] = []
    var entries = 0
    var firstEntry: Int64?
    var lastEntry: Int64?

    var isEmpty: Bool { imports.isEmpty && voids.isEmpty }
}

/// What the check of the hash chain found.
public struct SealReport: Hashable, Sendable {
    /// The links that hold.
    public var sealsGood = 0
    /// The number of the first link that does not hold, if there is one.
    public var firstBroken: Int64?
    /// What is wrong with it.
    public var reason = ""
    /// The entries that good links cover.
    public var entriesCovered = 0
}

extension Connection {
    /// The number of the newest link of the hash chain, which changes with everything that readers can see of entries.
    public func journalVersion() throws(StorageError) -> Int64 {
        try number("SELECT max(number) FROM seals")
    }

    /// The digest that a seal must have: the one before it, then its imports with their batches, then its voids.
    func sealDigest(number: Int64, previous: Digest256) throws(StorageError) -> Digest256 {
        var content = SealContent(previous: previous, number: number)
        let imports = try rows(
            "SELECT id, user, inserted FROM imports WHERE seal = ? ORDER BY id",
            [.integer(number)]
        ) { [$0.integer(0), $0.integer(1), $0.integer(2)] }
        for row in imports {
            content.add(tag: 1, row)
            try withStatement(
                """
                SELECT number, first_entry, last_entry, rows, digest FROM batches WHERE import = ? ORDER BY number
                """
            ) { statement throws(StorageError) in
                statement.bind(1, row[0])
                while try statement.step() {
                    content.add(tag: 2, (0..<4).map { statement.integer(Int32($0)) }, statement.blob(4))
                }
            }
        }
        try withStatement(
            "SELECT id, user, import, entry, time, created, digest, reason FROM voids WHERE seal = ? ORDER BY id"
        ) { statement throws(StorageError) in
            statement.bind(1, number)
            while try statement.step() {
                content.add(tag: 3, (0..<6).map { statement.integer(Int32($0)) }, statement.blob(6))
                content.add(tag: 4, [], Array(statement.text(7).utf8))
            }
        }
        return content.finish()
    }
}

extension WriteTransaction {
    /// Writes the one seal of this commit, if it made anything visible or voided something.
    func writeSeal() throws(StorageError) {
        guard !pendingSeal.isEmpty else { return }
        let number = try sealNumber()
        let previous = try connection.first(
            "SELECT digest FROM seals WHERE number = ?",
            [.integer(number - 1)]
        ) {
            Digest256($0.blob(0))
        }
        let start = (previous ?? nil) ?? .zero
        var digest = pendingSeal.digest(number: number, previous: start)
        if digest == nil { digest = try connection.sealDigest(number: number, previous: start) }
        try connection.run(
            """
            INSERT INTO seals (number, created, first_entry, last_entry, entries, voids, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(number), .integer(time.microseconds), .integer(pendingSeal.firstEntry),
                .integer(pendingSeal.lastEntry), .integer(Int64(pendingSeal.entries)),
                .integer(Int64(pendingSeal.voids.count)), .blob(digest?.bytes),
            ]
        )
    }
}

extension PendingSeal {
    /// The digest that `Connection.sealDigest` gives, from what is known without looking; nil when something is not.
    func digest(number: Int64, previous: Digest256) -> Digest256? {
        guard voids.isEmpty else { return nil }
        var content = SealContent(previous: previous, number: number)
        for sealed in imports.sorted(by: { $0.id < $1.id }) {
            guard let batch = sealed.batch else { return nil }
            content.add(tag: 1, [sealed.id.raw, sealed.user.raw, Int64(sealed.inserted)])
            content.add(tag: 2, batch.numbers, batch.digest)
        }
        return content.finish()
    }
}

/// The unambiguous bytes that a seal's digest is taken over.
struct SealContent: ~Copyable {
    private var digest = IncrementalDigest()

    init(previous: Digest256, number: Int64) {
        digest.update(previous.bytes)
        add(tag: 0, [number])
    }

    /// Adds a record: its tag, the count of numbers and bytes, then both.
    mutating func add(tag: UInt8, _ numbers: [Int64], _ bytes: [UInt8] = []) {
        var record: [UInt8] = [tag, UInt8(numbers.count)]
        for number in numbers + [Int64(bytes.count)] {
            for shift in 0..<8 { record.append(UInt8(truncatingIfNeeded: number >> Int64(8 * shift))) }
        }
        digest.update(record + bytes)
    }

    consuming func finish() -> Digest256 {
        digest.finish()
    }
}
