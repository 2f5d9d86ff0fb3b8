public import Storage
public import Time

/// The number of an OAuth client, as the store gives it.
public typealias ClientID = Storage.ClientID

/// The rate that the operator gave a user or a client.
public typealias Quota = Storage.Quota

/// What a user may do.
public typealias UserRole = Storage.UserRole

/// An OAuth client as others see it: never its secret.
public struct OAuthClientInfo: Hashable, Sendable {
    /// The number inside.
    public let id: ClientID
    /// What it is called by outside: its `client_id`.
    public let publicID: String
    /// Whose it is.
    public let owner: UserID
    /// The name that users are shown.
    public let name: String
    /// Where users may be sent back to, in the owner's order.
    public let redirects: [String]
    /// What it may ask for, in the usual order.
    public let scopes: [TokenScope]
    /// Whether it has a secret.
    public let isConfidential: Bool
    /// Whether the operator lets it take passwords.
    public let isFirstParty: Bool
    /// When it was made.
    public let created: Timestamp
    /// When it was last changed.
    public let updated: Timestamp

    /// The number inside as it is, for logs and rates.
    public var number: Int64 { id.raw }

    init(_ record: ClientRecord) {
        id = record.id
        publicID = record.draft.publicID
        owner = record.draft.user
        name = record.draft.name
        redirects = record.draft.redirects
        scopes = TokenScope.cryptfolio.filter { record.draft.scopes.contains($0.rawValue) }
        isConfidential = record.draft.secret != nil
        isFirstParty = record.isFirstParty
        created = record.created
        updated = record.updated
    }
}

/// A client that was just made or got another secret, which is shown only now.
public struct NewOAuthClient: Sendable {
    /// The client.
    public let client: OAuthClientInfo
    /// The secret; nil for a public client.
    public let secret: String?
}

/// A parameter of a request, decoded.
public struct OAuthParameter: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String

    /// A parameter from its parts.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a client asks a user for, checked: what the page of consent shows.
public struct AuthorizationAsk: Hashable, Sendable {
    /// Who asks.
    public let client: OAuthClientInfo
    /// Where the user is sent back to, exactly as registered but for the port of a loopback address.
    public let redirect: String
    /// What is asked for, in the usual order.
    public let scopes: [TokenScope]
    /// What the client wants back unchanged.
    public let state: String?
    /// Seconds that each access token lives.
    public let lifetimeSeconds: Int64
    /// Seconds for which the client may go on without asking again.
    public let renewalSeconds: Int64
    /// The parameters that this was made of, to be sent again with the user's answer.
    public let parameters: [OAuthParameter]
    let isRedirectGiven: Bool
    let challenge: String?
}

/// Why a client is not shown to a user, not registered or not changed.
public enum OAuthRefusal: Error, Hashable, Sendable {
    /// The request is shown as a page with this reason; nobody is ever sent to the address that it names.
    case page(String)
    /// The browser is sent back to the client, to this URL, which tells the error.
    case redirect(String)
    /// What is wrong with what a client is registered as, a sentence each.
    case invalid([String])
    /// The user has no such client.
    case unknownClient(String)
    /// The user has as many clients as are allowed.
    case tooManyClients(limit: Int)
    /// The client is a public one, which has no secret.
    case hasNoSecret
}

extension OAuthRefusal: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .page(let reason): reason
        case .redirect: "the request is refused, and the client is told"
        case .invalid(let reasons): reasons.joined(separator: "; ")
        case .unknownClient(let name): "there is no client \(name); coffer client list shows them"
        case .tooManyClients(let limit): "there are \(limit) clients already, which is the limit; delete one"
        case .hasNoSecret: "the client is a public one and has no secret"
        }
    }
}

/// What a user allowed a client that is still in force.
public struct AuthorizedApplication: Hashable, Sendable {
    /// The client.
    public let client: OAuthClientInfo
    /// What it may do, in the usual order.
    public let scopes: [TokenScope]
    /// When the user first allowed it.
    public let since: Timestamp
    /// When it last came, to the minute.
    public let lastUsed: Timestamp?
}

extension TokenScope {
    /// What CryptFolio's clients can ask for, in the usual order.
    public static let cryptfolio: [TokenScope] = [.public, .info, .read, .write, .delete, .admin]

    /// The scopes of a list of words with blanks between, in the usual order; nil when one is unknown or none is there.
    static func parse(_ text: String) -> [TokenScope]? {
        let words = text.split(separator: " ")
        guard !words.isEmpty else { return nil }
        var found: Set<TokenScope> = []
        for word in words {
            guard let scope = cryptfolio.first(where: { $0.rawValue == word }) else { return nil }
            found.insert(scope)
        }
        return cryptfolio.filter { found.contains($0) }
    }

    /// The words of scopes with blanks between.
    public static func text(of scopes: [TokenScope]) -> String {
        scopes.map(\.rawValue).joined(separator: " ")
    }
}
