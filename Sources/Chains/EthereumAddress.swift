import Crypto

/// An address of Ethereum: 20 bytes, written as 40 hexadecimal digits whose case is a checksum (EIP-55).
public struct EthereumAddress: Hashable, Sendable {
    /// The 20 bytes.
    public let bytes: [UInt8]

    /// The length in bytes.
    public static let byteCount = 20
    /// The hexadecimal digits of an address.
    static let digitCount = 40

    /// An address from its bytes, or nil when there are not 20.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == EthereumAddress.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The address of `0x` and 40 digits whatever their case, or nil when the text is of another form.
    ///
    /// For texts that are trusted, such as contracts of the registry; `init(_: String)` checks the case.
    public init?(bytesOf text: String) {
        guard text.hasPrefix("0x"), text.utf8.count == EthereumAddress.digitCount + 2,
            let bytes = Hex.decode(String(text.dropFirst(2)))
        else { return nil }
        self.init(bytes)
    }

    /// The address of a text: `0x` and 40 digits, all small, all capital, or with the case of EIP-55.
    ///
    /// - Throws: `AddressTextError.noPrefix`, `.character`, `.tooShort`, `.tooLong`, or `.checksum` where the digits'
    ///   case is mixed and not that of EIP-55.
    public init(_ text: String) throws(AddressTextError) {
        let characters = Array(text.utf8.prefix(EthereumAddress.digitCount + 3))
        guard characters.count >= 2, characters[0] == UInt8(ascii: "0"),
            characters[1] | 0x20 == UInt8(ascii: "x")
        else { throw .noPrefix }
        let digits = characters[2...]
        var cases: (upper: Bool, lower: Bool) = (false, false)
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "a")...UInt8(ascii: "f"): cases.lower = true
            case UInt8(ascii: "A")...UInt8(ascii: "F"): cases.upper = true
            default: throw .character
            }
        }
        if digits.count > EthereumAddress.digitCount { throw .tooLong }
        guard digits.count == EthereumAddress.digitCount,
            let bytes = Hex.decode(String(decoding: digits, as: UTF8.self))
        else { throw .tooShort }
        self.bytes = bytes
        if cases.upper && cases.lower {
            guard self.text.utf8.dropFirst(2).elementsEqual(digits) else { throw .checksum }
        }
    }

    /// The address with the case of EIP-55.
    public var text: String {
        let digits = Array(Hex.encode(bytes).utf8)
        let digest = Digest.keccak256(digits).bytes
        var text = Array("0x".utf8)
        for (place, digit) in digits.enumerated() {
            let nibble = place.isMultiple(of: 2) ? digest[place / 2] >> 4 : digest[place / 2] & 15
            let isLetter = digit >= UInt8(ascii: "a")
            text.append(isLetter && nibble >= 8 ? digit - 32 : digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The address in small letters, as nodes and the registry's contracts have it.
    public var lowercased: String { "0x" + Hex.encode(bytes) }
}
