import CostBasis
import Money
import Time

/// How the gain on a part of a disposal counts.
enum PartTerm: Int, CaseIterable, Comparable {
    case short, long, exempt

    init(_ use: LotUse) {
        self = use.isExempt ? .exempt : use.term == .long ? .long : .short
    }

    static func < (left: PartTerm, right: PartTerm) -> Bool { left.rawValue < right.rawValue }
}

/// What a disposal comes to for coins held alike; the parts of a disposal add up to it.
struct GainPart {
    let term: PartTerm
    var quantity = Amount.zero
    var proceeds = Amount.zero
    var cost = Amount.zero
    var denied = Amount.zero
    var gain = Amount.zero
    /// The days on which the coins were acquired, as far as that is known.
    var acquired: Set<Day> = []
    /// Whether of some the day is not known.
    var hasUnknown = false
}

extension LotBook {
    /// The parts of a disposal for sums, without the days of acquisition; nearly every disposal has one alone.
    func summedParts(of disposal: Disposal) throws(MoneyError) -> [GainPart] {
        guard settings.exemptAfter == nil, disposal.term != .mixed else { return try parts(of: disposal) }
        guard disposal.term == .short || !uncovered(ofDisposalAt: disposal.index).isPositive else {
            return try parts(of: disposal)
        }
        var whole = GainPart(term: disposal.term == .short ? .short : .long)
        whole.quantity = disposal.quantity
        whole.proceeds = disposal.proceeds
        whole.cost = disposal.cost
        whole.denied = disposal.denied
        whole.gain = disposal.gain
        return [whole]
    }

    /// The parts of a disposal by how long its coins were held; a coin of unknown acquisition counts as held shortly.
    ///
    /// Where the settings want disposals rounded the later parts are rounded and the first takes the rest.
    func parts(of disposal: Disposal) throws(MoneyError) -> [GainPart] {
        let uses = uses(ofDisposalAt: disposal.index)
        let uncovered = uncovered(ofDisposalAt: disposal.index)
        var parts = PartTerm.allCases.map { GainPart(term: $0) }
        var proceeds = RunningShares(of: disposal.proceeds, over: disposal.quantity)
        var denied = RunningShares(of: disposal.denied, over: disposal.quantity)
        for use in uses {
            let place = PartTerm(use).rawValue
            try parts[place].add(
                use.quantity,
                proceeds: proceeds.next(use.quantity),
                cost: use.cost,
                denied: denied.next(use.quantity)
            )
            if use.isAssumed {
                parts[place].hasUnknown = true
            } else {
                parts[place].acquired.insert(taxDay(of: use.acquired))
            }
        }
        if uncovered.isPositive {
            try parts[PartTerm.short.rawValue].add(
                uncovered,
                proceeds: proceeds.next(uncovered),
                cost: .zero,
                denied: denied.next(uncovered)
            )
            parts[PartTerm.short.rawValue].hasUnknown = true
        }
        parts.removeAll { !$0.quantity.isPositive }
        guard !parts.isEmpty else { return [] }
        try settle(&parts, disposal)
        return parts
    }

    /// Rounds all parts but the first, which takes what they leave of the disposal.
    private func settle(_ parts: inout [GainPart], _ disposal: Disposal) throws(MoneyError) {
        var first = parts[0]
        first.proceeds = disposal.proceeds
        first.cost = disposal.cost
        first.denied = disposal.denied
        first.gain = disposal.gain
        for place in parts.indices.dropFirst() {
            if let decimals = settings.roundedDecimals {
                parts[place].proceeds = try parts[place].proceeds.rounded(toDecimals: decimals)
                parts[place].cost = try parts[place].cost.rounded(toDecimals: decimals)
                parts[place].denied = try parts[place].denied.rounded(toDecimals: decimals)
                parts[place].gain = try parts[place].gain.rounded(toDecimals: decimals)
            }
            first.proceeds = try first.proceeds.subtracting(parts[place].proceeds)
            first.cost = try first.cost.subtracting(parts[place].cost)
            first.denied = try first.denied.subtracting(parts[place].denied)
            first.gain = try first.gain.subtracting(parts[place].gain)
        }
        parts[0] = first
    }
}

extension GainPart {
    fileprivate mutating func add(
        _ quantity: Amount,
        proceeds: Amount,
        cost: Amount,
        denied: Amount
    ) throws(MoneyError) {
        self.quantity = try self.quantity.adding(quantity)
        self.proceeds = try self.proceeds.adding(proceeds)
        self.cost = try self.cost.adding(cost)
        self.denied = try self.denied.adding(denied)
        gain = try gain.adding(proceeds).subtracting(cost).adding(denied)
    }
}

extension GainTotals {
    /// Adds a taxable disposal with its parts.
    mutating func add(_ view: DisposalView, _ parts: [GainPart]) throws(MoneyError) {
        guard let proceeds = view.proceeds, let gain = view.gain else {
            incomplete += 1
            return
        }
        disposals += 1
        self.proceeds = try self.proceeds.adding(proceeds)
        cost = try cost.adding(view.cost)
        fees = try fees.adding(view.fee)
        denied = try denied.adding(view.denied)
        self.gain = try self.gain.adding(gain)
        for part in parts {
            switch part.term {
            case .short: shortGain = try shortGain.adding(part.gain)
            case .long: longGain = try longGain.adding(part.gain)
            case .exempt: exemptGain = try exemptGain.adding(part.gain)
            }
        }
    }

    /// The sums of a year as the engine has them.
    init(_ year: YearTotal, disposals: Int, fees display: FeeDisplay) throws(MoneyError) {
        self.disposals = disposals
        proceeds = display == .apart ? try year.proceeds.adding(year.fees) : year.proceeds
        cost = year.cost
        fees = year.fees
        denied = year.denied
        gain = year.gain
        shortGain = year.shortGain
        longGain = year.longGain
        exemptGain = year.exemptGain
        incomplete = year.incomplete
    }
}
