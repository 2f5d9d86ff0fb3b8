import CommandLine
import Money
import Services
import Valuation

/// Portfolios as tables for people; the same numbers as in JSON, cut for reading.
enum PortfolioText {
    static func render(_ views: [PortfolioView]) -> [UInt8] {
        var table = TextTable([
            .left("name"), .left("status"), .decimal("value USD"), .decimal("gain USD"), .right("gain"),
            .left("risk"), .left("tags"), .left("id"),
        ])
        for view in views {
            table.append([
                view.info.title + (view.info.isDefault ? " (default)" : ""), view.status.rawValue,
                ReportText.money(view.figures.total, decimals: 2),
                ReportText.money(view.figures.gain, decimals: 2), percent(view.figures.relativeGain),
                view.info.risk.rawValue, view.tags.joined(separator: ", "), view.info.uuid,
            ])
        }
        let unpriced = Set(views.flatMap { $0.figures.unpriced.map(\.displayCode) }).sorted()
        guard !unpriced.isEmpty else { return table.render() }
        let words = "no price for \(unpriced.joined(separator: ", ")), which are not in the values\n"
        return table.render() + Array(words.utf8)
    }

    static func targets(_ view: PortfolioView) -> [UInt8] {
        guard !view.targets.isEmpty else {
            return Array("portfolio \(view.info.title) has no targets\n".utf8)
        }
        var table = TextTable([.left("asset"), .right("target")])
        for target in view.targets { table.append([target.code, percent(target.fraction)]) }
        return table.render()
    }

    static func drift(_ view: PortfolioView) -> [UInt8] {
        var table = TextTable([
            .left("asset"), .decimal("quantity"), .decimal("value USD"), .right("share"), .right("target"),
            .right("drift"),
        ])
        for row in view.allocation.rows {
            table.append([
                row.asset.displayCode, row.part.quantity.description,
                ReportText.money(row.part.value, decimals: 2), percent(row.part.current),
                view.allocation.hasTargets ? percent(row.part.target) : "-",
                view.allocation.hasTargets ? percent(row.part.drift) : "-",
            ])
        }
        let lines = table.isEmpty ? Array("nothing is held and nothing aimed at\n".utf8) : table.render()
        return lines + leftOut(view)
    }

    private static func leftOut(_ view: PortfolioView) -> [UInt8] {
        view.allocation.leftOut.flatMap { left in
            Array("left out: \(left.quantity) \(left.code), since \(left.reason)\n".utf8)
        }
    }

    static func render(_ plan: RebalancePlan) -> [UInt8] {
        guard plan.plan.isNeeded, !plan.trades.isEmpty else {
            let words =
                plan.view.allocation.hasTargets
                ? "portfolio \(plan.view.info.title) is where its targets are"
                : "portfolio \(plan.view.info.title) has no targets: coffer portfolio set --targets"
            return Array((words + "\n").utf8) + leftOut(plan.view)
        }
        var table = TextTable([
            .left("side"), .left("asset"), .decimal("quantity"), .decimal("price"), .decimal("value USD"),
            .decimal("fee USD"),
        ])
        for one in plan.trades {
            table.append([
                one.trade.side.rawValue, one.asset.displayCode, one.trade.quantity.description,
                ReportText.price(one.trade.price, decimals: 2),
                ReportText.money(one.trade.value, decimals: 2), ReportText.money(one.trade.fee, decimals: 2),
            ])
        }
        let words =
            "cash \(ReportText.money(plan.plan.cashBefore, decimals: 2)) USD before, "
            + "\(ReportText.money(plan.plan.cashAfter, decimals: 2)) USD after; nothing was traded: when it is done, "
            + "coffer portfolio set --rebalanced notes it\n"
        return table.render() + Array(words.utf8) + leftOut(plan.view)
    }

    /// A fraction in per cent with two decimals.
    private static func percent(_ fraction: Amount?) -> String {
        guard let fraction, let percent = try? fraction.multiplied(by: Amount(whole: 100)) else { return "-" }
        return ReportText.money(percent, decimals: 2) + " %"
    }
}
