import CostBasis
import JSON
import Ledger
import Money
import MoneyJSON
import Services
import Time

/// The JSON of explained disposals, as `docs/reports.md` lists its keys.
enum ExplanationJSON {
    static func render(_ explanation: GainsExplanation) -> [UInt8] {
        let decimals = explanation.report.currency.decimals
        var json = JSONWriter()
        json.beginObject()
        json.choices(of: explanation.report)
        json.objects("disposals", explanation.disposals) { json, explained in
            json.disposal(explained.disposal, decimals: decimals)
            json.key("explanation")
            json.beginObject()
            json.key("value")
            json.amount(explained.disposal.value, minimumDecimals: decimals)
            json.key("value_from")
            json.explanation(explained.value)
            json.key("fee_from")
            if let fee = explained.fee { json.explanation(fee) } else { json.null() }
            json.array("days_held", explained.disposal.lots) { json, lot in
                json.integer(Int(explained.disposal.day.number - lot.heldSince.number))
            }
            json.problems(explained.problems)
            json.endObject()
        }
        json.problems(explanation.otherProblems)
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    fileprivate mutating func explanation(_ value: ValueExplanation) {
        beginObject()
        key("origin")
        string(value.origin.name)
        key("quantity")
        amount(value.quantity)
        key("asset")
        string(orNull: value.asset?.displayCode)
        key("whole")
        amount(value.whole)
        objects("prices", value.steps) { json, step in
            json.key("base")
            json.string(step.base.displayCode)
            json.key("quote")
            json.string(step.quote.displayCode)
            json.key("price")
            json.amount(step.price)
            json.key("inverted")
            json.bool(step.isInverted)
            json.key("time")
            json.time(step.time)
            json.key("age_seconds")
            json.integer(Int(step.ageSeconds))
            json.key("stale")
            json.bool(step.isStale)
            json.key("source")
            json.string(step.source)
        }
        endObject()
    }
}

extension ValueOrigin {
    /// The word in JSON.
    fileprivate var name: String {
        switch self {
        case .none: "none"
        case .stated: "stated"
        case .fiatLeg: "money"
        case .priceOfOutgoing: "price_of_outgoing"
        case .priceOfIncoming: "price_of_incoming"
        case .priceOfFee: "price_of_fee"
        case .impliedByTrade: "part_of_trade"
        case .missing: "missing"
        }
    }
}
