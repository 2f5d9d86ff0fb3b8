import Ledger
import Money
import Time
public import Venues

/// Brings the rows of one reading together: halves to events, payments to where they were made.
///
/// A pure function of its rows: the same rows give the same events, whatever the order of the wallets.
public struct ExchangePairing: Sendable {
    /// The events by time, then by id.
    public private(set) var events: [ExchangeEvent] = []
    /// The ids of the rows that were joined, event by event.
    public private(set) var groups: [[String]] = []
    /// Halves whose other side is not among the rows.
    public private(set) var lone: [ExchangeHalf] = []
    /// The rows of groups that are not whole.
    public private(set) var loneGroups: [[LedgerRow]] = []
    /// What should be said about groups.
    public private(set) var remarks: [String] = []
    /// Groups whose sums are out of range, by their id.
    public private(set) var faults: [String] = []

    /// How far apart in time two halves without a shared key may be, in seconds.
    static let secondsApartMax: Int64 = 5

    /// Joins rows.
    public init(_ rows: [ExchangeRow]) {
        var halves: [ExchangeHalf] = []
        var paidInside: Set<String> = []
        var parts: [String: [LedgerRow]] = [:]
        for row in rows {
            switch row.content {
            case .event(let event): events.append(event)
            case .half(let half): halves.append(half)
            case .part(let part): parts[part.group, default: []].append(part)
            case .otherSide(let key): paidInside.insert(key)
            case .pending, .nothing: break
            }
        }
        for index in events.indices {
            if let key = events[index].key, paidInside.contains(key) { events[index].isPaidOutside = false }
        }
        join(halves)
        for (_, rows) in parts.sorted(by: { $0.key < $1.key }) { join(rows) }
        events.sort { ($0.time, $0.id) < ($1.time, $1.id) }
    }

    private mutating func join(_ rows: [LedgerRow]) {
        guard LedgerGroup.isWhole(rows) else { return loneGroups.append(rows) }
        do throws(MoneyError) {
            let group = try LedgerGroup(rows)
            events += group.events
            if let remark = group.remark { remarks.append(remark) }
            groups.append(rows.map(\.id))
        } catch {
            faults.append(rows[0].group)
        }
    }

    private mutating func join(_ halves: [ExchangeHalf]) {
        let sorted = halves.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        var waiting: [ExchangeHalf] = []
        for half in sorted {
            guard let place = ExchangePairing.partner(of: half, in: waiting) else {
                waiting.append(half)
                continue
            }
            let other = waiting.remove(at: place)
            groups.append([half.id, other.id])
            events.append(ExchangePairing.joined(other, half))
        }
        lone = waiting
    }

    /// The best of those that fit: the same key, else the nearest in time, else the same amount.
    private static func partner(of half: ExchangeHalf, in waiting: [ExchangeHalf]) -> Int? {
        let fitting = waiting.indices.filter { place in
            let other = waiting[place]
            guard other.isOut != half.isOut, other.moved.asset != half.moved.asset, other.sort == half.sort
            else { return false }
            if half.key != nil || other.key != nil { return half.key == other.key }
            return half.time.seconds - other.time.seconds <= secondsApartMax
        }
        func rank(_ place: Int) -> (Int64, Int) {
            let other = waiting[place]
            return (half.time.seconds - other.time.seconds, other.moved.amount == half.moved.amount ? 0 : 1)
        }
        return fitting.min { rank($0) < rank($1) }
    }

    /// The event of two halves: it has the id and time of the side that went out, and the value of what was received.
    private static func joined(_ first: ExchangeHalf, _ second: ExchangeHalf) -> ExchangeEvent {
        let (out, back) = first.isOut ? (first, second) : (second, first)
        return ExchangeEvent(
            id: out.id,
            time: out.time,
            kind: out.kind,
            incoming: back.moved,
            outgoing: out.moved,
            value: back.value ?? out.value,
            key: out.key,
            note: out.note.isEmpty ? back.note : out.note
        )
    }
}

extension ExchangeHalf {
    /// What becomes of a half whose other side never comes: something came in or went out, and where is not known.
    public var alone: ExchangeEvent {
        ExchangeEvent(
            id: id,
            time: time,
            kind: isOut ? .withdrawal : .deposit,
            incoming: isOut ? nil : moved,
            outgoing: isOut ? moved : nil,
            value: value,
            note: note
        )
    }
}
