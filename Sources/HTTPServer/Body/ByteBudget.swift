import Synchronization

/// Bytes that all bodies of a server may take together of memory or of the disk.
final class ByteBudget: Sendable {
    private let limitBytes: Int
    private let used = Atomic(0)

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Takes so many bytes, or gives some back; false when the budget is used up, and they are taken all the same.
    func take(_ count: Int) -> Bool {
        let now = used.add(count, ordering: .relaxed).newValue
        return count <= 0 || now <= limitBytes
    }
}

/// What one body holds of its budgets, given back when it goes.
struct BodyShare: ~Copyable {
    private let memory: ByteBudget
    private let disk: ByteBudget
    private var memoryBytes = 0
    private var diskBytes = 0

    init(memory: ByteBudget, disk: ByteBudget) {
        self.memory = memory
        self.disk = disk
    }

    /// Notes what the body holds now; false when that is more than a budget has left.
    mutating func hold(memoryBytes: Int, diskBytes: Int) -> Bool {
        let isInMemory = memoryBytes == self.memoryBytes || memory.take(memoryBytes - self.memoryBytes)
        let isOnDisk = diskBytes == self.diskBytes || disk.take(diskBytes - self.diskBytes)
        self.memoryBytes = memoryBytes
        self.diskBytes = diskBytes
        return isInMemory && isOnDisk
    }

    deinit {
        if memoryBytes > 0 { _ = memory.take(-memoryBytes) }
        if diskBytes > 0 { _ = disk.take(-diskBytes) }
    }
}
