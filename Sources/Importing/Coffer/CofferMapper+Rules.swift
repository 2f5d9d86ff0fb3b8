import Ledger
import Money

extension CofferMapper {
    func checkSide(
        _ row: CSVRow,
        _ kind: EntryKind,
        _ rule: LegRule,
        _ side: CofferSide,
        _ column: CofferColumn,
        _ log: inout IssueLog
    ) {
        let word = column == .inAmount ? "in" : "out"
        if case .unnamed = side {
            log.add(missingAsset(row, .inAmount, .inAsset))
            return
        }
        switch (rule, side) {
        case (.required, .none):
            log.add(
                issue(
                    row,
                    max(place(column), 0),
                    .error,
                    "missing_leg",
                    expected: "an amount above zero in \(column.name)",
                    "A \(kind.name) needs something \(word); fill \(column.name), or use another kind."
                )
            )
        case (.required, .zero):
            log.add(
                issue(
                    row,
                    place(column),
                    .error,
                    "zero_amount",
                    expected: "an amount above zero",
                    "A \(kind.name) of nothing means nothing; correct the amount or take the row out."
                )
            )
        case (.forbidden, .given), (.forbidden, .zero):
            log.add(
                issue(
                    row,
                    place(column),
                    .error,
                    "forbidden_leg",
                    expected: "an empty cell",
                    "A \(kind.name) has nothing going \(word); empty the cell, or use another kind such as trade."
                )
            )
        default: break
        }
    }

    func checkAnyLeg(_ entry: DraftEntry, _ row: CSVRow, _ log: inout IssueLog) {
        let hasSide = entry.incoming != nil || entry.outgoing != nil
        let rule = entry.kind.rule
        // Where a leg is required its absence is reported already.
        guard !hasSide, rule.incoming != .required, rule.outgoing != .required else { return }
        guard entry.kind != .fee || entry.fee == nil else { return }
        log.add(
            issue(
                row,
                place(.kind),
                .error,
                "missing_leg",
                expected: "an amount above zero on a side",
                "A \(entry.kind.name) needs something in or out; fill in_amount or out_amount."
            )
        )
    }

    func fillTransfer(
        _ entry: inout DraftEntry,
        _ row: CSVRow,
        _ sides: CofferSides,
        _ account: DraftAccount?,
        _ toAccount: DraftAccount?,
        _ log: inout IssueLog
    ) {
        let from = account ?? options.account.map { .named($0) }
        for (column, place) in [(CofferColumn.account, from), (.toAccount, toAccount)] {
            if case .named = place { continue }
            log.add(
                issue(
                    row,
                    max(self.place(column), 0),
                    .error,
                    "missing_account",
                    expected: "the name of an account",
                    "A transfer needs both accounts; fill \(column.name), or use deposit or withdrawal."
                )
            )
        }
        checkSide(row, .transfer, .required, sides.outgoing, .outAmount, &log)
        guard case .given(let sent, let asset) = sides.outgoing, let from, let toAccount else { return }
        guard from != toAccount else {
            log.add(
                issue(
                    row,
                    place(.toAccount),
                    .error,
                    "same_account",
                    expected: "another account",
                    "A transfer goes from one account to another; correct one of them."
                )
            )
            return
        }
        var arrived = sent
        switch sides.incoming {
        case .none, .bad: break
        case .zero:
            log.add(
                issue(
                    row,
                    place(.inAmount),
                    .error,
                    "zero_amount",
                    expected: "an amount above zero",
                    "Nothing arrives; empty the cell, or use the kind lost or fee."
                )
            )
        case .unnamed(let amount): arrived = amount
        case .given(let amount, let arrivedAsset):
            arrived = amount
            if arrivedAsset != asset {
                log.add(
                    issue(
                        row,
                        place(.inAsset),
                        .error,
                        "asset_differs",
                        expected: asset,
                        "A transfer moves one asset; use trade when another one arrives."
                    )
                )
            }
        }
        guard arrived <= sent else {
            log.add(
                issue(
                    row,
                    place(.inAmount),
                    .error,
                    "arrives_more",
                    expected: "at most \(sent)",
                    "More arrives than was sent; correct one of the amounts."
                )
            )
            return
        }
        entry.outgoing = DraftLeg(amount: arrived, asset: asset, account: from)
        entry.incoming = DraftLeg(amount: arrived, asset: asset, account: toAccount)
        entry.fee = transferFee(
            row,
            lost: Amount(unchecked: sent.raw - arrived.raw),
            asset: asset,
            explicit: sides.fee,
            from: from,
            &log
        )
    }

    private func transferFee(
        _ row: CSVRow,
        lost: Amount,
        asset: String,
        explicit: CofferSide,
        from: DraftAccount,
        _ log: inout IssueLog
    ) -> DraftLeg? {
        guard case .given(let stated, let statedAsset) = explicit else {
            return lost.isZero ? nil : DraftLeg(amount: lost, asset: asset, account: from)
        }
        guard !lost.isZero else { return DraftLeg(amount: stated, asset: statedAsset, account: from) }
        guard statedAsset == asset else {
            log.add(
                issue(
                    row,
                    place(.feeAsset),
                    .error,
                    "fee_differs",
                    expected: asset,
                    "The transfer loses \(lost) \(asset) on its way and has a fee in another asset; "
                        + "write the second fee as a row of its own of kind fee."
                )
            )
            return nil
        }
        guard let sum = try? lost.adding(stated) else {
            // The only way to fail is a sum beyond the range, which the message says.
            log.add(
                issue(
                    row,
                    place(.feeAmount),
                    .error,
                    "out_of_range",
                    expected: "a fee below 10^20 in all",
                    "The fee and what is lost on the way are too large together; correct them."
                )
            )
            return nil
        }
        return DraftLeg(amount: sum, asset: asset, account: from)
    }
}
