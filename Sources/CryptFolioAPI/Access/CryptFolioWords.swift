import Dialects
import HTTPServer
import Services

/// What CryptFolio says to callers, and where it looks for their credentials.
struct CryptFolioWords: DialectWords {
    let errors: CryptFolioErrors

    private static let tokenKinds: Set<String> = ["cryptfolio.access", "cryptfolio.client"]
    private static let keyKind = "cryptfolio.key"
    /// All that an API key can allow, whatever it was made for.
    private static let keyScopes: Set<TokenScope> = [.read, .info, .public]

    /// A bearer token, or an API key in the header or in the query; never a token in the query.
    func credential(of request: HTTPRequest) -> ShownCredential {
        let bearer = request.bearerToken
        let header = request.headerBytes("x-api-key")
        let query = request.rawQuery.isEmpty ? [] : request.queryItems
        let keys = query.filter { $0.name == "api_key" }
        let hasOtherScheme = bearer == nil && request.headerBytes("authorization") != nil
        let count = (bearer == nil ? 0 : 1) + (header == nil ? 0 : 1) + keys.count
        guard count <= 1 else { return .refused(errors.severalCredentials) }
        if query.contains(where: { $0.name == "access_token" }) {
            return .refused(count == 0 ? errors.noCredential : errors.severalCredentials)
        }
        if let bearer { return .token(bearer, kinds: CryptFolioWords.tokenKinds) }
        guard let key = header ?? keys.first.map({ Array($0.value.utf8)[...] }), !key.isEmpty else {
            return .none
        }
        guard !hasOtherScheme else { return .refused(errors.severalCredentials) }
        return .token(key, kinds: [CryptFolioWords.keyKind])
    }

    func scopes(of principal: Principal) -> Set<TokenScope> {
        guard principal.kind == CryptFolioWords.keyKind else { return principal.scopes }
        return principal.scopes.intersection(CryptFolioWords.keyScopes)
    }

    func answer(to refusal: CallerRefusal) -> HTTPResponse {
        switch refusal {
        case .noCredential: errors.noCredential
        case .invalidCredential: errors.invalidCredential
        case .scopeMissing(let missing): errors.forbidden(missing)
        case .tooManyRequests(let seconds): errors.tooManyRequests(seconds)
        case .busy: errors.busy
        }
    }

    func answer(to error: any Error) -> HTTPResponse { errors.answer(to: error) }

    func isFault(_ error: any Error) -> Bool { CryptFolioErrors.isFault(error) }
}

extension ScopeRule {
    /// Reading what is one's own.
    static let reading = ScopeRule([[.read, .admin]])
    /// Reading who one is.
    static let identity = ScopeRule([[.read, .admin, .info]])
    /// Adding and changing.
    static let writing = ScopeRule([[.read, .admin], [.write, .admin]])
    /// Removing.
    static let deleting = ScopeRule([[.read, .admin], [.delete, .admin]])
    /// Looking after other users.
    static let managing = ScopeRule([[.admin]], takesClients: true)
}
