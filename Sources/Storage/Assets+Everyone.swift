public import Money

extension Connection {
    /// The assets of a code that any users registered, in the order of their numbers.
    public func everyonesAssets(code: String) throws(StorageError) -> [Asset] {
        try everyonesAssets().filter { $0.code == code }
    }

    /// The assets that any users registered, in the order of their numbers.
    public func everyonesAssets() throws(StorageError) -> [Asset] {
        let users = try rows("SELECT DISTINCT user FROM assets ORDER BY user") { UserID(raw: $0.integer(0)) }
        var all: [Asset] = []
        for user in users { all += try assets(of: user) }
        return all.sorted { $0.id < $1.id }
    }
}
