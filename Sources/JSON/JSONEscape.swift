/// The string escapes of RFC 8259: only quote, backslash and control characters; all else stays as it is.
internal enum JSONEscape {
    /// Whether any byte must be escaped.
    ///
    /// Looks at eight bytes at a time; the last eight may overlap those before.
    static func needsEscape(_ text: Span<UInt8>) -> Bool {
        let count = text.count
        guard count >= 8 else {
            for index in 0..<count where mustEscape(text[index]) { return true }
            return false
        }
        let raw = unsafe text.bytes
        var found: UInt64 = 0
        var offset = 0
        while offset < count - 8 {
            // In range: offset + 8 is below the count.
            found |= marks(
                in: unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            )
            offset += 8
        }
        // In range: the count is at least 8.
        found |= marks(
            in: unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: count - 8, as: UInt64.self)
        )
        return found != 0
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Not zero exactly if one of the eight bytes must be escaped; which one it is cannot be told from it.
    private static func marks(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        // Subtracting borrows into a byte's high bit exactly if a byte at or below it was too small.
        let controls = (word &- (ones &* 0x20)) & ~word
        return (controls | ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)) & highs
    }

    /// Appends the text in quotes, with a mark before and one behind unless they are 0.
    static func append(_ text: Span<UInt8>, before: UInt8 = 0, after: UInt8 = 0, to bytes: inout [UInt8]) {
        guard !needsEscape(text) else {
            if before != 0 { bytes.append(before) }
            appendEscaped(text, to: &bytes)
            if after != 0 { bytes.append(after) }
            return
        }
        bytes.append(addingCapacity: text.count + 4) { output in
            if before != 0 { output.append(before) }
            output.append(UInt8(ascii: "\""))
            copy(text, to: &output)
            output.append(UInt8(ascii: "\""))
            if after != 0 { output.append(after) }
        }
    }

    /// Copies a run of plain bytes at once; there is room for it.
    private static func copy(_ text: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
        let count = text.count
        guard count > 0 else { return }
        precondition(output.freeCapacity >= count, "room was reserved before")
        // The output's free part begins at its count and was just checked to hold the text.
        unsafe output.withUnsafeMutableBufferPointer { free, used in
            unsafe text.withUnsafeBufferPointer { source in
                _ = unsafe free.extracting(used...).initialize(fromContentsOf: source)
            }
            used += count
        }
    }

    private static func appendEscaped(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        // A control character grows to six bytes at most.
        bytes.append(addingCapacity: text.count * 6 + 2) { output in
            output.append(UInt8(ascii: "\""))
            for index in text.indices {
                let byte = text[index]
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                    output.append(UInt8(ascii: "\\"))
                    output.append(byte)
                case 0x00..<0x20:
                    appendControl(byte, to: &output)
                default:
                    output.append(byte)
                }
            }
            output.append(UInt8(ascii: "\""))
        }
    }

    private static func appendControl(_ byte: UInt8, to output: inout OutputSpan<UInt8>) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            output.append(UInt8(ascii: "u"))
            output.append(UInt8(ascii: "0"))
            output.append(UInt8(ascii: "0"))
            output.append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 0xF
            output.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }
}
