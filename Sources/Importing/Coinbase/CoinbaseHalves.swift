import Ledger
import Money
import Time

/// One row of an exchange that Coinbase writes as two rows.
struct CoinbaseHalf {
    let line: Int
    let time: Timestamp
    let title: String
    let action: CoinbaseAction
    let asset: String
    let amount: Amount
    let isOut: Bool
    let value: DraftValue?
    let reference: String
    let comment: String
}

/// Holds rows until the row of the other side comes: both have one time, and the file has them close together.
struct CoinbaseHalves {
    private(set) var waiting: [CoinbaseHalf] = []
    /// More rows of one instant than this are not held back.
    private let limit = 64

    /// The row that belongs to a half, taken out; nil when it has not come yet and the half waits for it now.
    mutating func match(_ half: CoinbaseHalf) -> CoinbaseHalf? {
        let partners = waiting.indices.filter { index in
            let other = waiting[index]
            return other.time == half.time && other.action == half.action && other.isOut != half.isOut
                && other.asset != half.asset
        }
        let best =
            partners.first { !half.reference.isEmpty && waiting[$0].reference == half.reference }
            ?? partners.first { waiting[$0].amount == half.amount } ?? partners.first
        guard let best else {
            waiting.append(half)
            return nil
        }
        return waiting.remove(at: best)
    }

    /// The halves whose other side can no longer come, given the time of the row at hand; nil for the end of the file.
    mutating func takeStale(_ time: Timestamp?) -> [CoinbaseHalf] {
        guard let first = waiting.first, first.time != time || waiting.count > limit else { return [] }
        let stale = waiting
        waiting = []
        return stale
    }
}
