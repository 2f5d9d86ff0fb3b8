import Glibc

/// Why a multipart body could not be taken.
enum MultipartFailure: Error {
    case malformed(MultipartError)
    case spool(SpoolError)
}

/// A strict parser of `multipart/form-data`, fed as the bytes arrive.
///
/// The delimiter is CR LF, two dashes and the boundary. CR stands in it once, at the start, so a failed match can only
/// begin again at the byte that broke it: no table is needed to search across pieces.
struct MultipartParser: ~Copyable {
    private enum State {
        /// Before the first boundary; the matcher starts as if CR LF had been seen.
        case start
        /// Right after a boundary at the start, where nothing else may follow.
        case afterFirstBoundary
        case partHead
        case contents
        /// After a whole delimiter within contents: a line end, two dashes, or contents after all.
        case afterDelimiter
        /// After the final boundary: at most one line end.
        case epilogue
    }

    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private let folder: String
    private var state = State.start
    /// Bytes of the delimiter matched so far.
    private var matched = 2
    /// The byte after a delimiter when a second one is needed to decide.
    private var pendingByte: UInt8?
    private var partHead: [UInt8] = []
    private var epilogueBytes = 0
    private var current: PartBuilder?
    private var parts: [MultipartPart] = []
    private var files = 0

    /// Bytes of parts held in memory, for the server's budget.
    private(set) var memoryBytes = 0

    /// Bytes of parts in temporary files, for the server's budget.
    private(set) var spooledBytes = 0

    init(boundary: [UInt8], limits: MultipartLimits, folder: String) {
        delimiter = Array("\r\n--".utf8) + boundary
        self.limits = limits
        self.folder = folder
    }

    /// Whether a content type is `multipart/form-data`, whatever its parameters.
    static func isForm(_ contentType: ArraySlice<UInt8>) -> Bool {
        var scanner = HeaderParameterScanner(contentType)
        return scanner.takeToken()?.lowercased() == "multipart/form-data"
    }

    /// The boundary of a content type that `isForm`.
    static func boundary(
        ofContentType value: ArraySlice<UInt8>,
        limits: MultipartLimits
    ) throws(MultipartError) -> [UInt8] {
        var scanner = HeaderParameterScanner(value)
        guard scanner.takeToken() != nil else { throw .boundaryInvalid }
        var boundary: [UInt8]?
        while !scanner.isAtEnd {
            guard let (name, text) = scanner.takeParameter() else { throw .boundaryInvalid }
            guard name == "boundary" else { continue }
            guard boundary == nil else { throw .boundaryInvalid }
            boundary = Array(text.utf8)
        }
        guard let boundary, (1...limits.boundaryBytes).contains(boundary.count), boundary.last != 32,
            boundary.allSatisfy(isBoundaryByte)
        else { throw .boundaryInvalid }
        return boundary
    }

