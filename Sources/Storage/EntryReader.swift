import Crypto
import Ledger
import Money
import Time

/// Makes entries from rows of the table and proves each by its digest.
final class EntryReader {
    private let encoder = EntryEncoder()
    private let user: UserID
    private let deadImports: Set<Int64>
    private let deadEntries: Set<Int64>

    /// The columns in the order that `read` expects.
    static let columns = """
        time, digest, id, import, kind, occurrence, event, in_amount, in_asset, in_account, out_amount, out_asset,
        out_account, fee_amount, fee_asset, fee_account, value_amount, value_asset, reference, exchange, grp, comment, lot
        """

    /// A reader of a user's rows that knows which of them count.
    init(_ connection: Connection, user: UserID) throws(StorageError) {
        self.user = user
        deadImports = Set(
            try connection.rows(
                "SELECT id FROM imports WHERE user = ? AND state <> 'committed'",
                [.integer(user.raw)]
            ) { $0.integer(0) }
        )
        deadEntries = Set(
            try connection.rows(
                "SELECT entry FROM voids WHERE user = ? AND entry IS NOT NULL",
                [.integer(user.raw)]
            ) { $0.integer(0) }
        )
    }

    /// Whether the row counts: committed, not undone, not voided.
    func isLive(_ row: Statement) -> Bool {
        if !deadImports.isEmpty, deadImports.contains(row.integer(3)) { return false }
        return deadEntries.isEmpty || !deadEntries.contains(row.integer(2))
    }

    /// The entry of a row.
    ///
    /// - Throws: `StorageError.Kind.tampered` when the row is not what was once written.
    func read(_ row: Statement) throws(StorageError) -> Entry {
        do throws(Malformed) {
            let entry = try parse(row)
            guard digestHolds(row, of: entry) else { throw Malformed() }
            return entry
        } catch {
            throw StorageError(.tampered(entry: EntryID(raw: row.integer(2))), operation: "reading entries")
        }
    }

    /// The texts of a row.
    func texts(_ row: Statement) -> EntryTexts {
        EntryTexts(
            reference: row.text(18),
            exchange: row.text(19),
            group: row.text(20),
            comment: row.text(21),
            lot: row.text(22)
        )
    }

    /// A row whose columns do not make an entry.
    private struct Malformed: Error {}

    private func parse(_ row: Statement) throws(Malformed) -> Entry {
        guard let raw = UInt8(exactly: row.integer(4)), let kind = EntryKind(rawValue: raw) else {
            throw Malformed()
        }
        let incoming = try leg(row, at: 7)
        let outgoing = try leg(row, at: 10)
        let fee = try leg(row, at: 13)
        let value = try assetAmount(row, at: 16)
        return Entry(
            id: EntryID(raw: row.integer(2)),
            time: Timestamp(microseconds: row.integer(0)),
            kind: kind,
            incoming: incoming,
            outgoing: outgoing,
            fee: fee,
            value: value,
            event: row.optionalInteger(6)
        )
    }

    private func assetAmount(_ row: Statement, at column: Int32) throws(Malformed) -> AssetAmount? {
        let text = unsafe row.textBytes(column)
        guard text.count > 0 else {
            guard row.isNull(column + 1) else { throw Malformed() }
            return nil
        }
        guard let amount = unsafe AmountText.read(text), let asset = UInt32(exactly: row.integer(column + 1))
        else { throw Malformed() }
        return AssetAmount(amount: amount, asset: AssetID(raw: asset))
    }

    private func leg(_ row: Statement, at column: Int32) throws(Malformed) -> Leg? {
        guard let amount = try assetAmount(row, at: column) else { return nil }
        // No account is stored as NULL, which reads as 0.
        guard let account = UInt32(exactly: row.integer(column + 2)) else { throw Malformed() }
        return Leg(
            amount: amount.amount,
            asset: amount.asset,
            account: account == 0 ? nil : AccountID(raw: account)
        )
    }

    private func digestHolds(_ row: Statement, of entry: Entry) -> Bool {
        var textBytes = 0
        for column in 18...22 { textBytes += unsafe row.textBytes(Int32(column)).count }
        encoder.begin(user: user, entry: entry, textBytes: textBytes)
        for column in 18...22 { _ = unsafe encoder.put(text: row.textBytes(Int32(column))) }
        encoder.finishContent()
        guard let occurrence = UInt32(exactly: row.integer(5)) else { return false }
        let digest = encoder.digest(occurrence: occurrence)
        let stored = unsafe row.blobBytes(1)
        guard stored.count == Digest128.byteCount else { return false }
        let low = unsafe UInt64(littleEndian: stored.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        let high = unsafe UInt64(littleEndian: stored.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        return digest.low == low && digest.high == high
    }
}
