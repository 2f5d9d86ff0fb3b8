import Ledger
import Money
public import Storage
public import Time
import Valuation

extension Workspace {
    /// What holdings are worth at an instant.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func value(
        of user: UserID,
        scope: ValueScope = .user,
        currency code: String,
        at time: Timestamp? = nil
    ) throws -> ValueReport {
        let (snapshot, valuer, _) = try valuation(of: user)
        let currency = try ReportSettings.currency(code, in: snapshot.registry)
        let time = time ?? now()
        let inside = Set(zip(snapshot.book.accounts, try snapshot.slots(in: scope)).filter(\.1).map(\.0))
        let balances = snapshot.book.balances(at: time).filter { inside.contains($0.account) }
        let valued = try Workspace.value(balances, in: currency.id, at: time, snapshot.registry, valuer)
        return ValueReport(
            currency: currency,
            time: time,
            balances: valued.balances,
            total: valued.total,
            unpriced: valued.balances.filter { $0.value == nil }.map(\.asset),
            isStale: valued.balances.contains { $0.price?.isStale == true }
        )
    }

    /// The value of holdings over a range: from the first entry on and up to now unless given.
    ///
    /// Blocks until the Book is in memory; some milliseconds for years of hours.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func valueHistory(
        of user: UserID,
        scope: ValueScope = .user,
        currency code: String,
        from: Timestamp? = nil,
        to: Timestamp? = nil,
        step: HistoryStep,
        zone name: String = "UTC"
    ) throws -> ValueHistory {
        let (snapshot, valuer, _) = try valuation(of: user)
        let currency = try ReportSettings.currency(code, in: snapshot.registry)
        let zone = try TaxZone(named: name)
        let range = try snapshot.range(from: from, to: to, now: now(), in: zone.calendar)
        let times = try ValueGrid.times(from: range.from, to: range.to, step, in: zone.calendar)
        let inside = try snapshot.slots(in: scope)
        let columns = columns(of: snapshot, scope: scope, from: range.from)
        let series = try Workspace.series(snapshot.book, inside, at: times, in: currency.id, valuer, columns)
        let flows = try FlowList(
            snapshot.book,
            inside,
            after: range.from,
            through: range.to,
            in: currency.id,
            valuer,
            byAsset: false,
            columns
        )
        return ValueHistory(
            currency: currency,
            zone: zone.name,
            points: try Workspace.points(times, series, flows.flows),
            unpriced: snapshot.unpriced(series, in: currency.id, valuer)
        )
    }

    /// The values of what accounts hold at some instants.
    static func series(
        _ book: Book,
        _ inside: [Bool],
        at times: [Timestamp],
        in currency: AssetID,
        _ valuer: Valuer,
        _ columns: HoldingColumns? = nil
    ) throws(MoneyError) -> ValueSeries {
        let timeline = try HoldingTimeline(book, inside, at: times, columns)
        var sweep = ValueSweep(times, in: currency, valuer)
        for runs in timeline.runs { sweep.add(runs) }
        return try sweep.finish()
    }

    private static func points(
        _ times: [Timestamp],
        _ series: ValueSeries,
        _ flows: [FlowList.Flow]
    ) throws(MoneyError) -> [ValuePoint] {
        var points: [ValuePoint] = []
        points.reserveCapacity(times.count)
        var next = 0
        for (place, time) in times.enumerated() {
            var (inflow, outflow, coverage) = (Amount.zero, Amount.zero, Amount.zero)
            while next < flows.count, flows[next].time <= time {
                let flow = flows[next]
                next += 1
                if flow.isCoverage {
                    coverage = try coverage.adding(flow.value)
                } else if flow.value.isNegative {
                    outflow = try outflow.subtracting(flow.value)
                } else {
                    inflow = try inflow.adding(flow.value)
                }
            }
            points.append(
                ValuePoint(
                    time: time,
                    value: series.values[place],
                    inflow: inflow,
                    outflow: outflow,
                    coverage: coverage,
                    isStale: series.isStale[place],
                    unpriced: Int(series.unpriced[place])
                )
            )
        }
        return points
    }
}

extension UserSnapshot {
    /// The range that is asked for, from the start of the day of the first entry on and up to now unless given.
    func range(
        from: Timestamp?,
        to: Timestamp?,
        now: Timestamp,
        in calendar: ZoneCalendar
    ) throws(WorkspaceError) -> (from: Timestamp, to: Timestamp) {
        let to = to ?? now
        guard let from else {
            let first = book.count > 0 ? min(book.row(at: 0).time, to) : to
            return (calendar.start(of: calendar.day(of: first)), to)
        }
        guard from <= to else { throw .invertedRange(from: from.description, to: to.description) }
        return (from, to)
    }

    /// The assets that a series could not value everywhere.
    func unpriced(_ series: ValueSeries, in currency: AssetID, _ valuer: Valuer) -> [UnpricedAsset] {
        series.unpricedAssets.map {
            UnpricedAsset(asset: asset($0), pricedSince: valuer.firstTime(from: $0, to: currency))
        }.sorted { $0.asset.code < $1.asset.code }
    }
}