    /// RFC 2046 5.1.1.
    private static func isBoundaryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }

    // MARK: Feeding

    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(MultipartFailure) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .start, .contents: try unsafe matchContents(bytes, &index)
            case .afterFirstBoundary: try takeAfterFirstBoundary(unsafe bytes[index], &index)
            case .afterDelimiter: try unsafe takeAfterDelimiter(bytes[index], &index)
            case .partHead: try takePartHead(unsafe bytes[index], &index)
            case .epilogue: try takeEpilogue(unsafe bytes[index], &index)
            }
        }
    }

    consuming func finish() throws(MultipartFailure) -> MultipartForm {
        switch state {
        case .epilogue where epilogueBytes != 1: MultipartForm(parts: parts)
        case .epilogue: throw .malformed(.trailingBytes)
        case .start: throw .malformed(.boundaryMissingAtStart)
        default: throw .malformed(.finalBoundaryMissing)
        }
    }

    private mutating func matchContents(
        _ bytes: UnsafeRawBufferPointer,
        _ index: inout Int
    ) throws(MultipartFailure) {
        if matched == 0 {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[index...])
            let plain = unsafe Self.offsetOfCarriageReturn(rest)
            try unsafe appendContents(UnsafeRawBufferPointer(rebasing: rest[..<plain]))
            index += plain
            guard index < bytes.count else { return }
        }
        let byte = unsafe bytes[index]
        guard byte == delimiter[matched] else {
            if state == .start { throw .malformed(.boundaryMissingAtStart) }
            // The broken match was contents; the byte itself is looked at again.
            try flushMatch()
            if byte != 13 {
                try appendContents([byte])
                index += 1
            }
            return
        }
        matched += 1
        index += 1
        guard matched == delimiter.count else { return }
        state = state == .start ? .afterFirstBoundary : .afterDelimiter
    }

    private static func offsetOfCarriageReturn(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress, let found = unsafe memchr(base, 13, bytes.count) else {
            return bytes.count
        }
        return unsafe UnsafeRawPointer(found) - base
    }

    private mutating func flushMatch() throws(MultipartFailure) {
        let count = matched
        matched = 0
        guard count > 0 else { return }
        try appendContents(Array(delimiter[..<count]))
    }

    private mutating func appendContents(_ bytes: [UInt8]) throws(MultipartFailure) {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(MultipartFailure) in
            try unsafe appendContents(UnsafeRawBufferPointer(buffer))
        }
    }

    private mutating func takeAfterFirstBoundary(_ byte: UInt8, _ index: inout Int) throws(MultipartFailure) {
        index += 1
        switch (pendingByte, byte) {
        case (nil, 13), (nil, UInt8(ascii: "-")): pendingByte = byte
        case (13, 10): beginPart()
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): endForm()
        default: throw .malformed(.boundaryLineInvalid)
        }
    }

    private mutating func takeAfterDelimiter(_ byte: UInt8, _ index: inout Int) throws(MultipartFailure) {
        switch (pendingByte, byte) {
        case (nil, 13), (nil, UInt8(ascii: "-")):
            pendingByte = byte
            index += 1
        case (13, 10):
            index += 1
            try endPart()
            beginPart()
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            index += 1
            try endPart()
            endForm()
        default:
            // A longer text that begins like the delimiter is contents; so is what was held back.
            state = .contents
            try flushMatch()
            if pendingByte == UInt8(ascii: "-") {
                try appendContents([UInt8(ascii: "-")])
            }
            matched = pendingByte == 13 ? 1 : 0
            pendingByte = nil
        }
    }

    private mutating func takePartHead(_ byte: UInt8, _ index: inout Int) throws(MultipartFailure) {
        index += 1
        guard partHead.count < limits.partHeadBytes else {
            throw .malformed(.partHeadTooLarge(limitBytes: limits.partHeadBytes))
        }
        partHead.append(byte)
        guard byte == 10, partHead.suffix(4).elementsEqual([13, 10, 13, 10]) || partHead == [13, 10] else {
            return
        }
        do {
            let head = try MultipartPartHead(parsing: partHead.dropLast(4))
            current = try PartBuilder(head, limits: limits, partsSoFar: parts.count, filesSoFar: files)
            if head.filename != nil { files += 1 }
        } catch {
            throw .malformed(error)
        }
        state = .contents
        matched = 0
    }

    private mutating func takeEpilogue(_ byte: UInt8, _ index: inout Int) throws(MultipartFailure) {
        index += 1
        epilogueBytes += 1
        guard epilogueBytes <= 2, byte == (epilogueBytes == 1 ? 13 : 10) else {
            throw .malformed(.trailingBytes)
        }
    }

    // MARK: Parts

    private mutating func beginPart() {
        pendingByte = nil
        partHead.removeAll(keepingCapacity: true)
        state = .partHead
    }

    private mutating func endForm() {
        pendingByte = nil
        state = .epilogue
    }

    private mutating func endPart() throws(MultipartFailure) {
        matched = 0
        guard let builder = current.take() else { return }
        parts.append(builder.finish())
    }

    private mutating func appendContents(_ bytes: UnsafeRawBufferPointer) throws(MultipartFailure) {
        guard bytes.count > 0, var builder = current.take() else { return }
        let before = (memory: builder.memoryBytes, spooled: builder.spooledBytes)
        try unsafe builder.append(bytes, limits: limits, folder: folder)
        memoryBytes += builder.memoryBytes - before.memory
        spooledBytes += builder.spooledBytes - before.spooled
        current = consume builder
    }
}

/// One part while its contents arrive.
private struct PartBuilder: ~Copyable {
    private let head: MultipartPartHead
    private var memory: [UInt8] = []
    private var spool: SpoolWriter?

    var memoryBytes: Int { memory.count }
    private(set) var spooledBytes = 0

    init(
        _ head: MultipartPartHead,
        limits: MultipartLimits,
        partsSoFar: Int,
        filesSoFar: Int
    ) throws(MultipartError) {
        guard partsSoFar < limits.parts else { throw .tooManyParts(limit: limits.parts) }
        guard head.filename == nil || filesSoFar < limits.files else {
            throw .tooManyFiles(limit: limits.files)
        }
        self.head = head
    }

    mutating func append(
        _ bytes: UnsafeRawBufferPointer,
        limits: MultipartLimits,
        folder: String
    ) throws(MultipartFailure) {
        let isFile = head.filename != nil
        if !isFile, memory.count + bytes.count > limits.fieldBytes {
            throw .malformed(.fieldTooLarge(limitBytes: limits.fieldBytes))
        }
        do {
            if var writer = spool.take() {
                try unsafe writer.append(bytes)
                spooledBytes += bytes.count
                spool = consume writer
            } else if isFile, memory.count + bytes.count > limits.fileMemoryBytes {
                var writer = try SpoolWriter(folder: folder)
                let held = memory
                memory = []
                try unsafe held.withUnsafeBufferPointer { (buffer) throws(SpoolError) in
                    try unsafe writer.append(UnsafeRawBufferPointer(buffer))
                }
                try unsafe writer.append(bytes)
                spooledBytes = held.count + bytes.count
                spool = consume writer
            } else {
                unsafe memory.append(contentsOf: bytes)
            }
        } catch {
            throw .spool(error)
        }
    }

    consuming func finish() -> MultipartPart {
        let contents: MultipartContents
        if let writer = spool.take() {
            contents = .file(writer.finish())
        } else {
            contents = .memory(memory)
        }
        return MultipartPart(
            name: head.name,
            filename: head.filename,
            contentType: head.contentType,
            contents: contents
        )
    }
}
