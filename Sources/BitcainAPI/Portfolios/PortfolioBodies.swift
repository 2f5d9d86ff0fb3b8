import JSON
import Money
import MoneyJSON
import Services
import Valuation

extension BitcainBodies {
    static func portfolios(_ views: [PortfolioView]) -> [UInt8] {
        var json = JSONWriter(capacity: views.count * 600)
        json.beginArray()
        for view in views { portfolio(view, to: &json) }
        json.endArray()
        return json.finish()
    }

    static func portfolio(_ view: PortfolioView) -> [UInt8] {
        var json = JSONWriter(capacity: 600)
        portfolio(view, to: &json)
        return json.finish()
    }

    /// A portfolio in the order of the published model.
    private static func portfolio(_ view: PortfolioView, to json: inout JSONWriter) {
        let info = view.info
        json.beginObject()
        json.key("portfolio_id")
        json.string(info.uuid)
        json.key("user_id")
        json.string(view.owner)
        json.key("name")
        json.string(info.title)
        json.key("description")
        json.string(orNull: info.description)
        json.key("total_value_usd")
        json.amount(view.figures.total)
        json.shares("target_allocations", view.targets)
        json.shares("current_allocations", view.figures.shares)
        json.key("last_rebalanced_at")
        json.time(info.rebalanced?.cutToSecond)
        json.key("is_active")
        json.bool(info.isActive)
        json.key("created_at")
        json.time(info.created.cutToSecond)
        json.key("updated_at")
        json.time(info.updated.cutToSecond)
        json.key("risk_tolerance")
        json.string(info.risk.rawValue)
        json.key("status")
        json.string(view.status.rawValue)
        json.key("is_default")
        json.bool(info.isDefault)
        gain(view.figures, to: &json)
        json.array("tags", view.tags) { json, tag in json.string(tag) }
        json.endObject()
    }

    static func analytics(_ analytics: PortfolioAnalytics, limit: Amount) -> [UInt8] {
        let (view, report) = (analytics.view, analytics.report)
        var json = JSONWriter()
        json.beginObject()
        json.key("portfolio_id")
        json.string(view.info.uuid)
        json.key("total_value_usd")
        json.amount(view.figures.total)
        json.key("allocation_drift")
        json.beginObject()
        for row in view.allocation.rows where view.allocation.hasTargets {
            json.key(row.asset.displayCode)
            json.amount(Ratio.of(row.part.drift, to: .one))
        }
        json.endObject()
        json.key("rebalance_needed")
        json.bool(view.allocation.largestDrift > limit)
        gain(view.figures, to: &json)
        json.key("volatility")
        json.amount(report?.figures.volatility)
        json.key("max_drawdown")
        json.amount(report?.figures.maxDrawdown?.fraction)
        json.key("sharpe_ratio")
        json.amount(report?.figures.sharpe)
        json.key("sortino_ratio")
        json.amount(report?.figures.sortino)
        json.key("stale")
        json.bool(view.figures.isStale)
        json.array("unpriced", view.allocation.leftOut) { json, left in json.string(left.code) }
        json.endObject()
        return json.finish()
    }

    private static func gain(_ figures: PortfolioFigures, to json: inout JSONWriter) {
        json.key("total_return")
        json.amount(figures.gain)
        json.key("total_return_percentage")
        json.amount(figures.hasHistory ? Ratio.percent(figures.relativeGain) : .zero)
    }
}

extension Ratio {
    /// A fraction in per cent, to eight decimals.
    static func percent(_ fraction: Amount?) -> Amount? {
        percentage(of: fraction, to: .one)
    }
}

extension JSONWriter {
    /// Writes a member that is an object of shares, which are numbers and keep all of their digits.
    fileprivate mutating func shares(_ name: StaticString, _ shares: [AllocationShare]) {
        key(name)
        beginObject()
        for share in shares {
            key(share.code)
            number(text: share.fraction.description)
        }
        endObject()
    }
}
