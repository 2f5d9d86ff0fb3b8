import CostBasis
import JSON
import Ledger
import Money
import MoneyJSON
import Services
import Time

/// The JSON of the report of gains, as `docs/reports.md` lists its keys.
enum GainsJSON {
    /// The bytes that are given at once.
    private static let pieceBytes = 65_536

    /// Gives the report and a line end in pieces.
    ///
    /// - Throws: what the closure throws.
    static func render(_ report: GainsReport, _ write: ([UInt8]) throws -> Void) rethrows {
        let decimals = report.currency.decimals
        var json = JSONWriter()
        json.beginObject()
        json.choices(of: report)
        try json.array("disposals", report.disposals) { json, disposal in
            json.beginObject()
            json.disposal(disposal, decimals: decimals)
            json.endObject()
            if let piece = json.take(atLeast: pieceBytes) { try write(piece) }
        }
        json.objects("by_year", report.years) { json, year in
            json.key("year")
            json.integer(year.year)
            json.totals(year.totals, decimals: decimals)
        }
        json.objects("by_asset", report.assets) { json, asset in
            json.key("asset")
            json.string(asset.asset.displayCode)
            json.totals(asset.totals, decimals: decimals)
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
        json.objects("income_by_kind", report.incomeTotals) { json, total in
            json.key("year")
            json.integer(total.year)
            json.key("kind")
            json.string(total.kind.name)
            json.key("value")
            json.amount(total.value, minimumDecimals: decimals)
            json.key("count")
            json.integer(total.count)
            json.key("incomplete")
            json.integer(total.incomplete)
        }
        json.objects("year_end", report.yearEnds) { json, year in json.yearEnd(year, decimals: decimals) }
        json.problems(report.problems)
        json.endObject()
        try write(json.finish() + [UInt8(ascii: "\n")])
    }
}

extension JSONWriter {
    /// Writes what a report of gains was computed by.
    mutating func choices(of report: GainsReport) {
        key("method")
        string(report.method)
        key("scope")
        string(report.scope)
        objects("from", report.changes) { json, change in
            json.key("date")
            json.string(change.from.description)
            json.key("method")
            json.string(orNull: change.isOfMethod ? change.word : nil)
            json.key("scope")
            json.string(orNull: change.isOfMethod ? nil : change.word)
        }
        key("currency")
        string(report.currency.displayCode)
        key("time_zone")
        string(report.zone)
    }

    fileprivate mutating func totals(_ totals: GainTotals, decimals: Int) {
        key("disposals")
        integer(totals.disposals)
        money(
            [
                ("proceeds", totals.proceeds), ("cost", totals.cost), ("fees", totals.fees),
                ("denied", totals.denied), ("gain", totals.gain), ("short_term", totals.shortGain),
                ("long_term", totals.longGain), ("exempt", totals.exemptGain),
            ],
            decimals: decimals
        )
        key("incomplete")
        integer(totals.incomplete)
    }

    fileprivate mutating func yearEnd(_ year: YearEnd, decimals: Int) {
        key("year")
        integer(year.year)
        key("time")
        time(year.time)
        objects("holdings", year.holdings) { json, holding in
            json.key("asset")
            json.string(holding.asset.displayCode)
            json.key("quantity")
            json.amount(holding.quantity)
            json.money([("cost", holding.cost), ("price", holding.price?.price)], decimals: decimals)
            json.key("price_time")
            json.time(holding.price?.time)
            json.key("stale")
            if let price = holding.price { json.bool(price.isStale) } else { json.null() }
            json.money([("value", holding.value)], decimals: decimals)
        }
        money([("total_cost", year.cost), ("total_value", year.value)], decimals: decimals)
    }

    /// Writes the members of a disposal.
    mutating func disposal(_ disposal: DisposalView, decimals: Int) {
        key("entry")
        string(String(disposal.entry.raw))
        key("time")
        time(disposal.time)
        key("date")
        string(disposal.day.description)
        key("kind")
        string(disposal.kind.name)
        key("asset")
        string(disposal.asset.displayCode)
        key("account")
        string(orNull: disposal.account)
        key("quantity")
        amount(disposal.quantity)
        money(
            [
                ("proceeds", disposal.proceeds), ("fee", disposal.fee), ("cost", disposal.cost),
                ("denied", disposal.denied), ("gain", disposal.gain),
            ],
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
            json.key("held_since")
            json.string(lot.heldSince.description)
            json.key("quantity")
            json.amount(lot.quantity)
            json.money(
                [
                    ("unit_cost", lot.unitCost), ("cost", lot.cost), ("proceeds", lot.proceeds),
                    ("gain", lot.gain),
                ],
                decimals: decimals
            )
            json.key("term")
            json.string(lot.term)
            json.key("exempt")
            json.bool(lot.isExempt)
            json.key("rule")
            json.string(lot.rule.name)
        }
    }
}
