import Ledger
public import Venues

extension ExchangeEvent {
    /// The event as an entry to import, held in an account.
    public func draft(line: Int, account: String, venue: String) -> DraftEntry {
        let inside = DraftAccount.named(account)
        // The payment of a purchase goes out, that of a sale comes in; it is the leg with the value's asset.
        func leg(_ money: ExchangeMoney?) -> DraftLeg? {
            money.map { money in
                let isPayment = kind == .trade && isPaidOutside && money.asset == value?.asset
                return DraftLeg(
                    amount: money.amount,
                    asset: money.asset,
                    account: isPayment ? .outside : inside
                )
            }
        }
        return DraftEntry(
            line: line,
            time: time,
            kind: kind,
            incoming: leg(incoming),
            outgoing: leg(outgoing),
            fee: leg(fee),
            value: value.map { DraftValue(amount: $0.amount, asset: $0.asset) },
            reference: id,
            exchange: venue,
            comment: note
        )
    }
}
