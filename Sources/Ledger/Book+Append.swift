import Money
public import Time

extension Book {
    /// A Book of entries in any order.
    public init(entries: [Entry]) {
        var builder = BookBuilder()
        for entry in entries.sorted(by: Book.isBefore) { builder.append(entry) }
        self = builder.finish()
    }

    /// This Book and further entries, given in any order.
    ///
    /// O(k) for k entries at the end, plus the copy of at most one chunk; entries in the middle rebuild what comes
    /// after them. Readers of this Book are not touched.
    public func appending(_ entries: [Entry]) -> Book {
        guard let first = entries.min(by: Book.isBefore) else { return self }
        let kept = firstIndex(inSecondOf: first.time)
        var builder = BookBuilder(resuming: self, keeping: kept)
        let added = entries.sorted(by: Book.isBefore)
        // The rows of a second may have been put in another order than that of their ids.
        var old: [Entry] = []
        forEachRow(from: kept) { old.append(self.entry(of: $0)) }
        old.sort(by: Book.isBefore)
        var next = 0
        for entry in old {
            while next < added.count, Book.isBefore(added[next], entry) {
                builder.append(added[next])
                next += 1
            }
            builder.append(entry)
        }
        for entry in added[next...] { builder.append(entry) }
        return builder.finish()
    }

    /// The order of the journal: time, then id.
    static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        left.time == right.time ? left.id < right.id : left.time < right.time
    }

    /// The entry at a place of the order, with assets and accounts by identity.
    public func entry(at index: Int) -> Entry {
        entry(of: row(at: index))
    }

    /// A row with assets and accounts by identity instead of slots.
    public func entry(of row: BookRow) -> Entry {
        Entry(
            id: row.id,
            time: row.time,
            kind: row.kind,
            incoming: row.incoming.map(leg),
            outgoing: row.outgoing.map(leg),
            fee: row.fee.map(leg),
            value: row.value.map { AssetAmount(amount: $0.amount, asset: assets[Int($0.asset)]) },
            event: row.event == 0 ? nil : row.event
        )
    }

    private func leg(_ leg: BookLeg) -> Leg {
        Leg(
            amount: leg.amount,
            asset: assets[Int(leg.asset)],
            account: leg.isOutside ? nil : accounts[Int(leg.account)]
        )
    }
}

extension Book {
    /// The Book as it stood at an instant: the entries at or before it.
    public func through(_ time: Timestamp) -> Book {
        let kept = firstIndex(inSecondOf: time)
        var builder = BookBuilder(resuming: self, keeping: kept)
        var rest: [Entry] = []
        var index = kept
        while index < count {
            let row = row(at: index)
            guard row.time.seconds <= time.seconds else { break }
            if row.time <= time { rest.append(entry(of: row)) }
            index += 1
        }
        for entry in rest.sorted(by: Book.isBefore) { builder.append(entry) }
        return builder.finish()
    }
}
