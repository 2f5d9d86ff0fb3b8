public import Crypto
import JSON
import Time

/// A secret API key of Coinbase's developer platform (CDP).
public struct CoinbaseCredentials: Sendable {
    /// The key's name, such as `organizations/…/apiKeys/…`, or its id.
    public let keyName: String
    private let key: SigningKey

    /// The longest name of a key in bytes.
    public static let keyNameBytesMax = 256

    /// Credentials from the key's name and secret; the secret is PEM for ECDSA, base 64 for Ed25519.
    ///
    /// - Throws: `CoinbaseCredentialsError`.
    public init(keyName: String, secret: Secret) throws(CoinbaseCredentialsError) {
        guard CoinbaseCredentials.isKeyName(keyName) else { throw .keyName }
        self.keyName = keyName
        do throws(SigningKeyError) {
            key = try SigningKey(text: secret)
        } catch {
            throw .secret(error)
        }
    }

    private static func isKeyName(_ name: String) -> Bool {
        (1...keyNameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "/"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// How long a token holds, in seconds, as the venue documents it.
    static let tokenSeconds: Int64 = 120

    /// The token for one request, a JSON Web Token (RFC 7519) that names method, host and path and ends soon.
    ///
    /// The query is no part of it. Source: Coinbase's page on API key authentication.
    func token(method: String, host: String, path: String, now: Timestamp) -> Secret {
        let header = CoinbaseCredentials.json([
            ("alg", .text(key.algorithm)), ("kid", .text(keyName)),
            ("nonce", .text(Hex.encode(SecureRandom.bytes(16)))), ("typ", .text("JWT")),
        ])
        let claims = CoinbaseCredentials.json([
            ("sub", .text(keyName)), ("iss", .text("cdp")), ("nbf", .number(now.seconds)),
            ("exp", .number(now.seconds + CoinbaseCredentials.tokenSeconds)),
            ("uri", .text("\(method) \(host)\(path)")),
        ])
        let signed = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        return Secret(signed + "." + Base64URL.encode(key.sign(Array(signed.utf8))))
    }

    private enum Claim {
        case text(String)
        case number(Int64)
    }

    private static func json(_ members: [(name: StaticString, value: Claim)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members {
            writer.key(name)
            switch value {
            case .text(let text): writer.string(text)
            case .number(let number): writer.integer(number)
            }
        }
        writer.endObject()
        return writer.finish()
    }
}

/// Why a name and a secret are no credentials; never holds any of them.
public enum CoinbaseCredentialsError: Error, Hashable, Sendable {
    /// The name has characters that no key's name has, or is too long.
    case keyName
    /// The secret is no private key.
    case secret(SigningKeyError)
}

extension CoinbaseCredentialsError: CustomStringConvertible {
    /// What is wrong and what is expected.
    public var description: String {
        switch self {
        case .keyName:
            "the key's name is none; expected such as organizations/…/apiKeys/…, as Coinbase shows it"
        case .secret(let error): error.description
        }
    }
}
