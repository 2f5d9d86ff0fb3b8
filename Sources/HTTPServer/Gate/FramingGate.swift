/// Why a head is refused before anything looks at it; always answered 400 `{}` and a closed connection.
enum FramingFault: String, Sendable, CaseIterable {
    case method, target, version, lineEnds, headerName, headerValue
    case host, contentLength, lengthAndEncoding, transferEncoding
}

/// What the headers said about the request's framing.
struct FramingFacts {
    var fieldCount = 0
    var hostCount = 0
    var contentLengthCount = 0
    var contentLength: Int?
    var transferEncodingCount = 0
    var hasContentCoding = false
    var expectsContinue = false
    var fault: FramingFault?

    /// Whether the head announces a body.
    var announcesBody: Bool { transferEncodingCount > 0 || (contentLength ?? 0) > 0 }

    mutating func note(_ found: FramingFault) {
        if fault == nil { fault = found }
    }

    /// The verdict over the counts, once all headers were seen.
    mutating func close(isVersion11: Bool) {
        if hostCount > 1 || (isVersion11 && hostCount == 0) { note(.host) }
        if contentLengthCount > 1 { note(.contentLength) }
        if contentLengthCount > 0, transferEncodingCount > 0 { note(.lengthAndEncoding) }
        if transferEncodingCount > 1 || (transferEncodingCount == 1 && !isVersion11) {
            note(.transferEncoding)
        }
    }
}

/// Tables and byte checks of the framing gate.
enum FramingGate {
    /// Lower case of each byte that may stand in a header's name, zero for the others.
    static let lowered: [UInt8] = (0..<256).map { value in
        let byte = UInt8(value)
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return byte + 32
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): return byte
        default: return "!#$%&'*+-.^_`|~".utf8.contains(byte) ? byte : 0
        }
    }

    /// Whether a byte may stand in a header's value: no control byte but the tab.
    static func isValueByte(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == 0x09
    }

    /// Whether a byte may stand in a request target; bytes above ASCII are left to the dialect.
    static func isTargetByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F
    }

    static func isMethod(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 0, bytes.count <= 32 else { return false }
        return unsafe bytes.allSatisfy { lowered[Int($0)] != 0 }
    }

    /// Whether a byte may stand in the value of Host.
    static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "\\"),
            UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
            false
        default: byte > 0x20 && byte < 0x7F
        }
    }

    /// Digits only, as RFC 9110 8.6 has it; nil for anything else.
    static func parseLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count > 0, bytes.count <= 18 else { return nil }
        var value = 0
        for index in 0..<bytes.count {
            let byte = unsafe bytes[index]
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}
