import Glibc
import Synchronization

/// A server on this computer whose answers a test writes byte by byte: plain sockets, one thread a connection.
public final class LoopbackServer: Sendable {
    /// What a client sent.
    public struct Request: Sendable {
        /// The method in capitals.
        public let method: String
        /// The path before the question mark.
        public let path: String
        /// The whole target, with the query.
        public let target: String
        /// Names in lower case with their values, in their order.
        public let headers: [(name: String, value: String)]
        /// The body.
        public let body: [UInt8]

        /// The value of a lower-case name, or nil.
        public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// The value of a query field, with escapes of ASCII taken back, or nil.
        public func query(_ name: String) -> String? {
            guard let mark = target.firstIndex(of: "?") else { return nil }
            for field in target[target.index(after: mark)...].split(separator: "&") {
                let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts[0] == name { return LoopbackServer.unescaped(parts.count > 1 ? parts[1] : "") }
            }
            return nil
        }
    }

    /// What the server does with a request.
    public enum Reply: Sendable {
        /// A whole answer; the connection stays.
        case answer(Int, [String], [UInt8])
        /// These bytes, then the connection ends.
        case raw([UInt8])
        /// These bytes, then the same piece again and again until the client has gone or so many were sent.
        case flood([UInt8], piece: [UInt8], times: Int)
        /// These bytes, then silence until the client has gone.
        case stall([UInt8])

        /// A JSON text with status 200.
        public static func json(_ text: String, status: Int = 200, _ headers: [String] = []) -> Reply {
            .answer(status, ["Content-Type: application/json"] + headers, Array(text.utf8))
        }
    }

    /// The port on 127.0.0.1.
    public let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var isStopped = false
    }

    /// Starts a server; the handler is called on a thread of each connection.
    public init(_ handler: @escaping @Sendable (Request) -> Reply) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(listener, $0, length)
                _ = listen(listener, 64)
                _ = unsafe getsockname(listener, $0, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        // The thread keeps the server until it is stopped: a test may name it for the last time before it is asked.
        Self.start {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                guard !self.state.withLock({ $0.isStopped }) else {
                    _ = close(descriptor)
                    break
                }
                self.state.withLock { $0.connections += 1 }
                Self.start {
                    while let request = Self.read(descriptor) {
                        self.state.withLock { $0.requests.append(request) }
                        guard Self.perform(handler(request), on: descriptor) else { break }
                    }
                    _ = close(descriptor)
                }
            }
            _ = close(listener)
        }
    }

    /// The server's address without a path.
    public var base: String { "http://127.0.0.1:\(port)" }
    /// The requests so far, in the order they were read.
    public var requests: [Request] { state.withLock { $0.requests } }
    /// How many connections were accepted.
    public var connections: Int { state.withLock { $0.connections } }

    /// Accepts no further connection.
    public func stop() {
        state.withLock { $0.isStopped = true }
        _ = shutdown(listener, Int32(SHUT_RDWR))
    }

    // MARK: - Connections

    private final class Job {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Job(body)).toOpaque()
        let failed = unsafe pthread_create(
            &thread,
            nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
                }
                return nil
            },
            context
        )
        precondition(failed == 0, "no thread for the test's server")
        pthread_detach(thread)
    }

    private static func perform(_ reply: Reply, on descriptor: Int32) -> Bool {
        switch reply {
        case .answer(let status, let headers, let body):
            var head = "HTTP/1.1 \(status) Text\r\nContent-Length: \(body.count)\r\n"
            for header in headers { head += header + "\r\n" }
            return write(Array((head + "\r\n").utf8) + body, to: descriptor)
        case .raw(let bytes):
            _ = write(bytes, to: descriptor)
            return false
        case .flood(let head, let piece, let times):
            var isOpen = write(head, to: descriptor)
            for _ in 0..<times where isOpen { isOpen = write(piece, to: descriptor) }
            return false
        case .stall(let bytes):
            _ = write(bytes, to: descriptor)
            var byte: UInt8 = 0
            while unsafe recv(descriptor, &byte, 1, 0) > 0 {}
            return false
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var position = 0
        while position < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe send(
                    descriptor,
                    $0.baseAddress?.advanced(by: position),
                    bytes.count - position,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard sent > 0 else { return false }
            position += sent
        }
        return true
    }

    private static func read(_ descriptor: Int32) -> Request? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = headEnd(bytes) {
                let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
                let first = lines.first?.split(separator: " ") ?? []
                guard first.count == 3 else { return nil }
                let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
                    guard let colon = line.firstIndex(of: ":") else { return nil }
                    let value = line[line.index(after: colon)...].drop { $0 == " " }
                    return (line[..<colon].lowercased(), String(value))
                }
                let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
                if bytes.count >= end + 4 + length {
                    return Request(
                        method: String(first[0]),
                        path: String(first[1].prefix { $0 != "?" }),
                        target: String(first[1]),
                        headers: headers,
                        body: Array(bytes[(end + 4)..<(end + 4 + length)])
                    )
                }
            }
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, 65_536, 0)
            }
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4) where bytes[index] == 13 {
            if bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 { return index }
        }
        return nil
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
