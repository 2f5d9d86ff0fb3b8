/// The rule that asset codes keep: 1 to 64 ASCII letters, digits and `. _ $ @ * ~ # : / + -`.
public enum AssetCode {
    /// The longest code in bytes.
    public static let lengthMax = 64

    /// The code in lower case, or nil when the text is not an asset code.
    ///
    /// Decided by bytes, so that look-alike letters of other scripts are refused.
    public static func normalize(_ text: String) -> String? {
        normalize(Array(text.utf8))
    }

    /// The code in lower case, or nil when the bytes are not an asset code.
    public static func normalize(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty, bytes.count <= lengthMax else { return nil }
        var lowered: [UInt8] = []
        lowered.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): lowered.append(byte + 32)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                lowered.append(byte)
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "@"),
                UInt8(ascii: "*"),
                UInt8(ascii: "~"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                lowered.append(byte)
            default: return nil
            }
        }
        return String(decoding: lowered, as: UTF8.self)
    }
}
