/// Strings of JSON for those who write straight into bytes, without a writer's checks.
public enum JSONText {
    /// Appends a text in quotes, its quotes, backslashes and control characters escaped.
    ///
    /// Bytes that are not UTF-8 would make the whole output invalid: give only what was checked or rendered here.
    public static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        JSONEscape.append(text, to: &bytes)
    }

    /// Appends a text in quotes, as above.
    public static func append(_ text: String, to bytes: inout [UInt8]) {
        JSONEscape.append(text.utf8Span.span, to: &bytes)
    }

    /// Appends what the closure appends, in quotes and escaped where it needs that; it may only append.
    @inlinable
    public static func append(to bytes: inout [UInt8], rendering render: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        render(&bytes)
        close(from: start, in: &bytes)
    }

    @usableFromInline
    internal static func close(from start: Int, in bytes: inout [UInt8]) {
        precondition(bytes.count >= start, "a rendering closure took bytes away")
        guard JSONEscape.needsEscape(bytes.span.extracting(start...)) else {
            bytes.append(UInt8(ascii: "\""))
            return
        }
        let text = Array(bytes[start...])
        bytes.removeSubrange((start - 1)...)
        JSONEscape.append(text.span, to: &bytes)
    }

    /// Appends an integer in decimal digits.
    public static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        JSONNumber.append(value.magnitude, to: &bytes)
    }

    /// Whether a text is a number as JSON has it.
    public static func isNumber(_ text: String) -> Bool {
        JSONNumber.isValid(text.utf8Span.span)
    }
}
