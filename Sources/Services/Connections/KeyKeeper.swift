import Crypto
import Storage

/// Seals and opens users' credentials: each user has a key, which the key of the key file wraps.
///
/// The file is read for each use, so that its key is in memory no longer than that.
struct KeyKeeper: Sendable {
    /// The key file.
    let path: String

    /// The version that new keys of users have.
    private static let version: Int64 = 1
    private static let table = "connections"
    private static let column = "sealed"

    /// The key of the file, tried on a stored key; made when nothing was ever sealed and no file is there.
    ///
    /// Blocks.
    ///
    /// - Throws: `ConnectionError.keyFile`, `StorageError`.
    func key(_ database: Database, mayMake: Bool) throws -> SealingKey {
        let known = try database.read { connection throws(StorageError) in try connection.anyUserKey() }
        do throws(KeyFileError) {
            let key: SealingKey
            do throws(KeyFileError) {
                key = try KeyFile.load(path)
            } catch .missing where known == nil && mayMake {
                key = try KeyFile.make(path)
            }
            if let known { _ = try open(known, by: key) }
            return key
        } catch {
            throw ConnectionError.keyFile(error)
        }
    }

    /// The user's key from its stored form.
    ///
    /// - Throws: `KeyFileError.wrong`.
    func open(_ record: UserKeyRecord, by key: SealingKey) throws(KeyFileError) -> SealingKey {
        let context = KeyKeeper.context(ofKeyOf: record.user, version: record.version)
        guard let bytes = try? key.open(record.wrapped, context).revealed(),
            let opened = SealingKey(bytes)
        else {
            // Whether a bit or the whole key differs cannot be told; either way this file does not open it.
            throw .wrong(path: path)
        }
        return opened
    }

    /// The user's key and its version, made within the transaction when the user has none.
    ///
    /// - Throws: `ConnectionError.keyFile`, `StorageError`.
    func userKey(
        of user: UserID,
        by key: SealingKey,
        _ transaction: WriteTransaction
    ) throws -> (key: SealingKey, version: Int64) {
        if let record = try transaction.connection.userKey(of: user) {
            do throws(KeyFileError) {
                return (try open(record, by: key), record.version)
            } catch {
                throw ConnectionError.keyFile(error)
            }
        }
        let made = SealingKey()
        let context = KeyKeeper.context(ofKeyOf: user, version: KeyKeeper.version)
        try transaction.addUserKey(
            of: user,
            version: KeyKeeper.version,
            wrapped: key.seal(made.revealed(), context)
        )
        return (made, KeyKeeper.version)
    }

    /// The credentials of a connection.
    ///
    /// Blocks.
    ///
    /// - Throws: `ConnectionError.keyFile` or `damaged`, `StorageError`.
    func credentials(of record: VenueConnectionRecord, _ database: Database) throws -> Secret {
        let key = try key(database, mayMake: false)
        let stored = try database.read { connection throws(StorageError) in
            try connection.userKey(of: record.user)
        }
        guard let stored else { throw ConnectionError.damaged(record.id.raw) }
        let userKey: SealingKey
        do throws(KeyFileError) {
            userKey = try open(stored, by: key)
        } catch {
            throw ConnectionError.keyFile(error)
        }
        let context = KeyKeeper.context(of: record.id, user: record.user, version: record.keyVersion)
        // The key was proved right just before, so where this fails it is the row that differs.
        guard let opened = try? userKey.open(record.sealed, context) else {
            throw ConnectionError.damaged(record.id.raw)
        }
        return opened
    }

    private static func context(ofKeyOf user: UserID, version: Int64) -> SealContext {
        SealContext(
            table: "user_keys",
            row: user.raw,
            column: "wrapped",
            user: user.raw,
            keyVersion: version
        )
    }

    /// Where the credentials of a connection stand.
    static func context(of id: VenueConnectionID, user: UserID, version: Int64) -> SealContext {
        SealContext(table: table, row: id.raw, column: column, user: user.raw, keyVersion: version)
    }
}
