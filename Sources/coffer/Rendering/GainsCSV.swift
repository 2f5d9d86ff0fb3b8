import CostBasis
import Importing
import Ledger
import Money
import Services
import Time

/// The kinds of CSV that `coffer gains --csv` writes.
enum GainsCSVKind: String, CaseIterable {
    case disposals, lots
    case byAsset = "by-asset"
    case byYear = "by-year"
    case income
    case yearEnd = "year-end"
    case form8949
    case unitedKingdom = "uk"
}

/// Rows of a CSV file: LF line ends, quotes as RFC 4180 has them, absent values empty.
struct CSVTable {
    /// One cell.
    enum Cell {
        case text(String)
        case amount(Amount?)
        case money(Amount?)
        case number(Int)
        case bool(Bool)
    }

    private(set) var bytes: [UInt8] = []
    private let decimals: Int

    /// A table with its first line; money has at least so many decimals.
    init(_ columns: [String], decimals: Int) {
        self.decimals = decimals
        bytes += Array((columns.joined(separator: ",") + "\n").utf8)
    }

    mutating func append(_ cells: [Cell]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            switch cell {
            case .text(let text): CSVCell.render(text, into: &bytes)
            case .amount(let amount): amount?.render(into: &bytes)
            case .money(let amount): amount?.render(into: &bytes, minimumDecimals: decimals)
            case .number(let number): bytes += Array(String(number).utf8)
            case .bool(let truth): bytes += Array((truth ? "true" : "false").utf8)
            }
        }
        bytes.append(0x0A)
    }
}

/// The report of gains as CSV, as `docs/reports.md` lists its columns.
enum GainsCSV {
    static func disposals(_ report: GainsReport) -> [UInt8] {
        var table = CSVTable(
            [
                "entry", "time", "date", "kind", "asset", "account", "quantity", "proceeds", "fee", "cost",
                "denied", "gain", "term", "taxable", "uncovered", "stale", "incomplete",
            ],
            decimals: report.currency.decimals
        )
        for disposal in report.disposals {
            table.append([
                .text(String(disposal.entry.raw)), .text(disposal.time.description),
                .text(disposal.day.description), .text(disposal.kind.name),
                .text(disposal.asset.displayCode), .text(disposal.account ?? ""),
                .amount(disposal.quantity), .money(disposal.proceeds), .money(disposal.fee),
                .money(disposal.cost), .money(disposal.denied), .money(disposal.gain),
                .text(disposal.term ?? ""), .bool(disposal.isTaxable), .amount(disposal.uncovered),
                .bool(disposal.isStale), .bool(disposal.isIncomplete),
            ])
        }
        return table.bytes
    }

    static func lots(_ report: GainsReport) -> [UInt8] {
        var table = CSVTable(
            [
                "entry", "date", "asset", "lot", "acquired_at", "held_since", "quantity", "unit_cost",
                "proceeds", "cost", "gain", "term", "exempt", "rule",
            ],
            decimals: report.currency.decimals
        )
        for disposal in report.disposals {
            for lot in disposal.lots {
                table.append([
                    .text(String(disposal.entry.raw)), .text(disposal.day.description),
                    .text(disposal.asset.displayCode), .text(lot.lotID), .text(lot.acquiredAt.description),
                    .text(lot.heldSince.description), .amount(lot.quantity), .money(lot.unitCost),
                    .money(lot.proceeds), .money(lot.cost), .money(lot.gain), .text(lot.term),
                    .bool(lot.isExempt), .text(lot.rule.name),
                ])
            }
        }
        return table.bytes
    }

    private static let totalColumns = [
        "disposals", "proceeds", "cost", "fees", "denied", "gain", "short_term", "long_term", "exempt",
        "incomplete",
    ]

    private static func cells(_ totals: GainTotals) -> [CSVTable.Cell] {
        [
            .number(totals.disposals), .money(totals.proceeds), .money(totals.cost), .money(totals.fees),
            .money(totals.denied), .money(totals.gain), .money(totals.shortGain), .money(totals.longGain),
            .money(totals.exemptGain), .number(totals.incomplete),
        ]
    }

