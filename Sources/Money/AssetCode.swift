/// The rule that asset codes keep: 1 to 64 ASCII letters, digits and `. _ $ @ * ~ # : / + -`.
public enum AssetCode {
    /// The longest code in bytes.
    public static let lengthMax = 64

    /// The code in lower case, or nil when the text is not an asset code.
    ///
    /// Decided by bytes, so that look-alike letters of other scripts are refused.
    public static func normalize(_ text: String) -> String? {
        normalize(text.utf8Span.span)
    }

    /// The code in lower case, or nil when the bytes are not an asset code.
    public static func normalize(_ bytes: [UInt8]) -> String? {
        normalize(bytes.span)
    }

    /// The code in lower case, or nil when the bytes are not an asset code.
    public static func normalize(_ bytes: Span<UInt8>) -> String? {
        let count = bytes.count
        guard count > 0, count <= lengthMax else { return nil }
        var lowered = InlineArray<64, UInt8>(repeating: 0)
        for index in 0..<count {
            guard let byte = lowercase(bytes[index]) else { return nil }
            lowered[index] = byte
        }
        // Writes exactly the bytes reserved; up to 15 of them need no allocation.
        return unsafe String(unsafeUninitializedCapacity: count) { free in
            for index in 0..<count { unsafe free[index] = lowered[index] }
            return count
        }
    }

    /// The byte in lower case, or nil when it may not stand in a code.
    internal static func lowercase(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: "*"),
            UInt8(ascii: "~"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"),
            UInt8(ascii: "-"):
            byte
        default: nil
        }
    }

    /// A code of up to eight bytes in lower case as one number, or nil when it is longer or no code.
    ///
    /// Different codes give different numbers: no code holds a zero byte.
    internal static func packed(_ bytes: Span<UInt8>) -> UInt64? {
        guard bytes.count > 0, bytes.count <= 8 else { return nil }
        var packed: UInt64 = 0
        for index in bytes.indices {
            guard let byte = lowercase(bytes[index]) else { return nil }
            packed = packed << 8 | UInt64(byte)
        }
        return packed
    }
}
