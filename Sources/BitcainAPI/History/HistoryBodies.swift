import JSON
import Money
import MoneyJSON
import Services
import Time
import Valuation

extension BitcainBodies {
    static func history(_ history: PortfolioHistory) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + history.points.count * 360)
        json.beginArray()
        for point in history.points {
            json.beginObject()
            json.key("id")
            json.string(point.uuid)
            json.key("user_id")
            json.string(history.owner)
            json.key("portfolio_id")
            json.string(orNull: history.portfolio)
            json.key("total_value")
            json.amount(point.value)
            json.key("currency")
            json.string(history.currency.displayCode)
            json.key("recorded_at")
            json.time(point.time.cutToSecond)
            json.key("created_at")
            json.time(point.time.cutToSecond)
            json.key("metadata")
            json.beginObject()
            json.key("source")
            json.string(point.source.rawValue)
            json.key("stale")
            json.bool(point.isStale)
            json.key("unpriced")
            json.integer(point.unpriced)
            if point.source == .recorded {
                json.key("ledger_value")
                json.amount(point.ledgerValue)
            }
            json.endObject()
            json.endObject()
        }
        json.endArray()
        return json.finish()
    }

    /// The header of an exported history.
    private static let csvHeader = "recorded_at,portfolio_id,total_value,currency\r\n"

    static func historyCSV(_ history: PortfolioHistory) -> [UInt8] {
        var csv = Array(csvHeader.utf8)
        csv.reserveCapacity(history.points.count * 96)
        for point in history.points {
            point.time.cutToSecond.render(into: &csv)
            csv.append(UInt8(ascii: ","))
            csv += Array((history.portfolio ?? "").utf8)
            csv.append(UInt8(ascii: ","))
            point.value.render(into: &csv)
            // Codes of assets need no quotes: they have neither commas nor quotation marks.
            csv += Array(("," + history.currency.displayCode + "\r\n").utf8)
        }
        return csv
    }

    static func dayValues(_ values: [DayValue], days: Int, currency: String) -> [UInt8] {
        var json = JSONWriter(capacity: 128 + values.count * 96)
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("days")
        json.integer(days)
        json.key("currency")
        json.string(currency)
        json.objects("points", values) { json, value in
            json.key("date")
            json.string { value.day.render(into: &$0) }
            json.key("total_value_usd")
            json.amount(value.value)
            json.key("stale")
            json.bool(value.isStale)
            json.key("unpriced")
            json.integer(value.unpriced)
        }
        json.endObject()
        return json.finish()
    }

    /// The figures of a performance in the order of the published model, which has no other keys.
    ///
    /// What had no price or an old one is told by the history of the same time, point by point.
    static func performance(_ report: PerformanceReport, timeframe: HistoryTimeframe) -> [UInt8] {
        let figures = report.figures
        var json = JSONWriter(capacity: 700)
        json.beginObject()
        json.key("period_start")
        json.time(figures.start.cutToSecond)
        json.key("period_end")
        json.time(figures.end.cutToSecond)
        json.key("timeframe")
        json.string(timeframe.rawValue)
        for (name, amount) in [
            ("starting_value", figures.startingValue), ("ending_value", figures.endingValue),
            ("current_value", figures.endingValue), ("highest_value", figures.highest.value),
            ("lowest_value", figures.lowest.value), ("absolute_change", figures.absoluteChange),
            ("absolute_gain", figures.absoluteChange),
            ("percentage_change", Ratio.percent(figures.relativeChange)),
            ("percentage_gain", Ratio.percent(figures.relativeChange)),
        ] as [(String, Amount?)] {
            json.key(name)
            json.amount(amount)
        }
        json.key("is_profitable")
        json.bool(figures.absoluteChange.isPositive)
        json.key("return_rate")
        json.amount(figures.timeWeightedReturn)
        json.key("max_drawdown")
        json.amount(figures.maxDrawdown?.fraction)
        json.key("volatility")
        json.amount(figures.volatility)
        json.key("total_data_points")
        json.integer(figures.pointCount)
        json.key("currency")
        json.string(report.currency.displayCode)
        json.endObject()
        return json.finish()
    }
}
