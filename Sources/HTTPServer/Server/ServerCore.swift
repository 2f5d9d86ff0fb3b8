import CMicroHTTPD
import Glibc
import Synchronization

/// What the library's callbacks work on; it outlives the daemon.
final class ServerCore: Sendable {
    let application: HTTPApplication
    let registry: ConnectionRegistry
    let trustedProxies: Set<String>
    /// No new work on kept-alive connections: each answer closes its connection.
    let isStopping = Atomic(false)
    /// The grace is over: nothing may sleep any more.
    let isForcedToStop = Atomic(false)

    init(_ application: HTTPApplication, trustedProxies: Set<String>) {
        self.application = application
        self.trustedProxies = trustedProxies
        registry = ConnectionRegistry(limits: application.limits, metrics: application.metrics)
    }

    // MARK: Connections

    func admits(_ address: UnsafePointer<sockaddr>?) -> Bool {
        guard !isStopping.load(ordering: .acquiring) else { return false }
        let text = unsafe SocketAddress.text(address)
        return registry.admits(text, isTrustedProxy: trustedProxies.contains(text))
    }

    func open(_ connection: OpaquePointer) -> ConnectionSlot {
        let address = unsafe SocketAddress.text(coffer_mhd_peer(connection))
        let slot = unsafe ConnectionSlot(
            socket: coffer_mhd_socket(connection),
            remoteAddress: address,
            isTrustedProxy: trustedProxies.contains(address)
        )
        registry.add(slot)
        return slot
    }

    func close(_ slot: ConnectionSlot) {
        slot.forgetSocket()
        // An answer that came too late to be sent must not keep slot and exchange alive through each other.
        slot.wait(for: nil)
        registry.remove(slot)
    }

    // MARK: Requests

    /// Keeps the target before the library takes it apart.
    func note(target: UnsafePointer<CChar>, _ slot: ConnectionSlot) {
        slot.enterHead()
        let bytes = unsafe UnsafeRawBufferPointer(start: target, count: strlen(target))
        slot.targetAddress = UInt(bitPattern: target)
        slot.targetBytes = bytes.count
        slot.target.removeAll(keepingCapacity: true)
        if bytes.count <= application.limits.targetBytes { unsafe slot.target.append(contentsOf: bytes) }
    }

    /// The first call of a request: gate, plan, and the answers that do not wait for the body.
    func begin(
        _ connection: OpaquePointer,
        _ slot: ConnectionSlot,
        method: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>
    ) -> (exchange: LiveExchange, early: HTTPResponse?) {
        let gated = unsafe gate(connection, slot, method: method, version: version)
        let exchange = unsafe LiveExchange(application, gated, slot: slot, handle: connection)
        let early = exchange.earlyAnswer()
        slot.enter(exchange.announcesBody ? .body : .working)
        return (exchange, early)
    }

    private func gate(
        _ connection: OpaquePointer,
        _ slot: ConnectionSlot,
        method: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>
    ) -> GatedHead {
        let methodBytes = unsafe UnsafeRawBufferPointer(start: method, count: strlen(method))
        let isVersion11 = unsafe strcmp(version, "HTTP/1.1") == 0
        let headBytes = unsafe coffer_mhd_head_size(connection)
        let targetIsTooLong = slot.targetBytes > application.limits.targetBytes
        var facts = FramingFacts()
        var made = RequestHead(bytes: [], targetEnd: 0, path: 0..<0, query: 0..<0, fieldsStart: 0)
        var hasOverflowed = false
        let capacity = HeadWriter.capacity(headBytes: headBytes, targetBytes: slot.target.count)
        var layout: HeadWriter?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
            var writer = unsafe HeadWriter(buffer: buffer)
            if unsafe !FramingGate.isMethod(methodBytes) { writer.note(.method) }
            if unsafe !isVersion11 && strcmp(version, "HTTP/1.0") != 0 { writer.note(.version) }
            unsafe slot.target.withUnsafeBytes { unsafe writer.write(target: $0) }
            // Method, target, version and headers follow each other with one byte, one byte and CR LF between them.
            let methodEnd = UInt(bitPattern: method) + UInt(methodBytes.count)
            let versionStart = UInt(bitPattern: version)
            if methodEnd + 1 != slot.targetAddress
                || slot.targetAddress + UInt(slot.targetBytes) + 1 != versionStart
            {
                writer.note(.lineEnds)
            }
            unsafe writer.expect(nextAddress: versionStart + UInt(strlen(version)) + 2)
            unsafe withUnsafeMutablePointer(to: &writer) { pointer in
                unsafe coffer_mhd_walk_headers(connection, takeField, pointer)
            }
            writer.finish(
                endAddress: UInt(bitPattern: method) + UInt(headBytes),
                isVersion11: isVersion11
            )
            filled = writer.count
            layout = writer
        }
        if let layout = layout {
            facts = layout.facts
            made = layout.makeHead(bytes: bytes)
            hasOverflowed = layout.overflowed
        }
        return unsafe GatedHead(
            method: HTTPMethod(bytes: methodBytes),
            head: made,
            facts: facts,
            headBytes: headBytes,
            targetIsTooLong: targetIsTooLong,
            hasOverflowed: hasOverflowed
        )
    }

    /// Sends a response; false drops the connection.
    func send(_ response: HTTPResponse, _ exchange: LiveExchange, on connection: OpaquePointer) -> Bool {
        var response = response
        if isStopping.load(ordering: .relaxed) { response.closesConnection = true }
        exchange.slot.enter(.answering)
        return unsafe ResponseQueue.send(response, exchange, on: connection)
    }
}

/// Passes one header of the library to the writer.
private func takeField(
    _ context: UnsafeMutableRawPointer?,
    _ kind: MHD_ValueKind,
    _ name: UnsafePointer<CChar>?,
    _ nameCount: Int,
    _ value: UnsafePointer<CChar>?,
    _ valueCount: Int
) -> MHD_Result {
    guard let context = unsafe context else { return .NO }
    unsafe context.assumingMemoryBound(to: HeadWriter.self).pointee.write(
        name: UnsafeRawBufferPointer(start: name, count: nameCount),
        value: UnsafeRawBufferPointer(start: value, count: valueCount)
    )
    return .YES
}
