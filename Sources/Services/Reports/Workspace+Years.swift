import CostBasis
import Crypto
import Ledger
public import Money
public import Storage
public import Time

/// What a tax year comes to.
public struct YearFigures: Hashable, Sendable {
    /// The taxable disposals, those without a price included.
    public let disposals: Int
    /// What those with a price brought, after fees.
    public let proceeds: Amount
    /// What their coins had cost.
    public let cost: Amount
    /// What was gained.
    public let gain: Amount
    /// What was received as income, as far as it has a value.
    public let income: Amount
}

/// A closed year, as it was and as it would be now.
public struct ClosedYear: Sendable {
    /// The calendar year in which the tax year starts.
    public let year: Int
    /// When it was closed.
    public let closed: Timestamp
    /// The settings that were in force.
    public let settings: ReportSettings
    /// What it came to when it was closed.
    public let was: YearFigures
    /// What it comes to now with the same settings.
    public let now: YearFigures
    /// Whether something of the year is not as it was, be it only which lots were used.
    public let isChanged: Bool
}

extension Workspace {
    /// Closes a tax year: keeps the settings and what it comes to, so that later changes are told.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.yearIsClosed`, `.yearIsNotOver` and those of settings, `StorageError`.
    public func closeYear(_ year: Int, of user: UserID, settings: ReportSettings) throws -> ClosedYear {
        let computed = try computedLots(of: user, settings: settings)
        guard let end = computed.lots.end(ofYear: year), let before = computed.lots.end(ofYear: year - 1),
            end < now()
        else { throw WorkspaceError.yearIsNotOver(year) }
        let state = try computed.state(ofYear: year)
        let record = ClosedYearRecord(
            year: year,
            closed: now(),
            start: before.advanced(byMicroseconds: 1),
            end: end.advanced(byMicroseconds: 1),
            settings: settings.keptText,
            disposals: state.figures.disposals,
            proceeds: state.figures.proceeds,
            cost: state.figures.cost,
            gain: state.figures.gain,
            income: state.figures.income,
            digest: state.digest
        )
        guard try database.writeAndWait({ try $0.closeYear(record, of: user) }) else {
            throw WorkspaceError.yearIsClosed(year)
        }
        return ClosedYear(
            year: year,
            closed: record.closed,
            settings: settings,
            was: state.figures,
            now: state.figures,
            isChanged: false
        )
    }

    /// Opens a closed year again.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.yearIsOpen`, `StorageError`.
    public func reopenYear(_ year: Int, of user: UserID) throws {
        guard try database.writeAndWait({ try $0.reopenYear(year, of: user) }) else {
            throw WorkspaceError.yearIsOpen(year)
        }
    }

    /// The years that a user has closed, each computed again with the settings kept.
    ///
    /// Blocks.
    ///
    /// - Throws: as `gains`.
    public func closedYears(of user: UserID, year: Int? = nil) throws -> [ClosedYear] {
        let records = try reading { connection throws(StorageError) in
            try connection?.closedYears(of: user) ?? []
        }
        var known: [ReportSettings: ComputedLots] = [:]
        return try records.filter { year == nil || $0.year == year }.map { record in
            let settings = ReportSettings(keptText: record.settings)
            let computed = try known[settings] ?? computedLots(of: user, settings: settings, isKept: false)
            known[settings] = computed
            let state = try computed.state(ofYear: record.year)
            return ClosedYear(
                year: record.year,
                closed: record.closed,
                settings: settings,
                was: YearFigures(
                    disposals: record.disposals,
                    proceeds: record.proceeds,
                    cost: record.cost,
                    gain: record.gain,
                    income: record.income
                ),
                now: state.figures,
                isChanged: state.digest != record.digest
            )
        }
    }
}

