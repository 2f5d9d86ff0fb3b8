/// The words for errors of RFC 6749, RFC 6750, RFC 7009 and RFC 7636.
public enum OAuthErrorCode: String, Hashable, Sendable, CaseIterable {
    /// A parameter is missing, wrong or repeated.
    case invalidRequest = "invalid_request"
    /// No such client, or its secret is wrong.
    case invalidClient = "invalid_client"
    /// The code, token or password is wrong, over or another client's.
    case invalidGrant = "invalid_grant"
    /// The client may not use this grant.
    case unauthorizedClient = "unauthorized_client"
    /// The server does not know this grant.
    case unsupportedGrantType = "unsupported_grant_type"
    /// The server does not answer in this way.
    case unsupportedResponseType = "unsupported_response_type"
    /// A scope is unknown or more than is allowed.
    case invalidScope = "invalid_scope"
    /// The user said no.
    case accessDenied = "access_denied"
    /// The access token is unknown or over.
    case invalidToken = "invalid_token"
}

/// Why a client gets no token, in the form in which it is told.
public struct OAuthError: Error, Hashable, Sendable {
    /// The word for programs.
    public let code: OAuthErrorCode
    /// A sentence for people, ASCII without quotes and backslashes; nothing private.
    public let words: String

    /// An error from its parts.
    public init(_ code: OAuthErrorCode, _ words: String) {
        self.code = code
        self.words = words
    }
}
