import CommandLine
import JSON
import Money
import MoneyJSON
import Services

/// What `coffer lots --rebuild` says.
enum RebuildReport {
    static func renderText(_ summary: LotSummary, currency: Asset) -> [UInt8] {
        var text =
            "\(summary.lots) lots, \(summary.matched) disposals covered by lots, \(summary.unmatched) not wholly\n"
        guard let difference = summary.difference else {
            text += "nothing was computed before to compare with\n"
            return Array(text.utf8)
        }
        guard !difference.isEmpty else {
            text += "nothing differs from what was there\n"
            return Array(text.utf8)
        }
        for (name, items) in [("lots", difference.lots), ("disposals", difference.disposals)] {
            for (word, ids) in [
                ("appeared", items.appeared), ("vanished", items.vanished), ("changed", items.changed),
            ] where !ids.isEmpty {
                let more = ids.count > 20 ? ", … (\(ids.count))" : ""
                text += "\(name) \(word): \(ids.prefix(20).joined(separator: ", "))\(more)\n"
            }
        }
        var table = TextTable([
            .left("\(currency.displayCode)"), .right("lots"), .right("disposals"),
            .decimal("cost of open lots"),
            .decimal("proceeds"), .decimal("cost"), .decimal("gain"),
        ])
        for (name, totals) in [("before", difference.before), ("now", difference.after)] {
            table.append(
                [name, String(totals.lots), String(totals.disposals)]
                    + [totals.openCost, totals.proceeds, totals.cost, totals.gain].map {
                        ReportText.money($0, decimals: currency.decimals)
                    }
            )
        }
        return Array(text.utf8) + table.render()
    }

    static func renderJSON(_ summary: LotSummary, currency: Asset) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("lots")
        json.integer(summary.lots)
        json.key("matched")
        json.integer(summary.matched)
        json.key("unmatched")
        json.integer(summary.unmatched)
        json.key("currency")
        json.string(currency.displayCode)
        json.key("difference")
        if let difference = summary.difference {
            json.beginObject()
            json.key("lots")
            json.items(difference.lots)
            json.key("disposals")
            json.items(difference.disposals)
            json.key("before")
            json.totals(difference.before, decimals: currency.decimals)
            json.key("after")
            json.totals(difference.after, decimals: currency.decimals)
            json.endObject()
        } else {
            json.null()
        }
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    fileprivate mutating func items(_ items: LotDifference.Items) {
        beginObject()
        key("count")
        integer(items.count)
        array("appeared", items.appeared) { json, id in json.string(id) }
        array("vanished", items.vanished) { json, id in json.string(id) }
        array("changed", items.changed) { json, id in json.string(id) }
        endObject()
    }

    fileprivate mutating func totals(_ totals: LotDifference.Totals, decimals: Int) {
        beginObject()
        key("lots")
        integer(totals.lots)
        key("disposals")
        integer(totals.disposals)
        money(
            [
                ("open_cost", totals.openCost), ("proceeds", totals.proceeds), ("cost", totals.cost),
                ("gain", totals.gain),
            ],
            decimals: decimals
        )
        endObject()
    }
}
