import Dialects
import Crypto
import HTTPServer
import JSON
import MoneyJSON
public import Services

/// Who may make an account through the API, and what slows guessing down.
public struct BitcainSignIn: Sendable {
    /// Whether anybody who reaches the server may make an account.
    public var isSignUpOpen = false
    /// Counts failures and sign-ups; nil where no limits hold.
    public var limiter: SignInGuard? = SignInGuard()

    /// Closed sign-up and the usual limits.
    public init() {}
}

extension BitcainAPI {
    /// The path below which accounts sign in.
    public static let signInBase = "/auth"

    /// The largest body of a sign-in in bytes.
    static let signInBodyBytesMax = 16_384

    func addSignInRoutes(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: BitcainAPI.signInBodyBytesMax)
        let base = BitcainAPI.signInBase
        router.add(.post, base + "/signup", name: "bitcain.signup", body: body, signUpHandler)
        router.add(.post, base + "/login", name: "bitcain.login", body: body, logIn)
        router.add(.post, base + "/refresh", name: "bitcain.token_refresh", body: body, refreshTokens)
        router.add(.get, base + "/me", name: "bitcain.me", authorized(.read, me))
    }

    private var signUpHandler: HTTPHandler {
        { request, responder in
            let credentials: SignInCredentials
            switch SignInCredentials.read(request, emailRule: SignInCredentials.isAddress) {
            case .model(let found): credentials = found
            case .refused(let errors): return BitcainErrors.secretValidation(errors)
            case .unreadable(let words): return BitcainErrors.detail(words, status: 400)
            }
            guard signIn.isSignUpOpen else {
                return BitcainErrors.detail("Sign-up is turned off on this server", status: 403)
            }
            let seconds = signIn.limiter?.beginSignUp(address: request.limitAddress, at: workspace.time)
            if let seconds { return BitcainErrors.tooManyRequests(seconds) }
            return offload(responder, nil, on: passwords) {
                do {
                    let made = try workspace.signUp(email: credentials.email, password: credentials.password)
                    return .json(BitcainBodies.session(made.user, made.session), status: 201)
                } catch WorkspaceError.emailTaken {
                    return BitcainErrors.detail("This email has an account already; log in", status: 409)
                }
            }
        }
    }

    private var logIn: HTTPHandler {
        { request, responder in
            let credentials: SignInCredentials
            switch SignInCredentials.read(request, emailRule: { _ in nil }) {
            case .model(let found): credentials = found
            case .refused(let errors): return BitcainErrors.secretValidation(errors)
            case .unreadable(let words): return BitcainErrors.detail(words, status: 400)
            }
            let (account, address) = (credentials.email.lowercased(), request.limitAddress)
            // Counted on the thread that hashes, so that attempts that wait for their turn keep nobody out.
            return offload(responder, nil, on: passwords) {
                if let seconds = signIn.limiter?.begin(account: account, address: address, at: workspace.time)
                {
                    return BitcainErrors.tooManyRequests(seconds)
                }
                var verdict = SignInVerdict.unknown
                defer {
                    signIn.limiter?.settle(verdict, account: account, address: address, at: workspace.time)
                }
                do {
                    let found = try workspace.signIn(
                        email: credentials.email,
                        password: credentials.password
                    )
                    verdict = .proven
                    return .json(BitcainBodies.session(found.user, found.session))
                } catch SignInRefusal.wrongPassword {
                    verdict = .wrong
                    return BitcainErrors.wrongPassword
                }
            }
        }
    }

    private var refreshTokens: HTTPHandler {
        { request, responder in
            let outcome: BodyOutcome<String> = request.body { reader in
                reader.required("refresh_token", .string(0...SignInCredentials.tokenCharactersMax))
            }
            let token: String
            switch outcome {
            case .model(let found): token = found
            case .refused(let errors): return BitcainErrors.secretValidation(errors)
            case .unreadable(let words): return BitcainErrors.detail(words, status: 400)
            }
            // Nobody guesses 256 bits, so failures count for nothing: others at the address would have to wait for them.
            return offload(responder, nil) {
                do {
                    let found = try workspace.refresh(token)
                    return .json(BitcainBodies.session(found.user, found.session))
                } catch SignInRefusal.badToken {
                    return BitcainErrors.invalidToken
                }
            }
        }
    }

    private var me: AuthorizedHandler {
        { _, caller, responder in
            offload(responder, caller) {
                .json(BitcainBodies.session(try workspace.user(caller.principal.user), nil))
            }
        }
    }
}

/// An e-mail address and a password as they come.
private struct SignInCredentials: Sendable {
    let email: String
    let password: Secret

    static let emailCharactersMax = 254
    static let passwordCharactersMax = 1024
    static let tokenCharactersMax = 256

    static func read(
        _ request: HTTPRequest,
        emailRule: @escaping @Sendable (String) -> String?
    ) -> BodyOutcome<SignInCredentials> {
        request.body { reader in
            let email = reader.required("email", .string(1...emailCharactersMax).checked(emailRule))
            let password = reader.required(
                "password",
                .string(Workspace.passwordCharactersMin...passwordCharactersMax)
            )
            guard let email, let password else { return nil }
            return SignInCredentials(email: email, password: Secret(password))
        }
    }

    /// The rule of sign-up for addresses.
    static let isAddress: @Sendable (String) -> String? = { text in
        Workspace.isEmail(text) ? nil : "expected an email address such as name@example.org"
    }
}

extension BitcainErrors {
    /// No user has this address and password; said alike for both.
    static var wrongPassword: HTTPResponse {
        detail("Invalid email or password", status: 401, headers: [HTTPHeader("WWW-Authenticate", "Bearer")])
    }

    /// A limit of attempts or requests is reached.
    static func tooManyRequests(_ seconds: Int) -> HTTPResponse {
        detail("Too many requests", status: 429, headers: [HTTPHeader("Retry-After", String(seconds))])
    }

    /// What is wrong with a body that may hold a secret: without what was found.
    static func secretValidation(_ items: [ValidationItem]) -> HTTPResponse {
        validation(items.map { $0.type == "json_invalid" ? $0 : $0.withoutInput })
    }
}

extension BitcainBodies {
    static func session(_ user: UserInfo, _ session: SignInSession?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("success")
        json.bool(true)
        json.key("user")
        json.beginObject()
        json.key("id")
        json.string(user.uuid)
        json.key("email")
        json.string(orNull: user.email)
        json.key("email_confirmed_at")
        json.null()
        json.endObject()
        json.key("session")
        if let session {
            json.beginObject()
            json.key("access_token")
            json.string(session.accessToken)
            json.key("refresh_token")
            json.string(session.refreshToken)
            json.key("expires_at")
            json.time(session.expires.cutToSecond)
            json.endObject()
        } else {
            json.null()
        }
        json.key("error")
        json.null()
        json.endObject()
        return json.finish()
    }
}
