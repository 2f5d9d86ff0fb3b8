import Glibc
import HTTPServer

/// Why no answer came over a socket.
struct WireError: Error {
    let reason: String
}

/// Sends one request over a connection of its own and reads the answer to the end.
struct WireClient {
    let port: UInt16
    var timeoutSeconds = 20

    init(port: UInt16) {
        self.port = port
    }

    func send(_ method: String, _ target: String, _ headers: [HTTPHeader], _ body: [UInt8]) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw WireError(reason: "no socket") }
        defer { close(descriptor) }
        var wait = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw WireError(reason: "cannot connect") }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        write(Array((head + "\r\n").utf8) + body, to: descriptor)
        return try parse(readAll(descriptor))
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that refuses early may close before all is sent; its answer is still there to read.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func readAll(_ descriptor: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return all }
            all += piece[..<count]
        }
    }

    private func parse(_ bytes: [UInt8]) throws -> Answer {
        let end = (0..<max(0, bytes.count - 3)).first {
            bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10])
        }
        guard let end else { throw WireError(reason: "no whole answer in \(bytes.count) bytes") }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw WireError(reason: "no status line")
        }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return HTTPHeader(String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        return Answer(status: status, headers: headers, body: Array(bytes[(end + 4)...]))
    }
}
