import Crypto
import HTTPServer

/// Tells forms of our own pages from those that others would have a browser send.
enum FormGuard {
    /// The token of a visitor's forms: it proves that whoever made the form knew the secret of the cookie.
    static func token(for secret: String) -> String {
        Base64URL.encode(HMAC.sha256(Array("coffer form 1".utf8), key: Secret(secret)))
    }

    /// Whether a shown token is that of the secret, in a time that does not tell where they differ.
    static func isRight(_ token: String, for secret: String) -> Bool {
        ConstantTime.equal(Array(token.utf8), Array(Self.token(for: secret).utf8))
    }

    /// Whether the browser says that another site's page sends the form: the second net below the token.
    ///
    /// Since our pages send no referrer, browsers write `Origin: null` for our own forms too (Fetch, section 3.2), so that
    /// says nothing; browsers that know `Sec-Fetch-Site` say it there.
    static func isForeign(_ request: HTTPRequest, _ hosts: HostGuard) -> Bool {
        if let site = request.header("sec-fetch-site") { return site != "same-origin" && site != "none" }
        guard let origin = request.header("origin"), origin != "null" else { return false }
        return !hosts.isOurs(origin, request)
    }
}
