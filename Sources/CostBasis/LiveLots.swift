public import Ledger
public import Money
import Synchronization
public import Time

/// The lots of a history that grows.
///
/// What is appended at the end of the Book is computed alone: a few dozen microseconds, whatever the length of the history,
/// and readers keep what they have. An entry in the middle, a new asset or account, and methods whose lots share costs or
/// that look ahead are computed from the beginning. Every `Limits.appendedMax` entries all is gathered by computing it again.
public final class LiveLots: Sendable {
    private struct State: ~Copyable {
        var lots: LotBook
        /// Goes on where the lots end; nil where that is not possible.
        var engine: (any GrowingEngine)?
        var appended = 0
    }

    private let make: @Sendable (Book) -> (LotBook, (any GrowingEngine)?)
    private let state: Mutex<State>

    /// Computes the lots of a history; the parameters are those of `LotBook`.
    public init(
        _ book: Book,
        settings: LotSettings = LotSettings(),
        valuer: any EntryValuer & Sendable = NoPrices(),
        taxDay: (@Sendable (Timestamp) -> Day)? = nil,
        named: NamedLots = [:],
        isFiat: @escaping @Sendable (AssetID) -> Bool
    ) {
        make = { book in
            LotBook.computing(
                book,
                settings: settings,
                valuer: valuer,
                taxDay: taxDay,
                named: named,
                isFiat: isFiat
            )
        }
        let (lots, engine) = make(book)
        state = Mutex(State(lots: lots, engine: engine))
    }

    /// The lots computed last.
    public var lots: LotBook { state.withLock { $0.lots } }

    /// The lots of a Book, which is that of before and more, or any other.
    public func advanced(to book: Book) -> LotBook {
        state.withLock { state in
            let known = state.lots.book
            if let engine = state.engine, known.isPrefix(of: book), known.assets.count == book.assets.count,
                known.accounts.count == book.accounts.count,
                state.appended + book.count - known.count <= Limits.appendedMax
            {
                state.appended += book.count - known.count
                state.lots = engine.append(book, from: known.count)
            } else {
                let (lots, engine) = make(book)
                state = State(lots: lots, engine: engine)
            }
            return state.lots
        }
    }
}

/// An engine that can go on.
protocol GrowingEngine: AnyObject, Sendable {
    /// Carries out the entries of a Book from a place on, before which it is the Book of before.
    func append(_ book: Book, from start: Int) -> LotBook
}

/// An engine that goes on; whoever has it uses it from one place at a time.
///
/// Unchecked for that reason: the lock of `LiveLots` is around every call.
final class KeptEngine<Pool: LotPool>: GrowingEngine, @unchecked Sendable {
    private var engine: Engine<Pool>

    init(_ engine: consuming Engine<Pool>) {
        self.engine = engine
    }

    func append(_ book: Book, from start: Int) -> LotBook {
        book.forEachRowView(from: start) { view in engine.apply(view) }
        return LotBook(book, engine)
    }
}
