public import Services

/// Who may make an account, and what slows guessing down.
public struct PagesSettings: Sendable {
    /// Who may make an account in the browser.
    public var signUp = SignUpRule.first
    /// The sorts of key whose API this server serves; a key of another is made and kept all the same, and the page says so.
    public var served = Set(AccessKeyKind.allCases)
    /// Counts failures and sign-ups; nil where no limits hold.
    public var limiter: SignInGuard? = SignInGuard()

    /// Sign-up for the first, and the usual limits.
    public init() {}
}

/// The named bounds of what the pages read and keep.
enum PageLimits {
    /// Bytes of a form.
    static let formBytesMax = 65_536
    /// Fields of a form.
    static let fieldsMax = 64
    /// Bytes of an e-mail address.
    static let emailBytesMax = 254
    /// Bytes of a password as it is typed.
    static let passwordBytesMax = 1024
    /// Bytes of a name or label.
    static let nameBytesMax = 400
    /// Bytes of a short word, such as a right or a number.
    static let wordBytesMax = 64
    /// Bytes of a path to go on to after signing in: an address of consent may be long.
    static let returnBytesMax = 8192
    /// Bytes of the address of the sign-in page with what it leads back to: servers and browsers take no longer ones.
    static let signInAddressBytesMax = 7600
    /// Bytes of all redirect addresses of an application, one on each line.
    static let redirectsBytesMax = 40_000
    /// Secrets that wait to be shown once, those of one user, and for how many seconds they wait.
    static let waitingSecretsMax = 1000
    static let waitingSecretsPerUser = 16
    static let waitingSecretSeconds: Int64 = 300
    /// Days for which a key that is over stays on the list.
    static let endedKeyDays: Int64 = 30
    /// Bytes of all cookies of a request that are looked at.
    static let cookieBytesMax = 8192
}
