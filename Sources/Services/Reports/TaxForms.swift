public import CostBasis
public import Ledger
public import Money
public import Storage
public import Time

/// One line of the form 8949 of the United States: a disposal, or its part held for one term.
public struct Form8949Line: Hashable, Sendable {
    /// Whether the coins were held for longer than the threshold: part II of the form.
    public let isLongTerm: Bool
    /// Column (a).
    public let quantity: Amount
    /// Column (a).
    public let asset: Asset
    /// Column (b); nil where the days differ or are not known.
    public let acquired: Day?
    /// Column (b): whether the days differ.
    public let isVarious: Bool
    /// Column (c).
    public let sold: Day
    /// Column (d), after the fee; nil when a price is missing.
    public let proceeds: Amount?
    /// Column (e).
    public let cost: Amount
    /// Column (g), with code W in (f); zero where no loss is denied.
    public let adjustment: Amount
    /// Column (h); nil when a price is missing.
    public let gain: Amount?
    /// The entry, which the form has not.
    public let entry: EntryID
}

/// One line of a computation of capital gains for the United Kingdom: what a disposal took by one rule.
public struct UKLine: Hashable, Sendable {
    /// The calendar year in which the tax year starts, on 6 April.
    public let year: Int
    /// The day.
    public let day: Day
    /// The entry.
    public let entry: EntryID
    /// Of what.
    public let asset: Asset
    /// How much.
    public let quantity: Amount
    /// By which rule its cost was found; nil for what no acquisition covers.
    public let rule: MatchRule?
    /// Before the fee; nil when a price is missing.
    public let proceeds: Amount?
    /// With the fee, which is an incidental cost of the disposal (TCGA 1992 s38(1)(c)).
    public let cost: Amount
    /// Nil when a price is missing.
    public let gain: Amount?
    /// The year so far, this day's disposals of the asset included.
    public internal(set) var running = UKTotals()
}

/// What the form SA108 asks for a year.
public struct UKTotals: Hashable, Sendable {
    /// Disposals; all of one asset on one day are one (TCGA 1992 s105(1)(a)).
    public internal(set) var disposals = 0
    /// Proceeds before fees.
    public internal(set) var proceeds = Amount.zero
    /// Allowable costs.
    public internal(set) var cost = Amount.zero
    /// The gains of the disposals that made one.
    public internal(set) var gains = Amount.zero
    /// The losses of the others, above zero.
    public internal(set) var losses = Amount.zero
}

extension Workspace {
    /// The lines of form 8949 for a tax year or all, in the order of the journal.
    ///
    /// Blocks.
    ///
    /// - Throws: as `gains`.
    public func form8949(of user: UserID, settings: ReportSettings, year: Int? = nil) throws -> [Form8949Line]
    {
        let computed = try computedLots(of: user, settings: settings)
        let lots = computed.lots
        var lines: [Form8949Line] = []
        for index in 0..<lots.disposalCount {
            let disposal = lots.disposal(at: index)
            guard disposal.isTaxable, year == nil || lots.taxYear(of: disposal.time) == year else { continue }
            for part in try lots.parts(of: disposal) {
                let gain = try part.proceeds.subtracting(part.cost).adding(part.denied)
                lines.append(
                    Form8949Line(
                        isLongTerm: part.term != .short,
                        quantity: part.quantity,
                        asset: computed.snapshot.asset(disposal.asset),
                        acquired: part.hasUnknown || part.acquired.count > 1 ? nil : part.acquired.first,
                        isVarious: part.acquired.count + (part.hasUnknown ? 1 : 0) > 1,
                        sold: lots.taxDay(of: disposal.time),
                        proceeds: disposal.lacksPrice ? nil : part.proceeds,
                        cost: part.cost,
                        adjustment: part.denied,
                        gain: disposal.lacksPrice ? nil : gain,
                        entry: disposal.entry
                    )
                )
            }
        }
        return lines
    }

