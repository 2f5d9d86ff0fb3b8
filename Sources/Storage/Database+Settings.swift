extension Database {
    /// Sets what durability and safety need, reads it back, and brings the schema up to date; the page size.
    static func prepareWriter(
        _ connection: Connection,
        path: String,
        options: DatabaseOptions
    ) throws(StorageError) -> Int {
        connection.setBusyTimeout(options.limits.busyMilliseconds)
        try connection.setDefensive()
        let version = Int(try connection.number("PRAGMA user_version"))
        guard version <= Migration.latest else {
            throw StorageError(
                .newerSchema(found: version, known: Migration.latest),
                operation: "opening \(path)"
            )
        }
        if version == 0 {
            guard try connection.number("SELECT count(*) FROM sqlite_master") == 0 else {
                throw StorageError(
                    .corrupt,
                    operation: "opening \(path)",
                    detail: "it is a database of another program"
                )
            }
            try connection.execute("PRAGMA page_size = \(options.pageSize)")
        }
        // SECURE_DELETE: what an erasure removes must not be readable in the file, but pages that leave the tree
        // anyway need not be overwritten.
        let settings: [(name: String, value: String, expected: String)] = [
            ("journal_mode", "WAL", "wal"), ("synchronous", "FULL", "2"), ("foreign_keys", "ON", "1"),
            ("trusted_schema", "OFF", "0"), ("cell_size_check", "ON", "1"), ("secure_delete", "FAST", "2"),
            ("temp_store", "MEMORY", "2"), ("cache_size", "-32768", "-32768"),
            ("journal_size_limit", "67108864", "67108864"),
        ]
        for setting in settings {
            try connection.execute(
                "PRAGMA \(setting.name) = \(setting.value)",
                operation: "setting \(setting.name) of \(path)"
            )
        }
        connection.watchLog()
        try Migration.migrate(connection) { version throws(StorageError) in
            try writeCopy(of: connection, path: path, version: version)
        }
        for setting in settings {
            let found = try connection.first("PRAGMA \(setting.name)") { $0.text(0) } ?? ""
            guard found == setting.expected else {
                throw StorageError(
                    .settingDiffers,
                    operation: "opening \(path)",
                    detail: "\(setting.name) is \(found) instead of \(setting.expected)"
                )
            }
        }
        return Int(try connection.number("PRAGMA page_size"))
    }

    /// Writes a whole copy of the database beside it, named after its schema, before that is changed.
    private static func writeCopy(
        of connection: Connection,
        path: String,
        version: Int
    ) throws(StorageError) {
        let copy = "\(path).schema\(version)"
        let temporary = copy + ".part"
        DataFolder.remove(temporary)
        try DataFolder.createFile(temporary)
        try connection.run("VACUUM INTO ?", [.text(temporary)])
        try DataFolder.publish(temporary, as: copy)
    }
}
