public import HTTPServer
public import Services

/// What a request says about being sent again.
public enum IdempotencyKey: Sendable {
    /// It names no key.
    case none
    /// It names a key.
    case key(String)
    /// It names a key that is none, or several.
    case malformed

    /// The header of a request.
    public init(_ request: HTTPRequest) {
        guard let key = request.header("idempotency-key") else {
            self = .none
            return
        }
        let isAlone = request.headers.count { $0.name == "idempotency-key" } == 1
        let isKey = IdempotencyClaim(key: key, request: RequestDigest()) != nil
        self = isAlone && isKey ? .key(key) : .malformed
    }

    /// What is said of a malformed key.
    public static let malformedWords =
        "Idempotency-Key must be one key of 1 to \(IdempotencyClaim.keyBytesMax) visible ASCII characters"

    /// The claim of a request: its digest covers method, path, query and the body as it was sent.
    public func claim(_ request: HTTPRequest) -> IdempotencyClaim? {
        claim(request) { digest in
            guard case .bytes(let bytes) = request.body, !bytes.isEmpty else { return }
            digest.add("body")
            digest.add(count: bytes.count)
            digest.add(piece: bytes)
        }
    }

    /// The claim of a request, of whose body the closure adds what it holds.
    ///
    /// `path` stands for all paths that mean the same; nil for the path as it was sent.
    ///
    /// - Throws: what the closure throws.
    public func claim<Failure: Error>(
        _ request: HTTPRequest,
        path: String? = nil,
        adding body: (inout RequestDigest) throws(Failure) -> Void
    ) throws(Failure) -> IdempotencyClaim? {
        guard case .key(let key) = self else { return nil }
        var digest = RequestDigest()
        digest.add(request.method.rawValue)
        digest.add(path ?? request.path)
        digest.add(request.rawQuery)
        try body(&digest)
        return IdempotencyClaim(key: key, request: digest)
    }
}
