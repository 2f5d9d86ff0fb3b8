import CSodium

/// Bytes in the base 64 of RFC 4648 section 4, with padding.
public enum Base64 {
    /// The bytes as text.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text = Base64URL.encode(bytes).utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, or nil when a character, the length, the padding or an unused bit is wrong.
    public static func decode(_ text: String) -> [UInt8]? {
        var count = 0
        var padding = 0
        for character in text.utf8 {
            guard character != UInt8(ascii: "-"), character != UInt8(ascii: "_") else { return nil }
            if character == UInt8(ascii: "=") { padding += 1 } else { count += 1 }
            guard padding == 0 || character == UInt8(ascii: "=") else { return nil }
        }
        guard (count + padding).isMultiple(of: 4), padding <= 2 else { return nil }
        let plain = text.utf8.prefix(count).map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return Base64URL.decode(String(decoding: plain, as: UTF8.self))
    }
}

/// Overwrites secrets that passed through an array.
public enum Wiping {
    /// Fills the bytes with zeros, in a way that the compiler may not leave out.
    public static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress { unsafe sodium_memzero(base, buffer.count) }
        }
    }
}
