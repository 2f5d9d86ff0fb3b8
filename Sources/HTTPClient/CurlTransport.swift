import CCurl
import Synchronization

/// Requests over libcurl: encrypted and verified, to named servers alone, without redirects, cookies or the
/// environment's proxies.
///
/// Safe to use from any thread; connections are kept and used again. The addresses that a name leads to are judged when
/// the connection is opened, so a name that changes between check and use changes nothing.
public final class CurlTransport: HTTPTransport {
    /// What one request may take.
    public struct Limits: Hashable, Sendable {
        /// Until the whole answer is there, in milliseconds.
        public var timeoutMilliseconds = 10_000
        /// Until the connection stands, in milliseconds.
        public var connectMilliseconds = 5_000
        /// The answer's body, in bytes.
        public var bodyBytesMax = 8 << 20
        /// The answer's head, in bytes, interim heads included.
        public var headerBytesMax = 64 << 10
        /// The body of a request, in bytes.
        public var requestBytesMax = 1 << 20
        /// Handles that are kept with their connections when nobody uses them.
        public var idleHandles = 4

        /// The usual limits.
        public init() {}
    }

    private let origins: Set<Origin>
    private let userAgent: String
    private let proxy: String?
    private let limits: Limits
    private let idle = Mutex<[CurlHandle]>([])

    /// A transport to the servers of these addresses and to no other.
    ///
    /// - Parameters:
    ///   - baseURLs: Addresses whose scheme, host and port are allowed. One of this computer lets requests to it go to
    ///     this computer, which no other may.
    ///   - version: The program's version, which the servers are told.
    ///   - proxy: The proxy that the owner names; nil for none, whatever the environment says.
    ///   - limits: What one request may take.
    /// - Throws: `refusedAddress` as `Origin` does.
    public init(
        baseURLs: [String],
        version: String,
        proxy: String? = nil,
        limits: Limits = Limits()
    ) throws(TransportError) {
        var origins: Set<Origin> = []
        for url in baseURLs { origins.insert(try Origin(url)) }
        self.origins = origins
        self.proxy = proxy
        self.limits = limits
        userAgent = "Coffer/\(version)"
        guard Self.isStarted else { throw .unreachable("libcurl does not start") }
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// Blocks, at most for the time limit.
    public func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
        let address = try RequestAddress(request.url)
        guard origins.contains(address.origin) else {
            throw .refusedAddress("\(address.origin.name) is not among the servers that requests may go to")
        }
        try check(request)
        let proxy = address.origin.isLoopback ? nil : self.proxy
        let transfer = Transfer(
            address.origin.isLoopback ? .loopback : proxy == nil ? .open : .any,
            bodyBytesMax: limits.bodyBytesMax,
            headerBytesMax: limits.headerBytesMax
        )
        guard let handle = idle.withLock({ $0.popLast() }) ?? CurlHandle() else {
            throw .unreachable("libcurl gives no handle")
        }
        let result = handle.perform(
            request,
            url: address.text,
            userAgent: userAgent,
            proxy: proxy,
            limits: limits,
            transfer
        )
        idle.withLock { if $0.count < limits.idleHandles { $0.append(handle) } }
        try check(result.code, transfer, address.origin)
        guard transfer.isHeadComplete else { throw .unreachable("\(address.origin.name) broke off") }
        guard (100...599).contains(result.status) else {
            throw .malformed("\(address.origin.name) answered with a status that is none")
        }
        return IncomingResponse(status: result.status, headers: transfer.headers, body: transfer.body)
    }

    /// The library starts once in a process.
    private static let isStarted = coffer_curl_start() == CURLE_OK

    private func check(_ request: OutgoingRequest) throws(TransportError) {
        guard !request.method.isEmpty, request.method.utf8.count <= 16,
            request.method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw .malformed("the request's method is none") }
        guard request.body.count <= limits.requestBytesMax else {
            throw .malformed("the request's body is longer than \(limits.requestBytesMax) bytes")
        }
        for header in request.headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isTokenByte) else {
                throw .malformed("a header's name is none")
            }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 }) else {
                throw .malformed("the header \(header.name) has control characters")
            }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// What went wrong, in words that hold the server's name and no more of the address.
    private func check(
        _ code: CURLcode,
        _ transfer: Transfer,
        _ origin: Origin
    ) throws(TransportError) {
        if code == CURLE_OK { return }
        if let limit = transfer.tooLarge { throw .tooLarge(limit: limit) }
        if let refused = transfer.refusedAddress {
            throw .refusedAddress("\(origin.name) leads to \(refused)")
        }
        switch code {
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut
        case CURLE_FILESIZE_EXCEEDED: throw .tooLarge(limit: limits.bodyBytesMax)
        // One line of a head that is longer than the library keeps.
        case CURLE_OUT_OF_MEMORY: throw .tooLarge(limit: limits.headerBytesMax)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CERTPROBLEM:
            throw .notTrusted("\(origin.name): the certificate or the encryption is not as it must be")
        case CURLE_COULDNT_RESOLVE_HOST: throw .unreachable("\(origin.name) cannot be found")
        case CURLE_COULDNT_RESOLVE_PROXY: throw .unreachable("the proxy cannot be found")
        case CURLE_COULDNT_CONNECT: throw .unreachable("\(origin.name) does not accept a connection")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
            throw .unreachable("\(origin.name) broke off")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            CURLE_HTTP2, CURLE_HTTP_RETURNED_ERROR:
            throw .malformed("\(origin.name) does not answer in HTTP")
        default: throw .unreachable("\(origin.name): libcurl's error \(code.rawValue)")
        }
    }
}
