public import Storage
public import Time

/// How long the sessions of a browser live, and how many there may be.
public struct PageSessionSettings: Hashable, Sendable {
    /// Seconds until a session ends that nobody uses.
    public var idleSeconds: Int64 = 12 * 3600
    /// Seconds from the sign-in until it ends, however often it is used.
    public var totalSeconds: Int64 = 14 * 86_400
    /// The sessions of one user; the oldest ends when one more begins.
    public var sessionsPerUser = 50

    /// The usual settings: half a day, two weeks, 50.
    public init() {}
}

/// A sign-in of a browser.
public struct PageSession: Hashable, Sendable {
    /// The number.
    public let id: CredentialID
    /// Whose.
    public let user: UserID
    /// What the browser calls itself.
    public let browser: String
    /// When it began.
    public let created: Timestamp
    /// When it was last used, to the minute.
    public let lastUsed: Timestamp?
    /// When it ends unless it is used.
    public let expires: Timestamp?

    /// The credential's number, for logs and rates.
    public var number: Int64 { id.raw }

    init(_ record: CredentialRecord) {
        id = record.id
        user = record.draft.user
        browser = record.draft.label
        created = record.created
        lastUsed = record.lastUsed
        expires = record.draft.expires
    }
}

/// A session that just began, with the text that the browser keeps.
public struct NewPageSession: Sendable {
    /// Who signed in.
    public let user: UserInfo
    /// The session.
    public let session: PageSession
    /// The secret of the cookie.
    public let text: String
}

/// A user with what reports of theirs follow.
public struct Profile: Hashable, Sendable {
    /// The user.
    public let user: UserInfo
    /// The code of the currency of reports, in capitals.
    public let currency: String
    /// The time zone of reports, by its name of the time-zone database.
    public let timeZone: String

    init(_ record: UserRecord, hasPassword: Bool) {
        user = UserInfo(record, hasPassword: hasPassword)
        currency = record.currency.uppercased()
        timeZone = record.timeZone
    }
}

/// Who may make an account in the browser.
public enum SignUpRule: String, Hashable, Sendable, CaseIterable {
    /// Anybody until somebody has a password, then nobody.
    case first
    /// Anybody.
    case open
    /// Nobody.
    case closed
}

/// Why a profile is not changed or an account not made: the caller's fault.
public enum ProfileError: Error, Hashable, Sendable {
    /// Sign-up is closed.
    case signUpClosed
    /// The name is empty, too long or has control characters.
    case badName
    /// The present password is not the right one.
    case wrongPassword
    /// No session of the user that is in force has this number.
    case unknownSession(String)
}

extension ProfileError: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .signUpClosed: "sign-up is closed on this server; its operator can make an account"
        case .badName:
            "a name has 1 to \(ProfileLimits.nameCharactersMax) characters and no control characters"
        case .wrongPassword: "the present password is not right"
        case .unknownSession(let number): "there is no session \(number)"
        }
    }
}

/// The bounds of profiles.
public enum ProfileLimits {
    /// Characters of a name.
    public static let nameCharactersMax = 100
    /// Characters of what a browser calls itself that are kept.
    static let browserCharactersMax = 120
}
