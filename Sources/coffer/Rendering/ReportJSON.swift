import CostBasis
import JSON
import Ledger
import Money
import MoneyJSON
import Services
import Time

/// The JSON of the reports, as `docs/reports.md` lists its keys.
///
/// Codes are upper case, ids are texts, years are integers, money is text with the currency's decimals or more where
/// exactness needs them, and what is absent is null.
enum ReportJSON {
    static func render(_ report: HoldingsReport) -> [UInt8] {
        let decimals = report.currency.decimals
        var json = JSONWriter()
        json.beginObject()
        json.objects("balances", report.holdings) { json, holding in
            json.key("asset")
            json.string(holding.asset.displayCode)
            json.key("quantity")
            json.amount(holding.quantity)
            json.key("price")
            json.amount(holding.price?.price, minimumDecimals: decimals)
            json.key("price_time")
            json.time(holding.price?.time)
            json.key("stale")
            if let price = holding.price { json.bool(price.isStale) } else { json.null() }
            json.key("value")
            json.amount(holding.value, minimumDecimals: decimals)
            json.key("cost")
            json.amount(holding.cost, minimumDecimals: decimals)
            json.key("unrealised")
            json.amount(holding.unrealised, minimumDecimals: decimals)
        }
        json.key("currency")
        json.string(report.currency.displayCode)
        json.key("time")
        json.time(report.time)
        json.key("total_value")
        json.amount(report.totalValue, minimumDecimals: decimals)
        json.array("unpriced", report.unpriced) { json, asset in json.string(asset.displayCode) }
        json.problems(report.problems)
        json.endObject()
        return json.finish()
    }

    static func render(lots: [LotView], currency: Asset) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.objects("lots", lots) { json, lot in
            json.key("lot_id")
            json.string(lot.id)
            json.key("asset")
            json.string(lot.asset.displayCode)
            json.key("account")
            json.string(orNull: lot.account)
            json.key("in_transit")
            json.bool(lot.isInTransit)
            json.key("acquired_at")
            json.time(lot.acquiredAt)
            json.key("quantity")
            json.amount(lot.quantity)
            json.key("remaining")
            json.amount(lot.remaining)
            json.key("unit_cost")
            json.amount(lot.unitCost, minimumDecimals: currency.decimals)
            json.key("cost")
            json.amount(lot.cost, minimumDecimals: currency.decimals)
            json.key("currency")
            json.string(currency.displayCode)
            json.key("stale")
            json.bool(lot.isStale)
            json.key("incomplete")
            json.bool(lot.isIncomplete)
        }
        json.key("currency")
        json.string(currency.displayCode)
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    /// Writes keys with money.
    mutating func money(_ members: [(String, Amount?)], decimals: Int) {
        for (name, amount) in members {
            key(name)
            self.amount(amount, minimumDecimals: decimals)
        }
    }

    mutating func problems(_ problems: [ReportProblem]) {
        objects("problems", problems) { json, problem in
            json.key("entry")
            json.string(orNull: problem.entry.map { String($0.raw) })
            json.key("time")
            json.time(problem.time)
            json.key("code")
            json.string(problem.code)
            json.key("message")
            json.string(problem.message)
        }
    }
}
