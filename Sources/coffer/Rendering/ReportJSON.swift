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

    static func render(_ report: GainsReport) -> [UInt8] {
        let decimals = report.currency.decimals
        var json = JSONWriter()
        json.beginObject()
        json.key("method")
        json.string(report.method)
        json.key("scope")
        json.string(report.scope)
        json.key("currency")
        json.string(report.currency.displayCode)
        json.array("disposals", report.disposals) { json, disposal in
            json.disposal(disposal, decimals: decimals)
        }
        json.objects("by_year", report.years) { json, year in
            json.key("year")
            json.integer(year.year)
            json.money(
                [
                    ("proceeds", year.proceeds), ("cost", year.cost), ("gain", year.gain),
                    ("short_term", year.shortGain), ("long_term", year.longGain),
                ],
                decimals: decimals
            )
            json.key("incomplete")
            json.integer(year.incomplete)
        }
        json.objects("income", report.income) { json, income in
            json.key("entry")
            json.string(String(income.entry.raw))
            json.key("time")
            json.time(income.time)
            json.key("asset")
            json.string(income.asset.displayCode)
            json.key("quantity")
            json.amount(income.quantity)
            json.key("value")
            json.amount(income.value, minimumDecimals: decimals)
            json.key("stale")
            json.bool(income.isStale)
            json.key("kind")
            json.string(income.kind.name)
        }
        json.problems(report.problems)
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    /// Writes keys with money.
    fileprivate mutating func money(_ members: [(String, Amount?)], decimals: Int) {
        for (name, amount) in members {
            key(name)
            self.amount(amount, minimumDecimals: decimals)
        }
    }

    fileprivate mutating func problems(_ problems: [ReportProblem]) {
        objects("problems", problems) { json, problem in
            json.key("entry")
            json.string(String(problem.entry.raw))
            json.key("time")
            json.time(problem.time)
            json.key("code")
            json.string(problem.code)
            json.key("message")
            json.string(problem.message)
        }
    }

    fileprivate mutating func disposal(_ disposal: DisposalView, decimals: Int) {
        beginObject()
        key("entry")
        string(String(disposal.entry.raw))
        key("time")
        time(disposal.time)
        key("kind")
        string(disposal.kind.name)
        key("asset")
        string(disposal.asset.displayCode)
        key("account")
        string(orNull: disposal.account)
        key("quantity")
        amount(disposal.quantity)
        money(
            [("proceeds", disposal.proceeds), ("cost", disposal.cost), ("gain", disposal.gain)],
            decimals: decimals
        )
        key("term")
        string(orNull: disposal.term)
        key("taxable")
        bool(disposal.isTaxable)
        key("uncovered")
        amount(disposal.uncovered)
        key("stale")
        bool(disposal.isStale)
        key("incomplete")
        bool(disposal.isIncomplete)
        objects("lots", disposal.lots) { json, lot in
            json.key("lot_id")
            json.string(lot.lotID)
            json.key("acquired_at")
            json.time(lot.acquiredAt)
            json.key("quantity")
            json.amount(lot.quantity)
            json.key("cost")
            json.amount(lot.cost, minimumDecimals: decimals)
            json.key("term")
            json.string(lot.term)
        }
        endObject()
    }
}
