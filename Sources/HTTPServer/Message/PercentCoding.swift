/// Decoding of `%HH` as Python's `unquote` does it: an incomplete or wrong escape stays as it is.
enum PercentCoding {
    static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String {
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) })
        else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: decodeBytes(bytes, plusIsSpace: plusIsSpace), as: UTF8.self)
    }

    static func decodeBytes(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
                let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
                continue
            }
            decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }
}

/// A name and a value of a query or an urlencoded form, both decoded.
public struct HTTPFormItem: Hashable, Sendable {
    /// The decoded name.
    public let name: String
    /// The decoded value; empty when there was no equals sign.
    public let value: String

    /// The pair of name and value.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Splits and decodes an urlencoded text, in the order of the text.
    ///
    /// `&` separates, `+` is a blank, empty pieces are skipped: the rules of Python's `parse_qsl` with blank values kept.
    public static func parse(_ text: ArraySlice<UInt8>) -> [HTTPFormItem] {
        var items: [HTTPFormItem] = []
        for piece in text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            let equals = piece.firstIndex(of: UInt8(ascii: "="))
            let name = piece[..<(equals ?? piece.endIndex)]
            let value = equals.map { piece[($0 + 1)...] } ?? []
            items.append(
                HTTPFormItem(
                    name: PercentCoding.decode(name, plusIsSpace: true),
                    value: PercentCoding.decode(value, plusIsSpace: true)
                )
            )
        }
        return items
    }
}
