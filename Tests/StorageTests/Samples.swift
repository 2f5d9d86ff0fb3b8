import Ledger
import Money
import Testing
import Time

@testable import Storage

/// The user, account and rows that tests work with.
struct Sample {
    let database: Database
    let user: UserID
    let account: AccountID

    init(options: DatabaseOptions = DatabaseOptions()) throws {
        database = try Database.open(folder: TemporaryFolder.data, options: options)
        (user, account) = try database.writeAndWait { transaction in
            let user = try transaction.addUser(name: "Ada", role: .owner).id
            return (user, try transaction.account(of: user, name: "Coinbase", venue: "coinbase"))
        }
    }

    /// A purchase in the n-th second; equal numbers give equal content.
    func row(_ number: Int, second: Int, amount: Int = 1, reference: String = "") -> ImportRow {
        ImportRow(
            entry: Entry(
                id: EntryID(raw: Int64(number)),
                time: Timestamp(seconds: 1_600_000_000 + Int64(second)),
                kind: .trade,
                incoming: Leg(amount: Amount(whole: Int32(amount)), asset: AssetID(raw: 1), account: account),
                outgoing: Leg(amount: Amount(whole: 100), asset: AssetID(raw: 2), account: nil),
                fee: Leg(
                    amount: Amount(unchecked: 2_990_000_000_000_000_000),
                    asset: AssetID(raw: 2),
                    account: nil
                ),
                value: AssetAmount(amount: Amount(whole: 100), asset: AssetID(raw: 2))
            ),
            texts: EntryTexts(reference: reference, exchange: "Coinbase")
        )
    }

    /// Rows with the seconds given, numbered from 0.
    func rows(seconds: [Int]) -> [ImportRow] {
        seconds.enumerated().map { row($0, second: $1) }
    }

    /// A small import of the user.
    @discardableResult
    func importRows(_ rows: [ImportRow]) throws -> (record: ImportRecord, verdicts: [RowVerdict]) {
        let user = user
        return try database.writeAndWait { transaction in
            try transaction.importOnce(ImportDraft(user: user, fileName: "a.csv", format: "test"), rows: rows)
        }
    }

    /// The live entries in order.
    func live() throws -> [StoredEntry] {
        try database.read { connection throws(StorageError) in try connection.entries(of: user, limit: .max) }
    }

    func check() throws -> CheckReport {
        try database.read { connection throws(StorageError) in try connection.check() }
    }

    /// Changes the file behind the program's back.
    func tamper(_ sql: String) throws {
        try database.writeAndWait { transaction in try transaction.connection.execute(sql) }
    }
}

func storageError(_ body: () throws -> Void) -> StorageError? {
    do {
        try body()
        return nil
    } catch {
        return error as? StorageError
    }
}
