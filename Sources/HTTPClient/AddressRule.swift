/// Which network addresses a request may go to.
///
/// The ranges are those of the IANA registries of special-purpose addresses (RFC 6890 and its updates), with what an
/// IPv6 address carries inside it (mapped, NAT64) judged as the IPv4 address it leads to.
enum AddressRule {
    /// Whether a host is this computer, written out: 127.0.0.0/8, ::1 or localhost.
    static func isLoopback(host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                && UInt8(part) != nil
        }
    }

    /// Whether an address of 4 or 16 bytes is this computer.
    static func isLoopback(_ address: [UInt8]) -> Bool {
        if address.count == 4 { return address[0] == 127 }
        guard address.count == 16 else { return false }
        if let inner = embedded(in: address) { return isLoopback(inner) }
        return address.dropLast().allSatisfy { $0 == 0 } && address[15] == 1
    }

    /// Whether an address of 4 or 16 bytes lies in the public network.
    static func isPublic(_ address: [UInt8]) -> Bool {
        if address.count == 4 {
            let number = address.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return !special4.contains { number >> (32 - $0.bits) == $0.network >> (32 - $0.bits) }
        }
        guard address.count == 16 else { return false }
        if let inner = embedded(in: address) { return isPublic(inner) }
        // Only 2000::/3 is given out; of it the first block is for protocols, and two are for texts and tunnels.
        guard address[0] & 0xE0 == 0x20 else { return false }
        let start = address.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return start >> 9 != 0x2001_0000 >> 9 && start != 0x2001_0DB8 && start >> 16 != 0x2002
            && start >> 12 != 0x3FFF_0000 >> 12
    }

    /// The IPv4 address that an IPv6 address stands for: mapped (::ffff:0:0/96) or through NAT64 (64:ff9b::/96).
    private static func embedded(in address: [UInt8]) -> [UInt8]? {
        let isMapped =
            address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
        let isTranslated =
            Array(address.prefix(4)) == [0, 0x64, 0xFF, 0x9B] && address[4..<12].allSatisfy { $0 == 0 }
        return isMapped || isTranslated ? Array(address.suffix(4)) : nil
    }

    private static let special4: [(network: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
        (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16),
        (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
    ]
}
