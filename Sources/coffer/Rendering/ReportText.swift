import CommandLine
import CostBasis
import Ledger
import Money
import Services
import Time

/// The reports as tables for people; the same numbers as in JSON, money cut to the currency's decimals for reading.
enum ReportText {
    static func render(_ report: HoldingsReport) -> [UInt8] {
        let decimals = report.currency.decimals
        let code = report.currency.displayCode
        var table = TextTable([
            .left("asset"), .decimal("quantity"), .decimal("price"), .right("price age"),
            .decimal("value \(code)"),
            .decimal("cost \(code)"), .decimal("unrealised \(code)"),
        ])
        for holding in report.holdings {
            table.append([
                holding.asset.displayCode, holding.quantity.description,
                price(holding.price, decimals: decimals),
                age(of: holding.price, at: report.time), money(holding.value, decimals: decimals),
                money(holding.cost, decimals: decimals), money(holding.unrealised, decimals: decimals),
            ])
        }
        var lines = table.isEmpty ? Array("nothing is held yet: coffer import FILE\n".utf8) : table.render()
        guard !table.isEmpty else { return lines }
        lines += Array("total \(money(report.totalValue, decimals: decimals)) \(code)".utf8)
        if !report.unpriced.isEmpty {
            let codes = report.unpriced.map(\.displayCode).joined(separator: ", ")
            lines += Array("; no price for \(codes): coffer prices import FILE".utf8)
        }
        return lines + [UInt8(ascii: "\n")] + problems(report.problems)
    }

    static func render(lots: [LotView], currency: Asset) -> [UInt8] {
        guard !lots.isEmpty else { return Array("no lots yet: coffer import FILE\n".utf8) }
        let code = currency.displayCode
        var table = TextTable([
            .left("lot"), .left("asset"), .left("account", charactersMax: 24), .left("acquired"),
            .decimal("quantity"), .decimal("remaining"), .decimal("unit cost \(code)"),
            .decimal("cost \(code)"),
        ])
        for lot in lots {
            table.append([
                lot.id, lot.asset.displayCode, lot.isInTransit ? "(in transit)" : lot.account ?? "(outside)",
                lot.acquiredAt.day.description, lot.quantity.description, lot.remaining.description,
                price(lot.unitCost, decimals: currency.decimals),
                money(lot.cost, decimals: currency.decimals) + (lot.isIncomplete ? " ?" : ""),
            ])
        }
        var lines = table.render()
        if lots.contains(where: \.isIncomplete) {
            lines += Array("? the cost is not known: coffer gains lists what is missing\n".utf8)
        }
        return lines
    }

    /// The most problems that a table for people lists; JSON has all of them.
    static let problemsMax = 20

    /// What is missing or odd, by entry.
    static func problems(_ problems: [ReportProblem]) -> [UInt8] {
        guard !problems.isEmpty else { return [] }
        var text = "\n\(problems.count) to look at:\n"
        for problem in problems.prefix(problemsMax) {
            text += "  \(problem.message)\n"
        }
        if problems.count > problemsMax {
            text += "  and \(problems.count - problemsMax) more: coffer gains --json\n"
        }
        return Array(text.utf8)
    }

    // MARK: Cells

    /// Money rounded half-even to the currency's decimals, for reading only.
    static func money(_ amount: Amount?, decimals: Int) -> String {
        var bytes: [UInt8] = []
        render(amount, decimals: decimals, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends money; as `money`.
    static func render(_ amount: Amount?, decimals: Int, into bytes: inout [UInt8]) {
        guard let amount else { return bytes.append(UInt8(ascii: "-")) }
        // Rounding fails only at the very end of the range; the amount is then shown as it is.
        ((try? amount.rounded(toDecimals: decimals)) ?? amount).render(
            into: &bytes,
            minimumDecimals: decimals
        )
    }

    /// A price to the currency's decimals, or to eight where it is small.
    static func price(_ amount: Amount?, decimals: Int) -> String {
        guard let amount else { return "-" }
        return money(amount, decimals: amount.magnitude < Amount(whole: 10) ? max(8, decimals) : decimals)
    }

    private static func price(_ price: PriceView?, decimals: Int) -> String {
        self.price(price?.price, decimals: decimals)
    }

    /// How old a price is, in its largest unit, with a mark when it is stale.
    static func age(of price: PriceView?, at time: Timestamp) -> String {
        guard let price else { return "-" }
        let seconds = max(0, (time.microseconds - price.time.microseconds) / 1_000_000)
        return age(seconds: seconds) + (price.isStale ? ", stale" : "")
    }

    /// A time span in its largest unit.
    static func age(seconds: Int64) -> String {
        switch seconds {
        case ..<3600: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
