import JSON
import Money
import MoneyJSON
import Services
import Valuation

/// Portfolios as JSON, with the names that bitcain's API has for the same numbers.
enum PortfolioJSON {
    static func render(_ views: [PortfolioView]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.array("portfolios", views) { json, view in render(view, to: &json) }
        json.endObject()
        return json.finish()
    }

    static func render(_ view: PortfolioView) -> [UInt8] {
        var json = JSONWriter()
        render(view, to: &json)
        return json.finish()
    }

    private static func render(_ view: PortfolioView, to json: inout JSONWriter) {
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
        json.key("target_allocations")
        shares(view.targets, to: &json)
        json.key("current_allocations")
        shares(view.figures.shares, to: &json)
        json.key("last_rebalanced_at")
        json.time(info.rebalanced)
        json.key("is_active")
        json.bool(info.isActive)
        json.key("created_at")
        json.time(info.created)
        json.key("updated_at")
        json.time(info.updated)
        json.key("risk_tolerance")
        json.string(info.risk.rawValue)
        json.key("status")
        json.string(view.status.rawValue)
        json.key("is_default")
        json.bool(info.isDefault)
        json.key("total_return")
        json.amount(view.figures.gain)
        json.key("total_return_fraction")
        json.amount(view.figures.relativeGain)
        json.array("tags", view.tags) { json, tag in json.string(tag) }
        json.key("stale")
        json.bool(view.figures.isStale)
        json.array("unpriced", view.figures.unpriced) { json, asset in json.string(asset.displayCode) }
        json.endObject()
    }

    private static func shares(_ shares: [AllocationShare], to json: inout JSONWriter) {
        json.beginObject()
        for share in shares {
            json.key(share.code)
            json.amount(share.fraction)
        }
        json.endObject()
    }

    static func targets(_ view: PortfolioView) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("portfolio_id")
        json.string(view.info.uuid)
        json.key("target_allocations")
        shares(view.targets, to: &json)
        json.endObject()
        return json.finish()
    }

    static func drift(_ view: PortfolioView) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        allocation(view, to: &json)
        json.endObject()
        return json.finish()
    }

    private static func allocation(_ view: PortfolioView, to json: inout JSONWriter) {
        json.key("portfolio_id")
        json.string(view.info.uuid)
        json.key("status")
        json.string(view.status.rawValue)
        json.key("total_value_usd")
        json.amount(view.allocation.allocation.total)
        json.key("largest_drift")
        // Without targets nothing can drift.
        let hasTargets = view.allocation.hasTargets
        json.amount(hasTargets ? view.allocation.largestDrift : nil)
        json.objects("assets", view.allocation.rows) { json, row in
            json.key("asset")
            json.string(row.asset.displayCode)
            for (name, amount) in [
                ("quantity", row.part.quantity), ("price_usd", row.part.price),
                ("value_usd", row.part.value), ("current", row.part.current),
                ("target", hasTargets ? row.part.target : nil), ("drift", hasTargets ? row.part.drift : nil),
            ] as [(String, Amount?)] {
                json.key(name)
                json.amount(amount)
            }
        }
        json.objects("left_out", view.allocation.leftOut) { json, left in
            json.key("asset")
            json.string(left.code)
            json.key("quantity")
            json.amount(left.quantity)
            json.key("target")
            json.amount(left.target)
            json.key("reason")
            json.string(left.reason)
        }
    }

    static func render(_ plan: RebalancePlan) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        allocation(plan.view, to: &json)
        json.key("is_needed")
        json.bool(plan.plan.isNeeded)
        json.objects("trades", plan.trades) { json, one in
            json.key("side")
            json.string(one.trade.side.rawValue)
            json.key("asset")
            json.string(one.asset.displayCode)
            for (name, amount) in [
                ("quantity", one.trade.quantity), ("price_usd", one.trade.price),
                ("value_usd", one.trade.value), ("fee_usd", one.trade.fee),
            ] {
                json.key(name)
                json.amount(amount)
            }
        }
        for (name, amount) in [
            ("cash_before_usd", plan.plan.cashBefore), ("cash_after_usd", plan.plan.cashAfter),
            ("fees_usd", plan.plan.fees),
        ] {
            json.key(name)
            json.amount(amount)
        }
        json.endObject()
        return json.finish()
    }
}
