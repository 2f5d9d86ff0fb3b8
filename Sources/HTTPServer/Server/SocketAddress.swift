import CMicroHTTPD
import Glibc

/// Numeric socket addresses as text.
enum SocketAddress {
    /// The address without its port, empty when it is neither IPv4 nor IPv6.
    ///
    /// An IPv4 address in IPv6 clothes loses them.
    static func text(_ address: UnsafePointer<sockaddr>?) -> String {
        guard let address = unsafe address else { return "" }
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET:
            return unsafe UnsafeRawPointer(address).withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                typed in
                unsafe withUnsafePointer(to: typed.pointee.sin_addr) { unsafe render(AF_INET, $0) }
            }
        case AF_INET6:
            let text = unsafe UnsafeRawPointer(address).withMemoryRebound(to: sockaddr_in6.self, capacity: 1)
            {
                typed in
                unsafe withUnsafePointer(to: typed.pointee.sin6_addr) { unsafe render(AF_INET6, $0) }
            }
            return plain(text)
        default: return ""
        }
    }

    /// The text of an address of 4 or 16 bytes.
    static func text(_ bytes: [UInt8]) -> String {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return "" }
            return unsafe plain(render(buffer.count == 4 ? AF_INET : AF_INET6, start))
        }
    }

    private static func plain(_ text: String) -> String {
        text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
    }

    private static func render(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let text = unsafe inet_ntop(family, address, buffer.baseAddress, socklen_t(buffer.count))
            else {
                return ""
            }
            return unsafe String(cString: text)
        }
    }
}
