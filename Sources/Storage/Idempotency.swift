public import Crypto
public import Time

/// The answer that was once given to a request with a key.
public struct IdempotentAnswer: Hashable, Sendable {
    /// The digest of the request's method, path and body.
    public let request: Digest256
    /// The status of the answer.
    public let status: Int
    /// The bytes of the answer.
    public let body: [UInt8]

    /// An answer from its parts.
    public init(request: Digest256, status: Int, body: [UInt8]) {
        self.request = request
        self.status = status
        self.body = body
    }
}

extension WriteTransaction {
    /// Keeps an answer under a user's key, in the same commit as its effect.
    ///
    /// - Throws: `StorageError.Kind.constraint` when the key has an answer already.
    public func keepAnswer(_ answer: IdempotentAnswer, key: String, user: UserID) throws(StorageError) {
        try connection.run(
            "INSERT INTO idempotency (user, key, request, status, body, created) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(user.raw), .text(key), .blob(answer.request.bytes), .integer(Int64(answer.status)),
                .blob(answer.body), .integer(time.microseconds),
            ]
        )
    }

    /// Forgets answers older than a time, some at once; how many went.
    public func forgetAnswers(before time: Timestamp, limit: Int = 1000) throws(StorageError) -> Int {
        try connection.run(
            """
            DELETE FROM idempotency WHERE (user, key) IN
                (SELECT user, key FROM idempotency WHERE created < ? ORDER BY created LIMIT ?)
            """,
            [.integer(time.microseconds), .integer(Int64(limit))]
        )
    }
}

extension Connection {
    /// The answer kept under a user's key, or nil.
    public func keptAnswer(key: String, user: UserID) throws(StorageError) -> IdempotentAnswer? {
        try first(
            "SELECT request, status, body FROM idempotency WHERE user = ? AND key = ?",
            [.integer(user.raw), .text(key)]
        ) { row in
            IdempotentAnswer(
                request: Digest256(row.blob(0)) ?? .zero,
                status: Int(row.integer(1)),
                body: row.blob(2)
            )
        }
    }
}
