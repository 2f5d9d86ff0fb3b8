import Connectors
public import Crypto
import HTTPClient
public import Storage
import Synchronization

extension Workspace {
    // MARK: Connections

    /// Connects a Coinbase account by an API key; nothing is asked of the venue yet.
    ///
    /// Blocks. The entries go to the account of that name, which is made when it is not there, so that a history imported
    /// from files goes on there. The credentials are sealed before they are stored; the key file is made when there is none.
    ///
    /// `label` is the user's name for the connection and the account's, `Coinbase` unless given; `secret` is the private
    /// key as Coinbase gives it, PEM for ECDSA, base 64 for Ed25519.
    ///
    /// - Throws: `ConnectionError`, `StorageError`.
    public func addConnection(
        of user: UserID,
        venue: String,
        label: String? = nil,
        keyName: String,
        secret: Secret
    ) throws -> ConnectionInfo {
        guard venue == "coinbase" else { throw ConnectionError.unknownVenue(venue) }
        let label = label ?? "Coinbase"
        guard (1...ConnectionLimits.labelBytesMax).contains(label.utf8.count),
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw ConnectionError.badLabel }
        do throws(CoinbaseCredentialsError) {
            _ = try CoinbaseCredentials(keyName: keyName, secret: secret)
        } catch {
            throw ConnectionError.credentials(error)
        }
        let others = try database.read { connection throws(StorageError) in
            try connection.venueConnections(of: user)
        }
        guard others.count < ConnectionLimits.connectionsPerUser else {
            throw ConnectionError.tooMany(ConnectionLimits.connectionsPerUser)
        }
        let keeper = keyKeeper
        let key = try keeper.key(database, mayMake: true)
        var joined = Array((keyName + "\n").utf8) + secret.revealed()
        let plain = Secret(joined)
        Wiping.wipe(&joined)
        let added: (record: VenueConnectionRecord, account: AccountRecord)
        do {
            added = try database.writeAndWait { transaction in
                let (userKey, version) = try keeper.userKey(of: user, by: key, transaction)
                let draft = VenueConnectionDraft(
                    user: user,
                    accountName: label,
                    venue: venue,
                    label: label,
                    keyVersion: version
                )
                let made = try transaction.addVenueConnection(draft) { id in
                    userKey.seal(plain, KeyKeeper.context(of: id, user: user, version: version))
                }
                let all = try transaction.connection.venueConnections(of: user)
                guard let record = all.first(where: { $0.id == made.id }) else {
                    throw StorageError(.notFound, operation: "adding a connection")
                }
                return (record, made.account)
            }
        } catch let error as StorageError where error.kind == .constraint {
            throw ConnectionError.taken(label)
        }
        books.shelf(of: user).add(accounts: [added.account], assets: [])
        return ConnectionInfo(added.record)
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
        var plain = try keyKeeper.credentials(of: record, database).revealed()
        defer { Wiping.wipe(&plain) }
        guard let end = plain.firstIndex(of: UInt8(ascii: "\n")) else {
            throw ConnectionError.damaged(record.id.raw)
        }
        let credentials: CoinbaseCredentials
        do throws(CoinbaseCredentialsError) {
            credentials = try CoinbaseCredentials(
                keyName: String(decoding: plain[..<end], as: UTF8.self),
                secret: Secret(Array(plain[(end + 1)...]))
            )
        } catch {
            throw ConnectionError.credentials(error)
        }
        return try CoinbaseSource(
            credentials,
            client: try venueClient(),
            baseURL: configuration.connections.coinbaseURL,
            now: now
        )
    }

    /// The client that all connections share, so that they keep the venue's pace together.
    private func venueClient() throws -> PacedClient {
        try venueClients.withLock { client in
            if let client { return client }
            let settings = configuration.connections
            let made = PacedClient(
                try settings.transport
                    ?? CurlTransport(
                        baseURLs: [settings.coinbaseURL],
                        version: settings.version,
                        proxy: settings.proxy
                    ),
                pacing: settings.pacing ?? CoinbaseSource.pacing,
                clock: settings.clock
            )
            client = made
            return made
        }
    }
}
