import Ledger
import Money
import Time

/// How far the day of a pool is while the engine runs.
struct Section104 {
    /// A day some of whose acquisitions are identified with disposals, and so are one acquisition.
    struct Lot {
        /// The row, once the first acquisition is there.
        var row: UInt32?
        var seen: Int32 = 0
        /// Uses of disposals that came before all of the day's acquisitions.
        var waiting: [Int] = []
        /// How its cost is shared, once all acquisitions of the day are there.
        var shares: RunningShares?
        /// How what the holding has is shared among the day's disposals, where it has too little for them.
        var scarce: RunningShares?
    }

    var plan = Section104Plan()
    /// By scope and pool: the group at or before the day at hand.
    private var cursors: [[Int32]] = [[], []]
    /// By group.
    var lots: [Lot] = []

    init() {}

    init(_ log: borrowing TradeLog) {
        plan = Section104Plan(log)
        lots = [Lot](repeating: Lot(), count: plan.groups.count)
    }

    /// The group of a pool's day, if it has one.
    mutating func group(of stock: Int, isUniversal: Bool, day: Int32) -> Int? {
        let scope = isUniversal ? 0 : 1
        while cursors[scope].count <= stock { cursors[scope].append(-1) }
        let range = plan.groups(of: stock, isUniversal: isUniversal)
        guard !range.isEmpty else { return nil }
        var place = max(range.lowerBound, Int(cursors[scope][stock]))
        while place < range.upperBound, plan.groups[place].day < day { place += 1 }
        cursors[scope][stock] = Int32(place)
        guard place < range.upperBound, plan.groups[place].day == day else { return nil }
        return place
    }
}

extension Engine {
    /// Takes in an acquisition that disposals are identified with; false when there are none.
    ///
    /// All acquisitions of such a day are one lot, named by the first. When the last of them is there its cost is shared by
    /// quantity: first to the disposals that wait for it, then to the holding, then to later disposals of the day.
    mutating func acquireForMatching(_ leg: BookLeg, _ side: LegSide, _ cost: Worth, in stock: Int) -> Bool {
        guard
            let place = rules.section104.group(of: stock, isUniversal: isUniversal, day: day.number)
        else { return false }
        guard rules.section104.plan.groups[place].isMatched else { return false }
        held[Int(leg.asset)] += leg.amount.raw
        let tags = LotTags(side: side, worth: cost.tags)
        if let row = rules.section104.lots[place].row {
            lots[Int(row)].quantity += leg.amount.raw
            lots[Int(row)].cost += cost.amount
            lotTags[Int(row)].join(tags)
        } else {
            rules.section104.lots[place].row = append(newRow(leg, cost: cost.amount), tags)
        }
        rules.section104.lots[place].seen += 1
        let wanted = rules.section104.plan.groups[place].acquisitions
        if rules.section104.lots[place].seen == wanted { settle(place, in: stock) }
        return true
    }

    /// Shares the cost of a day's acquisitions, all of which are there.
    private mutating func settle(_ place: Int, in stock: Int) {
        guard let number = rules.section104.lots[place].row else { return }
        let row = lots[Int(number)]
        var shares = RunningShares(proceeds: row.cost, quantity: row.quantity)
        var waited: Int128 = 0
        for use in rules.section104.lots[place].waiting {
            let quantity = useParts[use].quantity
            waited += quantity
            useLots[use] = UsedLot(number, useLots[use].rule)
            useParts[use] = UsePart(quantity: quantity, cost: shares.next(quantity))
        }
        let group = rules.section104.plan.groups[place]
        let rest = row.quantity - waited - (group.sameDay - group.sameDayUsed)
        if rest > 0 {
            let open = OpenLot(
                remaining: rest,
                cost: shares.next(rest),
                row: number,
                entry: row.entry,
                day: row.day,
                isWhole: false
            )
            push(open, to: .held(stock))
        } else {
            lotTags[Int(number)].setUsedUp()
        }
        rules.section104.lots[place].waiting = []
        rules.section104.lots[place].shares = shares
    }

