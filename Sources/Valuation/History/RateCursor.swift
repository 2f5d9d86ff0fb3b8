import Money
import Time

/// One hop of a conversion as of instants that never decrease; it chooses as `Valuer` does.
struct HopCursor {
    /// A price that a hop uses.
    struct Step {
        let price: Int128
        let isStale: Bool
        let isInverted: Bool
    }

    private var direct: [SeriesCursor]
    private var inverse: [SeriesCursor]
    private let freshMicroseconds: Int64

    /// Nil when the pair has no series either way.
    init?(_ from: AssetID, _ to: AssetID, _ valuer: Valuer) {
        let pair = PricePair(base: from, quote: to)
        direct = valuer.book.series(of: pair).map { SeriesCursor($0.series) }
        inverse = valuer.book.series(of: pair.inverted).map { SeriesCursor($0.series) }
        guard !direct.isEmpty || !inverse.isEmpty else { return nil }
        freshMicroseconds = valuer.freshSeconds(of: pair) * 1_000_000
    }

    mutating func step(asOf time: Int64) -> Step? {
        let straight = HopCursor.best(&direct, asOf: time, freshMicroseconds)
        if let straight, !isStale(straight, time) { return step(straight, time, isInverted: false) }
        guard let other = HopCursor.best(&inverse, asOf: time, freshMicroseconds) else {
            return straight.map { step($0, time, isInverted: false) }
        }
        if let straight, isStale(other, time), straight.time >= other.time {
            return step(straight, time, isInverted: false)
        }
        return step(other, time, isInverted: true)
    }

    /// The first fresh price in the order of preference, else the newest.
    private static func best(
        _ cursors: inout [SeriesCursor],
        asOf time: Int64,
        _ fresh: Int64
    ) -> PricePoint? {
        var best: PricePoint?
        for place in cursors.indices {
            guard let point = cursors[place].point(asOf: time) else { continue }
            if time - point.time.microseconds <= fresh { return point }
            if let known = best, known.time >= point.time { continue }
            best = point
        }
        return best
    }

    private func isStale(_ point: PricePoint, _ time: Int64) -> Bool {
        time - point.time.microseconds > freshMicroseconds
    }

    private func step(_ point: PricePoint, _ time: Int64, isInverted: Bool) -> Step {
        Step(price: point.price.raw, isStale: isStale(point, time), isInverted: isInverted)
    }
}

/// The way from one asset to another as of instants that never decrease; it chooses as `Valuer` does.
struct RateCursor {
    /// The hops of a way, in order, with the assets they lead to.
    struct Way {
        var hops: [HopCursor.Step]
        var path: [AssetID]

        var isStale: Bool { hops.contains(where: \.isStale) }
    }

    private struct Link: Hashable {
        let from: AssetID
        let to: AssetID
    }

    private let from: AssetID
    private let to: AssetID
    private let hubs: [AssetID]
    private var cursors: [Link: HopCursor] = [:]

    init(_ from: AssetID, _ to: AssetID, _ valuer: Valuer) {
        (self.from, self.to) = (from, to)
        hubs = valuer.settings.hubs.filter { $0 != from && $0 != to }
        let ends = hubs + [to]
        for start in [from] + hubs {
            for end in ends where start != end {
                cursors[Link(from: start, to: end)] = HopCursor(start, end, valuer)
            }
        }
    }

    /// Whether any series leads away from the asset.
    var hasStart: Bool { (hubs + [to]).contains { cursors[Link(from: from, to: $0)] != nil } }

    /// The way at an instant, or nil when there is none.
    mutating func way(asOf time: Int64) -> Way? {
        if let direct = hop(from, to, time) { return Way(hops: [direct], path: [to]) }
        return overOneHub(time) ?? overTwoHubs(time)
    }

    private mutating func overOneHub(_ time: Int64) -> Way? {
        var best: Way?
        for hub in hubs {
            guard let first = hop(from, hub, time), let second = hop(hub, to, time) else { continue }
            let way = Way(hops: [first, second], path: [hub, to])
            guard way.isStale else { return way }
            if best == nil { best = way }
        }
        return best
    }

    private mutating func overTwoHubs(_ time: Int64) -> Way? {
        var best: Way?
        for first in hubs {
            guard let start = hop(from, first, time) else { continue }
            for second in hubs where second != first {
                guard let middle = hop(first, second, time), let end = hop(second, to, time) else { continue }
                let way = Way(hops: [start, middle, end], path: [first, second, to])
                guard way.isStale else { return way }
                if best == nil { best = way }
            }
        }
        return best
    }

    private mutating func hop(_ from: AssetID, _ to: AssetID, _ time: Int64) -> HopCursor.Step? {
        cursors[Link(from: from, to: to)]?.step(asOf: time)
    }
}
