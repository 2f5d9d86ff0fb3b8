import Money
import Storage
import Synchronization
import Time
import Valuation

/// The current snapshot of all prices: the bundled rates and those of the database.
///
/// Loaded when first asked for; readers keep the snapshot they took.
final class PriceShelf: Sendable {
    private struct State {
        var book: PriceBook?
        /// Changes with every new snapshot, so that what was computed from an old one can be told apart.
        var version = 0
    }

    private let database: Database
    private let state = Mutex(State())
    private let loading = Mutex(())

    init(database: Database) {
        self.database = database
    }

    /// The snapshot and its version; the first call loads it and blocks for that.
    func snapshot() throws -> (book: PriceBook, version: Int) {
        if let ready = loaded() { return ready }
        return try loading.withLock { _ in
            if let ready = loaded() { return ready }
            let book = try load()
            return state.withLock { state in
                state.book = book
                state.version += 1
                return (book, state.version)
            }
        }
    }

    /// The snapshot if it is there; never blocks.
    func loaded() -> (book: PriceBook, version: Int)? {
        state.withLock { state in state.book.map { ($0, state.version) } }
    }

    /// Forgets the snapshot after prices were written.
    func invalidate() {
        state.withLock { $0.book = nil }
    }

    private func load() throws -> PriceBook {
        var builder = PriceBookBuilder(on: BundledRates.load())
        let stored = try database.read { connection throws(StorageError) in try connection.allPrices() }
        for series in stored {
            let pair = PricePair(base: series.key.base, quote: series.key.quote)
            let source: PriceSource = series.key.source == "manual" ? .manual : .imported
            for (time, price) in zip(series.times, series.prices) {
                try builder.append(pair: pair, stamp: time, resolution: .spot, price: price, source: source)
            }
        }
        return builder.finish()
    }
}
