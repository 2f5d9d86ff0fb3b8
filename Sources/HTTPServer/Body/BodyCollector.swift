/// Takes a request's body as it arrives, by the rule of its route and within its limit.
struct BodyCollector: ~Copyable {
    private enum Mode {
        case discard
        case collect
        case multipart
    }

    private let limitBytes: Int
    private let failsOverLimit: Bool
    private var mode: Mode
    private var bytes: [UInt8] = []
    private var parser: MultipartParser?
    private var failure: HTTPFailure?
    /// Why the piece at hand could not be kept, when that is the machine's fault.
    private(set) var spoolError: SpoolError?
    private var received = 0
    /// What the parser holds; read when it is at hand, for an optional of its kind cannot be looked into.
    private var parserBytes = 0
    private var parserSpooledBytes = 0

    /// Bytes now held in memory, to be counted against the server's budget.
    var memoryBytes: Int { bytes.count + parserBytes }

    /// Bytes now in temporary files, likewise.
    var spooledBytes: Int { parserSpooledBytes }

    /// Whether any byte of a body came.
    var isEmpty: Bool { received == 0 }

    /// A collector that throws everything away, up to twice the limit.
    init(discardingUpTo limitBytes: Int) {
        self.limitBytes = limitBytes
        failsOverLimit = false
        mode = .discard
    }

    /// A collector by a rule that is resolved for the content type.
    init(
        rule: HTTPBodyRule,
        contentType: ArraySlice<UInt8>?,
        contentLength: Int?,
        limits: HTTPLimits,
        spoolFolder: String
    ) {
        var multipart = limits.multipart
        switch rule {
        case .none:
            limitBytes = limits.unwantedBodyBytes
            mode = .discard
        case .collect(let maxBytes):
            limitBytes = maxBytes
            mode = .collect
        case .multipart(let maxBytes, _, let maxParts):
            limitBytes = maxBytes
            multipart.parts = maxParts ?? multipart.parts
            mode = .multipart
        }
        failsOverLimit = true
        if case .multipart = mode {
            do {
                let boundary = try MultipartParser.boundary(
                    ofContentType: contentType ?? [],
                    limits: multipart
                )
                parser = MultipartParser(boundary: boundary, limits: multipart, folder: spoolFolder)
            } catch {
                fail(.multipart(error))
            }
        }
        guard let contentLength else { return }
        if contentLength > limitBytes { fail(.bodyTooLarge(limitBytes: limitBytes)) }
        // What is claimed is not yet sent: a claim alone reserves little.
        if case .collect = mode { bytes.reserveCapacity(min(contentLength, 64 * 1024)) }
    }

    /// Gives up what was collected; the rest is drained and the failure answered at the end.
    mutating func fail(_ failure: HTTPFailure) {
        if self.failure == nil { self.failure = failure }
        mode = .discard
        bytes = []
        parser = nil
        parserBytes = 0
        parserSpooledBytes = 0
    }

    /// Takes a piece; false when more than twice the limit came and the connection must end.
    mutating func feed(_ piece: UnsafeRawBufferPointer) -> Bool {
        received += piece.count
        spoolError = nil
        if received > limitBytes {
            guard received <= limitBytes * 2 else { return false }
            if failsOverLimit { fail(.bodyTooLarge(limitBytes: limitBytes)) }
        }
        switch mode {
        case .discard: break
        case .collect: unsafe bytes.append(contentsOf: piece)
        case .multipart: unsafe parse(piece)
        }
        return true
    }

    private mutating func parse(_ piece: UnsafeRawBufferPointer) {
        guard var running = parser.take() else { return }
        do {
            try unsafe running.feed(piece)
            parserBytes = running.memoryBytes
            parserSpooledBytes = running.spooledBytes
            parser = consume running
        } catch {
            if case .spool(let reason) = error { spoolError = reason }
            fail(Self.failure(error))
        }
    }

    private static func failure(_ error: MultipartFailure) -> HTTPFailure {
        switch error {
        case .malformed(let reason): .multipart(reason)
        case .spool(let reason): reason.isFull ? .storageFull : .internalError
        }
    }

    consuming func finish() throws(HTTPFailure) -> HTTPBody {
        if let failure { throw failure }
        switch mode {
        case .discard: return .none
        case .collect: return received == 0 ? .none : .bytes(bytes)
        case .multipart:
            guard let running = parser.take() else { throw .internalError }
            do {
                return .multipart(try running.finish())
            } catch {
                throw Self.failure(error)
            }
        }
    }
}
