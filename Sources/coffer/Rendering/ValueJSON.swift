import JSON
import Money
import MoneyJSON
import Services
import Time
import Valuation

/// The JSON of values over time, as `docs/reports.md` and `docs/performance.md` list its keys.
enum ValueJSON {
    static func render(_ report: ValueReport) -> [UInt8] {
        let decimals = report.currency.decimals
        var json = JSONWriter()
        json.beginObject()
        json.key("time")
        json.time(report.time)
        json.key("currency")
        json.string(report.currency.displayCode)
        json.key("total_value")
        json.amount(report.total, minimumDecimals: decimals)
        json.key("stale")
        json.bool(report.isStale)
        json.objects("balances", report.balances) { json, balance in
            json.key("asset")
            json.string(balance.asset.displayCode)
            json.key("quantity")
            json.amount(balance.quantity)
            json.key("price")
            json.amount(balance.price?.price, minimumDecimals: decimals)
            json.key("price_time")
            json.time(balance.price?.time)
            json.key("stale")
            if let price = balance.price { json.bool(price.isStale) } else { json.null() }
            json.key("value")
            json.amount(balance.value, minimumDecimals: decimals)
        }
        json.array("unpriced", report.unpriced) { json, asset in json.string(asset.displayCode) }
        json.endObject()
        return json.finish()
    }

    static func render(_ history: ValueHistory, step: HistoryStep) -> [UInt8] {
        let decimals = history.currency.decimals
        var json = JSONWriter(capacity: 256 + history.points.count * 128)
        json.beginObject()
        json.key("from")
        json.time(history.points.first?.time)
        json.key("to")
        json.time(history.points.last?.time)
        json.key("step")
        json.string(step.rawValue)
        json.key("timezone")
        json.string(history.zone)
        json.key("currency")
        json.string(history.currency.displayCode)
        json.objects("points", history.points) { json, point in
            json.key("time")
            json.time(point.time)
            json.money(
                [
                    ("value", point.value), ("inflow", point.inflow), ("outflow", point.outflow),
                    ("coverage", point.coverage),
                ],
                decimals: decimals
            )
            json.key("stale")
            json.bool(point.isStale)
            json.key("unpriced")
            json.integer(point.unpriced)
        }
        json.unpriced(history.unpriced)
        json.endObject()
        return json.finish()
    }

    static func render(_ report: PerformanceReport) -> [UInt8] {
        let figures = report.figures
        let decimals = report.currency.decimals
        var json = JSONWriter(capacity: 2048)
        json.beginObject()
        json.key("from")
        json.time(figures.start)
        json.key("to")
        json.time(figures.end)
        json.key("timezone")
        json.string(report.zone)
        json.key("currency")
        json.string(report.currency.displayCode)
        json.money(
            [
                ("starting_value", figures.startingValue), ("ending_value", figures.endingValue),
                ("inflows", figures.inflows), ("outflows", figures.outflows), ("net_flows", figures.netFlows),
                ("coverage", report.coverage), ("absolute_change", figures.absoluteChange),
                ("average_capital", figures.averageCapital),
            ],
            decimals: decimals
        )
        json.fractions([
            ("relative_change", figures.relativeChange),
            ("time_weighted_return", figures.timeWeightedReturn),
            ("time_weighted_return_annualized", figures.annualizedTimeWeightedReturn),
            ("money_weighted_return", figures.moneyWeightedReturn),
            ("money_weighted_return_period", figures.periodMoneyWeightedReturn),
        ])
        json.moment("highest", figures.highest, decimals)
        json.moment("lowest", figures.lowest, decimals)
        json.fractions([("max_drawdown", figures.maxDrawdown?.fraction)])
        for (name, time) in [
            ("max_drawdown_peak", figures.maxDrawdown?.peak),
            ("max_drawdown_trough", figures.maxDrawdown?.trough),
            ("max_drawdown_recovery", figures.maxDrawdown?.recovery),
        ] {
            json.key(name)
            json.time(time)
        }
        json.fractions([
            ("volatility", figures.volatility), ("downside_deviation", figures.downsideDeviation),
            ("sharpe", figures.sharpe), ("sortino", figures.sortino),
        ])
        json.day("best_day", figures.bestDay)
        json.day("worst_day", figures.worstDay)
        json.fractions([
            ("value_at_risk_95", figures.valueAtRisk95), ("value_at_risk_99", figures.valueAtRisk99),
            ("conditional_value_at_risk_95", figures.conditionalValueAtRisk95),
        ])
        for (name, count) in [
            ("points", figures.pointCount), ("calendar_days", figures.calendarDays),
            ("daily_returns", figures.dayCount), ("unlinked_periods", figures.unlinkedCount),
        ] {
            json.key(name)
            json.integer(count)
        }
        json.key("broken_at")
        json.time(figures.brokenAt)
        json.key("stale")
        json.bool(report.isStale)
        json.unpriced(report.unpriced)
        contributions(report, to: &json)
        json.key("benchmark")
        if let benchmark = report.benchmark { render(benchmark, decimals, to: &json) } else { json.null() }
        json.endObject()
        return json.finish()
    }

