/// Takes the cause of a 500, 503 or 507 with the request's number, for the log; on any thread: it must not wait.
public typealias HTTPFaultReport = @Sendable (any Error, HTTPRequestID) -> Void

/// How a server listens and what it allows.
public struct HTTPConfiguration: Sendable {
    /// The numeric address to listen on, IPv4 or IPv6.
    public var address = "127.0.0.1"
    /// The port; 0 takes any free one.
    public var port: UInt16 = 8080
    /// Event loops.
    public var eventLoops = WorkerPool.coreCount
    /// All limits.
    public var limits = HTTPLimits()
    /// Addresses of proxies in front: exempt from the limit per address, and their `X-Forwarded-For` is believed.
    public var trustedProxies: Set<String> = []
    /// Where uploads that outgrow memory are kept while their request lives.
    public var spoolFolder = "/tmp"
    /// Takes a record of each answer, on an event loop: it must not wait.
    public var accessLog: (@Sendable (AccessRecord) -> Void)?
    /// Takes the causes of answers that are the server's or the machine's fault.
    public var onFault: HTTPFaultReport?

    /// The configuration as documented; change what you need.
    public init() {}
}

/// Why a server could not start.
public enum HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another program listens there.
    case addressInUse(address: String, port: UInt16)
    /// The system does not allow it, as for ports below 1024.
    case permissionDenied(address: String, port: UInt16)
    /// The address is not one of this machine.
    case addressNotAvailable(address: String)
    /// The text is not a numeric address.
    case addressInvalid(address: String)
    /// The server was started before.
    case alreadyStarted
    /// A system call failed otherwise.
    case system(operation: String, reason: String)

    /// What failed and what to do.
    public var description: String {
        switch self {
        case .addressInUse(let address, let port):
            "cannot listen on \(address):\(port): the address is in use; stop the other program or choose another port"
        case .permissionDenied(let address, let port):
            "cannot listen on \(address):\(port): permission denied; choose a port above 1023"
        case .addressNotAvailable(let address):
            "cannot listen on \(address): no interface of this machine has that address; use 127.0.0.1 or 0.0.0.0"
        case .addressInvalid(let address):
            "cannot listen on '\(address)': expected a numeric address such as 127.0.0.1 or ::1"
        case .alreadyStarted: "the server was started before; make a new one"
        case .system(let operation, let reason):
            "cannot start the HTTP server: \(operation) failed: \(reason)"
        }
    }
}
