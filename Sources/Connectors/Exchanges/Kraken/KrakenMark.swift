import Time

/// How far Kraken's ledger was read: behind which row.
///
/// The ledger is given from the newest row back, and rows of one event have the same time, in no order that can be
/// relied on. So a mark has the time of the row and the ids of all rows of that time that were read.
struct KrakenMark: Hashable {
    /// The time of the last row.
    var time: Timestamp
    /// How many rows were newer when it was read; where to look for it first.
    var position: Int
    /// The ids of the rows of that time that were read.
    var ids: [String]

    /// The most rows of one instant.
    static let idsMax = 400

    init(time: Timestamp, position: Int, ids: [String]) {
        self.time = time
        self.position = position
        self.ids = ids
    }

    /// The mark of a text, or nil for one of another form, so that the ledger is read again rather than not at all.
    init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "k1", let time = Int64(parts[1]), let position = Int(parts[2]),
            position >= 0, time > 0
        else { return nil }
        let ids = parts[3].split(separator: ",").map { String($0) }
        guard (1...KrakenMark.idsMax).contains(ids.count) else { return nil }
        self.init(time: Timestamp(microseconds: time), position: position, ids: ids)
    }

    /// The text that is kept.
    var text: String { "k1 \(time.microseconds) \(position) \(ids.joined(separator: ","))" }

    /// From where on the venue is asked, in whole seconds: before the row, whichever way the venue treats the bound.
    var start: Int64 { max(0, time.seconds - 1) }
}
