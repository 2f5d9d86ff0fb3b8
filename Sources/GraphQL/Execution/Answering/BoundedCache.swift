import Synchronization

/// Something whose size in memory is known roughly.
internal protocol Sized: Sendable {
    /// Bytes, roughly; may grow.
    var bytes: Int { get }
}

/// Values found again by a key, never more of them than there is room for.
///
/// Where there is no room, a hand goes round and takes out what was not asked for since it last came by.
internal final class BoundedCache<Key: Hashable & Sendable, Value: Sized>: Sendable {
    private let state: Mutex<State>

    init(countMax: Int, bytesMax: Int) {
        precondition(countMax >= 0 && bytesMax >= 0, "limits of a cache are not negative")
        state = Mutex(State(countMax: countMax, bytesMax: bytesMax))
    }

    /// The value of a key, if it is still there.
    subscript(key: Key) -> Value? {
        state.withLock { $0.find(key) }
    }

    /// Keeps a value; the first of two under one key stays.
    func insert(_ value: Value, for key: Key) {
        state.withLock { $0.insert(value, for: key) }
    }

    /// How many values there are, and their bytes.
    var figures: (count: Int, bytes: Int) {
        state.withLock { ($0.places.count, $0.bytes) }
    }

    private struct Slot {
        let key: Key
        let value: Value
        var bytes: Int
        var wasAsked: Bool
    }

    private struct State {
        let countMax: Int
        let bytesMax: Int
        var slots: [Slot?] = []
        var free: [Int] = []
        var places: [Key: Int] = [:]
        var bytes = 0
        var hand = 0

        mutating func find(_ key: Key) -> Value? {
            guard let place = places[key], let slot = slots[place] else { return nil }
            slots[place]?.wasAsked = true
            let size = slot.value.bytes
            if size != slot.bytes {
                bytes += size - slot.bytes
                slots[place]?.bytes = size
                makeRoom(for: 0)
            }
            return slot.value
        }

        mutating func insert(_ value: Value, for key: Key) {
            let size = value.bytes
            guard countMax > 0, size <= bytesMax, places[key] == nil else { return }
            while places.count >= countMax { evict() }
            makeRoom(for: size)
            let slot = Slot(key: key, value: value, bytes: size, wasAsked: false)
            let place: Int
            if let old = free.popLast() {
                place = old
                slots[place] = slot
            } else {
                place = slots.count
                slots.append(slot)
            }
            places[key] = place
            bytes += size
        }

        private mutating func makeRoom(for size: Int) {
            while bytes + size > bytesMax, !places.isEmpty { evict() }
        }

        /// Takes one value out; goes round twice at most.
        private mutating func evict() {
            while true {
                hand = (hand + 1) % slots.count
                guard let slot = slots[hand] else { continue }
                if slot.wasAsked {
                    slots[hand]?.wasAsked = false
                    continue
                }
                places[slot.key] = nil
                slots[hand] = nil
                free.append(hand)
                bytes -= slot.bytes
                return
            }
        }
    }
}
