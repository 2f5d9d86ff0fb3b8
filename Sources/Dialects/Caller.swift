public import HTTPServer
public import Services

/// Who asks, found out before anything else is looked at.
public struct Caller: Sendable {
    /// Whom the credential stands for.
    public let principal: Principal

    /// The caller of a credential that was looked up.
    public init(principal: Principal) {
        self.principal = principal
    }

    /// Counts a request for each of the caller's rates; nil when all hold, else the seconds to wait.
    public func refusal(by rates: RateLimiter, atMicroseconds now: Int64) -> Int? {
        var seconds: Int?
        for share in principal.rates {
            let wait =
                if let rate = share.rate {
                    rates.refusal(
                        for: share.key,
                        ratePerSecond: Double(rate.perSecond),
                        burst: rate.burst,
                        atMicroseconds: now
                    )
                } else {
                    rates.refusal(for: share.key, atMicroseconds: now)
                }
            if let wait { seconds = max(seconds ?? 0, wait) }
        }
        return seconds
    }

    /// The text for the access log.
    public var logName: String { "token:\(principal.credentialNumber)" }
}

extension HTTPResponse {
    /// The answer with its caller for the access log.
    public func named(_ caller: Caller?) -> HTTPResponse {
        guard let caller else { return self }
        var response = self
        response.principal = caller.logName
        return response
    }
}

/// The credential that a request shows.
public enum ShownCredential: Sendable {
    /// None at all.
    case none
    /// A text, which may be a credential of these kinds alone.
    case token(ArraySlice<UInt8>, kinds: Set<String>)
    /// One that is shown in a way that is not taken, and the answer to that.
    case refused(HTTPResponse)
}

/// What a credential must allow: of each of these groups at least one scope.
public struct ScopeRule: Hashable, Sendable {
    /// The groups; the first scope of each is the one that is named when none is there.
    public let needed: [[TokenScope]]
    /// Whether an OAuth client that stands for itself may come; it has no data of its own.
    public let takesClients: Bool

    /// A rule over several groups.
    public init(_ needed: [[TokenScope]], takesClients: Bool = false) {
        self.needed = needed
        self.takesClients = takesClients
    }

    /// The rule that one scope fulfils.
    public static func needs(_ scope: TokenScope) -> ScopeRule { ScopeRule([[scope]]) }

    /// Of each group that a caller with these scopes has none of, the scope that is named; none when the caller may come.
    public func missing(_ principal: Principal, in scopes: Set<TokenScope>) -> [TokenScope] {
        principal.isClient && !takesClients ? needed.compactMap(\.first) : missing(in: scopes)
    }

    /// Of each group that these scopes have none of, the scope that is named; none when they fulfil the rule.
    public func missing(in scopes: Set<TokenScope>) -> [TokenScope] {
        needed.filter { group in !group.contains { scopes.contains($0) } }.compactMap(\.first)
    }
}

/// Why a caller is sent away before the request is looked at.
public enum CallerRefusal: Hashable, Sendable {
    /// Nobody said who asks.
    case noCredential
    /// The credential is unknown, over, or none of this dialect.
    case invalidCredential
    /// The credential may not do this; what it lacks.
    case scopeMissing([TokenScope])
    /// More requests came than the rate allows.
    case tooManyRequests(seconds: Int)
    /// Too much waits already; nothing was done.
    case busy
}
