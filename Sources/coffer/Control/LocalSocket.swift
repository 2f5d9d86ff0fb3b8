import Glibc

/// A stream socket of this machine, closed when it goes.
struct LocalSocket: ~Copyable {
    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }

    /// Connects to the socket at a path; nil when nobody listens there.
    static func connect(path: String) -> LocalSocket? {
        unsafe open(path: path) { unsafe Glibc.connect($0, $1, $2) }
    }

    /// Listens at a path that nobody else uses; nil when that fails, with `errno` set.
    static func listen(path: String) -> LocalSocket? {
        _ = unsafe unlink(path)
        guard let socket = unsafe open(path: path, { unsafe bind($0, $1, $2) }) else { return nil }
        guard unsafe chmod(path, 0o600) == 0, Glibc.listen(socket.descriptor, 16) == 0 else { return nil }
        return socket
    }

    private static func open(
        path: String,
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> LocalSocket? {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe use(descriptor, general, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = errno
            _ = close(descriptor)
            errno = reason
            return nil
        }
        return LocalSocket(descriptor: descriptor)
    }

    /// Sends everything; false when the other side has gone.
    borrowing func send(_ bytes: [UInt8]) -> Bool {
        LocalSocket.send(bytes, to: descriptor)
    }

    /// The same on a socket that somebody else holds open.
    static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
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
            if sent > 0 {
                position += sent
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Receives exactly so many bytes; nil when the other side ends before.
    borrowing func receive(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var position = 0
        while position < count {
            let received = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress?.advanced(by: position), count - position, 0)
            }
            if received > 0 {
                position += received
            } else if received == 0 || errno != EINTR {
                return nil
            }
        }
        return bytes
    }

    /// A number in four bytes, most significant first, as `receiveNumber` takes it; larger ones lose their upper bits.
    static func bytes(of number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// Receives a number of four bytes, most significant first.
    borrowing func receiveNumber() -> Int? {
        receive(4).map { $0.reduce(0) { $0 << 8 | Int($1) } }
    }
}
