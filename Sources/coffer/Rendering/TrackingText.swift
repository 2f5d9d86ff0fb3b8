import CommandLine
import Ledger
import Money
import Services
import Time

/// What is tracked as tables for people.
enum TrackingText {
    static func render(_ addresses: [TrackedAddress]) -> [UInt8] {
        var table = TextTable([
            .right("id"), .left("title"), .left("address"), .decimal("balance"), .left("of"), .left("read"),
            .left("next"), .left("latest error"),
        ])
        for address in addresses {
            let coin = address.balances.first
            table.append([
                String(address.id.raw), TerminalText.harmless(address.title),
                TerminalText.harmless(address.address), coin?.balance.description ?? "-",
                address.currency.displayCode, address.refreshed?.description ?? "never",
                address.isInvalid ? "never" : address.nextRefresh?.description ?? "now",
                TerminalText.harmless(address.latestError ?? ""),
            ])
            for token in address.balances.dropFirst() {
                let code = token.currency.displayCode
                table.append(["", "", "", token.balance.description, code, "", "", ""])
            }
        }
        return table.isEmpty ? Array("no address is tracked\n".utf8) : table.render()
    }

    static func render(_ offsets: [TrackedOffset]) -> [UInt8] {
        var table = TextTable([
            .right("id"), .left("title"), .decimal("balance"), .left("of"), .left("since"),
        ])
        for offset in offsets {
            let title = TerminalText.harmless(offset.title)
            if offset.balances.isEmpty { table.append([String(offset.id.raw), title, "-", "", ""]) }
            for (place, balance) in offset.balances.enumerated() {
                table.append([
                    place == 0 ? String(offset.id.raw) : "", place == 0 ? title : "",
                    balance.balance.description, balance.currency.displayCode, balance.updated.description,
                ])
            }
        }
        return table.isEmpty ? Array("no offset is stated\n".utf8) : table.render()
    }

    static func render(_ sums: [BalanceRow], _ converted: [BalanceRow]) -> [UInt8] {
        var table = TextTable([.left("currency"), .decimal("held of it"), .decimal("all in it")])
        for (sum, value) in zip(sums, converted) {
            table.append([
                sum.currency.displayCode, sum.balance.description,
                value.balance.description + (value.isStale ? " (stale)" : ""),
            ])
        }
        var lines = table.render()
        for value in converted where !value.unpriced.isEmpty {
            let names = value.unpriced.map(\.displayCode).joined(separator: ", ")
            lines += Array("no price in \(value.currency.displayCode) for \(names)\n".utf8)
        }
        return lines
    }
}
