/// The routes of one dialect, with the error pages and slash rule of its path prefixes.
public struct Router: Sendable {
    /// The path prefixes whose errors this router renders; the longest one over all routers wins.
    public let prefixes: [String]
    /// How failures look below the prefixes.
    public let pages: ErrorPages
    /// The rule for slashes at the end below the prefixes.
    public let trailingSlash: TrailingSlash
    /// What its routes take and answer; a route gets the description of its method and path.
    public let descriptions: [RouteDescription]
    /// Whether its routes are pages for people, which no document for programs describes.
    public let isForPeople: Bool
    /// The routes in the order they were added.
    public private(set) var routes: [HTTPRoute] = []

    /// A router without routes.
    public init(
        prefixes: [String] = ["/"],
        pages: ErrorPages = .standard,
        trailingSlash: TrailingSlash = .strict,
        descriptions: [RouteDescription] = [],
        isForPeople: Bool = false
    ) {
        self.prefixes = prefixes
        self.pages = pages
        self.trailingSlash = trailingSlash
        self.descriptions = descriptions
        self.isForPeople = isForPeople
    }

    /// Adds a route.
    ///
    /// Patterns are whole paths; `{name}` stands for one non-empty segment. A literal wins over a parameter. The
    /// admission looks at requests that announce a body, before the body is taken; without one all are admitted. An alias is
    /// another path of a route that is described under its own, and is not shown in documents.
    public mutating func add(
        _ method: HTTPMethod,
        _ pattern: String,
        name: String,
        body: HTTPBodyRule = .none,
        isServedWhenBusy: Bool = false,
        isAlias: Bool = false,
        admission: HTTPAdmissionCheck? = nil,
        _ handler: @escaping HTTPHandler
    ) {
        routes.append(
            HTTPRoute(
                name: name,
                method: method,
                pattern: RoutePattern(pattern),
                body: body,
                isServedWhenBusy: isServedWhenBusy,
                isAlias: isAlias,
                description: descriptions.first { $0.method == method && $0.path == pattern },
                admission: admission,
                handler: handler
            )
        )
    }
}
