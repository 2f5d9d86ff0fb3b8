import CCurl
import Glibc

/// One request under way: what came so far, and where it may connect to.
final class Transfer {
    let addresses: Addresses
    let bodyBytesMax: Int
    let headerBytesMax: Int

    private(set) var body: [UInt8] = []
    private(set) var headers: [OutgoingHeader] = []
    /// Whether the empty line after the head came.
    private(set) var isHeadComplete = false
    private(set) var tooLarge: Int?
    private(set) var refusedAddress: String?
    private var headerBytes = 0

    /// The addresses that a connection may be opened to.
    enum Addresses {
        /// This computer alone.
        case loopback
        /// The public network alone.
        case open
        /// Any: a proxy that the owner named.
        case any
    }

    init(_ addresses: Addresses, bodyBytesMax: Int, headerBytesMax: Int) {
        self.addresses = addresses
        self.bodyBytesMax = bodyBytesMax
        self.headerBytesMax = headerBytesMax
    }

    /// Adds a piece of the body; false when it is too much.
    func take(body piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= bodyBytesMax - body.count else {
            tooLarge = bodyBytesMax
            return false
        }
        unsafe body.append(contentsOf: piece)
        return true
    }

    /// Notes one line of a head; false when heads are too long.
    func take(header line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= headerBytesMax else {
            tooLarge = headerBytesMax
            return false
        }
        let text = unsafe String(decoding: line, as: UTF8.self)
        // A further head follows an interim answer and replaces it.
        if text.hasPrefix("HTTP/") {
            headers = []
            isHeadComplete = false
        }
        if text == "\r\n" || text == "\n" { isHeadComplete = true }
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex, !text.hasPrefix("HTTP/") else {
            return true
        }
        headers.append(
            OutgoingHeader(
                text[..<colon].lowercased(),
                Self.trimmed(text[text.index(after: colon)...])
            )
        )
        return true
    }

    /// Opens a socket to an address, or -1 where none may go.
    func open(_ purpose: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
        let kind = unsafe purpose.pointee
        guard let address = unsafe coffer_curl_address(purpose), unsafe permits(address) else {
            refusedAddress = "an address of a private network or of this computer"
            return -1
        }
        return socket(kind.family, kind.socktype | Int32(SOCK_CLOEXEC.rawValue), kind.protocol)
    }

    /// Whether a connection to an address is allowed.
    func permits(_ address: UnsafePointer<sockaddr>) -> Bool {
        let bytes: [UInt8]
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET:
            bytes = unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                unsafe withUnsafeBytes(of: $0.pointee.sin_addr) { unsafe Array($0) }
            }
        case AF_INET6:
            bytes = unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                unsafe withUnsafeBytes(of: $0.pointee.sin6_addr) { unsafe Array($0) }
            }
        default: return false
        }
        return switch addresses {
        case .loopback: AddressRule.isLoopback(bytes)
        case .open: AddressRule.isPublic(bytes)
        case .any: true
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

// The callbacks of the library. Their context is the transfer, which the sender keeps alive.

func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
        ? size * count : 0
}

func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.take(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
        ? size * count : 0
}

func openSocket(
    _ context: UnsafeMutableRawPointer?,
    _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let address = unsafe address else { return -1 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.open(address)
}
