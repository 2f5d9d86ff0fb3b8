public import Ledger
public import Money
public import Time

/// The lots, disposals and income of a Book: what cost-basis reports read.
///
/// A pure function of the Book, the settings and the prices. Kept as columns; the accessors make the structs on demand.
public struct LotBook: Sendable {
    /// The history it was computed from.
    public let book: Book
    /// The choices it was computed with.
    public let settings: LotSettings
    /// The tax day of an instant; nil for the UTC day.
    let taxDays: (@Sendable (Timestamp) -> Day)?
    /// The scope in force at the end of the history.
    public let finalScope: LotScope
    /// What could not be known, in the order of the entries.
    public let problems: [LotProblem]
    /// The sums of taxable disposals by tax year, in order; years without any are left out.
    public let years: [YearTotal]
    let rows: LotColumns
    let rests: [LotRest]
    let fees: [DisposalSum]
    /// In the order of disposals.
    let denials: [DisposalSum]
    let incomeRows: [IncomeRow]

    /// Computes the lots of a history; O(n) in its entries and the lots they touch.
    ///
    /// The valuer is asked only where an entry does not itself say its worth in the report's currency. `taxDay` says on
    /// which day of the owner's time zone an instant falls, and must never say an earlier day for a later instant; without
    /// it days are those of UTC. `named` has the lots that entries name, which `specific` uses.
    public init(
        _ book: Book,
        settings: LotSettings = LotSettings(),
        valuer: any EntryValuer = NoPrices(),
        taxDay: (@Sendable (Timestamp) -> Day)? = nil,
        named: NamedLots = [:],
        isFiat: (AssetID) -> Bool
    ) {
        func engine<Pool: LotPool>(_: Pool.Type, _ rules: Rules = Rules()) -> Engine<Pool> {
            Engine<Pool>(
                book: book,
                settings: settings,
                valuer: valuer,
                taxDay: taxDay,
                named: named,
                rules: rules,
                isFiat: isFiat
            )
        }
        func run<Pool: LotPool>(_ pool: Pool.Type, _ rules: Rules = Rules()) -> LotBook {
            var engine = engine(pool, rules)
            engine.run(book)
            return LotBook(book, &engine)
        }
        guard !settings.followsRules else {
            var log = TradeLog()
            if settings.looksAhead {
                var first = engine(LoggingPool.self)
                first.run(book)
                log = first.takeLog()
            }
            self = run(SwitchingPool.self, Rules(log, settings, assets: book.assets.count))
            return
        }
        self =
            switch settings.method {
            case .lifo: run(LIFOPool.self)
            case .hifo: run(PricePool<DearestFirst>.self)
            case .lofo: run(PricePool<CheapestFirst>.self)
            case .average: run(AveragePool.self)
            // The others follow rules.
            case .fifo, .acb, .s104, .specific: run(FIFOPool.self)
            }
    }

    init<Pool: LotPool>(_ book: Book, _ engine: inout Engine<Pool>) {
        self.book = book
        settings = engine.settings
        taxDays = engine.taxDays
        finalScope = engine.isUniversal ? .universal : .wallet
        problems = engine.problems
        years = engine.years.years
        rests = engine.rests()
        fees = engine.fees
        denials = engine.denials
        incomeRows = engine.income
        rows = engine.columns()
    }
}

extension Engine {
    /// Carries out all entries in the order of the Book.
    mutating func run(_ book: Book) {
        book.forEachRowView { view in apply(view) }
        sumYearsLate(book)
    }

    /// The columns of the report, taken out of the engine.
    mutating func columns() -> LotColumns {
        LotColumns(
            lots: lots.take(),
            lotTags: lotTags.take(),
            disposals: disposals.take(),
            useLots: useLots.take(),
            useParts: useParts.take()
        )
    }
}
