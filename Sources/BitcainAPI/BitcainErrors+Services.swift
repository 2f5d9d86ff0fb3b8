import HTTPServer
import Importing
import Money
import Services

extension BitcainErrors {
    /// The answer to an error of the use cases.
    static func response(to error: any Error) -> HTTPResponse {
        switch error {
        case let error as ImportError: validation([file(error)])
        case let error as WorkspaceError: detail(error.description, status: 400)
        case MoneyError.overflow: detail("A sum is beyond the range of amounts", status: 400)
        default: response(to: StoreTrouble(error) ?? .internalFault)
        }
    }

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
        case .busy: detail("Server is busy; nothing was done, try again", status: 503, headers: retry)
        case .importUnderWay:
            detail("Another import is under way; nothing was done, try again", status: 409, headers: retry)
        case .unavailable: detail("Storage is unavailable", status: 503, headers: retry)
        case .internalFault: detail("Internal Server Error", status: 500)
        }
    }
}
