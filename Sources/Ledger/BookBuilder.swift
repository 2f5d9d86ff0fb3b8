public import Money
import Time

/// Makes a Book from entries that come in order of time, then id.
///
/// One pass, O(1) amortised per entry. Entries of one second are held back until the second is over, so that one
/// that would overdraw an account can wait for one that fills it.
public struct BookBuilder {
    private var chunks: [BookChunk] = []
    private var tail = BookColumns()
    private var assets: [AssetID] = []
    private var accounts: [AccountID] = []
    private var assetSlots = SlotIndex()
    private var accountSlots = SlotIndex()
    private var pairs = PairIndex()
    private var balances: [Int128] = []
    private var checkpoints: [Checkpoint] = []
    private var overflow: EntryID?
    private var count = 0
    /// The entries of the second that is still open: the first of them, and the others.
    private var held: BookRow?
    private var run: [BookRow] = []
    private var last: (time: Timestamp, id: EntryID)?

    /// A builder that starts with nothing.
    public init() {}

    /// A builder that goes on where the first `kept` entries of a Book end.
    init(resuming book: Book, keeping kept: Int) {
        assets = book.assets
        accounts = book.accounts
        for (slot, asset) in book.assets.enumerated() { assetSlots.set(UInt32(slot), for: asset.raw) }
        for (slot, account) in book.accounts.enumerated() { accountSlots.set(UInt32(slot), for: account.raw) }
        pairs = book.pairs
        balances = book.state(before: kept)
        checkpoints = book.checkpoints.filter { $0.index < kept || $0.index == 0 }
        count = kept
        let whole = kept / BookChunk.capacity
        chunks = Array(book.chunks[0..<whole])
        let rest = kept - whole * BookChunk.capacity
        if rest > 0 {
            if book.chunks[whole].count == rest {
                tail = BookColumns(book.chunks[whole])
            } else {
                let base = whole * BookChunk.capacity
                for place in 0..<rest { tail.append(book.chunks[whole].row(at: place, base: base)) }
            }
        }
        if let first = book.overflow, kept == book.count { overflow = first }
    }

    /// Adds the next entry.
    ///
    /// An entry that belongs before the last one stops the program: the caller sorts.
    public mutating func append(_ entry: Entry) {
        if let last {
            precondition(
                last.time < entry.time || (last.time == entry.time && last.id < entry.id),
                "entries must come in the order of time, then id"
            )
        }
        last = (entry.time, entry.id)
        take(
            BookRow(
                index: 0,
                id: entry.id,
                time: entry.time,
                kind: entry.kind,
                incoming: entry.incoming.map { slots(of: $0) },
                outgoing: entry.outgoing.map { slots(of: $0) },
                fee: entry.fee.map { slots(of: $0) },
                value: entry.value.map {
                    BookLeg(amount: $0.amount, asset: slot(of: $0.asset), account: BookLeg.outside)
                },
                event: entry.event ?? 0
            )
        )
    }

    private mutating func take(_ row: BookRow) {
        guard let first = held else {
            held = row
            return
        }
        if first.time.seconds == row.time.seconds {
            if run.isEmpty { run.append(first) }
            run.append(row)
        } else {
            flushSecond()
            held = row
        }
    }

    /// The Book of all entries added.
    public consuming func finish() -> Book {
        flushSecond()
        if tail.count > 0 { chunks.append(BookChunk(tail)) }
        return Book(
            chunks: chunks,
            count: count,
            assets: assets,
            accounts: accounts,
            pairs: pairs,
            current: balances,
            checkpoints: checkpoints,
            overflow: overflow
        )
    }

    /// The Book of all entries added, with other numbers for its assets and accounts.
    ///
    /// For names that get their numbers only when all are known; no two may get the same.
    public consuming func finish(
        numberingAssets asset: (AssetID) -> AssetID,
        accounts account: (AccountID) -> AccountID
    ) -> Book {
        assets = assets.map(asset)
        accounts = accounts.map(account)
        precondition(Set(assets).count == assets.count, "each asset keeps a number of its own")
        precondition(Set(accounts).count == accounts.count, "each account keeps a number of its own")
        return finish()
    }

    private mutating func slot(of asset: AssetID) -> UInt32 {
        if let slot = assetSlots.slot(of: asset.raw) { return slot }
        let slot = UInt32(assets.count)
        assets.append(asset)
        assetSlots.set(slot, for: asset.raw)
        return slot
    }

    private mutating func slots(of leg: Leg) -> BookLeg {
        let asset = slot(of: leg.asset)
        guard let account = leg.account else {
            return BookLeg(amount: leg.amount, asset: asset, account: BookLeg.outside)
        }
        if let slot = accountSlots.slot(of: account.raw) {
            return BookLeg(amount: leg.amount, asset: asset, account: slot)
        }
        let slot = UInt32(accounts.count)
        accounts.append(account)
        accountSlots.set(slot, for: account.raw)
        return BookLeg(amount: leg.amount, asset: asset, account: slot)
    }

