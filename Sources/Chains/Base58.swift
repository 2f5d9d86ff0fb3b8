import Crypto

/// Bytes as digits of base 58, as Bitcoin writes them: no `0`, `O`, `I` and `l`, and a `1` for each leading zero byte.
public enum Base58 {
    /// The longest text that is read, in bytes; reading takes time with the square of it.
    public static let textBytesMax = 256

    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Whether a byte is one of the digits.
    static func isDigit(_ byte: UInt8) -> Bool { values[Int(byte)] != nil }

    /// The bytes as text; takes time with the square of their number.
    public static func encode(_ bytes: [UInt8]) -> String {
        // Digits of base 58, the lowest first.
        var digits: [UInt8] = []
        for byte in bytes {
            var carry = Int(byte)
            for place in digits.indices {
                carry += Int(digits[place]) << 8
                digits[place] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let zeros = bytes.prefix { $0 == 0 }.count
        let text = [UInt8](repeating: alphabet[0], count: zeros) + digits.reversed().map { alphabet[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, or nil when a character is no digit or the text is longer than the limit.
    public static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= textBytesMax else { return nil }
        // Bytes, the lowest first.
        var bytes: [UInt8] = []
        for character in text.utf8 {
            guard var carry = values[Int(character)].map({ Int($0) }) else { return nil }
            for place in bytes.indices {
                carry += Int(bytes[place]) * 58
                bytes[place] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(truncatingIfNeeded: carry))
                carry >>= 8
            }
        }
        let zeros = text.utf8.prefix { $0 == alphabet[0] }.count
        return [UInt8](repeating: 0, count: zeros) + bytes.reversed()
    }
}

/// Base 58 with four bytes behind the data that tell a slip of the pen: the start of its SHA-256 taken twice.
public enum Base58Check {
    /// The bytes of the checksum.
    static let checksumBytes = 4

    /// The data as text.
    public static func encode(_ data: [UInt8]) -> String {
        Base58.encode(data + checksum(data))
    }

    /// The data of a text.
    ///
    /// - Throws: `AddressTextError.character`, `.tooLong`, `.tooShort` for fewer bytes than a checksum has, or
    ///   `.checksum`.
    public static func decode(_ text: String) throws(AddressTextError) -> [UInt8] {
        guard text.utf8.count <= Base58.textBytesMax else { throw .tooLong }
        guard let bytes = Base58.decode(text) else { throw .character }
        guard bytes.count >= checksumBytes else { throw .tooShort }
        let data = Array(bytes.dropLast(checksumBytes))
        guard checksum(data).elementsEqual(bytes.suffix(checksumBytes)) else { throw .checksum }
        return data
    }

    private static func checksum(_ data: [UInt8]) -> [UInt8] {
        Array(Digest.sha256(Digest.sha256(data).bytes).bytes.prefix(checksumBytes))
    }
}

/// Why a text is not of an address's form.
public enum AddressTextError: Error, Hashable, Sendable {
    /// A character that the form does not have.
    case character
    /// Letters of both cases where the form has one.
    case mixedCase
    /// More characters than the form allows.
    case tooLong
    /// Fewer characters or bytes than the form needs.
    case tooShort
    /// No prefix with a separator behind it.
    case noPrefix
    /// The checksum does not fit.
    case checksum
}
