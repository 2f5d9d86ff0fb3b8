/// A block string while it is read: takes its bytes, then removes the indentation that all its lines share.
internal struct BlockString {
    private var text: [UInt8] = []
    /// Where each line begins in the text.
    private var starts = [0]

    mutating func append(_ byte: UInt8) {
        text.append(byte)
    }

    mutating func endLine() {
        starts.append(text.count)
    }

    /// The value: common indentation and blank lines at both ends removed, lines ended by LF.
    func finish() -> String {
        var indent = Int.max
        var first: Int?
        var last = -1
        for index in starts.indices {
            let line = self.line(index)
            let blanks = line.firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            guard let blanks else { continue }
            if first == nil { first = index }
            last = index
            // The first line begins behind the quotes and has no indentation to speak of.
            if index > 0 { indent = min(indent, blanks - line.startIndex) }
        }
        guard let first else { return "" }
        var value: [UInt8] = []
        for index in first...last {
            if index > first { value.append(UInt8(ascii: "\n")) }
            value += index == 0 ? line(index) : line(index).dropFirst(indent)
        }
        return String(decoding: value, as: UTF8.self)
    }

    private func line(_ index: Int) -> ArraySlice<UInt8> {
        text[starts[index]..<(index + 1 < starts.count ? starts[index + 1] : text.count)]
    }
}
