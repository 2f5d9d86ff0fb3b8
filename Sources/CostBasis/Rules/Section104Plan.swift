/// Which acquisitions the disposals of each day are identified with, before the section 104 holding.
///
/// TCGA 1992 s105(1): all acquisitions of a day are one acquisition and all disposals of a day are one disposal, which are
/// identified with each other first. s106A(5): then with acquisitions within the 30 days after the disposal, of which the
/// earlier go before the later; earlier disposals before later ones. What is left goes into or comes out of the holding.
/// Quantities only: linear in the events, times at most 30 days for each day with disposals.
struct Section104Plan {
    /// A pool's acquisitions and disposals of one day.
    struct Group {
        let day: Int32
        /// The sum acquired, and by how many entries.
        var acquired: Int128 = 0
        var acquisitions: Int32 = 0
        /// The sum disposed of on a day on which these rules hold, and how much of it was carried out so far.
        var disposed: Int128 = 0
        var done: Int128 = 0
        /// What is identified with disposals of the same day, and how much of it was used so far.
        var sameDay: Int128 = 0
        var sameDayUsed: Int128 = 0
        /// What is identified with disposals of the 30 days before.
        var reserved: Int128 = 0
        /// Whether any of its acquisitions are identified with disposals.
        var isMatched = false
        /// The part of `matches` that belongs to this day's disposals.
        var matches: Range<Int32> = 0..<0

        init(day: Int32) {
            self.day = day
        }

        var free: Int128 { acquired - sameDay - reserved }
    }

    /// Disposals of one day identified with acquisitions of a later one.
    struct Match {
        let group: Int32
        let quantity: Int128
        var used: Int128 = 0
    }

    /// All groups, by pool and then by day.
    private(set) var groups: [Group] = []
    private(set) var matches: [Match] = []
    /// Where a pool's groups begin, by scope and the pool's number; they end where the next pool's begin.
    private var first: [[Int32]] = [[], []]
    private var end: [[Int32]] = [[], []]

    /// The days after a disposal within which an acquisition counts.
    static let days: Int32 = 30

    /// A plan without any rule.
    init() {}

    init(_ log: borrowing TradeLog) {
        let order = Section104Plan.eventsByPool(log)
        var key: (UInt32, Bool)?
        for index in order {
            let event = log.events[Int(index)]
            let isUniversal = event.isUniversal
            if key.map({ $0 != (event.stock, isUniversal) }) ?? true {
                close(key)
                key = (event.stock, isUniversal)
                open(event.stock, isUniversal)
            }
            if groups.count == start || groups[groups.count - 1].day != event.day {
                groups.append(Group(day: event.day))
            }
            let last = groups.count - 1
            if event.kind == .disposal {
                if event.method == .s104 { groups[last].disposed += log.quantities[Int(index)] }
            } else {
                groups[last].acquired += log.quantities[Int(index)]
                groups[last].acquisitions += 1
            }
        }
        close(key)
    }

    private var start = 0

    /// The events that count, pool by pool, each pool's in the order of the Book.
    private static func eventsByPool(_ log: borrowing TradeLog) -> [UInt32] {
        var counts: [[Int]] = [[], []]
        for index in log.events.indices where log.events[index].kind != .other {
            let event = log.events[index]
            let scope = event.isUniversal ? 0 : 1
            while counts[scope].count <= Int(event.stock) { counts[scope].append(0) }
            counts[scope][Int(event.stock)] += 1
        }
        var sum = 0
        var places = counts
        for scope in 0..<2 {
            for stock in counts[scope].indices {
                places[scope][stock] = sum
                sum += counts[scope][stock]
            }
        }
        var order = [UInt32](repeating: 0, count: sum)
        for index in log.events.indices where log.events[index].kind != .other {
            let event = log.events[index]
            let scope = event.isUniversal ? 0 : 1
            order[places[scope][Int(event.stock)]] = UInt32(truncatingIfNeeded: index)
            places[scope][Int(event.stock)] += 1
        }
        return order
    }

    private mutating func open(_ stock: UInt32, _ isUniversal: Bool) {
        let scope = isUniversal ? 0 : 1
        while first[scope].count <= Int(stock) {
            first[scope].append(0)
            end[scope].append(0)
        }
        start = groups.count
        first[scope][Int(stock)] = Int32(start)
    }

