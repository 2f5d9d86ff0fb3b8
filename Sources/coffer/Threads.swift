import Foundation

/// Threads of their own for work that blocks, which must never run on Swift's cooperative pool.
enum Threads {
    /// Starts a thread that ends with its body.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}
