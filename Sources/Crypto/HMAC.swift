import CSodium

/// Keyed digests of RFC 2104, which prove that who wrote a message knew the key.
public enum HMAC {
    /// HMAC with SHA-256: 32 bytes.
    public static func sha256(_ message: [UInt8], key: Secret) -> [UInt8] {
        Crypto.start()
        var state = crypto_auth_hmacsha256_state()
        var code = [UInt8](repeating: 0, count: 32)
        key.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                var empty: UInt8 = 0
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                // The library takes no null address, not even for a key without bytes.
                _ = unsafe withUnsafePointer(to: &empty) { none in
                    unsafe crypto_auth_hmacsha256_init(&state, start ?? none, bytes.count)
                }
            }
        }
        unsafe crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        unsafe crypto_auth_hmacsha256_final(&state, &code)
        unsafe sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
        return code
    }

    /// HMAC with SHA-512: 64 bytes.
    public static func sha512(_ message: [UInt8], key: Secret) -> [UInt8] {
        Crypto.start()
        var state = crypto_auth_hmacsha512_state()
        var code = [UInt8](repeating: 0, count: 64)
        key.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                var empty: UInt8 = 0
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                // The library takes no null address, not even for a key without bytes.
                _ = unsafe withUnsafePointer(to: &empty) { none in
                    unsafe crypto_auth_hmacsha512_init(&state, start ?? none, bytes.count)
                }
            }
        }
        unsafe crypto_auth_hmacsha512_update(&state, message, UInt64(message.count))
        unsafe crypto_auth_hmacsha512_final(&state, &code)
        unsafe sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha512_state>.size)
        return code
    }
}
