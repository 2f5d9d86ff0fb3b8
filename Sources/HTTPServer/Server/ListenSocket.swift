import Glibc

/// A listening TCP socket of ours, so that errors of binding are told apart.
struct ListenSocket: ~Copyable {
    let descriptor: Int32
    /// The port that was bound, also when any was asked for.
    let port: UInt16

    init(address: String, port: UInt16) throws(HTTPServerError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address, String(port), &hints, &found) == 0, let info = unsafe found else {
            throw .addressInvalid(address: address)
        }
        defer { unsafe freeaddrinfo(info) }
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = unsafe Glibc.socket(info.pointee.ai_family, flags, 0)
        guard socket >= 0 else { throw Self.failure("socket", address, port) }
        var on: Int32 = 1
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(socket, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0,
            listen(socket, SOMAXCONN) == 0
        else {
            let error = Self.failure("bind", address, port)
            Glibc.close(socket)
            throw error
        }
        descriptor = socket
        self.port = Self.boundPort(socket)
    }

    private static func failure(_ operation: String, _ address: String, _ port: UInt16) -> HTTPServerError {
        let code = errno
        switch code {
        case EADDRINUSE: return .addressInUse(address: address, port: port)
        case EACCES, EPERM: return .permissionDenied(address: address, port: port)
        case EADDRNOTAVAIL: return .addressNotAvailable(address: address)
        default: return .system(operation: operation, reason: unsafe String(cString: strerror(code)))
        }
    }

    private static func boundPort(_ socket: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            guard unsafe getsockname(socket, raw.assumingMemoryBound(to: sockaddr.self), &length) == 0 else {
                return 0
            }
            // The port stands at the same place in both address families, in network order.
            return unsafe UInt16(bigEndian: raw.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// Leaves the descriptor to whoever closes it from now on.
    consuming func release() -> Int32 {
        let released = descriptor
        discard self
        return released
    }

    deinit {
        Glibc.close(descriptor)
    }
}

/// The limit of open descriptors of this process.
enum DescriptorLimit {
    /// Raises the soft limit as far as needed and allowed.
    static func raise(to wanted: Int) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        guard limit.rlim_cur < UInt(wanted) else { return }
        limit.rlim_cur = min(UInt(wanted), limit.rlim_max)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
