import JSON
import Money
import MoneyJSON
import Services
import Time

/// The bodies of bitcain's untyped answers, keys in the documented order, money as text.
enum BitcainBodies {
    static func balances(_ report: ValuedBalances, exchange: String, time: Timestamp) -> [UInt8] {
        var json = JSONWriter(capacity: 256 + report.balances.count * 160)
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("exchange")
        json.string(exchange)
        json.objects("balances", report.balances) { json, balance in
            json.key("asset")
            json.string(balance.asset.displayCode)
            json.key("free")
            json.amount(balance.quantity)
            json.key("locked")
            json.amount(.zero)
            json.key("total")
            json.amount(balance.quantity)
            json.priced(balance)
        }
        json.key("total_value_usd")
        json.amount(report.total)
        json.key("timestamp")
        json.time(time)
        json.endObject()
        return json.finish()
    }

    static func aggregate(_ report: VenueTotals, time: Timestamp) -> [UInt8] {
        var json = JSONWriter(capacity: 256 + report.all.balances.count * 160)
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("total_value_usd")
        json.amount(report.all.total)
        json.objects("exchanges", report.venues) { json, venue in
            json.key("exchange")
            json.string(venue.venue)
            json.key("total_value_usd")
            json.amount(venue.total)
            json.key("asset_count")
            json.integer(venue.assets)
        }
        json.objects("assets", report.all.balances) { json, balance in
            json.key("asset")
            json.string(balance.asset.displayCode)
            json.key("quantity")
            json.amount(balance.quantity)
            json.priced(balance)
            json.key("allocation")
            json.amount(Ratio.of(balance.value, to: report.all.total))
        }
        json.key("timestamp")
        json.time(time)
        json.endObject()
        return json.finish()
    }

    static func costBasis(_ report: Positions) -> [UInt8] {
        var json = JSONWriter(capacity: 512 + report.positions.count * 320)
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("method")
        json.string(report.method.uppercased())
        json.objects("positions", report.positions) { json, position in
            json.key("asset")
            json.string(position.asset.displayCode)
            json.key("quantity")
            json.amount(position.quantity)
            json.key("cost_basis_usd")
            json.amount(position.cost)
            json.key("average_cost_usd")
            json.amount(Ratio.of(position.cost, to: position.quantity, decimals: Amount.scale))
            json.key("market_value_usd")
            json.amount(position.value)
            json.key("unrealized_pnl_usd")
            json.amount(position.unrealised)
            json.key("unrealized_pnl_percentage")
            json.amount(Ratio.percentage(of: position.unrealised, to: position.cost))
            json.key("realized_pnl_usd")
            json.amount(position.realised)
            json.key("price_time")
            json.time(position.price?.time)
            json.key("stale")
            if let price = position.price { json.bool(price.isStale) } else { json.null() }
        }
        json.key("totals")
        json.beginObject()
        for (name, amount) in [
            ("cost_basis_usd", report.cost), ("market_value_usd", report.value),
            ("unrealized_pnl_usd", report.unrealised), ("realized_pnl_usd", report.realised),
        ] {
            json.key(name)
            json.amount(amount)
        }
        json.endObject()
        json.endObject()
        return json.finish()
    }

    static func lots(_ lots: [LotView]) -> [UInt8] {
        var json = JSONWriter(capacity: 128 + lots.count * 240)
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("count")
        json.integer(lots.count)
        json.objects("lots", lots) { json, lot in
            json.key("lot_id")
            json.string(lot.id)
            json.key("asset")
            json.string(lot.asset.displayCode)
            json.key("acquired_at")
            json.time(lot.acquiredAt)
            json.key("quantity")
            json.amount(lot.quantity)
            json.key("remaining_quantity")
            json.amount(lot.remaining)
            json.key("unit_cost_usd")
            json.amount(lot.unitCost)
            json.key("cost_basis_usd")
            json.amount(lot.cost)
            json.key("source")
            json.string(lot.venue.isEmpty ? "csv" : lot.venue + "_csv")
            json.key("is_closed")
            json.bool(lot.remaining.isZero)
        }
        json.endObject()
        return json.finish()
    }

    static func rebuild(_ summary: LotSummary, time: Timestamp) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("lots_created")
        json.integer(summary.lots)
        json.key("disposals_matched")
        json.integer(summary.matched)
        json.key("unmatched_disposals")
        json.integer(summary.unmatched)
        json.key("rebuilt_at")
        json.time(time.cutToSecond)
        json.endObject()
        return json.finish()
    }
}

/// Ratios for display, rounded half-even; nil where they have no meaning.
enum Ratio {
    static func of(_ part: Amount?, to whole: Amount?, decimals: Int = 8) -> Amount? {
        guard let part, let whole, !whole.isZero else { return nil }
        // A ratio of 10²⁰ or more has no use for display and is left away.
        return try? part.divided(by: whole).rounded(toDecimals: decimals)
    }

    static func percentage(of part: Amount?, to whole: Amount?) -> Amount? {
        guard let part, let whole, !whole.isZero else { return nil }
        // As above.
        return try? part.multiplied(by: Amount(whole: 100), dividedBy: whole).rounded(toDecimals: 8)
    }
}

extension JSONWriter {
    /// Writes price, its time and whether it is stale, and the value.
    fileprivate mutating func priced(_ balance: ValuedBalance) {
        key("price_usd")
        amount(balance.price?.price)
        key("value_usd")
        amount(balance.value)
        key("price_time")
        time(balance.price?.time)
        key("stale")
        if let price = balance.price { bool(price.isStale) } else { null() }
    }
}
