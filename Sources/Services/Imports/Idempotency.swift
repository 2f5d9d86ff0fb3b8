import Crypto
public import Storage
import Synchronization
import Time

/// A key under which a client may send one request again without doing its work again.
public struct IdempotencyClaim: Hashable, Sendable {
    /// The key as the client chose it.
    public let key: String
    let request: Digest256

    /// The claim of a request; nil when the key is not 1 to 255 visible ASCII characters.
    public init?(key: String, request: consuming RequestDigest) {
        guard (1...IdempotencyClaim.keyBytesMax).contains(key.utf8.count),
            key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.key = key
        self.request = request.finish()
    }

    /// The longest key in characters.
    public static let keyBytesMax = 255

    /// How long an answer is kept.
    public static let keptDays: Int64 = 7
}

/// Tells requests apart: the digest of a request's parts, in order.
public struct RequestDigest: ~Copyable {
    private var digest = IncrementalDigest()

    /// A digest of nothing yet.
    public init() {}

    /// Adds a part, set off from its neighbours by its length.
    public mutating func add(_ part: String) {
        add(count: part.utf8.count)
        add(piece: Array(part.utf8))
    }

    /// Adds the length of a part whose pieces follow.
    public mutating func add(count: Int) {
        add(piece: (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) })
    }

    /// Adds a piece of a part.
    public mutating func add(piece: [UInt8]) {
        digest.update(piece)
    }

    consuming func finish() -> Digest256 { digest.finish() }
}

/// An answer that is given again to the same request.
public struct KeptAnswer: Hashable, Sendable {
    /// The status.
    public let status: Int
    /// The body.
    public let body: [UInt8]

    /// An answer from its parts.
    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Why a request with a key is not carried out.
public enum KeyRefusal: Error, Hashable, Sendable {
    /// It was carried out before, with this answer.
    case answered(KeptAnswer)
    /// The key belongs to another request.
    case otherRequest
    /// The first request with the key is not finished.
    case underWay
}

/// The keys whose first request is being carried out.
final class KeysUnderWay: Sendable {
    private struct Key: Hashable {
        let user: UserID
        let key: String
    }

    private let keys = Mutex<Set<Key>>([])

    /// Takes a key.
    ///
    /// - Throws: `KeyRefusal.underWay` when another request has it.
    func enter(_ claim: IdempotencyClaim, of user: UserID) throws(KeyRefusal) {
        let isFree = keys.withLock { $0.insert(Key(user: user, key: claim.key)).inserted }
        guard isFree else { throw .underWay }
    }

    func leave(_ claim: IdempotencyClaim, of user: UserID) {
        _ = keys.withLock { $0.remove(Key(user: user, key: claim.key)) }
    }
}

extension Workspace {
    /// Carries out work that changes nothing in the store, once for each key.
    ///
    /// Blocks.
    ///
    /// - Throws: `KeyRefusal`, `StorageError`, and what the work throws.
    public func once(
        _ claim: IdempotencyClaim,
        of user: UserID,
        _ work: () throws -> KeptAnswer
    ) throws -> KeptAnswer {
        try holding(claim, of: user) {
            let answer = try work()
            try database.writeAndWait { transaction in try transaction.keep(answer, claim, of: user) }
            return answer
        }
    }

    /// Does work while a key is taken, unless the key has its answer already; without a claim just does it.
    ///
    /// Blocks.
    func holding<Value>(
        _ claim: IdempotencyClaim?,
        of user: UserID,
        _ work: () throws -> Value
    ) throws -> Value {
        guard let claim else { return try work() }
        try keysUnderWay.enter(claim, of: user)
        defer { keysUnderWay.leave(claim, of: user) }
        let kept = try database.read { connection throws(StorageError) in
            try connection.keptAnswer(key: claim.key, user: user)
        }
        if let kept { throw claim.refusal(kept) }
        return try work()
    }

    /// Forgets answers that are older than they are kept.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func forgetOldAnswers() throws {
        let end = now().advanced(bySeconds: -IdempotencyClaim.keptDays * 86_400)
        while try database.writeAndWait({ try $0.forgetAnswers(before: end) }) > 0 {}
    }
}

extension IdempotencyClaim {
    /// Why a request of this claim is not carried out when the key has an answer.
    fileprivate func refusal(_ kept: IdempotentAnswer) -> KeyRefusal {
        kept.request == request
            ? .answered(KeptAnswer(status: kept.status, body: kept.body)) : .otherRequest
    }
}

extension WriteTransaction {
    /// Makes sure that a key has no answer yet.
    ///
    /// - Throws: `KeyRefusal`, `StorageError`.
    func check(_ claim: IdempotencyClaim?, of user: UserID) throws {
        guard let claim else { return }
        if let kept = try connection.keptAnswer(key: claim.key, user: user) { throw claim.refusal(kept) }
    }

    /// Keeps an answer in the commit of what it tells.
    func keep(_ answer: KeptAnswer, _ claim: IdempotencyClaim, of user: UserID) throws(StorageError) {
        try keepAnswer(
            IdempotentAnswer(request: claim.request, status: answer.status, body: answer.body),
            key: claim.key,
            user: user
        )
    }
}
