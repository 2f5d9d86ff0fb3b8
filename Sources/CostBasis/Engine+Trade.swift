import Ledger
import Money

extension Engine {
    /// Coins bought or sold for money of the report's currency, which most entries are, in short.
    ///
    /// Does exactly what `exchange` does with such an entry. False, and nothing done, when the entry is of another sort or
    /// has something in it that must be refused.
    @inline(__always)
    mutating func tradeForOwnMoney(_ row: borrowing BookRowView) -> Bool {
        guard isOwnMoneyFiat, kinds.isExchange(row.kindNumber) else { return false }
        guard let out = row.outgoing, let into = row.incoming else { return false }
        let isPurchase = out.asset == currency
        let coin = isPurchase ? into : out
        let cash = isPurchase ? out : into
        guard cash.asset == currency, carriesLots(coin), !cash.amount.isNegative else { return false }
        var worth = Worth(amount: cash.amount.raw, tags: WorthTags(origin: .fiatLeg))
        if let stated = row.value {
            guard stated.asset == currency, !stated.amount.isNegative else { return false }
            worth = Worth(amount: stated.amount.raw, tags: WorthTags(origin: .stated))
        }
        var fee = Worth()
        if let leg = row.fee {
            guard leg.asset == currency, !leg.amount.isNegative else { return false }
            fee = Worth(amount: leg.amount.raw, tags: WorthTags(origin: .fiatLeg, isOwnMoney: true))
        }
        guard let total = turnover(with: worth.amount, fee.amount) else { return false }
        if isPurchase, !canHold(coin.amount.raw, more: coin.asset) { return false }
        let place = pair(of: coin)
        let signed = isPurchase ? coin.amount.raw : -coin.amount.raw
        guard coin.isOutside || add(signed, toBalance: place) else { return false }
        turnover = total
        let stock = StockID.held(isUniversal ? Int(coin.asset) : place)
        if isPurchase {
            worth.add(fee)
            acquire(coin, .incoming, cost: worth, in: stock)
        } else {
            dispose(coin, .outgoing, value: worth, fee: fee, treatment: .taxable, from: stock)
            checkOverdrawn(coin, place)
        }
        return true
    }
}
