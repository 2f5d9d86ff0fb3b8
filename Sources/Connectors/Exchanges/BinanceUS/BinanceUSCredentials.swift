import Crypto

/// An API key of Binance.US with its secret.
public struct BinanceUSCredentials: Sendable {
    /// The part that requests carry.
    let key: String
    private let secret: Secret

    /// Credentials from Binance.US's two texts of letters and digits; white space around them does not count.
    ///
    /// - Throws: `VenueCredentialsError.key` or `.secret`.
    public init(_ credentials: VenueCredentials) throws(VenueCredentialsError) {
        let expected = "as Binance.US shows it, 64 letters and digits"
        let key = VenueText.trimmed(Array(credentials.key.utf8))
        guard BinanceUSCredentials.isText(key) else {
            throw .key(venue: "Binance.US", expected: "the API key \(expected)")
        }
        var text = credentials.secret.revealed()
        defer { Wiping.wipe(&text) }
        var trimmed = VenueText.trimmed(text)
        defer { Wiping.wipe(&trimmed) }
        guard BinanceUSCredentials.isText(trimmed) else {
            throw .secret(venue: "Binance.US", expected: "the secret key \(expected)")
        }
        self.key = String(decoding: key, as: UTF8.self)
        secret = Secret(trimmed)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        (32...256).contains(bytes.count) && bytes.allSatisfy(VenueText.isLetterOrDigit)
    }

    /// The signature of a query: HMAC with SHA-256 over its text, keyed with the secret's own text, in hexadecimal.
    ///
    /// Source: docs.binance.us, "Authentication", signed endpoints.
    func signature(_ query: String) -> String {
        Hex.encode(HMAC.sha256(Array(query.utf8), key: secret))
    }
}
