import Ledger
import Money
import Time

/// What an entry is worth in the report's currency.
extension Engine {
    /// The worth of a leg by its own amount or a price, or nil when no price is known.
    private func price(_ leg: BookLeg, origin: ValueOrigin) -> Worth? {
        if leg.asset == currency {
            return Worth(amount: leg.amount.raw, tags: WorthTags(origin: origin, isOwnMoney: true))
        }
        guard let quote = valuer.value(of: leg.amount, asset: assets[Int(leg.asset)], at: time) else {
            return nil
        }
        // A worth below zero is no worth.
        guard !quote.amount.isNegative else { return nil }
        return Worth(amount: quote.amount.raw, tags: WorthTags(origin: origin, isStale: quote.isStale))
    }

    private func isMoney(_ leg: BookLeg) -> Bool {
        leg.asset == currency || isFiat[Int(leg.asset)]
    }

    /// The one value of both sides of a trade, before fees.
    ///
    /// The order: a value stated in the report's currency, a leg in it, a value stated otherwise, a fiat leg, the price of
    /// the out leg, the price of the in leg. Then none, which is reported and counts as zero.
    mutating func valueOfExchange(_ row: BookRow) -> Worth {
        if let value = row.value, value.asset == currency {
            return Worth(amount: value.amount.raw, tags: WorthTags(origin: .stated))
        }
        if let leg = row.outgoing, leg.asset == currency {
            return Worth(amount: leg.amount.raw, tags: WorthTags(origin: .fiatLeg))
        }
        if let leg = row.incoming, leg.asset == currency {
            return Worth(amount: leg.amount.raw, tags: WorthTags(origin: .fiatLeg))
        }
        if let value = row.value, let worth = price(value, origin: .stated) { return worth }
        if let leg = row.outgoing, isMoney(leg), let worth = price(leg, origin: .fiatLeg) { return worth }
        if let leg = row.incoming, isMoney(leg), let worth = price(leg, origin: .fiatLeg) { return worth }
        if let leg = row.outgoing, carriesLots(leg), let worth = price(leg, origin: .priceOfOutgoing) {
            return worth
        }
        if let leg = row.incoming, carriesLots(leg), let worth = price(leg, origin: .priceOfIncoming) {
            return worth
        }
        if let leg = carriesLots(row.outgoing) ? row.outgoing : row.incoming { reportMissingPrice(leg) }
        return Worth(tags: WorthTags(origin: .missing, lacksPrice: true))
    }

    /// The value of one leg that came or went alone: as stated, else its own money, else its price.
    mutating func valueOfSingle(_ leg: BookLeg, stated: BookLeg?, origin: ValueOrigin) -> Worth {
        if let stated, let worth = price(stated, origin: .stated) { return worth }
        if let worth = price(leg, origin: isMoney(leg) ? .fiatLeg : origin) { return worth }
        reportMissingPrice(leg)
        return Worth(tags: WorthTags(origin: .missing, lacksPrice: true))
    }

    /// The worth of the fee; zero when there is none.
    ///
    /// A fee in an asset of the trade itself is worth its part of the trade's value, any other its price.
    mutating func valueOfFee(_ row: BookRow, of trade: Worth) throws(OutOfRange) -> Worth {
        guard let fee = row.fee, fee.amount.raw > 0 else { return Worth() }
        if fee.asset != currency, !isFiat[Int(fee.asset)], trade.isKnown, trade.tags.origin != .none {
            if let leg = row.outgoing, leg.asset == fee.asset, leg.amount.raw > 0 {
                return try implied(trade, part: fee.amount.raw, of: leg.amount.raw)
            }
            if let leg = row.incoming, leg.asset == fee.asset, leg.amount.raw > 0 {
                return try implied(trade, part: fee.amount.raw, of: leg.amount.raw)
            }
        }
        if row.outgoing == nil, row.incoming == nil, let stated = row.value,
            let worth = price(stated, origin: .stated)
        {
            return worth
        }
        if let worth = price(fee, origin: isMoney(fee) ? .fiatLeg : .priceOfFee) { return worth }
        reportMissingPrice(fee)
        return Worth(tags: WorthTags(origin: .missing, lacksPrice: true))
    }

    private func implied(_ trade: Worth, part: Int128, of whole: Int128) throws(OutOfRange) -> Worth {
        do throws(MoneyError) {
            let amount = try Amount.multiplyDivide(trade.amount, part, dividedBy: whole)
            return Worth(
                amount: amount.raw,
                tags: WorthTags(origin: .impliedByTrade, isStale: trade.tags.isStale)
            )
        } catch {
            throw OutOfRange()
        }
    }

    private mutating func reportMissingPrice(_ leg: BookLeg) {
        report(.missingPrice, leg, quantity: leg.amount.raw)
    }
}
