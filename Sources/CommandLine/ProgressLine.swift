/// Decides when a long work shows how far it is, on one line of a terminal that is written over.
///
/// Pure state: the caller says what is done and what time it is, and writes the bytes returned to standard error.
/// Nothing is shown where no terminal is, nor for work that ends quickly.
public struct ProgressLine: Sendable {
    /// What is being done, such as `importing`.
    public let label: String
    /// How much there is to do; nil when that is not known.
    public let total: Int?
    private let isTerminal: Bool
    private let start: Int64
    private var lastShown: Int64?
    private var lastText = ""

    /// Work that starts at a time given in microseconds of any steady clock.
    public init(_ label: String, total: Int?, isTerminal: Bool, now: Int64) {
        precondition(total ?? 0 >= 0, "the total is not negative")
        self.label = TerminalText.harmless(label)
        self.total = total
        self.isTerminal = isTerminal
        start = now
    }

    /// The bytes to write now that so much is done; nil when nothing is to be written.
    public mutating func update(done: Int, now: Int64) -> [UInt8]? {
        guard isTerminal, now - start >= Limits.progressDelayMicroseconds else { return nil }
        if let lastShown, now - lastShown < Limits.progressIntervalMicroseconds { return nil }
        let text = "\(label) … \(amount(done))"
        guard text != lastText else { return nil }
        lastShown = now
        return overwrite(with: text)
    }

    /// The bytes that take the line away at the end; nil when it was never shown.
    public mutating func finish() -> [UInt8]? {
        guard !lastText.isEmpty else { return nil }
        return overwrite(with: "") + [UInt8(ascii: "\r")]
    }

    private func amount(_ done: Int) -> String {
        guard let total, total > 0 else { return String(max(0, done)) }
        let (product, overflow) = min(max(0, done), total).multipliedReportingOverflow(by: 100)
        return "\(overflow ? min(max(0, done), total) / (total / 100) : product / total) %"
    }

    private mutating func overwrite(with text: String) -> [UInt8] {
        let leftOver = max(0, lastText.unicodeScalars.count - text.unicodeScalars.count)
        lastText = text
        return Array(("\r" + text + String(repeating: " ", count: leftOver)).utf8)
    }
}
