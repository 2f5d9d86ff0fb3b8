import CCrypto

/// A private key for ECDSA signatures on P-256 with SHA-256 (FIPS 186-5), called ES256 in RFC 7518.
public struct ES256Key: Sendable {
    /// The key's text, read anew for each signature so that no handle is shared between threads.
    private let pem: Secret
    /// The public key as an uncompressed point, 65 bytes.
    public let publicKey: [UInt8]

    /// The bytes of a signature: r and s of 32 bytes each, as RFC 7518 section 3.4 has them.
    public static let signatureBytes = 64
    private static let pointBytes = 65
    /// The longest text of a key in bytes.
    public static let pemBytesMax = 8192

    /// A key from its PEM text, in the form of SEC 1 or of PKCS #8.
    ///
    /// - Throws: `SigningKeyError.notAKey` for a text that is none or is under a passphrase, `notP256` for a key of
    ///   another sort.
    public init(pem: Secret) throws(SigningKeyError) {
        guard pem.count <= ES256Key.pemBytesMax else { throw .notAKey }
        self.pem = pem
        publicKey = try unsafe ES256Key.withKey(pem) { key in
            var point = [UInt8](repeating: 0, count: ES256Key.pointBytes)
            let result = unsafe coffer_p256_point(key, &point)
            precondition(result == 1, "a key on P-256 has a point")
            return point
        }
    }

    /// A signature of a message, 64 bytes; another one each time.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: ES256Key.signatureBytes)
        do throws(SigningKeyError) {
            try unsafe ES256Key.withKey(pem) { key in
                let result = unsafe coffer_es256_sign(key, message, message.count, &signature)
                precondition(result == 1, "signing with a whole key cannot fail")
            }
        } catch {
            preconditionFailure("the text was read as a key before")
        }
        return signature
    }

    /// Whether a signature of a message was made with the private key of a public one.
    public static func verify(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureBytes, publicKey.count == pointBytes,
            let key = unsafe coffer_p256_public(publicKey, publicKey.count)
        else { return false }
        defer { unsafe EVP_PKEY_free(key) }
        return unsafe coffer_es256_verify(key, message, message.count, signature) == 1
    }

    private static func withKey<Result>(
        _ pem: Secret,
        _ body: (OpaquePointer) -> Result
    ) throws(SigningKeyError) -> Result {
        var key: OpaquePointer?
        let outcome = pem.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                unsafe coffer_p256_private(bytes.baseAddress, Int32(bytes.count), &key)
            }
        }
        guard outcome == 0, let key = unsafe key else { throw outcome == 2 ? .notP256 : .notAKey }
        defer { unsafe EVP_PKEY_free(key) }
        return unsafe body(key)
    }
}
