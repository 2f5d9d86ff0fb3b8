import Crypto

/// An API key of Kraken with its private key.
public struct KrakenCredentials: Sendable {
    /// The public part, which requests carry.
    let key: String
    private let secret: Secret

    /// The longest key and the longest secret in bytes of text.
    public static let textBytesMax = 256

    /// Credentials from Kraken's two texts, both base 64; white space around them does not count.
    ///
    /// - Throws: `VenueCredentialsError.key` or `.secret`.
    public init(_ credentials: VenueCredentials) throws(VenueCredentialsError) {
        let key = VenueText.trimmed(Array(credentials.key.utf8))
        guard (16...KrakenCredentials.textBytesMax).contains(key.count), key.allSatisfy(VenueText.isBase64)
        else {
            throw .key(venue: "Kraken", expected: "the API key as Kraken shows it, 56 letters and digits")
        }
        var text = credentials.secret.revealed()
        defer { Wiping.wipe(&text) }
        var trimmed = VenueText.trimmed(text)
        defer { Wiping.wipe(&trimmed) }
        guard trimmed.count <= KrakenCredentials.textBytesMax,
            var bytes = Base64.decode(String(decoding: trimmed, as: UTF8.self)), bytes.count >= 32
        else {
            throw .secret(
                venue: "Kraken",
                expected: "the private key as Kraken shows it, base 64 of 64 bytes"
            )
        }
        defer { Wiping.wipe(&bytes) }
        self.key = String(decoding: key, as: UTF8.self)
        secret = Secret(bytes)
    }

    /// What `API-Sign` says of a request: HMAC with SHA-512 over the path and SHA-256 of nonce and body, in base 64.
    ///
    /// Source: docs.kraken.com, Spot REST, "Authentication".
    func signature(path: String, nonce: Int64, body: [UInt8]) -> String {
        let digest = Digest.sha256(unsafe (Array(String(nonce).utf8) + body).span.bytes)
        return Base64.encode(HMAC.sha512(Array(path.utf8) + digest.bytes, key: secret))
    }
}

/// Bytes of texts that people copy from a venue's page.
enum VenueText {
    /// The bytes without white space at both ends.
    static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return [] }
        return Array(bytes[first...last])
    }

    static func isBase64(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
            || byte == UInt8(ascii: "=")
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
