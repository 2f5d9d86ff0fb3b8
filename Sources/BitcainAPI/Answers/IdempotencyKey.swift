import HTTPServer
import Services

/// What a request says about being sent again.
enum IdempotencyKey: Sendable {
    /// It names no key.
    case none
    case key(String)
    /// It names a key that is none, or several.
    case malformed

    /// The header of a request.
    init(_ request: HTTPRequest) {
        guard let key = request.header("idempotency-key") else {
            self = .none
            return
        }
        let isAlone = request.headers.count { $0.name == "idempotency-key" } == 1
        let isKey = IdempotencyClaim(key: key, request: RequestDigest()) != nil
        self = isAlone && isKey ? .key(key) : .malformed
    }

    /// The answer to a malformed key.
    static let refusal = BitcainErrors.detail(
        "Idempotency-Key must be one key of 1 to \(IdempotencyClaim.keyBytesMax) visible ASCII characters",
        status: 422
    )

    /// The claim of a request: its digest covers method, path, query and the body, of a form what is in it and not
    /// how it was sent.
    ///
    /// - Throws: `SpoolError` when the upload cannot be read.
    func claim(_ request: HTTPRequest, upload: Upload?) throws -> IdempotencyClaim? {
        guard case .key(let key) = self else { return nil }
        var digest = RequestDigest()
        digest.add(request.method.rawValue)
        digest.add(request.path)
        digest.add(request.rawQuery)
        if let upload {
            digest.add("file")
            digest.add(upload.name)
            digest.add(count: upload.contents.byteCount)
            let pieces = upload.bytes()
            while let piece = try pieces() { digest.add(piece: piece) }
        } else if case .bytes(let bytes) = request.body, !bytes.isEmpty {
            digest.add("body")
            digest.add(count: bytes.count)
            digest.add(piece: bytes)
        }
        return IdempotencyClaim(key: key, request: digest)
    }
}
