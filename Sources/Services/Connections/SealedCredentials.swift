import Connectors
import Crypto

/// Credentials as the bytes that are sealed.
///
/// A first byte of 1 and three lengths of four bytes, big-endian, stand before key, secret and passphrase; the last
/// length is all ones where there is no passphrase. Older rows have the key's name, a line end and the secret.
enum SealedCredentials {
    private static let version: UInt8 = 1
    private static let none = UInt32.max

    static func write(_ credentials: VenueCredentials) -> Secret {
        let key = Array(credentials.key.utf8)
        var bytes = [version]
        func add(_ length: UInt32) {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
        }
        add(UInt32(key.count))
        add(UInt32(credentials.secret.count))
        add(credentials.passphrase.map { UInt32($0.count) } ?? none)
        bytes.reserveCapacity(
            13 + key.count + credentials.secret.count + (credentials.passphrase?.count ?? 0)
        )
        bytes += key
        bytes += credentials.secret.revealed()
        if let passphrase = credentials.passphrase { bytes += passphrase.revealed() }
        defer { Wiping.wipe(&bytes) }
        return Secret(bytes)
    }

    /// The credentials of opened bytes, or nil when they are of no form that was ever written.
    static func read(_ opened: Secret) -> VenueCredentials? {
        var bytes = opened.revealed()
        defer { Wiping.wipe(&bytes) }
        guard bytes.first == version else { return readLines(bytes) }
        func length(at start: Int) -> UInt32 {
            bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard bytes.count >= 13 else { return nil }
        let (key, secret, stated) = (Int(length(at: 1)), Int(length(at: 5)), length(at: 9))
        let passphrase = stated == none ? 0 : Int(stated)
        guard bytes.count == 13 + key + secret + passphrase else { return nil }
        let (keyEnd, secretEnd) = (13 + key, 13 + key + secret)
        return VenueCredentials(
            key: String(decoding: bytes[13..<keyEnd], as: UTF8.self),
            secret: Secret(Array(bytes[keyEnd..<secretEnd])),
            passphrase: stated == none ? nil : Secret(Array(bytes[secretEnd...]))
        )
    }

    private static func readLines(_ bytes: [UInt8]) -> VenueCredentials? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return VenueCredentials(
            key: String(decoding: bytes[..<end], as: UTF8.self),
            secret: Secret(Array(bytes[(end + 1)...]))
        )
    }
}
