import CostBasis
import Ledger
import Money
public import Storage
import Time

extension Workspace {
    /// A user's disposals, income and problems, of one tax year or all.
    ///
    /// Blocks. What was held at the end of each year is found only when wanted, since it takes as long again for each.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func gains(
        of user: UserID,
        settings: ReportSettings,
        year: Int? = nil,
        withYearEnds: Bool = false
    ) throws -> GainsReport {
        let computed = try computedLots(of: user, settings: settings)
        let lots = computed.lots
        var places: [Int32] = []
        var byAsset: [AssetID: GainTotals] = [:]
        var counts: [Int: Int] = [:]
        for index in 0..<lots.disposalCount {
            let disposal = lots.disposal(at: index)
            let taxYear = lots.taxYear(of: disposal.time)
            guard year == nil || taxYear == year else { continue }
            places.append(Int32(index))
            guard disposal.isTaxable else { continue }
            if !disposal.lacksPrice { counts[taxYear, default: 0] += 1 }
            let parts = disposal.lacksPrice ? [] : try lots.summedParts(of: disposal)
            let view = computed.view(of: disposal, withLots: false)
            try byAsset[disposal.asset, default: GainTotals()].add(view, parts)
        }
        let income = computed.income().filter { year == nil || $0.year == year }
        let fees = computed.settings.fees
        return GainsReport(
            computed: computed,
            disposals: DisposalList(computed: computed, places: places),
            years: try lots.years.filter { year == nil || $0.year == year }.map {
                YearGains(
                    year: $0.year,
                    totals: try GainTotals($0, disposals: counts[$0.year] ?? 0, fees: fees)
                )
            },
            assets: byAsset.map { AssetGains(asset: computed.snapshot.asset($0), totals: $1) }
                .sorted { $0.asset.code < $1.asset.code },
            income: income,
            incomeTotals: try Workspace.totals(of: income),
            yearEnds: withYearEnds ? try yearEnds(of: computed, year: year) : [],
            problems: Workspace.problems(of: computed.kept, computed.snapshot.registry).filter {
                year == nil || lots.taxYear(of: $0.time) == year
            } + (try closedYears(of: user, year: year).compactMap(Workspace.problem))
        )
    }

    /// A closed year that is no longer what it was.
    private static func problem(of year: ClosedYear) -> ReportProblem? {
        guard let difference = year.difference else { return nil }
        return ReportProblem(
            entry: nil,
            time: year.closed,
            code: "closed_year_changed",
            message:
                "The closed year \(year.year) is no longer what it was, with the settings kept: \(difference). "
                + "Take back what changed it, or reopen the year: coffer years reopen \(year.year)."
        )
    }

    private static func totals(of income: [IncomeView]) throws(MoneyError) -> [IncomeTotal] {
        struct Key: Hashable {
            let year: Int
            let kind: EntryKind
        }
        var totals: [Key: IncomeTotal] = [:]
        for income in income {
            let key = Key(year: income.year, kind: income.kind)
            var total = totals[key] ?? IncomeTotal(year: key.year, kind: key.kind)
            if let value = income.value {
                total.value = try total.value.adding(value)
                total.count += 1
            } else {
                total.incomplete += 1
            }
            totals[key] = total
        }
        return totals.values.sorted { ($0.year, $0.kind.rawValue) < ($1.year, $1.kind.rawValue) }
    }
}

extension ComputedLots {
    /// A disposal as reports show it.
    func view(of disposal: Disposal, withLots: Bool = true) -> DisposalView {
        DisposalView(
            counted: disposal,
            fees: settings.fees,
            asset: snapshot.asset(disposal.asset),
            account: disposal.account.flatMap { snapshot.accounts[$0]?.name },
            day: lots.taxDay(of: disposal.time),
            lots: !withLots
                ? []
                : lots.uses(ofDisposalAt: disposal.index).map { use in
                    LotUseView(
                        use: use,
                        acquiredDay: lots.taxDay(of: use.acquired),
                        hasProceeds: !disposal.lacksPrice
                    )
                },
            uncovered: lots.uncovered(ofDisposalAt: disposal.index)
        )
    }

    /// All income, in the order of the journal.
    func income() -> [IncomeView] {
        (0..<lots.incomeCount).map { index in
            let income = lots.income(at: index)
            return IncomeView(
                counted: income,
                asset: snapshot.asset(income.asset),
                account: income.account.flatMap { snapshot.accounts[$0]?.name },
                day: lots.taxDay(of: income.time),
                year: lots.taxYear(of: income.time)
            )
        }
    }
}
