import Ledger
import Money
import Time

/// An entry would carry a sum out of range; nothing of it has been done.
struct OutOfRange: Error {}

/// Walks a Book once and turns its entries into lots, disposals and income.
///
/// Each entry is valued and checked first and only then carried out, so that one which is refused changes nothing.
/// Within an entry the out leg goes first, then the in leg, then the fee: a fee in the asset just received can be
/// paid from it. Pools are reached by dense numbers; nothing is looked up by hash. Not copyable, because a copy that
/// the compiler makes for a call would touch the count of every column.
struct Engine<Pool: LotPool>: ~Copyable {
    let settings: LotSettings
    let assets: [AssetID]
    let accounts: [AccountID]
    let valuer: any EntryValuer
    let taxDays: (@Sendable (Timestamp) -> Day)?
    let named: NamedLots
    let kinds = KindTable()
    /// By asset slot: whether it carries no lots.
    let isFiat: [Bool]
    /// The slot of the report's currency, or one that no leg has.
    let currency: UInt32
    /// Whether all accounts share their pools on the day at hand.
    var isUniversal: Bool
    /// Whether the report's currency is money and a leg of the Book.
    let isOwnMoneyFiat: Bool

    var lots: ReportColumn<LotRow>
    var lotTags: ReportColumn<LotTags>
    /// By row, where the pools need it.
    var bases = Column<Basis>()
    /// Where pools keep it: that of the part taken last, and of rows in transit and as collateral.
    var lastBasis = Basis(quantity: 0, cost: 0)
    var awayBases: [UInt32: Basis] = [:]
    var disposals: ReportColumn<DisposalRow>
    var fees = ReportColumn<DisposalSum>()
    var denials = ReportColumn<DisposalSum>()
    var useLots: ReportColumn<UsedLot>
    var useParts: ReportColumn<UsePart>
    var income = ReportColumn<IncomeRow>()
    /// What is left of rows used in part, kept up to date once the columns are frozen.
    var rests: LotRests?
    var problems: [LotProblem] = []
    var years: YearSums

    /// By asset slot, or for the scope of a wallet by pair.
    var stocks: Column<Stock<Pool>>
    /// In transit and as collateral, by 2 × asset slot and one more for collateral; the oldest leave first.
    var away: Column<Stock<FIFOPool>>
    /// By asset slot: what all lots together hold.
    var held: Column<Int128>
    /// By row: what was added to its cost since it came into its pool.
    var addedCosts: [UInt32: Int128] = [:]
    var pairs: PairTable
    /// By pair: its asset slot and its account slot.
    var pairPlaces: [(asset: UInt32, account: UInt32)] = []
    /// By asset slot, where rules look ahead: the sum of all that was ever acquired.
    var gross: Column<Int128>
    /// By pair, outside excepted.
    var balances = Column<Int128>()
    var isOverdrawn = Column<Bool>()
    var turnover: Int128 = 0

    /// The method in use, and the changes of it still ahead, the next one last.
    var method: LotMethod
    var changes: [MethodChange]
    /// The scope in use, which binds the methods that let it.
    var scope: LotScope
    /// The changes of scope still ahead, the next one last.
    var scopeChanges: [ScopeChange]
    /// Why a lot is used where no rule says more.
    var orderRule: MatchRule
    var rules: Rules
    /// The acquisitions that any entry names.
    let namedTargets: Set<EntryID>
    /// What a first pass finds out.
    var log = TradeLog()
    /// Whether costs are shared at any time, so that a lot's cost is not that of its row.
    let everSharesCosts: Bool

    // The entry at hand.
    var isPurchase = true
    var entry: UInt32 = 0
    var entryID = EntryID(raw: 0)
    var time = Timestamp(microseconds: 0)
    var day = Day(number: 0)
    /// Lots acquired on that day or before are long-term, and exempt, when disposed of on the day at hand.
    var longCutoff = Int32.min
    var exemptCutoff = Int32.min

