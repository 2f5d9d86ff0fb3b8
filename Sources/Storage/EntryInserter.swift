import Crypto
import Ledger
import Money
import Time

/// Puts rows into the table of entries through one prepared statement.
struct EntryInserter: EntryTable {
    private let connection: Connection
    private let statement: Statement
    private let encoder: EntryEncoder
    private let user: UserID
    private let importID: ImportID
    private var rendered: EntryID?

    static let sql = """
        INSERT INTO entries (user, time, digest, id, import, kind, occurrence, event,
            in_amount, in_asset, in_account, out_amount, out_asset, out_account, fee_amount, fee_asset, fee_account,
            value_amount, value_asset, reference, exchange, grp, comment, lot)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
            ?23, ?24)
        ON CONFLICT DO NOTHING
        """

    init(
        connection: Connection,
        statement: Statement,
        encoder: EntryEncoder,
        user: UserID,
        importID: ImportID
    ) {
        self.connection = connection
        self.statement = statement
        self.encoder = encoder
        self.user = user
        self.importID = importID
        statement.bind(1, user.raw)
        statement.bind(5, importID.raw)
    }

    mutating func put(
        _ entry: Entry,
        digest: Digest128,
        occurrence: UInt32
    ) throws(StorageError) -> Bool {
        if rendered != entry.id {
            encoder.renderAmounts(of: entry)
            bindContent(of: entry)
            rendered = entry.id
        }
        statement.bind(7, Int64(occurrence))
        var words = (digest.low.littleEndian, digest.high.littleEndian)
        return try unsafe withUnsafeBytes(of: &words) { bytes throws(StorageError) in
            if let base = bytes.baseAddress {
                unsafe statement.bindBorrowed(3, blob: base, count: Digest128.byteCount)
            }
            try statement.run("adding an entry")
            return connection.changes == 1
        }
    }

    func stored(at time: Timestamp, digest: Digest128) throws(StorageError) -> StoredRow? {
        try connection.storedRow(user: user, time: time, digest: digest)
    }

    private func bindContent(of entry: Entry) {
        statement.bind(2, entry.time.microseconds)
        statement.bind(4, entry.id.raw)
        statement.bind(6, Int64(entry.kind.rawValue))
        if let event = entry.event { statement.bind(8, event) } else { statement.bindNull(8) }
        bind(entry.incoming, encoder.amounts.incoming, at: 9)
        bind(entry.outgoing, encoder.amounts.outgoing, at: 12)
        bind(entry.fee, encoder.amounts.fee, at: 15)
        bind(encoder.amounts.value, at: 18)
        if let value = entry.value {
            statement.bind(19, Int64(value.asset.raw))
        } else {
            statement.bindNull(19)
        }
        bind(encoder.texts.reference, at: 20)
        bind(encoder.texts.exchange, at: 21)
        bind(encoder.texts.group, at: 22)
        bind(encoder.texts.comment, at: 23)
        bind(encoder.texts.lot, at: 24)
    }

    private func bind(_ leg: Leg?, _ amount: EntryEncoder.Place, at index: Int32) {
        bind(amount, at: index)
        if let leg { statement.bind(index + 1, Int64(leg.asset.raw)) } else { statement.bindNull(index + 1) }
        if let account = leg?.account {
            statement.bind(index + 2, Int64(account.raw))
        } else {
            statement.bindNull(index + 2)
        }
    }

    /// Binds bytes of the encoder, which stay in place until the next row; nothing as NULL.
    private func bind(_ place: EntryEncoder.Place, at index: Int32) {
        guard place.count > 0 else { return statement.bindNull(index) }
        unsafe statement.bindBorrowed(index, text: encoder.base + place.start, count: place.count)
    }
}

/// The table as a dry run sees it: what is stored, and what this file would have added.
struct EntryProbe: EntryTable {
    let connection: Connection
    let user: UserID
    /// The digests of the rows that this file would have added.
    private(set) var added: Set<Digest128>

    init(connection: Connection, user: UserID, added: consuming Set<Digest128>) {
        self.connection = connection
        self.user = user
        self.added = added
    }

    mutating func put(
        _ entry: Entry,
        digest: Digest128,
        occurrence: UInt32
    ) throws(StorageError) -> Bool {
        guard !added.contains(digest) else { return false }
        guard try connection.storedRow(user: user, time: entry.time, digest: digest) == nil else {
            return false
        }
        added.insert(digest)
        return true
    }

    func stored(at time: Timestamp, digest: Digest128) throws(StorageError) -> StoredRow? {
        guard !added.contains(digest) else { return nil }
        return try connection.storedRow(user: user, time: time, digest: digest)
    }
}
