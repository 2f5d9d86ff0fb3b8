import CCurl

/// One server that requests may go to: scheme, host and port of an address.
public struct Origin: Hashable, Sendable {
    /// `https`, or `http` for this computer.
    public let scheme: String
    /// The host in lower case, an IPv6 address in brackets.
    public let host: String
    /// The port.
    public let port: Int

    /// Whether the host is this computer, written out: 127.0.0.0/8, ::1 or localhost.
    public let isLoopback: Bool

    /// The origin of an address such as a setting's base URL.
    ///
    /// - Throws: `refusedAddress` for anything but `https://`, or `http://` where the host is literally this computer;
    ///   for a user or password in it; and for what is no address at all.
    public init(_ url: String) throws(TransportError) {
        self = try RequestAddress(url).origin
    }

    init(scheme: String, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
        isLoopback = AddressRule.isLoopback(host: host)
    }

    /// The host, with its port where that is not the usual one.
    public var name: String {
        port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }
}

/// An address taken apart by the same code that will connect to it.
struct RequestAddress {
    let origin: Origin
    /// The address as the library writes it, without a fragment.
    let text: String

    init(_ url: String) throws(TransportError) {
        guard url.utf8.count <= Self.bytesMax else {
            throw .refusedAddress("the address is longer than \(Self.bytesMax) bytes")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw .refusedAddress("the address has characters that none may have")
        }
        guard let handle = unsafe curl_url() else { throw .unreachable("out of memory") }
        defer { unsafe curl_url_cleanup(handle) }
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
            unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let scheme = unsafe Self.part(CURLUPART_SCHEME, of: handle),
            let host = unsafe Self.part(CURLUPART_HOST, of: handle)?.lowercased(),
            let text = unsafe Self.part(CURLUPART_URL, of: handle)
        else { throw .refusedAddress("not an address of the form https://host/path") }
        guard unsafe Self.part(CURLUPART_USER, of: handle) == nil,
            unsafe Self.part(CURLUPART_PASSWORD, of: handle) == nil
        else { throw .refusedAddress("an address with a user or a password in it") }
        let usual = scheme == "https" ? 443 : 80
        let port = unsafe Self.part(CURLUPART_PORT, of: handle).flatMap { Int($0) } ?? usual
        origin = Origin(scheme: scheme, host: host, port: port)
        self.text = text
        guard scheme == "https" || scheme == "http" && origin.isLoopback else {
            throw .refusedAddress("\(scheme)://\(host): only https:// is allowed")
        }
    }

    private static let bytesMax = 8 << 10

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var bytes: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &bytes, 0) == CURLUE_OK, let bytes = unsafe bytes else {
            return nil
        }
        defer { unsafe curl_free(bytes) }
        return unsafe String(cString: bytes)
    }
}
