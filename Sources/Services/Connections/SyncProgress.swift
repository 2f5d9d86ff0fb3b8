import Time

/// How far the streams of a connection were read, as it is kept: one line for each, name, tab, value.
struct SyncProgress: Hashable {
    /// The cursors by the streams' keys.
    var cursors: [String: String] = [:]
    /// The newest fill of a reading that went all the way back to what was known.
    var tradesThrough: Timestamp?
    /// Where older fills go on that no reading has reached yet.
    var tradesOlder: String?

    private static let through = "trades.through"
    private static let older = "trades.older"

    /// Nothing read yet.
    init() {}

    /// What was kept; lines of another form are passed over, so that a stream is read again rather than not at all.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let value = String(parts[1])
            switch parts[0] {
            case SyncProgress.through: tradesThrough = Int64(value).map { Timestamp(microseconds: $0) }
            case SyncProgress.older: tradesOlder = value
            default: cursors[String(parts[0])] = value
            }
        }
    }

    /// The text that is kept.
    var text: String {
        var lines = cursors.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)" }
        if let tradesThrough { lines.append("\(SyncProgress.through)\t\(tradesThrough.microseconds)") }
        if let tradesOlder { lines.append("\(SyncProgress.older)\t\(tradesOlder)") }
        return lines.map { $0 + "\n" }.joined()
    }
}
