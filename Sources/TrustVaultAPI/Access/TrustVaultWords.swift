import Dialects
import HTTPServer
import Services

/// What TrustVault says to callers, and where it looks for their key.
struct TrustVaultWords: DialectWords {
    private static let keyKinds: Set<String> = ["trustvault.key"]

    func credential(of request: HTTPRequest) -> ShownCredential {
        guard let key = request.headerBytes("x-api-key"), !key.isEmpty else { return .none }
        return .token(key, kinds: TrustVaultWords.keyKinds)
    }

    func answer(to refusal: CallerRefusal) -> HTTPResponse {
        switch refusal {
        case .noCredential, .invalidCredential: TrustVaultErrors.unauthorized
        case .scopeMissing: TrustVaultErrors.failure("Forbidden", code: "FORBIDDEN", status: 403)
        case .tooManyRequests(let seconds): TrustVaultErrors.tooMany(seconds: seconds)
        case .busy: TrustVaultErrors.busy
        }
    }

    func answer(to error: any Error) -> HTTPResponse { TrustVaultErrors.answer(to: error) }

    func isFault(_ error: any Error) -> Bool { (StoreTrouble(error) ?? .internalFault).isFault }
}
