import Ledger
import Money

extension CoinbaseMapper {
    mutating func exchange(
        _ row: CSVRow,
        _ fields: Fields,
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        var kind = EntryKind.trade
        if case .exchange(let named) = fields.action { kind = named }
        guard let told = CoinbaseNote.conversion(fields.note) else {
            let half = CoinbaseHalf(
                line: fields.line,
                time: fields.time,
                title: fields.title,
                action: fields.action,
                asset: fields.asset,
                amount: fields.quantity.magnitude,
                isOut: fields.quantity.isNegative,
                value: value(fields),
                reference: fields.reference,
                comment: fields.note
            )
            guard let other = halves.match(half) else { return }
            try emit(joined(other, half, kind))
            return
        }
        if told.from != fields.asset, told.to == fields.asset {
            log.add(
                issue(
                    row,
                    columns.notes ?? columns.type,
                    .notice,
                    "other_side",
                    expected: "",
                    "This is the other side of an exchange whose row of \(told.from) makes the entry."
                )
            )
            return
        }
        guard told.from == fields.asset else {
            log.add(
                issue(
                    row,
                    columns.notes ?? columns.type,
                    .error,
                    "bad_note",
                    expected: "Converted … \(fields.asset.uppercased()) to …",
                    "The note speaks of another asset than the row; correct one of them."
                )
            )
            return
        }
        _ = assets.read(told.to)
        var entry = draft(fields, kind)
        entry.outgoing = DraftLeg(amount: fields.quantity.magnitude, asset: fields.asset, account: account)
        entry.incoming = DraftLeg(amount: told.amount, asset: told.to, account: account)
        entry.value = value(fields)
        try emit(entry)
    }

    /// The entry of two rows; the first gives line and texts, the received side the value.
    private func joined(_ first: CoinbaseHalf, _ second: CoinbaseHalf, _ kind: EntryKind) -> DraftEntry {
        let (out, back) = first.isOut ? (first, second) : (second, first)
        return DraftEntry(
            line: first.line,
            time: first.time,
            kind: kind,
            incoming: DraftLeg(amount: back.amount, asset: back.asset, account: account),
            outgoing: DraftLeg(amount: out.amount, asset: out.asset, account: account),
            value: back.value ?? out.value,
            reference: first.reference,
            exchange: "Coinbase",
            comment: first.comment.isEmpty ? second.comment : first.comment
        )
    }

    /// What becomes of rows whose other side did not come.
    func settle(
        _ halves: [CoinbaseHalf],
        _ log: inout IssueLog,
        _ emit: (DraftEntry) throws -> Void
    ) throws {
        for half in halves {
            var entry = DraftEntry(
                line: half.line,
                time: half.time,
                kind: half.isOut ? .withdrawal : .deposit,
                value: half.value,
                reference: half.reference,
                exchange: "Coinbase",
                comment: half.comment
            )
            let leg = DraftLeg(amount: half.amount, asset: half.asset, account: account)
            if half.isOut { entry.outgoing = leg } else { entry.incoming = leg }
            let isDust = half.action == .dust && half.isOut && half.value != nil
            if isDust, let value = half.value {
                entry.kind = .trade
                entry.incoming =
                    value.amount.isZero
                    ? nil
                    : DraftLeg(amount: value.amount, asset: value.asset, account: settlement(value.asset))
                try emit(entry)
                continue
            }
            let isMigration = half.action == .exchange(.migration)
            log.add(
                RowIssue(
                    line: half.line,
                    column: columnName(columns.notes ?? columns.type),
                    code: "missing_side",
                    severity: isMigration ? .warning : .error,
                    found: CellText.shown(half.comment.utf8),
                    expected: "a note such as Converted 0.1 BTC to 2 ETH, or a row of the other side",
                    message: isMigration
                        ? "The row of the other asset is not in the file, so this is read as a \(entry.kind.name); "
                            + "export the whole period."
                        : "Neither the note nor another row of that second says what the other side of this "
                            + "\(half.title) was; complete the note or export the whole period."
                )
            )
            if isMigration { try emit(entry) }
        }
    }
}
