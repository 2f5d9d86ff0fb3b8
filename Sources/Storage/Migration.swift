import CSchema

/// One step of the schema, from the .sql file of its number.
struct Migration: Sendable {
    let number: Int
    let name: String
    let sql: String

    /// The steps that this program knows, in their order: the files of `Schema`, which the build embeds.
    static let all: [Migration] = {
        let steps = unsafe UnsafeBufferPointer(start: coffer_schema(), count: coffer_schema_count())
        return unsafe steps.map { step in
            let bytes = unsafe UnsafeBufferPointer(start: step.sql, count: step.size)
            return unsafe Migration(
                number: Int(step.number),
                name: String(cString: step.name),
                sql: String(decoding: bytes, as: UTF8.self)
            )
        }
    }()

    /// The schema that this program knows.
    static var latest: Int { all.last?.number ?? 0 }

    /// "Coffer" in the file's header, so that `file` and we tell our databases from others.
    static let applicationID: Int64 = 0x436F_6666

    /// Brings a database to the schema of this program, each step in a transaction of its own.
    ///
    /// `backup` is called before the first step of a database that already holds something.
    static func migrate(
        _ connection: Connection,
        through steps: [Migration] = all,
        backup: (_ version: Int) throws(StorageError) -> Void
    ) throws(StorageError) {
        let version = Int(try connection.number("PRAGMA user_version"))
        let known = steps.last?.number ?? 0
        guard version <= known else {
            throw StorageError(
                .newerSchema(found: version, known: known),
                operation: "opening the database"
            )
        }
        let pending = steps.filter { $0.number > version }
        if !pending.isEmpty, version > 0 { try backup(version) }
        for step in pending { try step.apply(to: connection) }
    }

    private func apply(to connection: Connection) throws(StorageError) {
        let operation = "raising the schema to \(number) (\(name))"
        try connection.execute("BEGIN IMMEDIATE", operation: operation)
        do throws(StorageError) {
            try connection.execute(sql, operation: operation)
            try connection.execute("PRAGMA application_id = \(Migration.applicationID)", operation: operation)
            try connection.execute("PRAGMA user_version = \(number)", operation: operation)
            try connection.execute("COMMIT", operation: operation)
        } catch {
            // The first error says what is wrong; a failed rollback leaves nothing either.
            try? connection.execute("ROLLBACK", operation: operation)
            throw error
        }
    }
}
