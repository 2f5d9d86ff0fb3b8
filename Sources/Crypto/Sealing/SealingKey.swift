import CSodium

/// A key of 256 bits that seals what must be read back, by XChaCha20-Poly1305.
///
/// Its bytes lie in memory of their own, which is locked out of the swap file where the system allows that, lies between
/// guard pages and is wiped when nobody holds the key any more.
@safe
public final class SealingKey: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    // Unchecked: the memory is written in the initializer only.
    private let memory: UnsafeMutablePointer<UInt8>

    /// The bytes of a key.
    public static let byteCount = 32
    /// The bytes that sealing adds: one for the form, a nonce of 24, a tag of 16.
    public static let overheadBytes = 1 + nonceBytes + tagBytes
    /// The largest value that is sealed, in bytes.
    public static let plainBytesMax = 1_048_576
    private static let form: UInt8 = 1
    private static let nonceBytes = 24
    private static let tagBytes = 16

    /// A key from its bytes, which the caller should wipe; nil when there are not 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == SealingKey.byteCount else { return nil }
        Crypto.start()
        unsafe memory = SealingKey.reserve()
        for (place, byte) in bytes.enumerated() { unsafe memory[place] = byte }
    }

    /// A new random key.
    public init() {
        Crypto.start()
        unsafe memory = SealingKey.reserve()
        unsafe randombytes_buf(memory, SealingKey.byteCount)
    }

    deinit {
        // Wipes, unlocks and releases.
        unsafe sodium_free(memory)
    }

    private static func reserve() -> UnsafeMutablePointer<UInt8> {
        guard let memory = unsafe sodium_malloc(byteCount) else {
            preconditionFailure("the system gives no memory for a key of 32 bytes")
        }
        return unsafe memory.bindMemory(to: UInt8.self, capacity: byteCount)
    }

    /// Seals a value for a place: form, nonce, then the encrypted bytes with their tag; other bytes each time.
    ///
    /// A value longer than `plainBytesMax` stops the program.
    public func seal(_ plain: Secret, _ context: SealContext) -> [UInt8] {
        seal(plain, additional: context.bytes, nonce: SecureRandom.bytes(SealingKey.nonceBytes))
    }

    func seal(_ plain: Secret, additional: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(plain.count <= SealingKey.plainBytesMax, "a value to seal has at most 1 MiB")
        precondition(nonce.count == SealingKey.nonceBytes, "a nonce has 24 bytes")
        var sealed = [UInt8](repeating: 0, count: plain.count + SealingKey.tagBytes)
        let result = plain.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &sealed,
                    nil,
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    UInt64(bytes.count),
                    additional,
                    UInt64(additional.count),
                    nil,
                    nonce,
                    memory
                )
            }
        }
        precondition(result == 0, "sealing a bounded value cannot fail")
        return [SealingKey.form] + nonce + sealed
    }

    /// Opens what was sealed for a place.
    ///
    /// - Throws: `SealError.malformed` when it is no sealed value, `refused` when key, place or any bit differ.
    public func open(_ sealed: [UInt8], _ context: SealContext) throws(SealError) -> Secret {
        try open(sealed, additional: context.bytes)
    }

    func open(_ sealed: [UInt8], additional: [UInt8]) throws(SealError) -> Secret {
        guard sealed.count >= SealingKey.overheadBytes, sealed[0] == SealingKey.form else { throw .malformed }
        let nonce = Array(sealed[1...SealingKey.nonceBytes])
        let body = Array(sealed[(1 + SealingKey.nonceBytes)...])
        // One byte at least: an empty array lends no address.
        var plain = [UInt8](repeating: 0, count: max(1, body.count - SealingKey.tagBytes))
        defer { Wiping.wipe(&plain) }
        let result = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
            &plain,
            nil,
            nil,
            body,
            UInt64(body.count),
            additional,
            UInt64(additional.count),
            nonce,
            memory
        )
        guard result == 0 else { throw .refused }
        return Secret(Array(plain[..<(body.count - SealingKey.tagBytes)]))
    }

    /// The key's bytes as a secret, for wrapping it by another key.
    public func revealed() -> Secret {
        var bytes = (0..<SealingKey.byteCount).map { unsafe memory[$0] }
        defer { Wiping.wipe(&bytes) }
        return Secret(bytes)
    }

    /// Always `***`.
    public var description: String { "***" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
