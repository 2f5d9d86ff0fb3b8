public import Storage
public import Time

/// A sort of key that users make for programs, one or two for each API.
public enum AccessKeyKind: String, Hashable, Sendable, CaseIterable {
    /// A token of bitcain's API.
    case bitcain = "bitcain.token"
    /// A key of CryptFolio's API, which only reads.
    case cryptfolio = "cryptfolio.key"
    /// A key that TrustVault's clients send as `x-api-key`.
    case trustvault = "trustvault.key"
    /// A key and secret that sign CoinTracking's calls.
    case cointracking = "cointracking.key"
    /// A token of CoinBTR's API.
    case coinbtr = "coinbtr.token"

    /// What a key of the sort can allow, in the order in which it is shown.
    ///
    /// For CoinTracking these are plans, of which a key has just one; TrustVault's keys allow reading and nothing else.
    public var rights: [String] {
        switch self {
        case .bitcain: ["read", "write"]
        case .cryptfolio: ["read", "info"]
        case .trustvault: ["read"]
        case .cointracking: ["free", "pro", "expert", "unlimited"]
        case .coinbtr: ["read", "trade", "withdraw"]
        }
    }

    /// Whether a key has just one of the rights.
    public var hasOneRight: Bool { self == .cointracking }

    /// The sort of key that a user makes for a dialect; nil where credentials come of a sign-in alone.
    init?(_ dialect: Dialect) {
        guard let kind = AccessKeyKind.allCases.first(where: { $0.dialect == dialect }) else { return nil }
        self = kind
    }

    /// The dialect that the text of a key opens when it is shown; nil where keys sign instead.
    var dialect: Dialect? {
        Dialect.allCases.first { dialect in dialect.kinds.contains { $0.name == rawValue } }
    }

    /// What the text of a key begins with; nil where keys sign instead.
    var prefix: String? { dialect?.kinds.first { $0.name == rawValue }?.prefix }
}

/// What a key is to be.
public struct AccessKeyDraft: Hashable, Sendable {
    /// The sort.
    public var kind: AccessKeyKind
    /// The user's name for it.
    public var label: String
    /// What it allows.
    public var rights: [String]
    /// After how many days it ends; nil means never.
    public var days: Int?

    /// A draft from its parts.
    public init(kind: AccessKeyKind, label: String, rights: [String], days: Int? = nil) {
        self.kind = kind
        self.label = label
        self.rights = rights
        self.days = days
    }
}

/// A key as it is listed: never its secret.
public struct AccessKey: Hashable, Sendable {
    /// The number.
    public let id: CredentialID
    /// The sort.
    public let kind: AccessKeyKind
    /// The user's name for it.
    public let label: String
    /// The part that is no secret, where the sort has one.
    public let publicID: String?
    /// What it allows.
    public let rights: [String]
    /// When it was made.
    public let created: Timestamp
    /// When it ends by itself.
    public let expires: Timestamp?
    /// When it was last used, to the minute.
    public let lastUsed: Timestamp?
    /// When it was revoked.
    public let revoked: Timestamp?

    init?(_ record: CredentialRecord) {
        guard let kind = AccessKeyKind(rawValue: record.draft.kind) else { return nil }
        id = record.id
        self.kind = kind
        label = record.draft.label
        publicID = record.draft.publicID
        rights = record.draft.scopes
        created = record.created
        expires = record.draft.expires
        lastUsed = record.lastUsed
        revoked = record.revoked
    }

    /// The number, as texts write it.
    public var number: Int64 { id.raw }

    /// Whether it may be used at a time.
    public func isUsable(at time: Timestamp) -> Bool {
        guard revoked == nil else { return false }
        return expires.map { time < $0 } ?? true
    }
}

/// A key that was just made, with its secret, which is shown only now.
public struct NewAccessKey: Sendable {
    /// How it is listed.
    public let key: AccessKey
    /// The token, or the secret that belongs to the public part.
    public let secret: String
}

/// The bounds of keys.
public enum AccessKeyLimits {
    /// Characters of a label.
    public static let labelCharactersMax = 100
    /// The days after which a key ends.
    public static let days = 1...3650
    /// The keys of one user that are in force.
    public static let keysPerUser = 200
}

/// Why a key is not made or not revoked: the caller's fault.
public enum AccessKeyError: Error, Hashable, Sendable {
    /// Credentials of the dialect come of a sign-in alone.
    case noKeys(Dialect)
    /// The label is empty, too long or has control characters.
    case badLabel
    /// Nothing is allowed, or what keys of the sort cannot allow, or several plans.
    case badRights(AccessKeyKind)
    /// The days are out of range.
    case badDays
    /// The user has as many keys as there may be.
    case tooMany(Int)
    /// No key of the user that is in force has this number.
    case unknown(String)
    /// The key that seals secrets cannot be used, so that none can be kept; the log says why.
    case cannotSeal
}

extension AccessKeyError: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .noKeys(let dialect): "there are no keys for \(dialect.rawValue)"
        case .badLabel:
            "a name has 1 to \(AccessKeyLimits.labelCharactersMax) characters and no control characters"
        case .badRights(let kind) where kind.hasOneRight:
            "choose one plan: \(kind.rights.joined(separator: ", "))"
        case .badRights(let kind):
            "choose at least one right, and none but \(kind.rights.joined(separator: ", "))"
        case .badDays:
            "a key ends after \(AccessKeyLimits.days.lowerBound) to \(AccessKeyLimits.days.upperBound) days, "
                + "or never"
        case .tooMany(let limit): "there are \(limit) keys already; revoke one that is not needed"
        case .unknown(let number): "there is no key \(number) that could be revoked"
        case .cannotSeal:
            "secrets cannot be sealed on this server now; its operator finds the reason in the log"
        }
    }
}