    private static func contributions(_ report: PerformanceReport, to json: inout JSONWriter) {
        let decimals = report.currency.decimals
        json.objects("contributions", report.contributions) { json, row in
            json.key("asset")
            json.string(row.asset.displayCode)
            json.money(
                [
                    ("starting_value", row.figures.change.startingValue),
                    ("ending_value", row.figures.change.endingValue),
                    ("net_flows", row.figures.change.netFlows), ("gain", row.figures.gain),
                ],
                decimals: decimals
            )
            json.fractions([("contribution", row.figures.contribution)])
        }
        json.money([("unattributed", report.unattributed)], decimals: decimals)
    }

    private static func render(_ benchmark: BenchmarkView, _ decimals: Int, to json: inout JSONWriter) {
        let figures = benchmark.figures
        json.beginObject()
        json.objects("parts", benchmark.parts) { json, part in
            json.key("asset")
            json.string(part.asset.displayCode)
            json.fractions([("fraction", part.fraction)])
        }
        json.fractions([
            ("time_weighted_return", figures.timeWeightedReturn),
            ("time_weighted_return_annualized", figures.annualizedTimeWeightedReturn),
            ("volatility", figures.volatility), ("max_drawdown", figures.maxDrawdown?.fraction),
            ("sharpe", figures.sharpe), ("excess_return", figures.excessReturn),
            ("excess_return_annualized", figures.annualizedExcessReturn),
            ("tracking_error", figures.trackingError), ("information_ratio", figures.informationRatio),
            ("beta", figures.beta), ("alpha", figures.alpha), ("correlation", figures.correlation),
        ])
        json.money(
            [
                ("same_flows_ending_value", figures.sameFlowsEndingValue),
                ("same_flows_difference", figures.sameFlowsDifference),
            ],
            decimals: decimals
        )
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes keys with fractions of one; an absent one is null.
    fileprivate mutating func fractions(_ members: [(String, Amount?)]) {
        for (name, fraction) in members {
            key(name)
            amount(fraction)
        }
    }

    fileprivate mutating func moment(_ name: String, _ moment: ValueMoment, _ decimals: Int) {
        key(name + "_value")
        amount(moment.value, minimumDecimals: decimals)
        key(name + "_time")
        time(moment.time)
    }

    fileprivate mutating func day(_ name: String, _ day: DayReturn?) {
        key(name)
        string(orNull: day?.day.description)
        key(name + "_return")
        amount(day?.fraction)
    }

    fileprivate mutating func unpriced(_ assets: [UnpricedAsset]) {
        objects("unpriced_assets", assets) { json, unpriced in
            json.key("asset")
            json.string(unpriced.asset.displayCode)
            json.key("priced_since")
            json.time(unpriced.pricedSince)
        }
    }
}
