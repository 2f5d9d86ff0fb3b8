import Money
import Time

/// One hop of a conversion as of instants that never decrease; it chooses as `Valuer` does.
struct HopCursor {
    /// A price that a hop uses.
    struct Step {
        let price: Int128
        let time: Timestamp
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
        Step(
            price: point.price.raw,
            time: point.time,
            isStale: isStale(point, time),
            isInverted: isInverted
        )
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

    /// The places of a way's hops among the cursors, with the assets they lead to.
    private struct Route {
        let hops: [Int]
        let path: [AssetID]
    }

    private var cursors: [HopCursor] = []
    /// By number of hops, of which fewer are better; then in the order of preference.
    private var routes: [[Route]] = []

    init(_ from: AssetID, _ to: AssetID, _ valuer: Valuer) {
        let hubs = valuer.settings.hubs.filter { $0 != from && $0 != to }
        let twoHubs = hubs.flatMap { first in hubs.filter { $0 != first }.map { [first, $0, to] } }
        var places: [PricePair: Int?] = [:]
        for paths in [[[to]], hubs.map { [$0, to] }, twoHubs] {
            routes.append(
                paths.compactMap { path in
                    let hops = zip([from] + path, path).map { start, end in
                        place(of: PricePair(base: start, quote: end), &places, valuer)
                    }
                    let known = hops.compactMap(\.self)
                    return known.count == hops.count ? Route(hops: known, path: path) : nil
                }
            )
        }
    }

    private mutating func place(
        of pair: PricePair,
        _ places: inout [PricePair: Int?],
        _ valuer: Valuer
    ) -> Int? {
        if let known = places[pair] { return known }
        let cursor = HopCursor(pair.base, pair.quote, valuer)
        if let cursor { cursors.append(cursor) }
        let place = cursor == nil ? nil : cursors.count - 1
        places[pair] = .some(place)
        return place
    }

    /// The way at an instant, or nil when there is none.
    mutating func way(asOf time: Int64) -> Way? {
        for routes in routes {
            var best: Way?
            for route in routes {
                guard let way = way(over: route, asOf: time) else { continue }
                // A single hop is never passed over for its age.
                guard way.isStale, way.hops.count > 1 else { return way }
                if best == nil { best = way }
            }
            if let best { return best }
        }
        return nil
    }

    private mutating func way(over route: Route, asOf time: Int64) -> Way? {
        var hops: [HopCursor.Step] = []
        hops.reserveCapacity(route.hops.count)
        for place in route.hops {
            guard let step = cursors[place].step(asOf: time) else { return nil }
            hops.append(step)
        }
        return Way(hops: hops, path: route.path)
    }
}