    /// Identifies a disposal with acquisitions of its day and of the 30 days after it; returns what is left of it.
    mutating func takeMatched(_ quantity: Int128, from stock: Int, _ taken: inout Taken) -> Int128 {
        guard let place = rules.section104.group(of: stock, isUniversal: isUniversal, day: day.number) else {
            return quantity
        }
        if rules.section104.plan.isAllSameDay(place) {
            rules.section104.plan.useSameDay(quantity, ofGroupAt: place)
            use(quantity, ofGroup: place, .sameDay, &taken)
            return 0
        }
        var parts: [(group: Int32, quantity: Int128, rule: MatchRule)] = []
        let rest = rules.section104.plan.share(quantity, ofGroupAt: place) { parts.append(($0, $1, $2)) }
        for part in parts { use(part.quantity, ofGroup: Int(part.group), part.rule, &taken) }
        guard rest > 0 else { return 0 }
        if rules.section104.lots[place].scarce == nil {
            let wanted = rules.section104.plan.poolPart(ofGroupAt: place)
            let there = min(wanted, total(of: .held(stock)))
            rules.section104.lots[place].scarce = RunningShares(proceeds: there, quantity: wanted)
        }
        let there = rules.section104.lots[place].scarce?.next(rest) ?? rest
        rules.lacking = rest - there
        return there
    }

    /// Uses acquisitions of a day, now or when all of them are there.
    private mutating func use(
        _ quantity: Int128,
        ofGroup place: Int,
        _ rule: MatchRule,
        _ taken: inout Taken
    ) {
        taken.note(day: Int32.max, longCutoff: longCutoff, exemptCutoff: exemptCutoff)
        let cost = rules.section104.lots[place].shares?.next(quantity)
        if cost == nil { rules.section104.lots[place].waiting.append(useLots.count) }
        useLots.append(UsedLot(rules.section104.lots[place].row ?? 0, rule))
        useParts.append(UsePart(quantity: quantity, cost: cost ?? 0))
    }

    /// What only the end of the history shows: costs of disposals that waited for acquisitions, and so the sums of years.
    mutating func sumYearsLate(_ book: Book) {
        guard rules.isLate else { return }
        var fee = 0
        var denial = 0
        for index in disposals.indices {
            let record = disposals[index]
            let end = index + 1 < disposals.count ? Int(disposals[index + 1].firstUse) : useLots.count
            let uses = Int(record.firstUse)..<end
            var sums = YearPart(proceeds: record.proceeds)
            for use in uses { sums.cost += useParts[use].cost }
            sums.fee = DisposalSum.next(in: fees, &fee, of: index)
            sums.denied = DisposalSum.next(in: denials, &denial, of: index)
            guard record.tags.treatment == .taxable else {
                disposals[index].proceeds = sums.cost
                continue
            }
            var quantity = uses.reduce(0) { $0 + useParts[$1].quantity }
            if record.tags.hasFee || record.tags.held == .mixed {
                let entry = book.row(at: Int(record.entry))
                if record.tags.hasFee, sums.fee == 0, let leg = entry.fee { sums.fee = leg.amount.raw }
                quantity = record.leg(in: entry).amount.raw
            }
            let today = Day(number: rules.days[index])
            if today != day { begin(today) }
            count(sums, record.tags, quantity: quantity, uses: uses)
        }
    }
}

extension DisposalSum {
    /// The sum of a disposal in a list in the order of disposals, of which all before the place were asked for; else zero.
    static func next(
        in sums: borrowing ReportColumn<DisposalSum>,
        _ place: inout Int,
        of disposal: Int
    ) -> Int128 {
        while place < sums.count, Int(sums[place].disposal) < disposal { place += 1 }
        guard place < sums.count, Int(sums[place].disposal) == disposal else { return 0 }
        return sums[place].amount
    }
}