    static func assets(_ report: GainsReport) -> [UInt8] {
        var table = CSVTable(["asset"] + totalColumns, decimals: report.currency.decimals)
        for asset in report.assets { table.append([.text(asset.asset.displayCode)] + cells(asset.totals)) }
        return table.bytes
    }

    static func years(_ report: GainsReport) -> [UInt8] {
        var table = CSVTable(["year"] + totalColumns, decimals: report.currency.decimals)
        for year in report.years { table.append([.number(year.year)] + cells(year.totals)) }
        return table.bytes
    }

    static func income(_ report: GainsReport) -> [UInt8] {
        var table = CSVTable(
            ["entry", "time", "date", "year", "kind", "asset", "account", "quantity", "value", "stale"],
            decimals: report.currency.decimals
        )
        for income in report.income {
            table.append([
                .text(String(income.entry.raw)), .text(income.time.description),
                .text(income.day.description), .number(income.year), .text(income.kind.name),
                .text(income.asset.displayCode), .text(income.account ?? ""), .amount(income.quantity),
                .money(income.value), .bool(income.isStale),
            ])
        }
        return table.bytes
    }

    static func yearEnds(_ report: GainsReport) -> [UInt8] {
        var table = CSVTable(
            ["year", "time", "asset", "quantity", "cost", "price", "price_time", "stale", "value"],
            decimals: report.currency.decimals
        )
        for year in report.yearEnds {
            for holding in year.holdings {
                table.append([
                    .number(year.year), .text(year.time.description), .text(holding.asset.displayCode),
                    .amount(holding.quantity), .money(holding.cost), .money(holding.price?.price),
                    .text(holding.price?.time.description ?? ""),
                    holding.price.map { .bool($0.isStale) } ?? .text(""), .money(holding.value),
                ])
            }
        }
        return table.bytes
    }

    static func form8949(_ lines: [Form8949Line], decimals: Int) -> [UInt8] {
        var table = CSVTable(
            [
                "part", "(a) description of property", "(b) date acquired", "(c) date sold or disposed of",
                "(d) proceeds", "(e) cost or other basis", "(f) code", "(g) amount of adjustment",
                "(h) gain or loss", "entry",
            ],
            decimals: decimals
        )
        for line in lines {
            let acquired = line.isVarious ? "VARIOUS" : line.acquired.map(american) ?? ""
            let isAdjusted = !line.adjustment.isZero
            table.append([
                .text(line.isLongTerm ? "II" : "I"),
                .text("\(line.quantity) \(line.asset.displayCode)"), .text(acquired),
                .text(american(line.sold)), .money(line.proceeds), .money(line.cost),
                .text(isAdjusted ? "W" : ""), .money(isAdjusted ? line.adjustment : nil), .money(line.gain),
                .text(String(line.entry.raw)),
            ])
        }
        return table.bytes
    }

    /// A day as the form has it: `MM/DD/YYYY`.
    private static func american(_ day: Day) -> String {
        let parts = day.description.split(separator: "-")
        return "\(parts[1])/\(parts[2])/\(parts[0])"
    }

    static func unitedKingdom(_ lines: [UKLine], decimals: Int) -> [UInt8] {
        var table = CSVTable(
            [
                "tax_year", "date", "entry", "asset", "quantity", "rule", "proceeds", "allowable_cost",
                "gain", "year_disposals", "year_proceeds", "year_allowable_costs", "year_gains",
                "year_losses",
            ],
            decimals: decimals
        )
        for line in lines {
            let next = (line.year + 1) % 100
            table.append([
                .text("\(line.year)/\(next < 10 ? "0" : "")\(next)"), .text(line.day.description),
                .text(String(line.entry.raw)), .text(line.asset.displayCode), .amount(line.quantity),
                .text(line.rule?.name ?? "uncovered"), .money(line.proceeds), .money(line.cost),
                .money(line.gain), .number(line.running.disposals), .money(line.running.proceeds),
                .money(line.running.cost), .money(line.running.gains), .money(line.running.losses),
            ])
        }
        return table.bytes
    }
}
