/// Why a text is no key to sign with; never holds any of it.
public enum SigningKeyError: Error, Hashable, Sendable {
    /// Neither PEM with a private key nor base 64.
    case notAKey
    /// A private key, but not one on the curve P-256.
    case notP256
    /// Base 64 of a count of bytes that no Ed25519 key has.
    case length(Int)
    /// The public half does not belong to the private one.
    case mismatch
}

extension SigningKeyError: CustomStringConvertible {
    /// What is wrong and what is expected.
    public var description: String {
        switch self {
        case .notAKey:
            "the secret is no private key; expected -----BEGIN EC PRIVATE KEY----- with its lines, or base 64"
        case .notP256: "the secret is a private key of another sort; expected one on the curve P-256 (ECDSA)"
        case .length(let count):
            "the secret is base 64 of \(count) bytes; an Ed25519 key has 64, or 32 for its seed alone"
        case .mismatch: "the secret's public half does not belong to its private one; copy it again"
        }
    }
}

/// A private key of either sort that API keys come with.
public enum SigningKey: Sendable {
    /// Ed25519, called EdDSA in JSON Web Tokens.
    case ed25519(Ed25519Key)
    /// ECDSA on P-256 with SHA-256.
    case es256(ES256Key)

    /// A key from the text that a venue gives: PEM for ES256, base 64 for Ed25519.
    ///
    /// Line ends may be written as `\n`, as they stand in JSON files; blanks around are passed over.
    ///
    /// - Throws: `SigningKeyError`.
    public init(text: Secret) throws(SigningKeyError) {
        var bytes = text.revealed()
        defer { Wiping.wipe(&bytes) }
        var plain = SigningKey.unescaped(bytes)
        defer { Wiping.wipe(&plain) }
        if plain.starts(with: Array("-----BEGIN".utf8)) {
            self = .es256(try ES256Key(pem: Secret(plain)))
            return
        }
        guard plain.count <= ES256Key.pemBytesMax,
            var raw = Base64.decode(String(decoding: plain, as: UTF8.self))
        else { throw .notAKey }
        defer { Wiping.wipe(&raw) }
        self = .ed25519(try Ed25519Key(raw))
    }

    /// The name in the header of a JSON Web Token (RFC 7518, RFC 8037).
    public var algorithm: String {
        switch self {
        case .ed25519: "EdDSA"
        case .es256: "ES256"
        }
    }

    /// A signature of a message, 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .ed25519(let key): key.sign(message)
        case .es256(let key): key.sign(message)
        }
    }

    /// The text without blanks around it and with real line ends.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count + 1)
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count,
                bytes[place + 1] == UInt8(ascii: "n")
            {
                plain.append(UInt8(ascii: "\n"))
                place += 2
            } else {
                plain.append(bytes[place])
                place += 1
            }
        }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let start = plain.firstIndex { !isBlank($0) } ?? plain.endIndex
        let end = plain.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        defer { Wiping.wipe(&plain) }
        return Array(plain[start..<end])
    }
}
