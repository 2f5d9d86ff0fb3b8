import Crypto
import HTTPServer
import Services

/// How a client says who it is: by HTTP Basic or in the body, not both (RFC 6749 section 2.3).
struct ClientCredentials: Sendable {
    /// Its `client_id`.
    let id: String
    /// Its secret; nil for one that sends none.
    let secret: Secret?

    /// - Throws: `OAuthError` with `invalid_client` or `invalid_request`.
    init(_ request: HTTPRequest, _ form: OAuthForm) throws(OAuthError) {
        guard let basic = try ClientCredentials.basic(request) else {
            guard let id = form["client_id"] else {
                throw OAuthError(.invalidClient, "the client did not say who it is")
            }
            self.id = id
            secret = form["client_secret"].map { Secret($0) }
            return
        }
        guard form["client_secret"] == nil, form["client_assertion"] == nil else {
            throw OAuthError(.invalidRequest, "the client authenticates in two ways at once")
        }
        if let id = form["client_id"], id != basic.id {
            throw OAuthError(
                .invalidRequest,
                "client_id is another one than that of the Authorization header"
            )
        }
        id = basic.id
        secret = basic.secret.isEmpty ? nil : Secret(basic.secret)
    }

    /// What an `Authorization: Basic` header says; nil for none and for other schemes.
    private static func basic(_ request: HTTPRequest) throws(OAuthError) -> (id: String, secret: String)? {
        guard let header = request.header("authorization") else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.first?.lowercased() == "basic" else { return nil }
        guard parts.count == 2, let bytes = Base64.decode(String(parts[1])),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { throw OAuthError(.invalidClient, "the Authorization header is malformed") }
        return (decoded(bytes[..<colon]), decoded(bytes[(colon + 1)...]))
    }

    /// Both parts are written as in a form before they are joined.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        let safe = bytes.flatMap { byte in
            // Neither separates anything here.
            switch byte {
            case UInt8(ascii: "&"): Array("%26".utf8)
            case UInt8(ascii: "="): Array("%3D".utf8)
            default: [byte]
            }
        }
        return HTTPFormItem.parse(safe[...]).first?.name ?? ""
    }
}
