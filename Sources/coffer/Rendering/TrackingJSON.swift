import JSON
import Ledger
import Money
import MoneyJSON
import Services
import Storage

/// What is tracked as JSON; docs/tracking.md lists the keys.
enum TrackingJSON {
    static func render(_ addresses: [TrackedAddress]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.array("addresses", addresses) { json, address in render(address, to: &json) }
        json.endObject()
        return json.finish()
    }

    static func render(_ address: TrackedAddress) -> [UInt8] {
        var json = JSONWriter()
        render(address, to: &json)
        return json.finish()
    }

    private static func render(_ address: TrackedAddress, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.integer(Int(address.id.raw))
        json.key("title")
        json.string(address.title)
        json.key("currency")
        json.string(address.currency.displayCode)
        json.key("address")
        json.string(address.address)
        json.key("is_invalid")
        json.bool(address.isInvalid)
        json.key("is_ready")
        json.bool(address.isReady)
        json.key("latest_error")
        json.string(orNull: address.latestError)
        json.key("created_at")
        json.time(address.created)
        json.key("updated_at")
        json.time(address.updated)
        json.key("refreshed_at")
        json.time(address.refreshed)
        json.key("next_refresh")
        json.time(address.nextRefresh)
        json.array("balances", address.balances) { json, balance in
            json.beginObject()
            json.key("currency")
            json.string(balance.currency.displayCode)
            json.key("balance")
            json.amount(balance.balance)
            json.key("received")
            json.amount(balance.received)
            json.key("sent")
            json.amount(balance.sent)
            json.key("transactions")
            if let count = balance.transactions { json.integer(Int(count)) } else { json.null() }
            json.key("source")
            json.string(balance.source)
            json.endObject()
        }
        json.endObject()
    }

    static func render(_ offsets: [TrackedOffset]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.array("offsets", offsets) { json, offset in render(offset, to: &json) }
        json.endObject()
        return json.finish()
    }

    static func render(_ offset: TrackedOffset) -> [UInt8] {
        var json = JSONWriter()
        render(offset, to: &json)
        return json.finish()
    }

    private static func render(_ offset: TrackedOffset, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.integer(Int(offset.id.raw))
        json.key("title")
        json.string(offset.title)
        json.key("created_at")
        json.time(offset.created)
        json.key("updated_at")
        json.time(offset.updated)
        json.array("balances", offset.balances) { json, balance in
            json.beginObject()
            json.key("currency")
            json.string(balance.currency.displayCode)
            json.key("balance")
            json.amount(balance.balance)
            json.endObject()
        }
        json.endObject()
    }

    static func render(
        _ portfolio: TrackedPortfolio,
        _ sums: [BalanceRow],
        _ converted: [BalanceRow]
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("id")
        json.integer(Int(portfolio.id.raw))
        json.key("title")
        json.string(portfolio.title)
        json.array("currencies", Array(zip(sums, converted))) { json, pair in
            json.beginObject()
            json.key("currency")
            json.string(pair.0.currency.displayCode)
            json.key("balance")
            json.amount(pair.0.balance)
            json.key("converted")
            json.amount(pair.1.balance)
            json.key("stale")
            json.bool(pair.1.isStale)
            json.array("unpriced", pair.1.unpriced) { json, asset in json.string(asset.displayCode) }
            json.endObject()
        }
        json.endObject()
        return json.finish()
    }
}