    // MARK: The entries of one second

    private mutating func flushSecond() {
        guard let first = held else { return }
        held = nil
        guard !run.isEmpty else {
            place(first)
            return
        }
        var waiting: [BookRow] = []
        for row in run {
            if overdraws(row), fills(laterThan: row) {
                waiting.append(row)
            } else {
                place(row)
                if row.incoming != nil, !waiting.isEmpty { release(&waiting) }
            }
        }
        for row in waiting { place(row) }
        run.removeAll(keepingCapacity: true)
    }

    /// Places the waiting entries that no longer overdraw, in their order, up to the first that still does.
    private mutating func release(_ waiting: inout [BookRow]) {
        var released = 0
        while released < waiting.count, !overdraws(waiting[released]) {
            place(waiting[released])
            released += 1
        }
        waiting.removeFirst(released)
    }

    /// Whether an entry would leave an account below nothing; money may be owed, and nothing waits for it.
    private func overdraws(_ row: BookRow) -> Bool {
        guard let leg = row.outgoing, !leg.isOutside else { return false }
        guard AssetRegistry.builtIn.asset(assets[Int(leg.asset)])?.kind != .fiat else { return false }
        let balance = pairs.known(account: leg.account, asset: leg.asset).map { balances[$0] } ?? 0
        return balance < leg.amount.raw
    }

    /// Whether a later entry of the second brings in what this one lacks.
    private func fills(laterThan row: BookRow) -> Bool {
        guard let leg = row.outgoing else { return false }
        // Seconds are short; a file with one time for very many rows keeps its own order.
        guard run.count <= BookBuilder.secondReorderMax else { return false }
        for other in run {
            guard let filling = other.incoming, other.id > row.id || other.time > row.time else { continue }
            if filling.asset == leg.asset, filling.account == leg.account { return true }
        }
        return false
    }

    /// The most entries of one second among which an order is sought that overdraws nothing.
    public static let secondReorderMax = 512

    // MARK: Columns and balances

    private mutating func place(_ row: BookRow) {
        if count % BookChunk.capacity == 0 {
            if tail.count > 0 {
                chunks.append(BookChunk(tail))
                tail.clear()
            }
            tail.reserve()
            setCheckpoint()
        }
        tail.append(row)
        count += 1
        if let leg = row.incoming { post(leg, incoming: true, of: row.id) }
        if let leg = row.outgoing { post(leg, incoming: false, of: row.id) }
        if let leg = row.fee { post(leg, incoming: false, of: row.id) }
    }

    private mutating func post(_ leg: BookLeg, incoming: Bool, of id: EntryID) {
        guard !leg.isOutside else { return }
        let place = pairs.place(account: leg.account, asset: leg.asset)
        if place == balances.count { balances.append(0) }
        if !Balances.post(leg.amount.raw, incoming: incoming, to: &balances[place]), overflow == nil {
            overflow = id
        }
    }

    /// Keeps the balances every few chunks: rarely when there are many, so that they stay below 4 bytes an entry.
    private mutating func setCheckpoint() {
        if let last = checkpoints.last {
            let distance = max(1, balances.count / 256) * BookChunk.capacity
            guard count - last.index >= distance else { return }
        }
        checkpoints.append(Checkpoint(index: count, balances: balances))
    }
}

extension BookColumns {
    mutating func reserve() {
        times.reserveCapacity(BookChunk.capacity)
        ids.reserveCapacity(BookChunk.capacity)
        heads.reserveCapacity(BookChunk.capacity)
        events.reserveCapacity(BookChunk.capacity)
        legAmounts.reserveCapacity(BookChunk.capacity * 4)
        legPlaces.reserveCapacity(BookChunk.capacity * 4)
    }

    mutating func append(_ row: BookRow) {
        append(
            time: row.time,
            id: row.id,
            kind: row.kind,
            incoming: row.incoming,
            outgoing: row.outgoing,
            fee: row.fee,
            value: row.value,
            event: row.event
        )
    }
}

/// The one rule by which a leg changes a balance.
enum Balances {
    /// Adds or takes away an amount; false, and the balance unchanged, when it would leave the range of amounts.
    static func post(_ amount: Int128, incoming: Bool, to balance: inout Int128) -> Bool {
        let (sum, overflow) =
            incoming ? balance.addingReportingOverflow(amount) : balance.subtractingReportingOverflow(amount)
        guard !overflow, sum < Amount.limit, sum > -Amount.limit else { return false }
        balance = sum
        return true
    }
}
