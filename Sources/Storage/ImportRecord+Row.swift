import Time

extension ImportRecord {
    /// The import of a row with the columns in the order of `Connection.importColumns`.
    init(_ row: Statement) {
        id = ImportID(raw: row.integer(0))
        draft = ImportDraft(
            user: UserID(raw: row.integer(1)),
            fileName: row.text(3),
            format: row.text(4),
            refused: Int(row.integer(5))
        )
        state = ImportState(rawValue: row.text(2)) ?? .abandoned
        inserted = Int(row.integer(6))
        existing = Int(row.integer(7))
        created = Timestamp(microseconds: row.integer(8))
        committed = row.optionalInteger(9).map { Timestamp(microseconds: $0) }
        undone = row.optionalInteger(10).map { Timestamp(microseconds: $0) }
    }
}
