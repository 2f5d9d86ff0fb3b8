public import HTTPClient

/// Why a service gave nothing.
public enum ConnectorError: Error, Hashable, Sendable {
    /// No answer came.
    case transport(TransportError)
    /// The service does not accept the credentials.
    case notAuthorized(String)
    /// The service asks to wait; seconds where it says how long.
    case rateLimited(retryAfterSeconds: Int64?)
    /// The service does not know what was asked for.
    case unknown(String)
    /// The service answered with a status that is no success.
    case status(Int, String)
    /// The answer is not what the service documents.
    case malformed(String)
}
