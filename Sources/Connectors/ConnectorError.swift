public import HTTPClient

/// Why a service gave nothing.
public enum ConnectorError: Error, Hashable, Sendable {
    /// No answer came.
    case transport(TransportError)
    /// The service does not accept the credentials.
    case notAuthorized(String)
    /// The service knows the credentials and they may not do what is needed; in words.
    case notPermitted(String)
    /// The service refuses the request for a reason that it documents; in words.
    case refused(String)
    /// The service asks to wait; seconds where it says how long.
    case rateLimited(retryAfterSeconds: Int64?)
    /// The service failed several times in a row and is left alone for so many seconds.
    case paused(seconds: Int64)
    /// The service does not know what was asked for.
    case unknown(String)
    /// The service answered with a status that is no success.
    case status(Int, String)
    /// The answer is not what the service documents.
    case malformed(String)
}

extension ConnectorError: CustomStringConvertible {
    /// The error in words for a person; no query, no header and nothing of an answer's body beyond a short reason.
    public var description: String {
        switch self {
        case .transport(let error): Self.words(error)
        case .notAuthorized(let name): "\(name) does not accept the credentials"
        case .notPermitted(let text), .refused(let text): text
        case .rateLimited(nil): "asked to wait"
        case .rateLimited(let seconds?): "asked to wait \(seconds) s"
        case .paused(let seconds): "failed several times; left alone for \(seconds) s"
        case .unknown(let text): text
        case .status(let status, ""): "answered with status \(status)"
        case .status(let status, let text): "answered with status \(status): \(text)"
        case .malformed(let text): "not the documented answer: \(text)"
        }
    }

    /// Whether only other credentials can help.
    public var concernsCredentials: Bool {
        switch self {
        case .notAuthorized, .notPermitted: true
        default: false
        }
    }

    private static func words(_ error: TransportError) -> String {
        switch error {
        case .refusedAddress(let text), .unreachable(let text), .notTrusted(let text): text
        case .malformed(let text): text
        case .timedOut: "no answer within the time limit"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        }
    }
}
