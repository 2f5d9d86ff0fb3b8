import Ledger

/// What was acquired of each asset and when, and what was held: by these losses are denied.
struct LossPlan {
    /// An acquisition.
    struct Acquisition {
        let entry: UInt32
        let day: Int32
        /// How much of it may still replace coins that were sold at a loss.
        var free: Int128
    }

    /// The acquisitions of one asset in the order of the Book.
    struct Asset {
        var acquisitions: [Acquisition] = []
        /// By acquisition: the sum of all up to it and with it.
        var sums: [Int128] = []
        /// The days of events, ascending, and what all lots of the asset hold after the last event of the day.
        var days: [Int32] = []
        var held: [Int128] = []
        /// The acquisition that comes next.
        var next = 0

        /// The first acquisition ahead that may have room; those before it that were passed have none.
        var firstFree: Int {
            mutating get {
                freeFrom = Swift.max(freeFrom, next)
                while freeFrom < acquisitions.count, acquisitions[freeFrom].free == 0 { freeFrom += 1 }
                return freeFrom
            }
        }
        private var freeFrom = 0

        /// The sum acquired from one day through another.
        func acquired(from first: Int32, through last: Int32) -> Int128 {
            let begin = acquisitions.partitioningIndex { $0.day >= first }
            let end = acquisitions.partitioningIndex { $0.day > last }
            guard begin < end else { return 0 }
            return sums[end - 1] - (begin == 0 ? 0 : sums[begin - 1])
        }

        /// What is held at the end of a day.
        func held(on day: Int32) -> Int128 {
            let end = days.partitioningIndex { $0 > day }
            return end == 0 ? 0 : max(0, held[end - 1])
        }
    }

    /// By asset slot.
    var assets: [Asset] = []

    /// The days before and after a disposal within which an acquisition replaces it.
    static let days: Int32 = 30

    init() {}

    /// The acquisitions of a log, or just the purchases.
    init(_ log: borrowing TradeLog, assets count: Int, purchasesOnly: Bool) {
        assets = [Asset](repeating: Asset(), count: count)
        for index in log.events.indices {
            let event = log.events[index]
            let slot = Int(event.asset)
            if event.kind == .purchase || (event.kind == .receipt && !purchasesOnly) {
                let quantity = log.quantities[index]
                assets[slot].acquisitions.append(
                    Acquisition(entry: event.entry, day: event.day, free: quantity)
                )
                // The engine refuses what would carry the sum of all acquisitions out of range.
                assets[slot].sums.append((assets[slot].sums.last ?? 0) + quantity)
            }
            if assets[slot].days.last == event.day {
                assets[slot].held[assets[slot].held.count - 1] = log.held[index]
            } else {
                assets[slot].days.append(event.day)
                assets[slot].held.append(log.held[index])
            }
        }
    }
}
