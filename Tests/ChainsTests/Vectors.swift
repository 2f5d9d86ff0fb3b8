import Crypto
import JSON
import TestSupport

/// The published and computed vectors beside these tests.
enum Vectors {
    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")

    static func load(_ name: String) throws -> JSONValue {
        let text = try SourceFile.lines("\(folder)/Vectors/\(name).json").joined(separator: "\n")
        return try JSONReader.parse(Array(text.utf8))
    }

    /// The rows of a list whose elements are objects, by one of their texts each.
    static func rows(_ value: JSONValue, _ list: String, _ keys: String...) -> [[String]] {
        (value[list]?.array ?? []).map { row in keys.map { row[$0]?.string ?? "" } }
    }

    /// The examples of EIP-55 whose case is mixed.
    static let mixedCase = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        // Of a public test phrase, by eth-account and bip_utils.
        "0x9858EfFD232B4033E47d90003D41EC34EcaEda94", "0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0",
        "0xb6716976A3ebe8D39aCEB04372f22Ff8e6802D7A", "0xF3f50213C1d2e255e4B2bAD430F8A38EEF8D718E",
        "0x51cA8ff9f1C0a99f88E86B8112eA3237F55374cA", "0xA40cFBFc8534FFC84E20a7d8bBC3729B26a35F6f",
    ]
}
