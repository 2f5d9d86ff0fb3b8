/// The copied head of a request: one buffer and the places in it.
///
/// Layout: the raw target; the path when collapsing slashes changed it; then per header two bytes of name length,
/// two of value length, the name in lower case, the value.
struct RequestHead: Sendable {
    let bytes: [UInt8]
    let targetEnd: Int
    let path: Range<Int>
    let query: Range<Int>
    let fieldsStart: Int

    var pathBytes: ArraySlice<UInt8> { bytes[path] }
    var queryBytes: ArraySlice<UInt8> { bytes[query] }

    /// Calls back with the places of each name and value until the closure says false.
    func forEachField(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) {
        var index = fieldsStart
        while index + 4 <= bytes.count {
            let nameCount = Int(bytes[index]) | Int(bytes[index + 1]) << 8
            let valueCount = Int(bytes[index + 2]) | Int(bytes[index + 3]) << 8
            let name = (index + 4)..<(index + 4 + nameCount)
            let value = name.upperBound..<(name.upperBound + valueCount)
            guard value.upperBound <= bytes.count, body(name, value) else { return }
            index = value.upperBound
        }
    }

    /// The place of the first value under a name, whatever its case.
    func value(of name: String) -> Range<Int>? {
        var name = name
        return name.withUTF8 { wanted in
            var found: Range<Int>?
            forEachField { candidate, value in
                guard candidate.count == wanted.count else { return true }
                for offset in 0..<candidate.count
                where unsafe FramingGate.lowered[Int(wanted[offset])] != bytes[candidate.lowerBound + offset]
                {
                    return true
                }
                found = value
                return false
            }
            return found
        }
    }
}
