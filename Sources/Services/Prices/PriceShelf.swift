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
        /// Counts the writes of prices.
        var writes = 0
    }

    private let load: @Sendable () throws -> PriceBook
    private let state = Mutex(State())
    private let loading = Mutex(())

    init(load: @escaping @Sendable () throws -> PriceBook) {
        self.load = load
    }

    /// The bundled rates and the prices of a data folder.
    convenience init(_ database: Database) {
        self.init { try PriceShelf.read(database) }
    }

    /// The snapshot and its version; the first call loads it and blocks for that.
    func snapshot() throws -> (book: PriceBook, version: Int) {
        if let ready = loaded() { return ready }
        return try loading.withLock { _ in
            while true {
                if let ready = loaded() { return ready }
                let writes = state.withLock { $0.writes }
                let book = try load()
                let version = state.withLock { state -> Int? in
                    // Prices that were written meanwhile may be missing in what was read.
                    guard state.writes == writes else { return nil }
                    state.book = book
                    state.version += 1
                    return state.version
                }
                if let version { return (book, version) }
            }
        }
    }

    /// The snapshot if it is there; never blocks.
    func loaded() -> (book: PriceBook, version: Int)? {
        state.withLock { state in state.book.map { ($0, state.version) } }
    }

    /// Whether the prices were loaded once; afterwards they only wait to be read again when some were written.
    var wasLoaded: Bool { state.withLock { $0.version > 0 } }

    /// Forgets the snapshot after prices were written.
    func invalidate() {
        state.withLock { state in
            state.book = nil
            state.writes += 1
        }
    }

    /// Puts written prices on top of the snapshot, if it is there; readers keep theirs.
    ///
    /// What is read from the store meanwhile is read again.
    func update(_ change: (PriceBook) throws -> PriceBook) rethrows {
        try loading.withLock { _ in
            let known = state.withLock { state -> PriceBook? in
                state.writes += 1
                return state.book
            }
            guard let known else { return }
            let book = try change(known)
            state.withLock { state in
                // Prices written by another way meanwhile have taken the snapshot away.
                guard state.book != nil else { return }
                state.book = book
                state.version += 1
            }
        }
    }

    private static func read(_ database: Database) throws -> PriceBook {
        try database.read { connection throws(StorageError) in
            let preference = PricePreference(orders: try connection.priceOrders())
            var builder = PriceBookBuilder(on: PriceBook(BundledRates.deferred))
            for key in try connection.priceSeries() where key.base != key.quote {
                var series = PriceSeriesBuilder()
                var isBad = false
                try connection.readPrices(of: key) { time, price in
                    if !series.append(time: time, price: price) { isBad = true }
                }
                guard !isBad else {
                    throw StorageError(
                        .corrupt,
                        operation: "reading prices",
                        detail: "a price is not above zero"
                    )
                }
                let pair = PricePair(base: key.base, quote: key.quote)
                do throws(ValuationError) {
                    try builder.append(
                        series.finish(),
                        of: pair,
                        source: preference.origin(of: key.source, pair: pair)
                    )
                } catch {
                    preconditionFailure("a pair of two assets is a pair")
                }
            }
            return builder.finish()
        }
    }
}
