import HTTPServer
import JSON
import Services

/// The parameters of a request to an endpoint, as a form or as JSON; those without a value count as left away.
struct OAuthForm: Sendable {
    private let values: [String: String]

    /// The parameters that some endpoint reads; all others are passed over.
    private static let known: Set<String> = [
        "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "username", "password",
        "scope",
        "client_id", "client_secret", "client_assertion", "token", "token_type_hint",
    ]

    /// - Throws: `OAuthError` with `invalid_request`.
    init(_ request: HTTPRequest) throws(OAuthError) {
        let items: [(name: String, value: String)]
        if case .bytes(let bytes) = request.body, !bytes.isEmpty {
            let type = request.header("content-type")?.prefix { $0 != ";" }.lowercased()
            switch type?.split(separator: " ").first ?? "" {
            case "", "application/x-www-form-urlencoded":
                items = HTTPFormItem.parse(bytes[...]).map { ($0.name, $0.value) }
            case "application/json": items = try OAuthForm.json(bytes)
            default:
                throw OAuthError(
                    .invalidRequest,
                    "the body has to be application/x-www-form-urlencoded or application/json"
                )
            }
        } else {
            items = []
        }
        try self.init(items)
    }

    private init(_ items: [(name: String, value: String)]) throws(OAuthError) {
        var values: [String: String] = [:]
        for (name, value) in items where OAuthForm.known.contains(name) {
            guard values.updateValue(value, forKey: name) == nil else {
                throw OAuthError(.invalidRequest, "a parameter is given more than once")
            }
            guard value.utf8.count <= OAuthLimits.parameterBytesMax else {
                throw OAuthError(
                    .invalidRequest,
                    "a parameter is longer than \(OAuthLimits.parameterBytesMax) bytes"
                )
            }
        }
        self.values = values.filter { !$0.value.isEmpty }
    }

    private static func json(_ bytes: [UInt8]) throws(OAuthError) -> [(name: String, value: String)] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.parse(bytes)
        } catch {
            throw OAuthError(
                .invalidRequest,
                error.code == .duplicateKey
                    ? "a parameter is given more than once" : "the body is no JSON"
            )
        }
        guard let members = value.object else {
            throw OAuthError(.invalidRequest, "the body has to be an object")
        }
        var items: [(name: String, value: String)] = []
        for member in members where !member.value.isNull && known.contains(member.key) {
            guard let text = member.value.string else {
                throw OAuthError(.invalidRequest, "every parameter has to be a text")
            }
            items.append((member.key, text))
        }
        return items
    }

    /// The value of a parameter; nil when it is left away or empty.
    subscript(name: String) -> String? { values[name] }

    /// The value of a parameter that has to be there.
    ///
    /// - Throws: `OAuthError` with `invalid_request`.
    func required(_ name: String) throws(OAuthError) -> String {
        guard let value = values[name] else { throw OAuthError(.invalidRequest, "\(name) is missing") }
        return value
    }
}
