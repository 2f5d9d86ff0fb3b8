import Synchronization

/// All open connections, and how many there are from each address.
final class ConnectionRegistry: Sendable {
    private struct State {
        var slots: [ObjectIdentifier: ConnectionSlot] = [:]
        var perAddress: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let limits: HTTPLimits
    private let metrics: HTTPMetrics

    init(limits: HTTPLimits, metrics: HTTPMetrics) {
        self.limits = limits
        self.metrics = metrics
    }

    /// Whether a further connection from that address is taken.
    ///
    /// Counting happens when the connection is made, so event loops that accept at the same moment may overshoot by
    /// their number.
    func admits(_ address: String, isTrustedProxy: Bool) -> Bool {
        let refusal: HTTPRejection? = state.withLock { state in
            if state.slots.count >= limits.connections { return .connections }
            guard !isTrustedProxy,
                state.perAddress[NetworkAddress.limitKey(address), default: 0] >= limits.connectionsPerAddress
            else {
                return nil
            }
            return .connectionsPerAddress
        }
        if let refusal { metrics.reject(refusal) }
        return refusal == nil
    }

    func add(_ slot: ConnectionSlot) {
        state.withLock { state in
            state.slots[ObjectIdentifier(slot)] = slot
            state.perAddress[slot.limitAddress, default: 0] += 1
        }
        metrics.connectionOpened()
    }

    func remove(_ slot: ConnectionSlot) {
        state.withLock { state in
            guard state.slots.removeValue(forKey: ObjectIdentifier(slot)) != nil else { return }
            let left = (state.perAddress[slot.limitAddress] ?? 1) - 1
            state.perAddress[slot.limitAddress] = left > 0 ? left : nil
        }
        metrics.connectionClosed()
    }

    /// A copy of the list, so that nothing is done with the lock held.
    var all: [ConnectionSlot] { state.withLock { Array($0.slots.values) } }

    var isEmpty: Bool { state.withLock { $0.slots.isEmpty } }
}
