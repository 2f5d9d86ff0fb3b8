/// Every limit of the HTTP room; hitting one has a named answer.
public struct HTTPLimits: Sendable {
    /// Bytes of request line and headers; more is 431.
    public var headBytes = 16 * 1024
    /// Bytes of the request target; more is 414.
    public var targetBytes = 8 * 1024
    /// Number of headers; more is 431.
    public var headers = 100
    /// Bytes that are read and thrown away where no route takes a body; twice as many close the connection.
    public var unwantedBodyBytes = 1024 * 1024
    /// Bytes of bodies held in memory at one time over all requests; more is 503.
    public var bufferedBodyBytes = 256 * 1024 * 1024
    /// Bytes of bodies kept in temporary files at one time over all requests; more is 503.
    public var spooledBodyBytes = 1024 * 1024 * 1024
    /// The same for requests whose caller is not known yet, apart from the others.
    public var unverifiedSpooledBytes = 64 * 1024 * 1024
    /// Seconds until the head must be complete.
    public var headSeconds = 10.0
    /// Seconds from the head until the body must be complete.
    public var bodySeconds = 30.0
    /// Seconds that a kept-alive connection may be silent.
    public var idleSeconds = 30.0
    /// Seconds until the client must have taken the answer.
    public var answerSeconds = 30.0
    /// Connections at one time; a further one is closed at once.
    public var connections = 2_000
    /// Connections from one address at one time; a trusted proxy is exempt.
    public var connectionsPerAddress = 200
    /// Requests in work at one time.
    public var requestsInFlight = 256
    /// Further requests that may wait for their turn; beyond both sums is 503.
    public var requestsQueued = 256
    /// Seconds that a refused client is asked to wait.
    public var retryAfterSeconds = 1
    /// Limits of multipart bodies.
    public var multipart = MultipartLimits()

    /// The limits as documented; change what you need.
    public init() {}
}

/// Limits of a multipart body.
public struct MultipartLimits: Sendable {
    /// Characters of the boundary.
    public var boundaryBytes = 70
    /// Parts in one body.
    public var parts = 16
    /// Bytes of one part's headers.
    public var partHeadBytes = 8 * 1024
    /// Parts that carry a file name.
    public var files = 1
    /// Bytes of a part without a file name.
    public var fieldBytes = 64 * 1024
    /// Bytes of a file kept in memory; longer ones go to a temporary file.
    public var fileMemoryBytes = 256 * 1024

    /// The limits as documented; change what you need.
    public init() {}
}
