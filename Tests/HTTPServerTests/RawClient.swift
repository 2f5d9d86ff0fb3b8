import Glibc

/// An answer as it came over the wire.
struct RawAnswer: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A client that sends exactly the bytes it is told to.
final class RawClient {
    private let socket: Int32
    private var buffer: [UInt8] = []
    /// Whether the server ended the connection.
    private(set) var isClosed = false

    init(port: UInt16, timeoutSeconds: Int = 5) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var wait = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe UnsafeRawPointer(pointer).withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        isClosed = connected != 0
    }

    deinit { close(socket) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads more; false at the end of the connection or after the time-out.
    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
        if count == 0 || (count < 0 && errno != EAGAIN) { isClosed = true }
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    /// The next answer; nil when the connection ends before one is complete.
    func answer(toHead: Bool = false) -> RawAnswer? {
        var end: Int?
        while true {
            end = (0..<max(0, buffer.count - 3)).first {
                buffer[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10])
            }
            if end != nil { break }
            guard fill() else { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
        let status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        buffer.removeFirst(end + 4)
        let bodyCount = toHead ? 0 : length
        while buffer.count < bodyCount {
            guard fill() else { return nil }
        }
        let body = Array(buffer[..<bodyCount])
        buffer.removeFirst(bodyCount)
        return RawAnswer(status: status, headers: headers, body: body)
    }

    /// Whether the server closes the connection now without sending more.
    func endsQuietly() -> Bool {
        while fill() {}
        return isClosed && buffer.isEmpty
    }
}
