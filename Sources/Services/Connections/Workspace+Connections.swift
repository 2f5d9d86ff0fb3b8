public import Connectors
import Crypto
public import Storage

extension Workspace {
    // MARK: Connections

    /// Connects an account at a venue by an API key; nothing is asked of the venue yet.
    ///
    /// Blocks. The entries go to the account of that name, which is made when it is not there, so that a history imported
    /// from files goes on there. The credentials are sealed before they are stored; the key file is made when there is none.
    ///
    /// `venue` is one of `connectableVenues` by its name, `label` the user's name for the connection, the venue's title unless
    /// given, and `account` the name of its account, the label unless given. With `keepsInvalid` credentials of a wrong form
    /// are kept all the same: the connection is invalid then, says why, and is not read by itself until `changeConnection`
    /// brings others.
    ///
    /// - Throws: `ConnectionError`, `StorageError`.
    public func addConnection(
        of user: UserID,
        venue: String,
        label: String? = nil,
        account: String? = nil,
        credentials: VenueCredentials,
        keepsInvalid: Bool = false
    ) throws -> ConnectionInfo {
        guard let known = ConnectableVenue(rawValue: venue) else { throw ConnectionError.unknownVenue(venue) }
        let label = label ?? known.title
        let name = account ?? label
        try Workspace.checkLabel(label)
        try Workspace.checkLabel(name)
        let invalidity = try Workspace.invalidity(of: credentials, known, isKept: keepsInvalid)
        let others = try database.read { connection throws(StorageError) in
            try connection.venueConnections(of: user)
        }
        let limit = configuration.connections.connectionsPerUser
        guard others.count < limit else {
            throw ConnectionError.tooMany(limit)
        }
        let keeper = keyKeeper
        let key = try keeper.key(database, mayMake: true)
        let plain = SealedCredentials.write(credentials)
        let added: (record: VenueConnectionRecord, account: AccountRecord)
        do {
            added = try database.writeAndWait { transaction in
                let (userKey, version) = try keeper.userKey(of: user, by: key, transaction)
                let draft = VenueConnectionDraft(
                    user: user,
                    accountName: name,
                    venue: known.name,
                    label: label,
                    keyVersion: version,
                    invalidity: invalidity
                )
                let made = try transaction.addVenueConnection(draft) { id in
                    userKey.seal(plain, KeyKeeper.context(of: id, user: user, version: version))
                }
                let record = try Workspace.record(of: made.id, user: user, transaction)
                return (record, made.account)
            }
        } catch let error as StorageError where error.kind == .constraint {
            throw ConnectionError.taken(name)
        }
        books.shelf(of: user).add(accounts: [added.account], assets: [])
        return ConnectionInfo(added.record)
    }

    /// Changes a connection's label, its credentials, or both; what is nil stays.
    ///
    /// Blocks. New credentials clear what was noted of the old ones, and the connection is due at once. They should be of
    /// the same account at the venue: how far it was read stays as it is. Its account keeps its name.
    ///
    /// - Throws: as `addConnection`, and `ConnectionError.unknown`.
    public func changeConnection(
        _ number: Int64,
        of user: UserID,
        label: String? = nil,
        credentials: VenueCredentials? = nil,
        keepsInvalid: Bool = false
    ) throws -> ConnectionInfo {
        let id = VenueConnectionID(raw: number)
        let stored = try database.read { connection throws(StorageError) in
            try connection.venueConnections(of: user).first { $0.id == id }
        }
        guard let stored else { throw ConnectionError.unknown(String(number)) }
        if let label { try Workspace.checkLabel(label) }
        var invalidity: String?
        var key: SealingKey?
        if let credentials {
            guard let venue = ConnectableVenue(rawValue: stored.venue) else {
                throw ConnectionError.unknownVenue(stored.venue)
            }
            invalidity = try Workspace.invalidity(of: credentials, venue, isKept: keepsInvalid)
            key = try keyKeeper.key(database, mayMake: true)
        }
        let keeper = keyKeeper
        let (plain, why, opened) = (credentials.map { SealedCredentials.write($0) }, invalidity, key)
        let changed = try database.writeAndWait { transaction -> VenueConnectionRecord? in
            var change = VenueConnectionChange(label: label, credentials: nil)
            if let plain, let opened {
                let (userKey, version) = try keeper.userKey(of: user, by: opened, transaction)
                change.credentials = VenueConnectionChange.Credentials(
                    keyVersion: version,
                    sealed: userKey.seal(plain, KeyKeeper.context(of: id, user: user, version: version)),
                    invalidity: why
                )
            }
            guard try transaction.changeVenueConnection(id, of: user, change) else { return nil }
            return try Workspace.record(of: id, user: user, transaction)
        }
        guard let changed else { throw ConnectionError.unknown(String(number)) }
        return ConnectionInfo(changed)
    }

