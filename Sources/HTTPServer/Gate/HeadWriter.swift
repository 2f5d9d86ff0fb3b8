/// Copies a head into one buffer and checks it on the way: a single pass over all headers.
@safe
struct HeadWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let capacity: Int
    private(set) var count = 0
    private(set) var facts = FramingFacts()
    private(set) var overflowed = false
    private var targetEnd = 0
    private var path = 0..<0
    private var query = 0..<0
    private var fieldsStart = 0

    /// Where the next header must begin when lines end in CR LF and nothing is hidden between them.
    ///
    /// libmicrohttpd hands out places in its own buffer. A gap between them is a folded line, a NUL byte or a bare
    /// line feed: things that its callbacks do not show otherwise.
    private var expectedAddress: UInt?

    init(buffer: UnsafeMutableBufferPointer<UInt8>) {
        unsafe self.buffer = unsafe buffer
        capacity = buffer.count
    }

    /// Bytes that suffice for any head of that size.
    static func capacity(headBytes: Int, targetBytes: Int) -> Int {
        // A header line takes four bytes at least ("a:" CR LF) and five here, the target may stand here twice.
        headBytes * 2 + targetBytes * 2 + 16
    }

    mutating func expect(nextAddress: UInt?) {
        expectedAddress = nextAddress
    }

    mutating func note(_ fault: FramingFault) {
        facts.note(fault)
    }

    // MARK: The target

    mutating func write(target: UnsafeRawBufferPointer) {
        if unsafe target.isEmpty || !target.allSatisfy(FramingGate.isTargetByte) { facts.note(.target) }
        unsafe append(target)
        targetEnd = count
        var start = 0
        if let first = unsafe target.first, first != UInt8(ascii: "/") {
            start = unsafe authorityEnd(target)
        }
        var pathEnd = start
        var hasRepeatedSlash = false
        while pathEnd < target.count, unsafe target[pathEnd] != UInt8(ascii: "?") {
            if unsafe pathEnd > start && target[pathEnd] == UInt8(ascii: "/")
                && target[pathEnd - 1] == UInt8(ascii: "/")
            {
                hasRepeatedSlash = true
            }
            pathEnd += 1
        }
        path = start..<pathEnd
        query = min(pathEnd + 1, target.count)..<target.count
        if hasRepeatedSlash {
            unsafe writeCollapsedPath(UnsafeRawBufferPointer(rebasing: target[start..<pathEnd]))
        }
        fieldsStart = count
    }

    /// Skips `http://host` of an absolute target; a path must follow, or nothing is skipped.
    private func authorityEnd(_ target: UnsafeRawBufferPointer) -> Int {
        for scheme in ["http://", "https://"] {
            let length = scheme.utf8.count
            guard target.count > length,
                unsafe zip(scheme.utf8, target).allSatisfy({ $0 == $1 | ($1 >= 65 && $1 <= 90 ? 32 : 0) })
            else { continue }
            var index = length
            while index < target.count, unsafe target[index] != UInt8(ascii: "/") { index += 1 }
            return index < target.count ? index : 0
        }
        return 0
    }

    private mutating func writeCollapsedPath(_ raw: UnsafeRawBufferPointer) {
        let start = count
        var previous: UInt8 = 0
        for index in 0..<raw.count {
            let byte = unsafe raw[index]
            if byte != UInt8(ascii: "/") || previous != byte { append(byte) }
            previous = byte
        }
        path = start..<count
    }

    // MARK: Headers

    mutating func write(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        facts.fieldCount += 1
        if let expected = expectedAddress, let start = name.baseAddress, let text = value.baseAddress {
            if UInt(bitPattern: start) != expected { facts.note(.lineEnds) }
            expectedAddress = UInt(bitPattern: text) + UInt(value.count) + 2
        }
        let trimmed = unsafe trim(value)
        guard name.count <= UInt16.max, trimmed.count <= UInt16.max,
            count + 4 + name.count + trimmed.count <= capacity
        else {
            overflowed = true
            return
        }
        append(UInt8(name.count & 255))
        append(UInt8(name.count >> 8))
        append(UInt8(trimmed.count & 255))
        append(UInt8(trimmed.count >> 8))
        let nameStart = count
        if unsafe name.isEmpty { facts.note(.headerName) }
        for index in 0..<name.count {
            let lowered = unsafe FramingGate.lowered[Int(name[index])]
            if lowered == 0 { facts.note(.headerName) }
            append(lowered)
        }
        if !(unsafe trimmed.allSatisfy(FramingGate.isValueByte)) { facts.note(.headerValue) }
        unsafe append(trimmed)
        unsafe inspect(nameStart: nameStart, nameCount: name.count, value: trimmed)
    }

    /// Closes the head: the blank line must follow the last header at once.
    mutating func finish(endAddress: UInt?, isVersion11: Bool) {
        if let expected = expectedAddress, let end = endAddress, end != expected + 2 { facts.note(.lineEnds) }
        facts.close(isVersion11: isVersion11)
    }

    func makeHead(bytes: [UInt8]) -> RequestHead {
        RequestHead(bytes: bytes, targetEnd: targetEnd, path: path, query: query, fieldsStart: fieldsStart)
    }

    private mutating func inspect(nameStart: Int, nameCount: Int, value: UnsafeRawBufferPointer) {
        switch nameCount {
        case 4 where isName("host", at: nameStart):
            facts.hostCount += 1
            if !(unsafe value.allSatisfy(FramingGate.isHostByte)) { facts.note(.host) }
        case 6 where isName("expect", at: nameStart):
            facts.expectsContinue = true
        case 14 where isName("content-length", at: nameStart):
            facts.contentLengthCount += 1
            facts.contentLength = unsafe FramingGate.parseLength(value)
            if facts.contentLength == nil { facts.note(.contentLength) }
        case 16 where isName("content-encoding", at: nameStart):
            if !(unsafe isValue(value, "identity")) { facts.hasContentCoding = true }
        case 17 where isName("transfer-encoding", at: nameStart):
            facts.transferEncodingCount += 1
            if !(unsafe isValue(value, "chunked")) { facts.note(.transferEncoding) }
        default: break
        }
    }

    private func isName(_ name: StaticString, at start: Int) -> Bool {
        for offset in 0..<name.utf8CodeUnitCount
        where unsafe buffer[start + offset] != name.utf8Start[offset] {
            return false
        }
        return true
    }

    private func isValue(_ value: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard value.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<value.count
        where unsafe FramingGate.lowered[Int(value[offset])] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    private func trim(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = value.count
        while start < end, unsafe value[start] == 0x20 || value[start] == 0x09 { start += 1 }
        while end > start, unsafe value[end - 1] == 0x20 || value[end - 1] == 0x09 { end -= 1 }
        return unsafe UnsafeRawBufferPointer(rebasing: value[start..<end])
    }

    // MARK: Bytes

    private mutating func append(_ byte: UInt8) {
        guard count < capacity else {
            overflowed = true
            return
        }
        unsafe buffer[count] = byte
        count += 1
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        guard count + bytes.count <= capacity else {
            overflowed = true
            return
        }
        unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
            .copyMemory(from: bytes)
        count += bytes.count
    }
}
