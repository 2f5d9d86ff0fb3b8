import CSodium

/// A private key for Ed25519 signatures (RFC 8032).
public struct Ed25519Key: Sendable {
    /// Seed and public key, as the library wants them.
    private let pair: Secret
    /// The public key, 32 bytes.
    public let publicKey: [UInt8]

    /// The bytes of a signature.
    public static let signatureBytes = 64
    private static let seedBytes = 32

    /// A key from its seed of 32 bytes, or from seed and public key in 64.
    ///
    /// - Throws: `SigningKeyError.length` for another count of bytes, `mismatch` when the public key is not the seed's.
    public init(_ bytes: [UInt8]) throws(SigningKeyError) {
        Crypto.start()
        guard bytes.count == Ed25519Key.seedBytes || bytes.count == 2 * Ed25519Key.seedBytes else {
            throw .length(bytes.count)
        }
        var open = [UInt8](repeating: 0, count: Ed25519Key.seedBytes)
        var secret = [UInt8](repeating: 0, count: 2 * Ed25519Key.seedBytes)
        let result = unsafe crypto_sign_ed25519_seed_keypair(&open, &secret, bytes)
        precondition(result == 0, "a seed of 32 bytes always makes a key")
        publicKey = open
        pair = Secret(secret)
        Wiping.wipe(&secret)
        if bytes.count > Ed25519Key.seedBytes {
            guard Array(bytes[Ed25519Key.seedBytes...]) == open else { throw .mismatch }
        }
    }

    /// The signature of a message, 64 bytes; always the same for the same message.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519Key.signatureBytes)
        let result = pair.withBytes { span in
            unsafe span.withUnsafeBytes { bytes -> Int32 in
                guard let base = bytes.baseAddress else { return -1 }
                return unsafe crypto_sign_ed25519_detached(
                    &signature,
                    nil,
                    message,
                    UInt64(message.count),
                    base.assumingMemoryBound(to: UInt8.self)
                )
            }
        }
        precondition(result == 0, "signing with a whole key cannot fail")
        return signature
    }

    /// Whether a signature of a message was made with the private key of a public one.
    public static func verify(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        Crypto.start()
        guard signature.count == signatureBytes, publicKey.count == seedBytes else { return false }
        return unsafe crypto_sign_ed25519_verify_detached(
            signature,
            message,
            UInt64(message.count),
            publicKey
        ) == 0
    }
}
