/// How the OAuth server is set up.
public struct OAuthSettings: Hashable, Sendable {
    /// Who this server says it is, an address without a path; nil for the address that it listens on.
    public var issuer: String?
    /// Seconds until an access token ends.
    public var accessSeconds: Int64 = 7200
    /// Seconds until a refresh token that nobody uses ends.
    public var refreshIdleSeconds: Int64 = 30 * 86_400
    /// Seconds from a user's consent until it ends, however often it is refreshed.
    public var refreshTotalSeconds: Int64 = 90 * 86_400
    /// Whether confidential clients have to send a code challenge as public ones do.
    public var isChallengeRequired = false

    /// The usual settings: two hours, 30 days, 90 days, challenges of public clients alone.
    public init() {}

    /// Whether a text can be the issuer: a scheme, a host, a port or none, nothing else.
    public static func isIssuer(_ text: String) -> Bool { RedirectAddress.isOrigin(text) }
}

/// The named bounds of OAuth.
public enum OAuthLimits {
    /// Seconds until a code ends that nobody redeems.
    public static let codeSeconds: Int64 = 60
    /// Clients of one user.
    public static let clientsPerUser = 100
    /// Redirect addresses of one client.
    public static let redirectsPerClient = 16
    /// Bytes of one redirect address.
    public static let redirectBytesMax = 2000
    /// Bytes of a client's name.
    public static let nameBytesMax = 100
    /// Bytes of what a client sends along to recognise its user by.
    public static let stateBytesMax = 2048
    /// Bytes of any other parameter of a request.
    public static let parameterBytesMax = 4096
    /// Grants of one user that are in force; the oldest of the same client ends when one more comes.
    public static let grantsPerUserAndClient = 50
    /// Rates that an operator may give.
    public static let quotaRange = 1...1_000_000
}