    /// The computation of capital gains by tax years of the United Kingdom, whatever the settings' year, by day.
    ///
    /// Blocks.
    ///
    /// - Throws: as `gains`.
    public func ukComputation(of user: UserID, settings: ReportSettings, year: Int? = nil) throws -> [UKLine]
    {
        let computed = try computedLots(of: user, settings: settings)
        let lots = computed.lots
        var lines: [UKLine] = []
        for index in 0..<lots.disposalCount {
            let disposal = lots.disposal(at: index)
            let day = lots.taxDay(of: disposal.time)
            let taxYear = YearStart.unitedKingdom.year(of: day)
            guard disposal.isTaxable, year == nil || taxYear == year else { continue }
            lines += try UKLine.lines(of: disposal, in: computed, year: taxYear, day: day)
        }
        // The order of the journal within a day is kept, but for disposals of one asset, which are one.
        let order = Dictionary(
            lines.enumerated().map { (UKLine.Group($0.element), $0.offset) },
            uniquingKeysWith: min
        )
        lines = lines.enumerated().sorted { left, right in
            let first = (order[UKLine.Group(left.element)] ?? 0, left.offset)
            return first < (order[UKLine.Group(right.element)] ?? 0, right.offset)
        }.map(\.element)
        try UKLine.total(&lines)
        return lines
    }
}

extension UKLine {
    /// What counts as one disposal.
    fileprivate struct Group: Hashable {
        let day: Day
        let asset: AssetID

        init(_ line: UKLine) {
            day = line.day
            asset = line.asset.id
        }
    }

    /// A line for each rule by which a disposal found its cost, in the order of use.
    fileprivate static func lines(
        of disposal: Disposal,
        in computed: ComputedLots,
        year: Int,
        day: Day
    ) throws(MoneyError) -> [UKLine] {
        let uses = computed.lots.uses(ofDisposalAt: disposal.index)
        var pieces: [(rule: MatchRule?, quantity: Amount, cost: Amount)] = []
        for use in uses {
            if let last = pieces.last, last.rule == use.rule {
                pieces[pieces.count - 1].quantity = try last.quantity.adding(use.quantity)
                pieces[pieces.count - 1].cost = try last.cost.adding(use.cost)
            } else {
                pieces.append((use.rule, use.quantity, use.cost))
            }
        }
        let uncovered = computed.lots.uncovered(ofDisposalAt: disposal.index)
        if uncovered.isPositive { pieces.append((nil, uncovered, .zero)) }
        let gross = try disposal.proceeds.adding(disposal.fee)
        var proceeds = RunningShares(of: gross, over: disposal.quantity)
        var fees = RunningShares(of: disposal.fee, over: disposal.quantity)
        var costLeft = disposal.cost
        return try pieces.enumerated().map { place, piece throws(MoneyError) in
            let value = proceeds.next(piece.quantity)
            // Where a disposal is rounded the last line has what rounding leaves.
            let share = place == pieces.count - 1 ? costLeft : piece.cost
            costLeft = try costLeft.subtracting(share)
            let cost = try share.adding(fees.next(piece.quantity))
            return UKLine(
                year: year,
                day: day,
                entry: disposal.entry,
                asset: computed.snapshot.asset(disposal.asset),
                quantity: piece.quantity,
                rule: piece.rule,
                proceeds: disposal.lacksPrice ? nil : value,
                cost: cost,
                gain: disposal.lacksPrice ? nil : try value.subtracting(cost)
            )
        }
    }

    /// Fills in the running totals of lines that stand by day and asset.
    fileprivate static func total(_ lines: inout [UKLine]) throws(MoneyError) {
        var totals = UKTotals()
        var start = 0
        while start < lines.count {
            let group = Group(lines[start])
            if start == 0 || lines[start - 1].year != lines[start].year { totals = UKTotals() }
            var end = start
            var gain = Amount.zero
            while end < lines.count, Group(lines[end]) == group {
                if let proceeds = lines[end].proceeds, let part = lines[end].gain {
                    totals.proceeds = try totals.proceeds.adding(proceeds)
                    totals.cost = try totals.cost.adding(lines[end].cost)
                    gain = try gain.adding(part)
                }
                end += 1
            }
            totals.disposals += 1
            if gain.isNegative {
                totals.losses = try totals.losses.subtracting(gain)
            } else {
                totals.gains = try totals.gains.adding(gain)
            }
            for place in start..<end { lines[place].running = totals }
            start = end
        }
    }
}
