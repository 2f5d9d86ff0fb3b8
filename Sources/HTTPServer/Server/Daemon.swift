import CMicroHTTPD
import Glibc
import Synchronization

/// The running library: event loops over a listening socket, with its callbacks bound to a server core.
@safe
struct Daemon: ~Copyable {
    private let handle: OpaquePointer
    private let core: ServerCore

    /// Starts the event loops; the listening socket is the library's from then on.
    init(_ core: ServerCore, listenSocket: Int32, eventLoops: Int) throws(HTTPServerError) {
        let limits = core.application.limits
        // The library splits its connection limit evenly over the loops and would stop accepting on a busy one while
        // others are free; our own count decides, and this limit is only a backstop.
        let connections = (limits.connections + 64) * eventLoops
        // Half of a connection's memory is for reading; a head twice as long as the limit still gets our own 431.
        let memory = max(32 * 1024, limits.headBytes * 2)
        let context = unsafe Unmanaged.passUnretained(core).toOpaque()
        let started = unsafe coffer_mhd_start(
            listenSocket,
            UInt32(eventLoops),
            UInt32(connections),
            memory,
            acceptPeer,
            handleRequest,
            completeRequest,
            noteTarget,
            leaveEscapes,
            noteConnection,
            context
        )
        guard let started = unsafe started else {
            throw .system(
                operation: "MHD_start_daemon",
                reason: "the library refused; see the limit of open files"
            )
        }
        unsafe handle = unsafe started
        self.core = core
    }

    /// Ends the event loops and stops listening; no connection may sleep.
    consuming func stop() {
        unsafe MHD_stop_daemon(handle)
    }
}

// The callbacks of the library. Their context is the server core, which the daemon's owner keeps alive.

private func acceptPeer(
    _ context: UnsafeMutableRawPointer?,
    _ address: UnsafePointer<sockaddr>?,
    _ length: socklen_t
) -> MHD_Result {
    guard let context = unsafe context else { return .NO }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    return unsafe core.admits(address) ? .YES : .NO
}

/// Query and path are decoded by us, lazily; the library must leave them as they are.
private func leaveEscapes(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ text: UnsafeMutablePointer<CChar>?
) -> Int {
    guard let text = unsafe text else { return 0 }
    return unsafe strlen(text)
}

private func noteConnection(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ socketContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ event: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe context, let connection = unsafe connection,
        let socketContext = unsafe socketContext
    else { return }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    guard coffer_mhd_is_started(event) == 0 else {
        unsafe socketContext.pointee = Unmanaged.passRetained(core.open(connection)).toOpaque()
        return
    }
    guard let known = unsafe socketContext.pointee else { return }
    unsafe core.close(Unmanaged<ConnectionSlot>.fromOpaque(known).takeRetainedValue())
    unsafe socketContext.pointee = nil
}

private func noteTarget(
    _ context: UnsafeMutableRawPointer?,
    _ target: UnsafePointer<CChar>?,
    _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context, let target = unsafe target, let connection = unsafe connection,
        let known = unsafe coffer_mhd_socket_context(connection)
    else { return nil }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    unsafe core.note(target: target, Unmanaged<ConnectionSlot>.fromOpaque(known).takeUnretainedValue())
    return nil
}

private func handleRequest(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?,
    _ upload: UnsafePointer<CChar>?,
    _ uploadCount: UnsafeMutablePointer<Int>?,
    _ requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection, let method = unsafe method,
        let version = unsafe version, let uploadCount = unsafe uploadCount,
        let requestContext = unsafe requestContext
    else { return .NO }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    guard let known = unsafe requestContext.pointee else {
        guard let slotContext = unsafe coffer_mhd_socket_context(connection) else { return .NO }
        let slot = unsafe Unmanaged<ConnectionSlot>.fromOpaque(slotContext).takeUnretainedValue()
        let begun = unsafe core.begin(connection, slot, method: method, version: version)
        unsafe requestContext.pointee = Unmanaged.passRetained(begun.exchange).toOpaque()
        guard let early = begun.early else { return .YES }
        return unsafe core.send(early, begun.exchange, on: connection) ? .YES : .NO
    }
    let exchange = unsafe Unmanaged<LiveExchange>.fromOpaque(known).takeUnretainedValue()
    let count = unsafe uploadCount.pointee
    if count > 0 {
        unsafe uploadCount.pointee = 0
        return unsafe exchange.feed(UnsafeRawBufferPointer(start: upload, count: count)) ? .YES : .NO
    }
    guard let response = exchange.answer(isForcedToStop: core.isForcedToStop.load(ordering: .acquiring))
    else {
        return .YES
    }
    return unsafe core.send(response, exchange, on: connection) ? .YES : .NO
}

private func completeRequest(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ end: MHD_RequestTerminationCode
) {
    guard let requestContext = unsafe requestContext, let known = unsafe requestContext.pointee else {
        return
    }
    unsafe requestContext.pointee = nil
    let exchange = unsafe Unmanaged<LiveExchange>.fromOpaque(known).takeRetainedValue()
    exchange.slot.enter(.idle)
    exchange.close()
}
