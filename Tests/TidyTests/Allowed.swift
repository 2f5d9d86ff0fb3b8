/// The places where a rule is broken on purpose: how often, and why.
///
/// The count may fall; a test fails when it grows or when an entry has no reason.
struct Allowed {
    let rule: Rule
    let path: String
    let count: Int
    let reason: String

    /// The rules that can be broken on purpose.
    enum Rule: String {
        case binaryFloatingPoint
        case uncheckedSendable
        case nonisolatedUnsafe
        case preconcurrency
        case print
    }

    static let all: [Allowed] = [
        Allowed(
            rule: .print,
            path: "Tests/TidyTests/TidyTests.swift",
            count: 1,
            reason: "shows the longest files and functions, which is its purpose"
        ),
        Allowed(
            rule: .print,
            path: "Tests/CostBasisTests/SpeedTests.swift",
            count: 1,
            reason: "runs only when asked for and shows what it measured"
        ),
        Allowed(
            rule: .print,
            path: "Tests/StorageTests/StorageBenchmark.swift",
            count: 5,
            reason: "runs only when asked for and shows what it measured"
        ),
        Allowed(
            rule: .print,
            path: "Tests/CryptoTests/SecretTests.swift",
            count: 1,
            reason: "dumps a secret into a string to prove that nothing shows"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/Crypto/Secret.swift",
            count: 1,
            reason: "owns memory that nobody else can reach and that never changes"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/HTTPClient/CurlHandle.swift",
            count: 1,
            reason: "a handle of the library, taken from the pool by one thread at a time"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/Crypto/Sealing/SealingKey.swift",
            count: 1,
            reason: "owns locked memory that nobody else can reach and that never changes"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/HTTPServer/Server/Exchange.swift",
            count: 1,
            reason: "a request's state belongs to its event loop; answers come in under a lock"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/HTTPServer/Server/LiveExchange.swift",
            count: 1,
            reason: "as its superclass, with the handle of its connection"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/HTTPServer/Server/HTTPApplication+Memory.swift",
            count: 1,
            reason: "as its superclass, without a connection"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/HTTPServer/Server/ConnectionSlot.swift",
            count: 1,
            reason: "shared with the reaper; its fields are atomics or under the registry's lock"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/HTTPServer/Work/BlockingQueue.swift",
            count: 1,
            reason: "a queue under a mutex and condition of the system"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/Storage/JournalTypes.swift",
            count: 1,
            reason: "an import's session is touched by the writer's jobs alone, one after the other"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/Storage/Writer.swift",
            count: 1,
            reason: "carries a value to the one thread that will own it"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/CostBasis/ReportColumn.swift",
            count: 1,
            reason: "a column that is frozen is constant; it holds a pointer"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/Valuation/PriceChunk.swift",
            count: 2,
            reason: "a chunk of prices is constant; it holds a pointer, and its series holds the chunk"
        ),
        Allowed(
            rule: .uncheckedSendable,
            path: "Sources/CostBasis/LiveLots.swift",
            count: 1,
            reason: "an engine that goes on is reached under one lock alone"
        ),
    ]
}
