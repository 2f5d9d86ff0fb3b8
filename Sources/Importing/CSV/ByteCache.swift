import Money

/// Remembers what the texts met last stand for, so that a text that comes again costs a comparison only.
struct ByteCache<Value> {
    private var keys: [[UInt8]] = []
    private var values: [Value] = []
    private var last = 0
    private var replaced = 0
    private let capacity = 16

    /// What is remembered of these bytes.
    mutating func find(_ bytes: Span<UInt8>, _ cell: Cell) -> Value? {
        if last < keys.count, matches(keys[last], bytes, cell) { return values[last] }
        for index in keys.indices where matches(keys[index], bytes, cell) {
            last = index
            return values[index]
        }
        return nil
    }

    private func matches(_ key: [UInt8], _ bytes: Span<UInt8>, _ cell: Cell) -> Bool {
        guard key.count == cell.count else { return false }
        for index in 0..<key.count where key[index] != bytes[cell.start + index] { return false }
        return true
    }

    /// Remembers a value of these bytes, in place of the oldest when there is no room.
    mutating func add(_ key: [UInt8], _ value: Value) {
        if keys.count < capacity {
            keys.append(key)
            values.append(value)
        } else {
            keys[replaced] = key
            values[replaced] = value
            replaced = (replaced + 1) % capacity
        }
    }
}

/// Reads asset codes and remembers which were met.
struct AssetCodes {
    private var names = ByteCache<String>()
    private(set) var met: Set<String> = []

    /// The code of a cell in lower case; nil when it is none.
    mutating func read(_ row: CSVRow, _ cell: Cell) -> String? {
        if let known = names.find(row.bytes.span, cell) { return known }
        let bytes = Array(row.bytes[cell.start..<cell.end])
        guard let code = AssetCode.normalize(bytes) else { return nil }
        names.add(bytes, code)
        met.insert(code)
        return code
    }

    /// The code of a text in lower case; nil when it is none.
    mutating func read(_ text: String) -> String? {
        guard let code = AssetCode.normalize(text) else { return nil }
        met.insert(code)
        return code
    }
}
