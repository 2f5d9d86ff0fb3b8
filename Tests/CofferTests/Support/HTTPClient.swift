import Foundation
import Glibc
import JSON

/// The least client that a test needs: one request, one answer, then the connection ends.
enum HTTPClient {
    struct Response: Sendable {
        let status: Int
        let head: String
        let body: [UInt8]

        func json() throws -> JSONValue { try JSONReader.parse(body) }
    }

    enum Failure: Error, Hashable {
        case refused
        case cut
        case malformed
    }

    static func send(
        _ method: String,
        _ path: String,
        port: UInt16,
        headers: [String] = [],
        body: [UInt8] = [],
        seconds: Int = 30
    ) throws(Failure) -> Response {
        let descriptor = try connect(port: port, seconds: seconds)
        defer { _ = close(descriptor) }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        for header in headers { head += header + "\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try write([UInt8]((head + "\r\n").utf8) + body, to: descriptor)
        return try parse(readAll(descriptor))
    }

    static func connect(port: UInt16, seconds: Int) throws(Failure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            _ = close(descriptor)
            throw .refused
        }
        return descriptor
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
        var position = 0
        while position < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: position),
                    bytes.count - position,
                    Int32(MSG_NOSIGNAL)
                )
            }
            // The answer to a request that is refused early may be there already.
            guard sent > 0 else { return }
            position += sent
        }
    }

    static func readAll(_ descriptor: Int32) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, 65_536, 0)
            }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return bytes
    }

    /// Splits an answer; one that is shorter than it says was cut off and is no answer.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> Response {
        guard let end = bytes.firstRange(of: [13, 10, 13, 10]) else { throw .cut }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let body = [UInt8](bytes[end.upperBound...])
        guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw .malformed
        }
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            guard Int(line.dropFirst(15).drop { $0 == " " }) == body.count else { throw .cut }
        }
        return Response(status: status, head: head, body: body)
    }
}
