import Synchronization

/// Why the server turned a request or a connection away.
public enum HTTPRejection: Int, CaseIterable, Sendable {
    case framing, headTooLarge, targetTooLong, tooManyHeaders, bodyTooLarge, contentCoding, multipart
    case overloaded, bodyBudget, storageFull
    case connections, connectionsPerAddress
    case headDeadline, bodyDeadline, idleDeadline, answerDeadline
}

/// Counters of one route at one moment.
public struct HTTPRouteCounts: Hashable, Sendable {
    /// The route's name; `-` gathers what no route answered.
    public let name: String
    /// Answers by status class: index 0 is 1xx, index 4 is 5xx.
    public let statusClasses: [Int]
    /// Answers per duration bucket, not cumulated; one more than there are bounds.
    public let durations: [Int]
    /// Sum of all durations in microseconds.
    public let durationMicrosecondsTotal: Int
    /// Bytes of answers' bodies.
    public let bytesSent: Int
}

/// All counters of a server, cheap enough for each request: relaxed atomics and nothing else.
public final class HTTPMetrics: Sendable {
    /// Upper bounds of the duration buckets in microseconds.
    public static let durationBoundsMicroseconds = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 10_000_000,
    ]

    private static let bucketCount = 16
    private static let rejectionCount = 16

    private final class RouteCounters: Sendable {
        let statusClasses: InlineArray<5, Atomic<Int>> = InlineArray { _ in Atomic(0) }
        let durations: InlineArray<16, Atomic<Int>> = InlineArray { _ in Atomic(0) }
        let total = Atomic(0)
        let bytesSent = Atomic(0)
    }

    private let names: [String]
    private let routes: [RouteCounters]
    private let rejections: InlineArray<16, Atomic<Int>> = InlineArray { _ in Atomic(0) }
    private let inFlight = Atomic(0)
    private let connectionsNow = Atomic(0)
    private let connectionsTotal = Atomic(0)
    private let bytesReceivedTotal = Atomic(0)

    init(routeNames: [String]) {
        precondition(
            Self.durationBoundsMicroseconds.count + 1 == Self.bucketCount,
            "a bucket per bound and one more"
        )
        precondition(HTTPRejection.allCases.count == Self.rejectionCount, "a counter per reason")
        names = routeNames + ["-"]
        routes = names.map { _ in RouteCounters() }
    }

    /// Requests that a handler works on now.
    public var requestsInFlight: Int { inFlight.load(ordering: .relaxed) }
    /// Connections open now.
    public var connections: Int { connectionsNow.load(ordering: .relaxed) }
    /// Connections accepted since the start.
    public var connectionsAccepted: Int { connectionsTotal.load(ordering: .relaxed) }
    /// Bytes of requests' bodies since the start.
    public var bytesReceived: Int { bytesReceivedTotal.load(ordering: .relaxed) }

    /// How often that reason turned something away.
    public func rejected(_ reason: HTTPRejection) -> Int {
        rejections[reason.rawValue].load(ordering: .relaxed)
    }

    /// The counters of all routes in the order of the routes, the unrouted last.
    public var routeCounts: [HTTPRouteCounts] {
        zip(names, routes).map { name, counters in
            HTTPRouteCounts(
                name: name,
                statusClasses: (0..<5).map { counters.statusClasses[$0].load(ordering: .relaxed) },
                durations: (0..<Self.bucketCount).map { counters.durations[$0].load(ordering: .relaxed) },
                durationMicrosecondsTotal: counters.total.load(ordering: .relaxed),
                bytesSent: counters.bytesSent.load(ordering: .relaxed)
            )
        }
    }

    // MARK: Counting

    func answered(route: Int?, status: Int, bytes: Int, microseconds: Int) {
        let counters = routes[route ?? routes.count - 1]
        let statusClass = min(max(status / 100 - 1, 0), 4)
        counters.statusClasses[statusClass].add(1, ordering: .relaxed)
        let bucket = Self.durationBoundsMicroseconds.firstIndex { microseconds <= $0 } ?? Self.bucketCount - 1
        counters.durations[bucket].add(1, ordering: .relaxed)
        counters.total.add(microseconds, ordering: .relaxed)
        counters.bytesSent.add(bytes, ordering: .relaxed)
    }

    func reject(_ reason: HTTPRejection) {
        rejections[reason.rawValue].add(1, ordering: .relaxed)
    }

    /// Counts a request in unless that many are in work already.
    func enter(limit: Int) -> Bool {
        let now = inFlight.add(1, ordering: .relaxed).newValue
        guard now > limit else { return true }
        leave()
        return false
    }

    func leave() {
        inFlight.subtract(1, ordering: .relaxed)
    }

    func connectionOpened() {
        connectionsNow.add(1, ordering: .relaxed)
        connectionsTotal.add(1, ordering: .relaxed)
    }

    func connectionClosed() {
        connectionsNow.subtract(1, ordering: .relaxed)
    }

    func received(bytes: Int) {
        bytesReceivedTotal.add(bytes, ordering: .relaxed)
    }
}

extension HTTPFailure {
    /// The counter of the failure, if it is a rejection.
    var rejection: HTTPRejection? {
        switch self {
        case .bodyTooLarge: .bodyTooLarge
        case .targetTooLong: .targetTooLong
        case .headTooLarge: .headTooLarge
        case .tooManyHeaders: .tooManyHeaders
        case .contentCodingRefused: .contentCoding
        case .multipart: .multipart
        case .overloaded: .overloaded
        case .storageFull: .storageFull
        case .notFound, .methodNotAllowed, .tooManyRequests, .internalError: nil
        }
    }
}
