/// The routes, pages and limits of a server, without sockets: what a live server and a test in memory share.
public final class HTTPApplication: Sendable {
    /// The limits in force.
    public let limits: HTTPLimits
    /// The counters.
    public let metrics: HTTPMetrics
    /// All routes in the order they were added.
    public var routes: [HTTPRoute] { table.routes }

    let table: RouteTable
    let ids: HTTPRequestIDSource
    let spoolFolder: String
    let accessLog: (@Sendable (AccessRecord) -> Void)?
    let onFault: HTTPFaultReport?
    let bufferedBodies: ByteBudget
    let spooledBodies: ByteBudget
    let unverifiedSpooledBodies: ByteBudget

    /// An application made of routers.
    public init(configuration: HTTPConfiguration = HTTPConfiguration(), routers: [Router]) {
        limits = configuration.limits
        bufferedBodies = ByteBudget(limitBytes: limits.bufferedBodyBytes)
        spooledBodies = ByteBudget(limitBytes: limits.spooledBodyBytes)
        unverifiedSpooledBodies = ByteBudget(limitBytes: limits.unverifiedSpooledBytes)
        spoolFolder = configuration.spoolFolder
        accessLog = configuration.accessLog
        onFault = configuration.onFault
        table = RouteTable(routers)
        metrics = HTTPMetrics(routeNames: table.routes.map(\.name))
        ids = HTTPRequestIDSource(start: UInt64.random(in: .min ... .max))
    }

    /// Requests that may be in work at one time.
    var admittedMax: Int { limits.requestsInFlight + limits.requestsQueued }
}
