/// A route that fits a request, with the places of its path parameters.
struct RouteMatch: Sendable {
    let route: HTTPRoute
    /// The route's number in the table, for its counters.
    let index: Int
    let parameterRanges: [Range<Int>]
}

/// What the table says about a method and a path.
enum RouteOutcome {
    case match(RouteMatch)
    case methodNotAllowed(allowed: [String])
    case options(allowed: [String])
    /// The path exists with or without its last slash.
    case redirect
    case notFound
}

/// All routes of a server as one tree over path segments.
struct RouteTable: Sendable {
    private struct Node: Sendable {
        var literals: [(bytes: [UInt8], child: Int)] = []
        var parameter: Int?
        var endpoints: [(method: HTTPMethod, route: Int)] = []
    }

    private struct Zone: Sendable {
        let prefix: [UInt8]
        let pages: ErrorPages
        let trailingSlash: TrailingSlash
    }

    private struct Walk {
        let bytes: [UInt8]
        let end: Int
        let method: HTTPMethod
        var allowed: [HTTPMethod] = []
        var parameters: [Range<Int>] = []
    }

    let routes: [HTTPRoute]
    private var nodes: [Node] = [Node()]
    private var zones: [Zone] = []

    init(_ routers: [Router]) {
        routes = routers.flatMap(\.routes)
        for (index, route) in routes.enumerated() { insert(route, index: index) }
        for router in routers {
            for prefix in router.prefixes {
                var bytes = Array(prefix.utf8)
                while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
                zones.append(Zone(prefix: bytes, pages: router.pages, trailingSlash: router.trailingSlash))
            }
        }
        zones.sort { $0.prefix.count > $1.prefix.count }
    }

    private mutating func insert(_ route: HTTPRoute, index: Int) {
        var node = 0
        for segment in route.pattern.segments {
            node = child(of: node, for: segment)
        }
        precondition(
            !nodes[node].endpoints.contains { $0.method == route.method },
            "two routes for \(route.method.rawValue) \(route.pattern.text)"
        )
        nodes[node].endpoints.append((route.method, index))
    }

    private mutating func child(of node: Int, for segment: RoutePattern.Segment) -> Int {
        switch segment {
        case .literal(let bytes):
            if let known = nodes[node].literals.first(where: { $0.bytes == bytes }) { return known.child }
            nodes.append(Node())
            nodes[node].literals.append((bytes, nodes.count - 1))
        case .parameter:
            if let known = nodes[node].parameter { return known }
            nodes.append(Node())
            nodes[node].parameter = nodes.count - 1
        }
        return nodes.count - 1
    }

    // MARK: Zones

    private func zone(for path: ArraySlice<UInt8>) -> Zone? {
        zones.first { zone in
            path.starts(with: zone.prefix)
                && (path.count == zone.prefix.count
                    || path[path.startIndex + zone.prefix.count] == UInt8(ascii: "/"))
        }
    }

    /// The error pages of the longest prefix over a path.
    func pages(for path: ArraySlice<UInt8>) -> ErrorPages {
        zone(for: path)?.pages ?? .standard
    }

    // MARK: Matching

    func resolve(_ method: HTTPMethod, _ head: RequestHead) -> RouteOutcome {
        guard head.pathBytes.first == UInt8(ascii: "/") else {
            let isWholeServer = method == .options && head.pathBytes.elementsEqual("*".utf8)
            return isWholeServer ? .options(allowed: allMethods) : .notFound
        }
        var walk = Walk(bytes: head.bytes, end: head.path.upperBound, method: method)
        if let route = descend(from: 0, at: head.path.lowerBound + 1, &walk) {
            return .match(RouteMatch(route: routes[route], index: route, parameterRanges: walk.parameters))
        }
        if !walk.allowed.isEmpty { return refuse(walk) }
        guard head.pathBytes.count > 1, let zone = zone(for: head.pathBytes), zone.trailingSlash != .strict
        else { return .notFound }
        return resolveOtherSlash(method, head, zone.trailingSlash)
    }

    private func refuse(_ walk: Walk) -> RouteOutcome {
        let allowed = names(of: walk.allowed)
        return walk.method == .options ? .options(allowed: allowed) : .methodNotAllowed(allowed: allowed)
    }

    private func resolveOtherSlash(
        _ method: HTTPMethod,
        _ head: RequestHead,
        _ rule: TrailingSlash
    ) -> RouteOutcome {
        let path = head.pathBytes
        // The path gets or loses its last slash in a copy; the parameters' places stay valid in the original.
        var bytes = Array(head.bytes[..<path.endIndex])
        if path.last == UInt8(ascii: "/") { bytes.removeLast() } else { bytes.append(UInt8(ascii: "/")) }
        var walk = Walk(bytes: bytes, end: bytes.count, method: method)
        let route = descend(from: 0, at: path.startIndex + 1, &walk)
        guard route != nil || !walk.allowed.isEmpty else { return .notFound }
        guard rule == .either else { return .redirect }
        guard let route else { return refuse(walk) }
        return .match(RouteMatch(route: routes[route], index: route, parameterRanges: walk.parameters))
    }

    /// The number of the first route that fits, literals before parameters; keeps the methods of the first that
    /// fits but for the method.
    private func descend(from node: Int, at start: Int, _ walk: inout Walk) -> Int? {
        var end = start
        var isEscaped = false
        while end < walk.end, walk.bytes[end] != UInt8(ascii: "/") {
            if walk.bytes[end] == UInt8(ascii: "%") { isEscaped = true }
            end += 1
        }
        let segment = walk.bytes[start..<end]
        let literal = isEscaped ? PercentCoding.decodeBytes(segment, plusIsSpace: false)[...] : segment
        for candidate in nodes[node].literals where candidate.bytes.elementsEqual(literal) {
            if let route = proceed(to: candidate.child, after: end, &walk) { return route }
        }
        guard let child = nodes[node].parameter, !segment.isEmpty else { return nil }
        walk.parameters.append(start..<end)
        if let route = proceed(to: child, after: end, &walk) { return route }
        walk.parameters.removeLast()
        return nil
    }

    private func proceed(to node: Int, after end: Int, _ walk: inout Walk) -> Int? {
        guard end == walk.end else { return descend(from: node, at: end + 1, &walk) }
        let endpoints = nodes[node].endpoints
        if let found = endpoints.first(where: { $0.method == walk.method }) { return found.route }
        if walk.method == .head, let found = endpoints.first(where: { $0.method == .get }) {
            return found.route
        }
        // The first that fits but for the method is the nearest: what `/{name}` takes is not said of `/list`.
        if walk.allowed.isEmpty { walk.allowed = endpoints.map(\.method) }
        return nil
    }

    // MARK: Allow

    private static let methodOrder: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete]

    private var allMethods: [String] { names(of: routes.map(\.method)) }

    /// The names for `Allow`: HEAD beside GET, OPTIONS always, in one fixed order.
    private func names(of methods: [HTTPMethod]) -> [String] {
        let known = Self.methodOrder.filter { method in
            methods.contains(method) || (method == .head && methods.contains(.get))
        }
        let others = Set(methods).subtracting(Self.methodOrder).subtracting([.options]).map(\.rawValue)
            .sorted()
        return known.map(\.rawValue) + others + [HTTPMethod.options.rawValue]
    }
}
