import CSodium

/// What one hash of a password costs.
public struct PasswordCost: Hashable, Sendable {
    /// Memory in bytes.
    public let memoryBytes: Int
    /// Passes over the memory.
    public let passes: Int

    /// 64 MiB and three passes, about 0.3 s.
    public static let standard = PasswordCost(uncheckedMiB: 64, passes: 3)

    /// 19 MiB and two passes: the least that OWASP's password storage guide allows.
    public static let floor = PasswordCost(uncheckedMiB: 19, passes: 2)

    /// A cost, or nil when memory or passes are below the floor or memory is above 1 GiB or passes above 16.
    public init?(memoryMiB: Int, passes: Int) {
        guard (19...1024).contains(memoryMiB), (2...16).contains(passes) else { return nil }
        self.init(uncheckedMiB: memoryMiB, passes: passes)
    }

    private init(uncheckedMiB: Int, passes: Int) {
        memoryBytes = uncheckedMiB * 1024 * 1024
        self.passes = passes
    }
}

/// Why a password could not be hashed.
public enum PasswordError: Error, Hashable, Sendable {
    /// The system gave not as much memory as the hash needs.
    case outOfMemory
    /// The password is longer than `PasswordHash.passwordBytesMax`.
    case tooLong
}

/// Argon2id hashes of passwords in their usual text form, `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
///
/// Each call takes the memory and time of its cost and blocks its thread: at most two should run at once.
public enum PasswordHash {
    /// The longest password in bytes.
    public static let passwordBytesMax = 1024

    /// A salted hash of a password.
    ///
    /// - Throws: `PasswordError`.
    public static func hash(
        _ password: Secret,
        cost: PasswordCost = .standard
    ) throws(PasswordError) -> String {
        Crypto.start()
        guard password.count <= passwordBytesMax else { throw .tooLong }
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
        let result = unsafe withPassword(password) { bytes in
            unsafe crypto_pwhash_str_alg(
                &text,
                bytes,
                UInt64(password.count),
                UInt64(cost.passes),
                cost.memoryBytes,
                crypto_pwhash_alg_argon2id13()
            )
        }
        guard result == 0 else { throw .outOfMemory }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The length of a salt in bytes.
    public static let saltBytes = 16
    private static let derivedBytes = 32

    /// Bytes that a password and a salt give each time alike, by Argon2id.
    ///
    /// - Throws: `PasswordError`.
    public static func derive(
        _ password: Secret,
        salt: [UInt8],
        cost: PasswordCost = .standard
    ) throws(PasswordError) -> [UInt8] {
        Crypto.start()
        precondition(salt.count == saltBytes, "a salt has \(saltBytes) bytes")
        guard password.count <= passwordBytesMax else { throw .tooLong }
        var derived = [UInt8](repeating: 0, count: derivedBytes)
        let result = unsafe withPassword(password) { bytes in
            unsafe crypto_pwhash(
                &derived,
                UInt64(derivedBytes),
                bytes,
                UInt64(password.count),
                salt,
                UInt64(cost.passes),
                cost.memoryBytes,
                crypto_pwhash_alg_argon2id13()
            )
        }
        guard result == 0 else { throw .outOfMemory }
        return derived
    }

    /// Whether the password is the one that was hashed; false also for a text that is no hash.
    public static func verify(_ password: Secret, against hash: String) -> Bool {
        Crypto.start()
        guard password.count <= passwordBytesMax, hash.utf8.count < Int(crypto_pwhash_strbytes()) else {
            return false
        }
        let result = unsafe withPassword(password) { bytes in
            unsafe crypto_pwhash_str_verify(hash, bytes, UInt64(password.count))
        }
        return result == 0
    }

    /// Whether a hash was made at another cost than this one and should be made again at the next sign-in.
    public static func needsRehash(_ hash: String, cost: PasswordCost = .standard) -> Bool {
        Crypto.start()
        guard hash.utf8.count < Int(crypto_pwhash_strbytes()) else { return true }
        return unsafe crypto_pwhash_str_needs_rehash(hash, UInt64(cost.passes), cost.memoryBytes) != 0
    }

    /// A hash that no known password has, to verify against when a user is unknown, at the same cost in time.
    public static func dummy(cost: PasswordCost = .standard) -> String {
        "$argon2id$v=19$m=\(cost.memoryBytes / 1024),t=\(cost.passes),p=1"
            + "$Q29mZmVyIHNhbHQgb25seQ$bm8gcGFzc3dvcmQgaGFzIHRoaXMgdmFsdWUsIGV2ZXI"
    }

    /// Lends a password's bytes as the library wants them, which does not take a null address.
    private static func withPassword(_ password: Secret, _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        password.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else {
                    return unsafe withUnsafePointer(to: CChar(0)) { unsafe body($0) }
                }
                return unsafe body(base.assumingMemoryBound(to: CChar.self))
            }
        }
    }
}
