import Synchronization

/// Prices that are read when one of them is first asked for, and then kept; all are from one source.
///
/// Safe to use from any thread. Threads that ask for the first time side by side may each read; one result is kept.
public final class DeferredPrices: Sendable {
    /// Where the prices came from; no other source of a `PriceBook` with them may be preferred less.
    public let source: PriceOrigin
    private let read: @Sendable () -> PriceBook
    private let kept = AtomicLazyReference<Kept>()

    /// Prices that `read` gives.
    public init(source: PriceOrigin, read: @escaping @Sendable () -> PriceBook) {
        self.source = source
        self.read = read
    }

    /// The prices; the first call reads them.
    public var book: PriceBook {
        if let known = kept.load() { return known.book }
        return kept.storeIfNil(Kept(read())).book
    }

    private final class Kept: Sendable {
        let book: PriceBook

        init(_ book: PriceBook) {
            self.book = book
        }
    }
}
