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

    /// Computes the lots of a history; O(n) in its entries and the lots they touch.
    ///
    /// The valuer is asked only where an entry does not itself say its worth in the report's currency. `taxDay` says on
    /// which day of the owner's time zone an instant falls, and must never say an earlier day for a later instant; without
    /// it days are those of UTC. `named` has the lots that entries name, which `specific` uses. Changes of method and
    /// scope that lie after the last entry are carried out at the end.
    public init(
        _ book: Book,
        settings: LotSettings = LotSettings(),
        valuer: any EntryValuer = NoPrices(),
        taxDay: (@Sendable (Timestamp) -> Day)? = nil,
        named: NamedLots = [:],
        isFiat: (AssetID) -> Bool
    ) {
        (self, _) = LotBook.computing(
            book,
            settings: settings,
            valuer: valuer,
            taxDay: taxDay,
            named: named,
            isFiat: isFiat
        )
    }

    /// The lots of a history and, where it can go on from there, the engine that made them.
    static func computing(
        _ book: Book,
        settings: LotSettings,
        valuer: any EntryValuer,
        taxDay: (@Sendable (Timestamp) -> Day)?,
        named: NamedLots,
        isFiat: (AssetID) -> Bool
    ) -> (LotBook, (any GrowingEngine)?) {
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
            return LotBook(book, engine)
        }
        func grow<Pool: LotPool>(_ pool: Pool.Type) -> (LotBook, (any GrowingEngine)?) {
            var engine = engine(pool)
            engine.run(book)
            let lots = LotBook(book, engine)
            return (lots, KeptEngine(engine))
        }
        guard !settings.followsRules else {
            var log = TradeLog()
            if settings.looksAhead {
                var first = engine(LoggingPool.self)
                first.run(book)
                log = first.takeLog()
            }
            return (run(SwitchingPool.self, Rules(log, settings, assets: book.assets.count)), nil)
        }
        return switch settings.method {
        case .lifo: grow(LIFOPool.self)
        case .hifo: grow(PricePool<DearestFirst>.self)
        case .lofo: grow(PricePool<CheapestFirst>.self)
        case .average: (run(AveragePool.self), nil)
        // The others follow rules.
        case .fifo, .acb, .s104, .specific: grow(FIFOPool.self)
        }
    }

    init<Pool: LotPool>(_ book: Book, _ engine: borrowing Engine<Pool>) {
        self.book = book
        settings = engine.settings
        taxDays = engine.taxDays
        finalScope = engine.isUniversal ? .universal : .wallet
        problems = engine.problems
        years = engine.years.years
        rows = engine.columns()
    }
}

extension Engine {
    /// Carries out all entries in the order of the Book.
    mutating func run(_ book: Book) {
        book.forEachRowView { view in apply(view) }
        sumYearsLate(book)
        if Pool.followsRules { settleDenied() }
        let ahead = [changes.first?.from, scopeChanges.first?.from].compactMap { $0 }.max()
        if let ahead {
            begin(max(day, ahead))
            changePools()
        }
        if Pool.followsRules, method.isOfPerson { leavePools() }
        freeze()
    }

    /// Shares what there is with readers from now on.
    private mutating func freeze() {
        rests = LotRests(openRests())
        lots.freeze()
        lotTags.freeze()
        disposals.freeze()
        useLots.freeze()
        useParts.freeze()
        fees.freeze()
        denials.freeze()
        income.freeze()
    }

    /// The columns of the report as they are now.
    func columns() -> LotColumns {
        LotColumns(
            lots: lots.snapshot(),
            lotTags: lotTags.snapshot(),
            disposals: disposals.snapshot(),
            useLots: useLots.snapshot(),
            useParts: useParts.snapshot(),
            fees: fees.snapshot(),
            denials: denials.snapshot(),
            income: income.snapshot(),
            rests: rests ?? LotRests([])
        )
    }
}
