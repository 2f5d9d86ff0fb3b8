import CMicroHTTPD

/// An exchange on a connection of libmicrohttpd.
///
/// Unchecked for the same reason as its superclass: `hasRun` belongs to the event loop. The library's handle is used
/// by other threads only to wake a sleeping connection, which the library allows at any time.
@safe
final class LiveExchange: Exchange, @unchecked Sendable {
    private let handle: OpaquePointer
    let slot: ConnectionSlot
    /// Whether the handler was called.
    private(set) var hasRun = false

    init(_ application: HTTPApplication, _ gated: GatedHead, slot: ConnectionSlot, handle: OpaquePointer) {
        self.slot = slot
        unsafe self.handle = unsafe handle
        super.init(application, gated, remoteAddress: Self.remoteAddress(gated, slot))
    }

    /// The last hop that a trusted proxy names, else the peer itself.
    ///
    /// A hop that is no address counts as unknown, so that whoever can have the proxy write such texts is one for all
    /// limits.
    private static func remoteAddress(_ gated: GatedHead, _ slot: ConnectionSlot) -> String {
        guard slot.isTrustedProxy else { return slot.remoteAddress }
        let (head, wanted) = (gated.head, Array("x-forwarded-for".utf8))
        // A proxy adds to the end: of several headers the last one is its own.
        var found: Range<Int>?
        head.forEachField { name, value in
            if head.bytes[name].elementsEqual(wanted) { found = value }
            return true
        }
        guard let found else { return slot.remoteAddress }
        let hops = head.bytes[found].split(separator: UInt8(ascii: ","))
        let last = String(decoding: hops.last ?? [], as: UTF8.self).filter { $0 != " " && $0 != "\t" }
        return last.isEmpty ? slot.remoteAddress : NetworkAddress.hop(last) ?? NetworkAddress.unknown
    }

    override func wake() {
        unsafe MHD_resume_connection(handle)
    }

    /// The answer to the complete request; nil when the connection sleeps until there is one.
    func answer(isForcedToStop: Bool) -> HTTPResponse? {
        if hasRun {
            slot.wait(for: nil)
            return takeAnswer()
        }
        hasRun = true
        slot.enter(.working)
        if let response = run() { return response }
        if isForcedToStop { refuseForStop() }
        return park {
            slot.wait(for: self)
            unsafe MHD_suspend_connection(handle)
        }
    }

    /// Answers 503 in place of a handler that did not answer before the server's end.
    func refuseForStop() {
        deliver(fail(.overloaded(retryAfterSeconds: application.limits.retryAfterSeconds)))
    }
}
