/// What a route says to a request by its head alone, before any of the body is kept.
public enum HTTPAdmission: Sendable {
    /// The body is taken.
    case admitted
    /// Who asks is not known yet: the body is taken, and only so much of such bodies goes to disk.
    case unverified
    /// The body is not wanted, and this is the answer.
    ///
    /// Like any unwanted body it is thrown away up to a bound, so that the connection can be kept; the answer comes at
    /// once and closes the connection when the client waits for a go-ahead or announces much more than that.
    case refused(HTTPResponse)
}

/// Looks at a request whose body has not come yet, on the event loop.
///
/// The handler is called with the complete request all the same and has to check it again: requests without a body do
/// not come here.
public typealias HTTPAdmissionCheck = @Sendable (HTTPRequest) -> HTTPAdmission
