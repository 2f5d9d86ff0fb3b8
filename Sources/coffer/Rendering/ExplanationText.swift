import CommandLine
import CostBasis
import Ledger
import Money
import Services
import Time

/// Disposals explained so that each can be checked with a pocket calculator.
///
/// All sums have all of their digits, so that they add up to the last one.
struct ExplanationText {
    private let report: GainsReport
    private var text = ""

    static func render(_ explanation: GainsExplanation) -> [UInt8] {
        var page = ExplanationText(report: explanation.report)
        for disposal in explanation.disposals { page.add(disposal) }
        if explanation.disposals.isEmpty { page.text = "no disposals to explain\n" }
        return Array(page.text.utf8) + ReportText.problems(explanation.otherProblems)
    }

    private init(report: GainsReport) {
        self.report = report
    }

    private var code: String { report.currency.displayCode }

    private func money(_ amount: Amount?) -> String {
        guard let amount else { return "not known" }
        var bytes: [UInt8] = []
        amount.render(into: &bytes, minimumDecimals: report.currency.decimals)
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func line(_ words: String) { text += words + "\n" }

    private mutating func add(_ explanation: DisposalExplanation) {
        let disposal = explanation.disposal
        let asset = disposal.asset.displayCode
        if !text.isEmpty { line("") }
        let account = disposal.account.map { " of \(TerminalText.harmless($0))" } ?? ""
        let leg = disposal.side == .fee ? ", paid as a fee" : ""
        line(
            "Entry \(disposal.entry.raw), \(disposal.kind.name), \(disposal.day) (\(report.zone)): "
                + "\(disposal.quantity) \(asset)\(account)\(leg)"
        )
        value(explanation)
        if let fee = explanation.fee {
            line("  fee      \(money(disposal.fee)) \(code): \(how(fee))")
            steps(fee)
        }
        for lot in disposal.lots { add(lot, of: disposal) }
        if disposal.uncovered.isPositive {
            line(
                "  no lot   \(disposal.uncovered) \(asset) whose acquisition is not recorded: cost 0, held shortly"
            )
        }
        sum(disposal)
        for problem in explanation.problems { line("  ! \(problem.message)") }
    }

    private mutating func value(_ explanation: DisposalExplanation) {
        let disposal = explanation.disposal
        switch disposal.treatment {
        case .atCost:
            line(
                "  value    not taxed: a \(disposal.kind.name) brings what the coins had cost, by the settings"
            )
        case .addedToCost:
            line("  value    none: a transfer's fee goes on in the cost of what was moved, by the settings")
        case .taxable:
            line("  value    \(money(disposal.value)) \(code): \(how(explanation.value))")
            steps(explanation.value)
        }
    }

    /// Where a value came from, in words.
    private func how(_ value: ValueExplanation) -> String {
        let what = value.quantity.map { "\($0) \(value.asset?.displayCode ?? "")" } ?? ""
        return switch value.origin {
        case .none: "no value was needed"
        case .missing: "no value is stated and no price is known"
        case .stated: "stated by the entry, \(what)"
        case .fiatLeg: "the entry's money, \(what)"
        case .priceOfOutgoing: "\(what) that went out, at its price"
        case .priceOfIncoming: "\(what) that came in, at its price"
        case .priceOfFee: "\(what) of fee, at its price"
        case .impliedByTrade:
            "\(what)\(value.whole.map { " of the trade's \($0)" } ?? ""), as that part of the trade's value"
        }
    }

    private mutating func steps(_ value: ValueExplanation) {
        for step in value.steps {
            let sign = step.isInverted ? "÷" : "×"
            line(
                "           \(sign) \(step.price) \(step.quote.displayCode) for 1 \(step.base.displayCode), "
                    + "\(TerminalText.harmless(step.source)), from \(step.time), "
                    + "\(ReportText.age(seconds: step.ageSeconds)) old\(step.isStale ? ", stale" : "")"
            )
        }
    }

    private mutating func add(_ lot: LotUseView, of disposal: DisposalView) {
        let held = disposal.day.number - lot.heldSince.number
        var term = lot.isExempt ? "\(lot.term), exempt" : lot.term
        if lot.heldSince != lot.acquiredDay { term += ", counted from \(lot.heldSince)" }
        let unit = lot.unitCost.map { " at \(money($0))" } ?? ""
        line(
            "  lot      \(lot.lotID): \(lot.quantity) \(disposal.asset.displayCode)\(unit) = \(money(lot.cost)) \(code); "
                + "acquired \(lot.acquiredDay), held \(held) days, \(term); \(why(lot))"
        )
    }

    /// Why a lot was used, in words.
    private func why(_ lot: LotUseView) -> String {
        if lot.isAssumed { return "its acquisition is not recorded" }
        return switch lot.rule {
        case .order: "next by \(report.method(on: lot))"
        case .named: "named by the entry"
        case .sameDay: "acquired on the same day"
        case .thirtyDays: "acquired within the 30 days after"
        case .pool: "a share of the pool, whose oldest lot this is"
        }
    }

    private mutating func sum(_ disposal: DisposalView) {
        guard let value = disposal.value, let gain = disposal.gain else {
            line("  gain     not known: a price is missing")
            return
        }
        let fee = disposal.fee.isZero ? "" : " − \(money(disposal.fee))"
        let denied = disposal.denied.isZero ? "" : " + \(money(disposal.denied))"
        line(
            "  gain     \(money(value))\(fee) − \(money(disposal.cost))\(denied) = \(money(gain)) \(code)"
        )
        if !disposal.denied.isZero {
            line(
                "           \(money(disposal.denied)) \(code) of the loss are denied, since the same coins were bought "
                    + "again in the time around it; they join the cost of these"
            )
        }
    }
}

extension GainsReport {
    /// The words for the order in which lots are used.
    fileprivate func method(on lot: LotUseView) -> String {
        changes.contains(where: \.isOfMethod) ? "the method in force that day" : method
    }
}
