import Glibc

/// A bounded queue between threads: pushing never waits, popping does.
///
/// Unchecked: the elements are only touched with the lock held. A condition variable is needed to wait, and
/// Synchronization's Mutex has none.
@safe
final class BlockingQueue<Element: Sendable>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let capacity: Int
    private var elements: [Element] = []
    private var head = 0
    private var closed = false

    init(capacity: Int) {
        precondition(capacity > 0, "a queue holds at least one element")
        self.capacity = capacity
        unsafe lock = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe lock.initialize(to: pthread_mutex_t())
        unsafe changed.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }

    /// Whether nothing more is taken.
    var isClosed: Bool { withLock { closed } }

    /// Appends; false when the queue is full or closed.
    func push(_ element: Element) -> Bool {
        withLock {
            guard !closed, elements.count - head < capacity else { return false }
            elements.append(element)
            // Only an idle consumer waits, and then the queue was empty.
            unsafe pthread_cond_signal(changed)
            return true
        }
    }

    /// Waits for the next element; nil when the queue is closed and empty.
    func pop() -> Element? {
        withLock {
            waitForElement()
            guard head < elements.count else { return nil }
            let element = elements[head]
            head += 1
            // Used-up room at the front is given back once it is half of the array.
            if head * 2 >= elements.count {
                elements.removeFirst(head)
                head = 0
            }
            return element
        }
    }

    /// Waits for at least one element and takes all; nil when the queue is closed and empty.
    func popAll() -> [Element]? {
        withLock {
            waitForElement()
            guard head < elements.count else { return nil }
            let taken = Array(elements[head...])
            elements.removeAll(keepingCapacity: true)
            head = 0
            return taken
        }
    }

    /// Takes no more elements and wakes all who wait; what is queued can still be popped.
    func close() {
        withLock {
            closed = true
            unsafe pthread_cond_broadcast(changed)
        }
    }

    private func waitForElement() {
        while head == elements.count, !closed {
            unsafe pthread_cond_wait(changed, lock)
        }
    }
}
