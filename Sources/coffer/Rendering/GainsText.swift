import CommandLine
import CostBasis
import Ledger
import Money
import Services
import Time

/// The report of gains as tables for people.
enum GainsText {
    /// Gives the report in pieces.
    ///
    /// - Throws: what the closure throws.
    static func render(_ report: GainsReport, _ write: ([UInt8]) throws -> Void) rethrows {
        try disposals(report)?.render { try write($0) }
        var lines = report.disposals.isEmpty ? [] : [UInt8(ascii: "\n")]
        lines += render(years: report)
        lines += assets(report)
        lines += income(report)
        lines += yearEnds(report)
        try write(lines + ReportText.problems(report.problems))
    }

    private static func disposals(_ report: GainsReport) -> TextTable? {
        guard !report.disposals.isEmpty else { return nil }
        let decimals = report.currency.decimals
        let code = report.currency.displayCode
        let isApart = report.fees == .apart
        var columns: [TextTable.Column] = [
            .left("entry"), .left("date"), .left("kind"), .left("asset"), .decimal("quantity"),
            .decimal("proceeds \(code)"),
        ]
        if isApart { columns.append(.decimal("fee \(code)")) }
        var table = TextTable(columns + [.decimal("cost \(code)"), .decimal("gain \(code)"), .left("term")])
        func money(_ amount: Amount?) {
            table.append(rendering: { ReportText.render(amount, decimals: decimals, into: &$0) })
        }
        for disposal in report.disposals {
            table.append(String(disposal.entry.raw))
            table.append(rendering: { disposal.day.render(into: &$0) })
            table.append(disposal.kind.name)
            table.append(disposal.asset.displayCode)
            table.append(rendering: { disposal.quantity.render(into: &$0) })
            money(disposal.proceeds)
            if isApart { money(disposal.fee) }
            money(disposal.cost)
            money(disposal.gain)
            table.append(term(of: disposal))
        }
        return table
    }

    private static func term(of disposal: DisposalView) -> String {
        guard disposal.isTaxable else { return "not taxed" }
        // Nearly all have nothing further to tell.
        if disposal.denied.isZero, !disposal.lots.contains(where: \.isExempt) { return disposal.term ?? "" }
        var words = [disposal.term ?? ""]
        if disposal.lots.contains(where: \.isExempt) {
            words.append(disposal.lots.allSatisfy(\.isExempt) ? "exempt" : "partly exempt")
        }
        if !disposal.denied.isZero { words.append("loss denied") }
        return words.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The totals of each year, with the method that they follow.
    static func render(years report: GainsReport) -> [UInt8] {
        guard !report.years.isEmpty else { return Array("no realised gains\n".utf8) }
        var lines = totals(
            "year",
            report.years.map { (String($0.year), $0.totals) },
            report
        )
        let missing = report.years.reduce(0) { $0 + $1.totals.incomplete }
        let left = missing == 0 ? "" : "; \(missing) disposals without a price are left out"
        var words = "by \(report.method), \(report.scope)"
        for change in report.changes { words += ", \(change.word) from \(change.from)" }
        if report.zone != "UTC" { words += "; days of \(report.zone)" }
        lines += Array("\(words)\(left)\n".utf8)
        return lines
    }

    private static func assets(_ report: GainsReport) -> [UInt8] {
        guard report.assets.count > 1 else { return [] }
        return [UInt8(ascii: "\n")]
            + totals("asset", report.assets.map { ($0.asset.displayCode, $0.totals) }, report)
    }

    /// A table of sums; columns that hold nothing but zeros are left out where most readers need none.
    private static func totals(
        _ title: String,
        _ rows: [(name: String, totals: GainTotals)],
        _ report: GainsReport
    ) -> [UInt8] {
        let code = report.currency.displayCode
        var columns: [(title: String, value: (GainTotals) -> Amount)] = [
            ("proceeds \(code)", \.proceeds), ("cost \(code)", \.cost), ("gain \(code)", \.gain),
            ("short term", \.shortGain), ("long term", \.longGain),
        ]
        if report.fees == .apart { columns.insert(("fees \(code)", \.fees), at: 1) }
        if rows.contains(where: { !$0.totals.exemptGain.isZero }) { columns.append(("exempt", \.exemptGain)) }
        if rows.contains(where: { !$0.totals.denied.isZero }) { columns.append(("loss denied", \.denied)) }
        var table = TextTable([.left(title)] + columns.map { .decimal($0.title) })
        for row in rows {
            table.append(
                [row.name]
                    + columns.map {
                        ReportText.money($0.value(row.totals), decimals: report.currency.decimals)
                    }
            )
        }
        return table.render()
    }

    private static func income(_ report: GainsReport) -> [UInt8] {
        guard !report.income.isEmpty else { return [] }
        let decimals = report.currency.decimals
        let code = report.currency.displayCode
        var table = TextTable([
            .left("date"), .left("income"), .left("asset"), .decimal("quantity"), .decimal("value \(code)"),
        ])
        for income in report.income {
            table.append([
                income.day.description, income.kind.name, income.asset.displayCode,
                income.quantity.description, ReportText.money(income.value, decimals: decimals),
            ])
        }
        var sums = TextTable([
            .left("year"), .left("income"), .right("receipts"), .decimal("value \(code)"),
        ])
        for total in report.incomeTotals {
            sums.append([
                String(total.year), total.kind.name,
                String(total.count) + (total.incomplete > 0 ? " + \(total.incomplete) without a price" : ""),
                ReportText.money(total.value, decimals: decimals),
            ])
        }
        return [UInt8(ascii: "\n")] + table.render() + [UInt8(ascii: "\n")] + sums.render()
    }

    private static func yearEnds(_ report: GainsReport) -> [UInt8] {
        let decimals = report.currency.decimals
        let code = report.currency.displayCode
        var lines: [UInt8] = []
        for year in report.yearEnds {
            lines += Array("\nheld at the end of \(year.year), \(year.time)\n".utf8)
            guard !year.holdings.isEmpty else {
                lines += Array("nothing\n".utf8)
                continue
            }
            var table = TextTable([
                .left("asset"), .decimal("quantity"), .decimal("cost \(code)"), .right("price age"),
                .decimal("value \(code)"),
            ])
            for holding in year.holdings {
                table.append([
                    holding.asset.displayCode, holding.quantity.description,
                    ReportText.money(holding.cost, decimals: decimals),
                    ReportText.age(of: holding.price, at: year.time),
                    ReportText.money(holding.value, decimals: decimals),
                ])
            }
            lines += table.render()
        }
        return lines
    }
}