    private static func checkLabel(_ label: String) throws(ConnectionError) {
        guard (1...ConnectionLimits.labelBytesMax).contains(label.utf8.count),
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw .badLabel }
    }

    /// Why credentials are none, where they are to be kept all the same; nil for good ones.
    ///
    /// - Throws: `ConnectionError.credentials` where they are not to be kept, `credentialsTooLong` in any case.
    static func invalidity(
        of credentials: VenueCredentials,
        _ venue: ConnectableVenue,
        isKept: Bool
    ) throws(ConnectionError) -> String? {
        guard credentials.key.utf8.count <= ConnectionLimits.keyBytesMax,
            credentials.secret.count <= ConnectionLimits.secretBytesMax,
            credentials.passphrase?.count ?? 0 <= ConnectionLimits.secretBytesMax
        else { throw .credentialsTooLong }
        do throws(VenueCredentialsError) {
            try venue.check(credentials)
            return nil
        } catch {
            guard isKept else { throw .credentials(error) }
            return error.description
        }
    }

    private static func record(
        of id: VenueConnectionID,
        user: UserID,
        _ transaction: WriteTransaction
    ) throws(StorageError) -> VenueConnectionRecord {
        let all = try transaction.connection.venueConnections(of: user)
        guard let record = all.first(where: { $0.id == id }) else {
            throw StorageError(.notFound, operation: "writing a connection")
        }
        return record
    }

    /// A user's connections in the order they were added, without their credentials.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func connections(of user: UserID) throws -> [ConnectionInfo] {
        try database.read { connection throws(StorageError) in try connection.venueConnections(of: user) }
            .map { ConnectionInfo($0) }
    }

    /// Removes a connection with its credentials; its account and entries stay.
    ///
    /// Blocks. Needs no key file.
    ///
    /// - Throws: `ConnectionError.unknown`, `StorageError`.
    public func removeConnection(_ number: Int64, of user: UserID) throws {
        let isRemoved = try database.writeAndWait { transaction in
            try transaction.removeVenueConnection(VenueConnectionID(raw: number), of: user)
        }
        guard isRemoved else { throw ConnectionError.unknown(String(number)) }
    }

    /// Proves that the key file opens what is sealed; does nothing when nothing is.
    ///
    /// Blocks. For a server's start: with another key it must not serve.
    ///
    /// - Throws: `ConnectionError.keyFile`, `StorageError`.
    public func checkKeyFile() throws {
        let known = try database.read { connection throws(StorageError) in try connection.anyUserKey() }
        if known != nil { _ = try keyKeeper.key(database, mayMake: false) }
    }

    // MARK: What readings need

    var keyKeeper: KeyKeeper {
        KeyKeeper(path: configuration.connections.keyFile ?? configuration.folder + "/secret.key")
    }

    /// The source of a connection, with its credentials opened.
    ///
    /// - Throws: `ConnectionError`, `ConnectorError`, `StorageError`.
    func source(of record: VenueConnectionRecord) throws -> any ExchangeSource {
        let opened = try keyKeeper.credentials(of: record, database)
        guard let credentials = SealedCredentials.read(opened) else {
            throw ConnectionError.damaged(record.id.raw)
        }
        guard let venue = ConnectableVenue(rawValue: record.venue) else {
            throw ConnectionError.unknownVenue(record.venue)
        }
        do {
            return try source(of: venue, credentials)
        } catch let error as VenueCredentialsError {
            throw ConnectionError.credentials(error)
        }
    }

    private func source(
        of venue: ConnectableVenue,
        _ credentials: VenueCredentials
    ) throws -> any ExchangeSource {
        let settings = configuration.connections
        let client = try venueClients.client(of: venue, settings)
        let url = settings.url(of: venue)
        switch venue {
        case .coinbase:
            let checked = try ConnectableVenue.coinbase(credentials)
            return try CoinbaseSource(checked, client: client, baseURL: url, now: now)
        case .kraken:
            let checked = try KrakenCredentials(credentials)
            return try KrakenSource(
                checked,
                client: client,
                baseURL: url,
                nonces: venueClients.nonces,
                now: now
            )
        case .binanceUS:
            let checked = try BinanceUSCredentials(credentials)
            return try BinanceUSSource(
                checked,
                client: client,
                baseURL: url,
                offset: venueClients.binanceUSOffset,
                now: now
            )
        }
    }
}
