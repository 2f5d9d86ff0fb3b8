import Glibc

/// Numeric addresses as text: what is one, and what counts as one for limits.
public enum NetworkAddress {
    /// What stands for all peers whose address is not known.
    public static let unknown = "unknown"

    /// Whether a text is an IPv4 address, or an IPv6 one between brackets: a host that no name service looks up.
    public static func isNumericHost(_ text: String) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return bytes(String(text.dropFirst().dropLast()))?.count == 16
        }
        return bytes(text)?.count == 4
    }

    /// What limits by address count by: an IPv4 address, or the network of 64 bits that an IPv6 address is from.
    ///
    /// Whoever has one IPv6 address usually has all of its network. Any other text stands for itself.
    public static func limitKey(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")), let bytes = bytes(text), bytes.count == 16 else {
            return text
        }
        return SocketAddress.text(Array(bytes[..<8]) + [UInt8](repeating: 0, count: 8)) + "/64"
    }

    /// The address that a proxy names as a hop, without the port that some add; nil for any other text.
    static func hop(_ text: String) -> String? {
        var host = Substring(text)
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            guard isPort(host[host.index(after: end)...]) else { return nil }
            host = host[host.index(after: host.startIndex)..<end]
            guard host.utf8.contains(UInt8(ascii: ":")) else { return nil }
        } else if let colon = host.firstIndex(of: ":"), host.lastIndex(of: ":") == colon {
            guard isPort(host[colon...]) else { return nil }
            host = host[..<colon]
        }
        return bytes(String(host)).map { SocketAddress.text($0) }
    }

    /// Whether a text is nothing, or a colon and a port.
    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        let digits = text.dropFirst()
        return text.first == ":" && (1...5).contains(digits.utf8.count)
            && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && Int(digits).map { $0 <= 65_535 } == true
    }

    /// The 4 or 16 bytes of an address.
    private static func bytes(_ text: String) -> [UInt8]? {
        // The system reads up to the first zero byte.
        guard (2...45).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            let isRead = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe inet_pton(family, text, buffer.baseAddress) == 1
            }
            if isRead { return bytes }
        }
        return nil
    }
}

extension HTTPRequest {
    /// What limits by address count this request by.
    public var limitAddress: String { NetworkAddress.limitKey(remoteAddress) }
}
