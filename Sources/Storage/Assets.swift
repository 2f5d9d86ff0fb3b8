public import Money

extension WriteTransaction {
    /// The user's own asset of a lower-case code, registered when it is not there.
    ///
    /// - Throws: `StorageError`; a code that is not lower case or decimals outside 0...18 stop the program.
    public func registerAsset(
        of user: UserID,
        code: String,
        title: String? = nil,
        kind: AssetKind = .unknown,
        decimals: Int = 18
    ) throws(StorageError) -> Asset {
        precondition(
            AssetCode.normalize(code) == code,
            "an asset's code is normalized before it is registered"
        )
        precondition((0...18).contains(decimals), "an asset has 0 to 18 decimals")
        if let known = try connection.assets(of: user, code: code).first { return known }
        let next = max(Int64(AssetID.firstOfUsers), try connection.number("SELECT max(id) FROM assets") + 1)
        guard let id = UInt32(exactly: next) else {
            throw StorageError(
                .full,
                operation: "registering an asset",
                detail: "all numbers of assets are in use"
            )
        }
        let asset = Asset(
            id: AssetID(raw: id),
            code: code,
            title: title ?? code.uppercased(),
            kind: kind,
            decimals: decimals,
            contract: nil
        )
        try connection.run(
            "INSERT INTO assets (id, user, code, title, kind, decimals) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(Int64(id)), .integer(user.raw), .text(code), .text(asset.title),
                .integer(Int64(kind.rawValue)), .integer(Int64(decimals)),
            ]
        )
        return asset
    }
}

extension Connection {
    /// The assets that a user knows: those built in and the user's own.
    public func registry(of user: UserID) throws(StorageError) -> AssetRegistry {
        var registry = AssetRegistry.builtIn
        for asset in try assets(of: user) { registry.add(asset) }
        return registry
    }

    /// The assets that a user's imports brought along, in the order of their numbers.
    public func assets(of user: UserID) throws(StorageError) -> [Asset] {
        try assets(of: user, code: nil)
    }

    func assets(of user: UserID, code: String?) throws(StorageError) -> [Asset] {
        try rows(
            """
            SELECT id, code, title, kind, decimals FROM assets WHERE user = ?1 AND (?2 IS NULL OR code = ?2) ORDER BY id
            """,
            [.integer(user.raw), .text(code)]
        ) { row in
            Asset(
                id: AssetID(raw: UInt32(truncatingIfNeeded: row.integer(0))),
                code: row.text(1),
                title: row.text(2),
                kind: AssetKind(rawValue: UInt8(truncatingIfNeeded: row.integer(3))) ?? .unknown,
                decimals: Int(row.integer(4)),
                contract: nil
            )
        }
    }
}