    init(
        book: Book,
        settings: LotSettings,
        valuer: any EntryValuer,
        taxDay: (@Sendable (Timestamp) -> Day)?,
        named: NamedLots,
        rules: Rules = Rules(),
        isFiat: (AssetID) -> Bool
    ) {
        precondition(book.count < Int(UInt32.max) / 4, "entries are numbered with 32 bits")
        self.settings = settings
        method = settings.method
        changes = settings.changes.sorted { $0.from > $1.from }
        everSharesCosts = settings.methods.contains { $0.sharesCosts }
        years = YearSums(start: settings.yearStart)
        self.valuer = valuer
        taxDays = taxDay
        self.named = named
        self.rules = rules
        namedTargets = settings.methods.contains(.specific) ? Set(named.values.joined()) : []
        scopeChanges = settings.scopeChanges.enumerated()
            .sorted { ($0.element.from, $0.offset) > ($1.element.from, $1.offset) }.map(\.element)
        orderRule = settings.method.sharesCosts ? .pool : .order
        assets = book.assets
        accounts = book.accounts
        let fiat = book.assets.map(isFiat)
        self.isFiat = fiat
        currency = book.assets.firstIndex(of: settings.currency).map { UInt32($0) } ?? UInt32.max
        isOwnMoneyFiat = Int(currency) < fiat.count ? fiat[Int(currency)] : false
        scope = settings.scope
        isUniversal = settings.scope == .universal || settings.method.isOfPerson
        stocks = Column(repeating: Stock(method, settings.ties), count: isUniversal ? assets.count : 0)
        away = Column(repeating: Stock(.fifo, settings.ties), count: 2 * assets.count)
        held = Column(repeating: 0, count: assets.count)
        gross = Column(repeating: 0, count: Pool.looksAhead ? assets.count : 0)
        // One more account stands for outside all of them.
        pairs = PairTable(assets: assets.count, accounts: accounts.count + 1)
        // Room that is never touched costs no memory, growing by copies does.
        lots = ReportColumn(capacity: book.count)
        lotTags = ReportColumn(capacity: book.count)
        disposals = ReportColumn(capacity: book.count)
        useLots = ReportColumn(capacity: book.count + book.count / 2)
        useParts = ReportColumn(capacity: book.count + book.count / 2)
    }

    /// Carries out one entry.
    @inline(__always)
    mutating func apply(_ view: borrowing BookRowView) {
        entry = UInt32(truncatingIfNeeded: view.index)
        entryID = view.id
        time = view.time
        let today = taxDays?(view.time) ?? view.time.day
        if today != day { begin(today) }
        if let change = changes.last, change.from <= day { changePools() }
        if let change = scopeChanges.last, change.from <= day { changePools() }
        if !tradeForOwnMoney(view) { apply(view.row) }
    }

    @inline(never)
    mutating func begin(_ today: Day) {
        day = today
        longCutoff = settings.longTerm.lastAcquired(disposed: today).number
        if let period = settings.exemptAfter {
            exemptCutoff = period.lastAcquired(disposed: today).number
        }
    }

    /// Carries out an entry of any kind.
    @inline(never)
    private mutating func apply(_ row: BookRow) {
        guard !hasNegative(row) else { return }
        let known = problems.count
        do throws(OutOfRange) {
            switch kinds.effect(of: row.kind) {
            case .exchange: try exchange(row)
            case .move: try moveBetweenAccounts(row)
            case .transit: try transit(row, collateral: kinds.isCollateral(row.kind))
            case .incomeAtValue: try receive(row, isIncome: true, isFree: false)
            case .acquireAtValue: try receive(row, isIncome: false, isFree: false)
            case .acquireAtZero:
                try row.kind == .fork ? fork(row) : receive(row, isIncome: false, isFree: true)
            case .disposeAtValue: try give(row, treatment: .taxable)
            case .disposeAtCost: try giveAway(row)
            case .carryOver: try carryOver(row)
            case .none: try give(row, treatment: .none)
            }
        } catch {
            problems.removeLast(problems.count - known)
            reportLeftOut(row, .outOfRange)
            return
        }
        if let leg = row.outgoing { checkOverdrawn(leg) }
        if let leg = row.fee { checkOverdrawn(leg) }
    }

    // MARK: Checks before anything is changed

    /// Legs are never negative; a Book that holds one anyway gets its entry left out by name.
    private mutating func hasNegative(_ row: BookRow) -> Bool {
        guard
            isNegative(row.incoming) || isNegative(row.outgoing) || isNegative(row.fee)
                || isNegative(row.value)
        else { return false }
        reportLeftOut(row, .negativeAmount)
        return true
    }

    private func isNegative(_ leg: BookLeg?) -> Bool {
        guard let leg else { return false }
        return leg.amount.isNegative
    }

    private mutating func reportLeftOut(_ row: BookRow, _ code: LotProblem.Code) {
        let legs = [row.outgoing, row.incoming, row.fee, row.value]
        let leg = legs.first { isNegative($0) } ?? row.outgoing ?? row.incoming ?? row.fee ?? row.value
        guard let leg else { return }
        report(code, leg, quantity: leg.amount.raw)
    }