extension ClosedYear {
    /// What differs, in words; nil when nothing does.
    public var difference: String? {
        guard isChanged else { return nil }
        var parts: [String] = []
        for (name, before, after) in [
            ("disposals", String(was.disposals), String(now.disposals)),
            ("proceeds", was.proceeds.description, now.proceeds.description),
            ("cost", was.cost.description, now.cost.description),
            ("gain", was.gain.description, now.gain.description),
            ("income", was.income.description, now.income.description),
        ] where before != after {
            parts.append("\(name) \(before) → \(after)")
        }
        return parts.isEmpty
            ? "the same sums from other disposals, lots or receipts" : parts.joined(separator: ", ")
    }
}

extension ComputedLots {
    /// What a tax year comes to, and a digest over every disposal, use of a lot and income in it.
    fileprivate func state(ofYear year: Int) throws(MoneyError) -> (figures: YearFigures, digest: Digest128) {
        var text = ""
        var disposals = 0
        for index in 0..<lots.disposalCount {
            let disposal = lots.disposal(at: index)
            guard lots.taxYear(of: disposal.time) == year else { continue }
            if disposal.isTaxable { disposals += 1 }
            text += "d \(disposal.entry.raw) \(disposal.side.name) \(disposal.time) \(disposal.asset.raw) "
            text +=
                "\(disposal.quantity) \(disposal.proceeds) \(disposal.fee) \(disposal.cost) \(disposal.denied) "
            text += "\(disposal.treatment.rawValue) \(disposal.term.name) \(disposal.lacksPrice)\n"
            for use in lots.uses(ofDisposalAt: index) {
                text += "u \(use.lot) \(use.quantity) \(use.cost) \(use.isExempt) \(use.heldSince)\n"
            }
        }
        var sum = Amount.zero
        for income in income() where income.year == year {
            if let value = income.value { sum = try sum.adding(value) }
            text += "i \(income.entry.raw) \(income.time) \(income.asset.id.raw) \(income.quantity) "
            text += "\(income.value?.description ?? "-") \(income.kind.rawValue)\n"
        }
        let totals = lots.years.first { $0.year == year }
        let figures = YearFigures(
            disposals: disposals,
            proceeds: totals?.proceeds ?? .zero,
            cost: totals?.cost ?? .zero,
            gain: totals?.gain ?? .zero,
            income: sum
        )
        return (figures, Digest.blake2b128(Array(text.utf8)))
    }
}

extension ReportSettings {
    /// The words of all choices, to be kept: one line for each that is not the default.
    var keptText: String {
        let standard = ReportSettings()
        var lines: [String] = []
        for choice in ReportSettings.kept where self[keyPath: choice.path] != standard[keyPath: choice.path] {
            lines.append("\(choice.name)=\(self[keyPath: choice.path])")
        }
        if !from.isEmpty { lines.append("from=\(from.joined(separator: ","))") }
        if washSales { lines.append("wash_sales=on") }
        return lines.joined(separator: "\n")
    }

    /// The choices of a kept text; what it does not name has its default.
    init(keptText: String) {
        self.init()
        for line in keptText.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            if let choice = ReportSettings.kept.first(where: { $0.name == parts[0] }) {
                self[keyPath: choice.path] = parts[1]
            } else if parts[0] == "from" {
                from = parts[1].split(separator: ",").map(String.init)
            } else if parts[0] == "wash_sales" {
                washSales = parts[1] == "on"
            }
        }
    }

    /// The choices that are one word each, with the names under which they are kept.
    private static var kept: [(name: String, path: WritableKeyPath<ReportSettings, String>)] {
        [
            ("currency", \.currency), ("method", \.method), ("scope", \.scope), ("timezone", \.zone),
            ("ties", \.ties), ("long_term", \.longTerm), ("exempt_after", \.exemptAfter),
            ("transfer_fees", \.transferFees), ("gifts", \.gifts), ("losses", \.losses),
            ("rounding", \.rounding), ("year_start", \.yearStart), ("allocation", \.allocation),
            ("fees", \.fees),
        ]
    }
}
