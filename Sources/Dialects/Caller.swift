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
    /// Whether OAuth clients that stand for themselves may fulfil it.
    public let isForClients: Bool

    /// A rule over several groups.
    public init(_ needed: [[TokenScope]], isForClients: Bool = false) {
        self.needed = needed
        self.isForClients = isForClients
    }

    /// The scopes that are named when all are missing.
    public var named: [TokenScope] { needed.compactMap(\.first) }

    /// The rule that one scope fulfils.
    public static func needs(_ scope: TokenScope) -> ScopeRule { ScopeRule([[scope]]) }

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
