/// Access tokens as texts: prefix, 256 random bits, checksum, such as `cfb_3kT…_0aZ91x`.
///
/// Secret scanners find them by the prefix and a mistyped one is told from an unknown one by the checksum. Only the
/// SHA-256 of a token is stored and looked up.
public enum TokenText {
    /// 43 digits of base 62 hold a little more than 256 bits.
    private static let randomDigits = 43
    private static let checkDigits = 6
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new token; a prefix that is not 1 to 16 lower-case letters or digits stops the program.
    public static func make(prefix: String) -> String {
        precondition(isPrefix(prefix), "a token's prefix is 1 to 16 lower-case ASCII letters or digits")
        var body = Array(prefix.utf8) + [UInt8(ascii: "_")]
        let end = body.count + randomDigits
        while body.count < end {
            // 248 is the largest multiple of 62 in a byte: values above it would favour some digits.
            for byte in SecureRandom.bytes(64) where byte < 248 && body.count < end {
                body.append(alphabet[Int(byte % 62)])
            }
        }
        return String(decoding: body + [UInt8(ascii: "_")] + check(of: body), as: UTF8.self)
    }

    /// Whether a text has the form of a token of this prefix and its checksum is right.
    public static func looksRight(_ token: String, prefix: String) -> Bool {
        let bytes = Array(token.utf8)
        let start = Array(prefix.utf8) + [UInt8(ascii: "_")]
        let bodyCount = start.count + randomDigits
        guard isPrefix(prefix), bytes.count == bodyCount + 1 + checkDigits, bytes.starts(with: start) else {
            return false
        }
        guard bytes[bodyCount] == UInt8(ascii: "_") else { return false }
        guard bytes[start.count..<bodyCount].allSatisfy({ alphabet.contains($0) }) else { return false }
        return Array(bytes[(bodyCount + 1)...]) == check(of: Array(bytes[..<bodyCount]))
    }

    /// What is stored of a token: its SHA-256.
    public static func hash(_ token: String) -> Digest256 {
        Digest.sha256(Array(token.utf8))
    }

    private static func isPrefix(_ prefix: String) -> Bool {
        (1...16).contains(prefix.utf8.count)
            && prefix.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    private static func check(of body: [UInt8]) -> [UInt8] {
        var rest = CRC32.checksum(body)
        var digits: [UInt8] = []
        for _ in 0..<checkDigits {
            digits.append(alphabet[Int(rest % 62)])
            rest /= 62
        }
        return digits.reversed()
    }
}

/// The checksum of ISO 3309, as in gzip and PNG.
enum CRC32 {
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
            }
        }
        return ~remainder
    }
}
