import Money

/// What was paid for a buy or received for a sale, and the fee beside it.
struct CoinbasePayment {
    /// The amounts of a row, without signs except the fees.
    struct Cells {
        let subtotal: Amount?
        let total: Amount?
        let fees: Amount?
        let currency: String?
    }

    /// Without the fee.
    var amount: Amount
    var fee: Amount = .zero
    var asset: String
    var value: DraftValue?
    /// Whether subtotal and fees are far from the total.
    var differs = false

    /// The payment that the cells tell; nil when neither subtotal nor total is there.
    ///
    /// - Throws: `MoneyError.overflow` when the fee takes a sum out of range.
    init?(_ cells: Cells, currency: String, isBuy: Bool) throws(MoneyError) {
        asset = currency
        let subtotal = cells.subtotal ?? .zero
        let total = cells.total ?? .zero
        guard cells.subtotal != nil || cells.total != nil else { return nil }
        if subtotal.isZero {
            // The fee is inside the total, and told only if its cell is filled.
            fee = cells.fees?.magnitude ?? .zero
            let rest = isBuy ? try total.subtracting(fee) : try total.adding(fee)
            if rest.isNegative || total.isZero { fee = .zero }
            amount = rest.isNegative || total.isZero ? total : rest
        } else {
            amount = subtotal
            let difference = isBuy ? try total.subtracting(subtotal) : try subtotal.subtracting(total)
            if let stated = cells.fees {
                fee = stated.magnitude
                // A negative fee is either written so or a rebate; the total tells which, by the side it lies on.
                if stated.isNegative, !total.isZero, difference.isNegative {
                    let rebated = isBuy ? try subtotal.subtracting(fee) : try subtotal.adding(fee)
                    amount = max(.zero, rebated)
                    fee = .zero
                } else if !total.isZero {
                    let gap = try difference.subtracting(fee).raw.magnitude
                    differs = gap > UInt128(Amount.one.raw / 20) && gap > total.raw.magnitude / 100
                }
            } else if !total.isZero, difference.isPositive {
                fee = difference
            }
        }
        value = DraftValue(amount: amount, asset: currency)
    }

    /// The payment in a currency that only the note names; its amount includes the fee.
    init(_ told: CoinbaseNote.Payment, _ cells: Cells, quantity: Amount, isBuy: Bool) {
        asset = told.asset
        amount = told.amount
        let subtotal = cells.subtotal ?? .zero
        let total = cells.total ?? .zero
        var gross = told.amount
        // A product out of range cannot be a price that was paid; the note's amount stands then.
        if let rate = told.rate {
            gross = (try? rate.multiplied(by: quantity)) ?? told.amount
        } else if !subtotal.isZero, !total.isZero {
            gross = (try? told.amount.multiplied(by: subtotal, dividedBy: total)) ?? told.amount
        }
        // Neither is below zero, so their difference is in range.
        let difference = isBuy ? told.amount.raw - gross.raw : gross.raw - told.amount.raw
        // A fee of more than a tenth is no fee: the rate then speaks of something else.
        if difference > 0, difference < told.amount.raw / 10 {
            amount = gross
            fee = Amount(unchecked: difference)
        }
        if let currency = cells.currency, let stated = [subtotal, total].first(where: { !$0.isZero }) {
            value = DraftValue(amount: stated, asset: currency)
        }
    }
}
