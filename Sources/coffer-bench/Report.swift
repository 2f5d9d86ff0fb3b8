import CommandLine
import JSON

/// What a run found, as a table and as JSON.
struct Report {
    let machine: Machine
    let isQuick: Bool
    private(set) var figures: [Figure] = []
    var skipped: [(part: String, reason: String)] = []

    init(machine: Machine, isQuick: Bool) {
        self.machine = machine
        self.isQuick = isQuick
    }

    mutating func add(
        _ key: String,
        _ name: String,
        _ value: Double,
        _ unit: String,
        decimals: Int = 0,
        bar: Bar? = nil,
        isLowerBound: Bool = false
    ) {
        let figure = Figure(
            key: key,
            name: name,
            value: value,
            unit: unit,
            decimals: decimals,
            bar: bar,
            isLowerBound: isLowerBound
        )
        figures.append(figure)
        Terminal.remark("  \(name): \(figure.shownText) \(unit)")
    }

    func table() -> [UInt8] {
        var table = TextTable([
            .left("figure"), .right("value"), .left("unit"), .left("bar"), .left("reached"),
        ])
        for figure in figures {
            table.append([
                figure.name, figure.shownText, figure.unit,
                figure.bar?.text(decimals: figure.decimals) ?? "",
                figure.reachedText,
            ])
        }
        return table.render()
    }

    func json() -> [UInt8] {
        var json = JSONWriter(style: .pretty)
        json.beginObject()
        json.key("machine")
        machine.write(to: &json)
        json.key("quick")
        json.bool(isQuick)
        json.array("figures", figures) { json, figure in Report.write(figure, to: &json) }
        json.objects("skipped", skipped) { json, skipped in
            json.key("part")
            json.string(skipped.part)
            json.key("reason")
            json.string(skipped.reason)
        }
        json.endObject()
        return json.finish()
    }

    private static func write(_ figure: Figure, to json: inout JSONWriter) {
        json.beginObject()
        json.key("key")
        json.string(figure.key)
        json.key("name")
        json.string(figure.name)
        json.key("value")
        json.number(text: figure.valueText)
        json.key("lower_bound")
        json.bool(figure.isLowerBound)
        json.key("unit")
        json.string(figure.unit)
        json.key("bar")
        json.string(orNull: figure.bar?.text(decimals: figure.decimals))
        json.key("reached")
        if let isReached = figure.isReached { json.bool(isReached) } else { json.null() }
        json.endObject()
    }
}