    /// Books the entry's legs on their accounts and its worth on the turnover, or refuses the entry.
    ///
    /// `acquired` is what comes in on top of what transit gives back.
    mutating func admit(_ row: BookRow, acquired: Int128, worth: Int128, fee: Int128) throws(OutOfRange) {
        guard let total = turnover(with: worth, fee) else { throw OutOfRange() }
        if let leg = row.incoming, acquired > 0, !canHold(acquired, more: leg.asset) { throw OutOfRange() }
        guard post(row.incoming, by: 1) else { throw OutOfRange() }
        guard post(row.outgoing, by: -1) else {
            _ = post(row.incoming, by: -1)
            throw OutOfRange()
        }
        guard post(row.fee, by: -1) else {
            _ = post(row.outgoing, by: 1)
            _ = post(row.incoming, by: -1)
            throw OutOfRange()
        }
        turnover = total
    }

    /// The turnover with a further entry, or nil beyond its limit.
    @inline(__always)
    func turnover(with worth: Int128, _ fee: Int128) -> Int128? {
        // Both are amounts, below 10³⁸, and the turnover is below an eighth of that.
        let sum = turnover.addingReportingOverflow(worth)
        let total = sum.partialValue.addingReportingOverflow(fee)
        guard !sum.overflow, !total.overflow, total.partialValue < Limits.turnoverRawMax else { return nil }
        return total.partialValue
    }

    /// Whether the lots of an asset can hold that much more.
    @inline(__always)
    func canHold(_ quantity: Int128, more asset: UInt32) -> Bool {
        // What looks ahead sums acquisitions of many days, so that all of them together stay in range.
        let now = Pool.looksAhead ? gross[Int(asset)] : held[Int(asset)]
        let (all, overflow) = now.addingReportingOverflow(quantity)
        return !overflow && all < Amount.limit
    }

    /// Adds a leg to its account's balance; false, and the balance unchanged, when it would leave the range.
    private mutating func post(_ leg: BookLeg?, by sign: Int128) -> Bool {
        guard let leg, !leg.isOutside, !isFiat[Int(leg.asset)] else { return true }
        return add(sign * leg.amount.raw, toBalance: pair(of: leg))
    }

    /// Adds to the balance of a pair; false, and the balance unchanged, when it would leave the range.
    @inline(__always)
    mutating func add(_ quantity: Int128, toBalance place: Int) -> Bool {
        let (sum, overflow) = balances[place].addingReportingOverflow(quantity)
        guard !overflow, sum < Amount.limit, sum > -Amount.limit else { return false }
        balances[place] = sum
        return true
    }

    /// Reports an account that is below zero, once; fiat money carries no lots and is not looked at.
    private mutating func checkOverdrawn(_ leg: BookLeg) {
        guard !leg.isOutside, !isFiat[Int(leg.asset)] else { return }
        checkOverdrawn(leg, pair(of: leg))
    }

    /// The same with the leg's pair at hand; what is outside has a balance of zero.
    @inline(__always)
    mutating func checkOverdrawn(_ leg: BookLeg, _ place: Int) {
        guard balances[place] < 0, !isOverdrawn[place] else { return }
        isOverdrawn[place] = true
        report(.overdrawn, leg, quantity: -balances[place])
    }

    mutating func report(_ code: LotProblem.Code, _ leg: BookLeg, quantity: Int128) {
        problems.append(
            LotProblem(
                code: code,
                entry: entryID,
                time: time,
                asset: assets[Int(leg.asset)],
                account: leg.isOutside ? nil : accounts[Int(leg.account)],
                quantity: Amount(unchecked: quantity)
            )
        )
    }

    // MARK: Places

    /// The number of a leg's asset and account; outside is an account of its own.
    @inline(__always)
    mutating func pair(of leg: BookLeg) -> Int {
        let number = place(of: leg)
        if !isUniversal, number == stocks.count { stocks.append(Stock(method, settings.ties)) }
        return number
    }

    /// The same without a pool for it.
    @inline(__always)
    mutating func place(of leg: BookLeg) -> Int {
        let account = leg.isOutside ? accounts.count : Int(leg.account)
        let place = pairs.place(asset: leg.asset, account: account)
        if place == balances.count {
            balances.append(0)
            isOverdrawn.append(false)
            pairPlaces.append((leg.asset, leg.account))
        }
        return place
    }

    /// The pool that a leg's lots are in.
    mutating func stock(of leg: BookLeg) -> StockID {
        .held(isUniversal ? Int(leg.asset) : pair(of: leg))
    }

    /// Whether a leg moves lots: something that is not fiat money.
    func carriesLots(_ leg: BookLeg?) -> Bool {
        guard let leg else { return false }
        return leg.amount.raw > 0 && !isFiat[Int(leg.asset)]
    }
}

/// The number of a pool.
enum StockID: Equatable {
    /// Lots in accounts.
    case held(Int)
    /// Lots in transit or locked as a security.
    case away(Int)
}
