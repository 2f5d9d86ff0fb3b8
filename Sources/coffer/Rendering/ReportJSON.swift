import JSON
import Ledger
import Money
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
        json.key("balances")
        json.beginArray()
        for holding in report.holdings {
            json.beginObject()
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
            json.endObject()
        }
        json.endArray()
        json.key("currency")
        json.string(report.currency.displayCode)
        json.key("time")
        json.time(report.time)
        json.key("total_value")
        json.amount(report.totalValue, minimumDecimals: decimals)
        json.key("unpriced")
        json.beginArray()
        for asset in report.unpriced { json.string(asset.displayCode) }
        json.endArray()
        json.key("problems")
        json.problems(report.problems)
        json.endObject()
        return json.finish()
    }

    static func render(lots: [LotView], currency: Asset) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("lots")
        json.beginArray()
        for lot in lots {
            json.beginObject()
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
            json.endObject()
        }
        json.endArray()
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
        json.key("disposals")
        json.beginArray()
        for disposal in report.disposals { json.disposal(disposal, decimals: decimals) }
        json.endArray()
        json.key("by_year")
        json.beginArray()
        for year in report.years {
            json.beginObject()
            json.key("year")
            json.integer(year.year)
            json.money(
                [
                    ("proceeds", year.proceeds), ("cost", year.cost), ("gain", year.gain),
                    ("short_term", year.shortTerm), ("long_term", year.longTerm),
                ],
                decimals: decimals
            )
            json.key("incomplete")
            json.integer(year.incomplete)
            json.endObject()
        }
        json.endArray()
        json.key("income")
        json.beginArray()
        for income in report.income {
            json.beginObject()
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
            json.endObject()
        }
        json.endArray()
        json.key("problems")
        json.problems(report.problems)
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    /// Writes an amount as text, or null.
    mutating func amount(_ amount: Amount?, minimumDecimals: Int = 0) {
        guard let amount else {
            null()
            return
        }
        string { amount.render(into: &$0, minimumDecimals: minimumDecimals) }
    }

    /// Writes an instant as ISO 8601 text, or null.
    mutating func time(_ time: Timestamp?) {
        guard let time else {
            null()
            return
        }
        string { time.render(into: &$0) }
    }

    /// Writes keys with money.
    fileprivate mutating func money(_ members: [(String, Amount?)], decimals: Int) {
        for (name, amount) in members {
            key(name)
            self.amount(amount, minimumDecimals: decimals)
        }
    }

    fileprivate mutating func problems(_ problems: [ReportProblem]) {
        beginArray()
        for problem in problems {
            beginObject()
            key("entry")
            string(String(problem.entry.raw))
            key("time")
            time(problem.time)
            key("code")
            string(problem.code)
            key("message")
            string(problem.message)
            endObject()
        }
        endArray()
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
        key("lots")
        beginArray()
        for lot in disposal.lots {
            beginObject()
            key("lot_id")
            string(lot.lotID)
            key("acquired_at")
            time(lot.acquiredAt)
            key("quantity")
            amount(lot.quantity)
            key("cost")
            amount(lot.cost, minimumDecimals: decimals)
            key("term")
            string(lot.term)
            endObject()
        }
        endArray()
        endObject()
    }
}