    /// Identifies the disposals of a pool whose groups are complete.
    private mutating func close(_ key: (stock: UInt32, isUniversal: Bool)?) {
        guard let key else { return }
        end[key.isUniversal ? 0 : 1][Int(key.stock)] = Int32(groups.count)
        for place in start..<groups.count {
            groups[place].sameDay = min(groups[place].acquired, groups[place].disposed)
        }
        var next = start
        for place in start..<groups.count {
            var wanted = groups[place].disposed - groups[place].sameDay
            guard wanted > 0 else { continue }
            let firstMatch = Int32(matches.count)
            let lastDay = groups[place].day + Section104Plan.days
            next = max(next, place + 1)
            while next < groups.count, groups[next].free == 0 { next += 1 }
            var later = next
            while wanted > 0, later < groups.count, groups[later].day <= lastDay {
                let quantity = min(wanted, groups[later].free)
                if quantity > 0 {
                    groups[later].reserved += quantity
                    wanted -= quantity
                    matches.append(Match(group: Int32(later), quantity: quantity))
                }
                later += 1
            }
            groups[place].matches = firstMatch..<Int32(matches.count)
        }
        for place in start..<groups.count {
            groups[place].isMatched = groups[place].sameDay > 0 || groups[place].reserved > 0
        }
    }

    /// The places of a pool's groups.
    func groups(of stock: Int, isUniversal: Bool) -> Range<Int> {
        let scope = isUniversal ? 0 : 1
        guard stock < first[scope].count else { return 0..<0 }
        return Int(first[scope][stock])..<Int(end[scope][stock])
    }

    /// Whether a day's acquisitions cover all of its disposals.
    func isAllSameDay(_ place: Int) -> Bool { groups[place].sameDay == groups[place].disposed }

    /// What a day's disposals take from the holding, if it has so much.
    func poolPart(ofGroupAt place: Int) -> Int128 {
        let group = groups[place]
        return group.disposed - group.sameDay - group.matches.reduce(0) { $0 + matches[Int($1)].quantity }
    }

    /// Takes a disposal off the acquisitions of such a day.
    mutating func useSameDay(_ quantity: Int128, ofGroupAt place: Int) {
        groups[place].done += quantity
        groups[place].sameDayUsed += quantity
    }

    /// What the next disposal of a day takes of each identification, the day's own first and then match by match.
    ///
    /// All disposals of a day are one, so each takes its share of all: by running sums, rounded down, and what rounding leaves
    /// over from whatever has room. What no identification covers is returned as the rest.
    mutating func share(
        _ quantity: Int128,
        ofGroupAt place: Int,
        _ take: (Int32, Int128, MatchRule) -> Void
    ) -> Int128 {
        let group = groups[place]
        groups[place].done += quantity
        var day = Parts(quantity: quantity, done: group.done, of: group.disposed)
        var shares = [day.next(group.sameDay, used: group.sameDayUsed)]
        for index in group.matches {
            let match = matches[Int(index)]
            shares.append(day.next(match.quantity, used: match.used))
        }
        // The rest of the day and what of it is done belong to the holding.
        var rest = day.next(group.disposed - day.wholes, used: group.done - day.uses)
        shares[0] += day.fill(group.sameDay - group.sameDayUsed - shares[0])
        groups[place].sameDayUsed += shares[0]
        if shares[0] > 0 { take(Int32(place), shares[0], .sameDay) }
        for (number, index) in group.matches.enumerated() {
            let match = matches[Int(index)]
            let wanted = shares[number + 1] + day.fill(match.quantity - match.used - shares[number + 1])
            matches[Int(index)].used += wanted
            if wanted > 0 { take(match.group, wanted, .thirtyDays) }
        }
        rest += day.left
        return rest
    }

    /// How a disposal is split over what its day is identified with.
    private struct Parts {
        let quantity: Int128
        let done: Int128
        let whole: Int128
        /// What no part has taken yet, and the sums of all parts asked for.
        var left: Int128
        var wholes: Int128 = 0
        var uses: Int128 = 0

        init(quantity: Int128, done: Int128, of whole: Int128) {
            self.quantity = quantity
            self.done = done
            self.whole = whole
            left = quantity
        }

        /// The share of a part, of which some was used before.
        mutating func next(_ part: Int128, used: Int128) -> Int128 {
            wholes += part
            uses += used
            let share = max(0, min(left, floor(part, done + quantity, dividedBy: whole) - used))
            left -= share
            return share
        }

        /// What rounding left over, as far as there is room.
        mutating func fill(_ room: Int128) -> Int128 {
            let more = min(left, max(0, room))
            left -= more
            return more
        }
    }

    /// whole × part ÷ divisor, rounded down; the part is not above the divisor.
    private static func floor(_ whole: Int128, _ part: Int128, dividedBy divisor: Int128) -> Int128 {
        let product = whole.magnitude.multipliedFullWidth(by: part.magnitude)
        return Int128(divisor.magnitude.dividingFullWidth(product).quotient)
    }
}
