import CommandLine
import Money
import Services
import Time
import Valuation

/// Values over time as tables for people; the same numbers as in JSON, cut for reading.
enum ValueText {
    static func render(_ report: ValueReport) -> [UInt8] {
        let (decimals, code) = (report.currency.decimals, report.currency.displayCode)
        var table = TextTable([
            .left("asset"), .decimal("quantity"), .decimal("price"), .right("price age"),
            .decimal("value \(code)"),
        ])
        for balance in report.balances {
            table.append([
                balance.asset.displayCode, balance.quantity.description,
                ReportText.price(balance.price?.price, decimals: decimals),
                ReportText.age(of: balance.price, at: report.time),
                ReportText.money(balance.value, decimals: decimals),
            ])
        }
        let lines = table.isEmpty ? Array("nothing was held at \(report.time)\n".utf8) : table.render()
        var total = "total \(ReportText.money(report.total, decimals: decimals)) \(code) at \(report.time)\n"
        if !report.unpriced.isEmpty {
            let codes = report.unpriced.map(\.displayCode).joined(separator: ", ")
            total += "no price for \(codes), which are not in the total: coffer prices import FILE\n"
        }
        return lines + Array(total.utf8)
    }

    static func render(_ history: ValueHistory) -> [UInt8] {
        let (decimals, code) = (history.currency.decimals, history.currency.displayCode)
        var table = TextTable([
            .left("time"), .decimal("value \(code)"), .decimal("in"), .decimal("out"), .left("remarks"),
        ])
        for point in history.points {
            var remarks: [String] = []
            if point.unpriced > 0 { remarks.append("\(point.unpriced) without a price") }
            if !point.coverage.isZero {
                remarks.append("\(ReportText.money(point.coverage, decimals: decimals)) newly priced")
            }
            if point.isStale { remarks.append("stale") }
            table.append([
                point.time.description, ReportText.money(point.value, decimals: decimals),
                point.inflow.isZero ? "" : ReportText.money(point.inflow, decimals: decimals),
                point.outflow.isZero ? "" : ReportText.money(point.outflow, decimals: decimals),
                remarks.joined(separator: ", "),
            ])
        }
        return table.render() + unpriced(history.unpriced)
    }

    static func render(_ report: PerformanceReport) -> [UInt8] {
        let figures = report.figures
        let (decimals, code) = (report.currency.decimals, report.currency.displayCode)
        func money(_ amount: Amount?) -> String {
            amount.map { ReportText.money($0, decimals: decimals) + " " + code } ?? "-"
        }
        func moment(_ moment: ValueMoment) -> String { money(moment.value) + " at \(moment.time)" }
        func day(_ day: DayReturn?) -> String { day.map { "\(percent($0.fraction)) on \($0.day)" } ?? "-" }
        var rows = [
            ("range", "\(figures.start) to \(figures.end), days of \(report.zone)"),
            ("starting value", money(figures.startingValue)), ("ending value", money(figures.endingValue)),
            ("money in", money(figures.inflows)), ("money out", money(figures.outflows)),
            ("change without flows", money(figures.absoluteChange)),
            ("relative change (Dietz)", percent(figures.relativeChange)),
            ("time-weighted return", percent(figures.timeWeightedReturn)),
            ("  a year", percent(figures.annualizedTimeWeightedReturn)),
            ("money-weighted return, a year", percent(figures.moneyWeightedReturn)),
            ("highest value", moment(figures.highest)), ("lowest value", moment(figures.lowest)),
            ("maximum drawdown", drawdown(figures.maxDrawdown)),
            ("volatility, a year", percent(figures.volatility)), ("Sharpe ratio", ratio(figures.sharpe)),
            ("Sortino ratio", ratio(figures.sortino)), ("best day", day(figures.bestDay)),
            ("worst day", day(figures.worstDay)),
        ]
        if !report.coverage.isZero {
            rows.insert(("  of which newly priced holdings", money(report.coverage)), at: 5)
        }
        if let benchmark = report.benchmark {
            let figures = benchmark.figures
            let mix = benchmark.parts.map { "\(percent($0.fraction)) \($0.asset.displayCode)" }
            rows += [
                ("benchmark", mix.joined(separator: ", ")),
                ("  time-weighted return", percent(figures.timeWeightedReturn)),
                ("  volatility, a year", percent(figures.volatility)),
                ("  excess return", percent(figures.excessReturn)),
                ("  tracking error, a year", percent(figures.trackingError)),
                ("  beta, correlation", "\(ratio(figures.beta)), \(ratio(figures.correlation))"),
                ("  same flows would be worth", money(figures.sameFlowsEndingValue)),
            ]
        }
        var table = TextTable([.left("figure"), .left("")])
        for (name, text) in rows { table.append([name, text]) }
        var notes: [String] = []
        if report.isStale {
            notes.append("prices used were older than they may be on some days: coffer prices status")
        }
        if let time = figures.brokenAt {
            notes.append("more than everything was lost at \(time): returns cannot be linked over that")
        }
        return table.render() + contributions(report) + Array(notes.map { $0 + "\n" }.joined().utf8)
            + unpriced(report.unpriced)
    }

    private static func contributions(_ report: PerformanceReport) -> [UInt8] {
        guard !report.contributions.isEmpty else { return [] }
        let (decimals, code) = (report.currency.decimals, report.currency.displayCode)
        var table = TextTable([
            .left("asset"), .decimal("start \(code)"), .decimal("end \(code)"), .decimal("put in"),
            .decimal("gain"),
            .right("contribution"),
        ])
        for row in report.contributions {
            let figures = row.figures
            table.append([
                row.asset.displayCode, ReportText.money(figures.change.startingValue, decimals: decimals),
                ReportText.money(figures.change.endingValue, decimals: decimals),
                ReportText.money(figures.change.netFlows, decimals: decimals),
                ReportText.money(figures.gain, decimals: decimals), percent(figures.contribution),
            ])
        }
        return [UInt8(ascii: "\n")] + table.render()
    }

    private static func drawdown(_ drawdown: Drawdown?) -> String {
        guard let drawdown else { return "-" }
        guard let peak = drawdown.peak, let trough = drawdown.trough else {
            return percent(drawdown.fraction)
        }
        let end = drawdown.recovery.map { ", made good by \($0.day)" } ?? ", not made good"
        return "\(percent(drawdown.fraction)) from \(peak.day) to \(trough.day)\(end)"
    }

    /// A fraction of one as a percentage to two decimals, for reading only.
    private static func percent(_ fraction: Amount?) -> String {
        guard let fraction else { return "-" }
        // What is too large for a percentage is shown as the fraction that it is.
        guard let percent = try? fraction.multiplied(by: Amount(whole: 100)) else { return "\(fraction)" }
        return ReportText.money(percent, decimals: 2) + " %"
    }

    private static func ratio(_ ratio: Amount?) -> String { ReportText.money(ratio, decimals: 2) }

    private static func unpriced(_ assets: [UnpricedAsset]) -> [UInt8] {
        guard !assets.isEmpty else { return [] }
        let names = assets.map { unpriced in
            unpriced.asset.displayCode + (unpriced.pricedSince.map { " before \($0)" } ?? "")
        }
        return Array("no price for \(names.joined(separator: ", ")): coffer prices import FILE\n".utf8)
    }
}
