import Dialects
import HTTPServer
import Importing
import Money
import Services
import Valuation

extension BitcainErrors {
    /// Whether an error is neither the caller's fault nor a matter of waiting.
    static func isFault(_ error: any Error) -> Bool {
        switch error {
        case is KeyRefusal, is ImportError, is WorkspaceError, is PortfolioRefusal,
            MoneyError.overflow, PerformanceError.overflow:
            false
        default: (StoreTrouble(error) ?? .internalFault).isFault
        }
    }

    /// The answer to an error of the use cases.
    static func response(to error: any Error) -> HTTPResponse {
        switch error {
        case let refusal as KeyRefusal: response(to: refusal)
        case let error as ImportError: validation([file(error)])
        case let refusal as PortfolioRefusal: response(to: refusal)
        case let error as WorkspaceError: detail(error.description, status: 400)
        case MoneyError.overflow, PerformanceError.overflow:
            detail("A sum is beyond the range of amounts", status: 400)
        default: response(to: StoreTrouble(error) ?? .internalFault)
        }
    }

    private static func response(to refusal: KeyRefusal) -> HTTPResponse {
        switch refusal {
        case .answered(let kept):
            answer(kept, headers: [HTTPHeader("Idempotent-Replayed", "true")])
        case .otherRequest:
            detail("Idempotency-Key was used for another request; choose a new key", status: 422)
        case .underWay:
            detail(
                "The first request with this Idempotency-Key is under way; try again",
                status: 409,
                headers: [HTTPHeader("Retry-After", "1")]
            )
        }
    }

    /// The answer to a malformed `Idempotency-Key`.
    static var malformedKey: HTTPResponse { detail(IdempotencyKey.malformedWords, status: 422) }

    /// An answer that may have been kept.
    static func answer(_ kept: KeptAnswer, headers: [HTTPHeader] = []) -> HTTPResponse {
        kept.body.isEmpty
            ? .empty(kept.status, headers: headers)
            : .json(kept.body, status: kept.status, headers: headers)
    }

    private static func response(to refusal: PortfolioRefusal) -> HTTPResponse {
        switch refusal {
        case .unknown: portfolioNotFound
        case .badTargets, .badField, .unknownAccount: detail(sentence(refusal), status: 422)
        case .nameTaken, .tooMany, .isDefault, .holdsAssets, .tooManyEntries:
            detail(sentence(refusal), status: 409)
        }
    }

    /// The words of a refusal as a sentence.
    private static func sentence(_ refusal: PortfolioRefusal) -> String {
        let words = refusal.description
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// There is no such portfolio, or none that the caller may see.
    static var portfolioNotFound: HTTPResponse { detail("Portfolio not found", status: 404) }

    /// A file that cannot be read at all.
    private static func file(_ error: ImportError) -> ValidationItem {
        var location: [ValidationItem.Step] = [.name("body"), .name("file")]
        if let line = error.line { location.append(.index(line)) }
        return ValidationItem(type: error.code, location: location, message: error.description, input: nil)
    }

    private static func response(to trouble: StoreTrouble) -> HTTPResponse {
        let retry = [HTTPHeader("Retry-After", "1")]
        return switch trouble {
        case .full: detail("Storage is full; nothing was done", status: 507)
        case .busy: busy
        case .importUnderWay:
            detail("Another import is under way; nothing was done, try again", status: 409, headers: retry)
        case .unavailable: detail("Storage is unavailable", status: 503, headers: retry)
        case .internalFault: detail("Internal Server Error", status: 500)
        }
    }
}
