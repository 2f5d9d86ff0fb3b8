/// A text of BIP 173 or BIP 350: a prefix, `1`, and digits of base 32, the last six of them a checksum.
public struct Bech32: Hashable, Sendable {
    /// Which constant the checksum is made with.
    public enum Variant: UInt32, Hashable, Sendable {
        /// Bech32 (BIP 173).
        case bech32 = 1
        /// Bech32m (BIP 350).
        case bech32m = 0x2BC8_30A3
    }

    /// What stands before the last `1`, in lower case.
    public let prefix: String
    /// The data, five bits each.
    public let values: [UInt8]
    /// Which constant the checksum is made with.
    public let variant: Variant

    /// The longest text in bytes, within which the checksum keeps its promise (BIP 173).
    public static let textBytesMax = 90
    private static let prefixBytesMax = 83
    private static let checksumLength = 6
    private static let separator = UInt8(ascii: "1")
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    private static let digits: [UInt8?] = {
        var digits = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(value) }
        return digits
    }()

    /// Whether a byte is one of the digits, in either case.
    static func isDigit(_ byte: UInt8) -> Bool {
        digits[Int((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)] != nil
    }

    /// A text's parts.
    ///
    /// The prefix is 1 to 83 characters of ASCII from `!` to `~` without capitals, the values are below 32, and the
    /// whole is no longer than the limit; other parts stop the program.
    public init(prefix: String, values: [UInt8], variant: Variant) {
        precondition((1...Bech32.prefixBytesMax).contains(prefix.utf8.count), "a prefix of 1 to 83 bytes")
        precondition(
            prefix.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            },
            "a prefix of visible ASCII without capitals"
        )
        precondition(values.allSatisfy { $0 < 32 }, "values of five bits")
        precondition(
            prefix.utf8.count + 1 + values.count + Bech32.checksumLength <= Bech32.textBytesMax,
            "no text is longer than \(Bech32.textBytesMax) bytes"
        )
        self.prefix = prefix
        self.values = values
        self.variant = variant
    }

    /// The parts of a text in capitals or small letters.
    ///
    /// - Throws: `AddressTextError`, in this order: `.tooLong`, `.character` outside visible ASCII, `.mixedCase`,
    ///   `.noPrefix`, `.tooShort` for fewer digits than a checksum has, `.character` that is no digit, `.checksum`.
    public init(_ text: String) throws(AddressTextError) {
        guard text.utf8.count <= Bech32.textBytesMax else { throw .tooLong }
        var bytes: [UInt8] = []
        var cases: (upper: Bool, lower: Bool) = (false, false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                cases.upper = true
                bytes.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                cases.lower = true
                bytes.append(byte)
            case 0x21...0x7E: bytes.append(byte)
            default: throw .character
            }
        }
        if cases.upper && cases.lower { throw .mixedCase }
        guard let end = bytes.lastIndex(of: Bech32.separator), end > 0 else { throw .noPrefix }
        guard bytes.count - end - 1 >= Bech32.checksumLength else { throw .tooShort }
        var values: [UInt8] = []
        for byte in bytes[(end + 1)...] {
            guard let value = Bech32.digits[Int(byte)] else { throw .character }
            values.append(value)
        }
        let prefix = Array(bytes[..<end])
        let rest = Bech32.remainder(Bech32.expanded(prefix) + values)
        guard let variant = Variant(rawValue: rest) else { throw .checksum }
        self.init(
            prefix: String(decoding: prefix, as: UTF8.self),
            values: Array(values.dropLast(Bech32.checksumLength)),
            variant: variant
        )
    }

    /// The text in small letters.
    public var text: String {
        let room = [UInt8](repeating: 0, count: Bech32.checksumLength)
        let rest =
            Bech32.remainder(Bech32.expanded(Array(prefix.utf8)) + values + room) ^ variant.rawValue
        let checksum = (0..<Bech32.checksumLength).map { place in
            UInt8(rest >> UInt32(5 * (Bech32.checksumLength - 1 - place)) & 31)
        }
        let end = (values + checksum).map { Bech32.alphabet[Int($0)] }
        return String(decoding: Array(prefix.utf8) + [Bech32.separator] + end, as: UTF8.self)
    }

    /// The prefix as the checksum takes it in: the upper three bits of each character, a zero, the lower five.
    private static func expanded(_ prefix: [UInt8]) -> [UInt8] {
        prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
    }

    /// The remainder of the division by the code's generator over 32 elements (BIP 173, "Checksum").
    private static func remainder(_ values: [UInt8]) -> UInt32 {
        let generator: [5 of UInt32] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
        var rest: UInt32 = 1
        for value in values {
            let top = rest >> 25
            rest = (rest & 0x1FF_FFFF) << 5 ^ UInt32(value)
            for bit in 0..<5 where top >> UInt32(bit) & 1 == 1 { rest ^= generator[bit] }
        }
        return rest
    }
}

extension Bech32 {
    /// Bytes as values of five bits, filled up with zero bits.
    static func split(_ bytes: [UInt8]) -> [UInt8] {
        var values: [UInt8] = []
        var rest: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            rest = rest << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                values.append(UInt8(rest >> bits & 31))
            }
            rest &= (1 << bits) - 1
        }
        if bits > 0 { values.append(UInt8(rest << (5 - bits) & 31)) }
        return values
    }

    /// The bytes of values of five bits, or nil when more than four bits, or other than zeros, are left over.
    static func join(_ values: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest: UInt32 = 0
        var bits: UInt32 = 0
        for value in values {
            rest = rest << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(rest >> bits))
                rest &= (1 << bits) - 1
            }
        }
        return bits < 5 && rest == 0 ? bytes : nil
    }
}
