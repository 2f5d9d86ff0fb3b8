/// What the access log keeps of a request: never the query, headers or bodies.
public struct AccessRecord: Sendable {
    /// When the head was complete: microseconds since 1970, UTC.
    public let timeMicroseconds: Int64
    /// The request's number, as in `X-Request-Id`.
    public let requestID: HTTPRequestID
    /// The peer's address.
    public let remoteAddress: String
    /// The method as sent.
    public let method: String
    /// The route's name, `-` when none answered.
    public let route: String
    /// The status answered.
    public let status: Int
    /// Bytes of the answer's body.
    public let bytesSent: Int
    /// Time from the complete head until the answer was handed to the system.
    public let durationMicroseconds: Int
    /// Who asked, as the handler stated it.
    public let principal: String?

    /// Appends one line in `key=value` form; control bytes, blanks and quotes in texts are escaped as `\xHH`.
    public func render(into line: inout [UInt8]) {
        func text(_ key: StaticString, _ value: String) {
            line.append(UInt8(ascii: " "))
            unsafe line.append(
                contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
            )
            line.append(UInt8(ascii: "="))
            Self.escape(value, into: &line)
        }
        line.append(contentsOf: "time=\(timeMicroseconds)".utf8)
        text("id", requestID.text)
        text("remote", remoteAddress)
        text("method", method)
        text("route", route)
        text("status", String(status))
        text("bytes", String(bytesSent))
        text("us", String(durationMicroseconds))
        text("principal", principal ?? "-")
        line.append(10)
    }

    private static func escape(_ value: String, into line: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in value.utf8 {
            let isPlain =
                byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            if isPlain {
                line.append(byte)
            } else {
                line.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "x")])
                line.append(digits[Int(byte >> 4)])
                line.append(digits[Int(byte & 15)])
            }
        }
    }
}
