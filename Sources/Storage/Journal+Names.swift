public import Ledger

extension Connection {
    /// The texts that a user's live entries give for their lots, in the order of time; entries without one are left out.
    public func lotTexts(of user: UserID) throws(StorageError) -> [(entry: EntryID, text: String)] {
        try texts("lot", of: user)
    }

    /// The live entries of a user whose reference is one of some, by reference, in the order of time.
    ///
    /// References have no index, which would cost every import; this reads all that there are.
    public func entries(
        of user: UserID,
        withReferences wanted: Set<String>
    ) throws(StorageError) -> [String: [EntryID]] {
        var found: [String: [EntryID]] = [:]
        guard !wanted.isEmpty else { return found }
        for (entry, text) in try texts("reference", of: user) where wanted.contains(text) {
            found[text, default: []].append(entry)
        }
        return found
    }

    /// The texts of a column of a user's live entries.
    private func texts(
        _ column: String,
        of user: UserID
    ) throws(StorageError) -> [(entry: EntryID, text: String)] {
        let reader = try EntryReader(self, user: user)
        // `isLive` looks at the columns 2 and 3.
        let sql = """
            SELECT \(column), time, id, import FROM entries
            WHERE user = ? AND \(column) IS NOT NULL ORDER BY time, id
            """
        return try withStatement(sql) { statement throws(StorageError) in
            statement.bind(1, user.raw)
            var texts: [(entry: EntryID, text: String)] = []
            while try statement.step("reading entries") {
                guard reader.isLive(statement) else { continue }
                texts.append((EntryID(raw: statement.integer(2)), statement.text(0)))
            }
            return texts
        }
    }
}
