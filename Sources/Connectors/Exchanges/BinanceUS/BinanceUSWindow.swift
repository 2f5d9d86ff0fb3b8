import Time

/// How far a list that is asked for by spans of time was read: from which millisecond on.
struct BinanceUSWindow: Hashable {
    /// Milliseconds since 1970.
    var start: Int64

    /// Before Binance.US opened, in September 2019.
    static let opening: Int64 = 1_567_296_000_000
    /// The longest span, which is less than 90 days.
    static let spanMax: Int64 = 90 * 86_400_000 - 1
    /// The shortest span that a full answer is divided down to.
    static let spanMin: Int64 = 1_000
    /// How much of the end is read once more by the next reading, since rows may come a little late.
    static let overlap: Int64 = 3_600_000

    /// The window of a cursor; the beginning for none and for one of another form.
    init(_ cursor: String?) {
        let parts = cursor?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        let stated = parts.count == 2 && parts[0] == "w1" ? Int64(parts[1]) : nil
        start = max(BinanceUSWindow.opening, min(stated ?? 0, 253_402_300_799_999))
    }

    init(start: Int64) {
        self.start = start
    }

    /// The cursor.
    var text: String { "w1 \(start)" }
}
