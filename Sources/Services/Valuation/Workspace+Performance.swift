import Ledger
public import Money
public import Storage
public import Time
public import Valuation

/// Which performance is asked for.
public struct PerformanceRequest: Hashable, Sendable {
    /// Whose holdings.
    public var scope = ValueScope.user
    /// The code of the currency, in any case.
    public var currency: String
    /// The start of the range; nil for the day of the first entry.
    public var from: Timestamp?
    /// The end of the range; nil for now.
    public var to: Timestamp?
    /// The name of the time zone whose days count.
    public var zone = "UTC"
    /// The rates that figures are measured against.
    public var settings = PerformanceSettings()
    /// What to compare with; empty for nothing.
    public var benchmark: [BenchmarkPart] = []

    /// A request with the usual choices.
    public init(currency: String) {
        self.currency = currency
    }
}

/// One part of a benchmark.
public struct BenchmarkPart: Hashable, Sendable {
    /// The code of the asset, in any case.
    public let code: String
    /// Its share as a fraction of one.
    public let fraction: Amount

    /// A part from its code and share.
    public init(code: String, fraction: Amount) {
        self.code = code
        self.fraction = fraction
    }
}

/// What one asset contributed to the performance.
public struct ContributionView: Hashable, Sendable {
    /// Which.
    public let asset: Asset
    /// Its values, flows, gain and contribution.
    public let figures: AssetContribution
}

/// A comparison with a benchmark.
public struct BenchmarkView: Sendable {
    /// Its parts with their shares.
    public let parts: [(asset: Asset, fraction: Amount)]
    /// The figures.
    public let figures: BenchmarkComparison
}

/// The performance of holdings over a range.
public struct PerformanceReport: Sendable {
    /// What values are counted in.
    public let currency: Asset
    /// The time zone whose days count.
    public let zone: String
    /// The figures.
    public let figures: Performance
    /// The part of the net flows that is no money but holdings that got their first price, less those exchanged for
    /// something without one.
    public let coverage: Amount
    /// The assets that were held without a price at some point, and so are not part of the values there.
    public let unpriced: [UnpricedAsset]
    /// Whether a price used was older than its limit at some point.
    public let isStale: Bool
    /// What each asset contributed, by gain, largest first.
    public let contributions: [ContributionView]
    /// The part of the change that no asset's rounded values account for.
    public let unattributed: Amount
    /// The comparison, where one was asked for.
    public let benchmark: BenchmarkView?
}

extension Workspace {
    /// The performance of holdings over a range, valued at every start of a day and at every flow.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`.
    public func performance(of user: UserID, _ request: PerformanceRequest) throws -> PerformanceReport {
        let (snapshot, valuer, _) = try valuation(of: user)
        let currency = try ReportSettings.currency(request.currency, in: snapshot.registry)
        let zone = try TaxZone(named: request.zone)
        let calendar = zone.calendar
        let range = try snapshot.range(from: request.from, to: request.to, now: now(), in: calendar)
        let inside = try snapshot.slots(in: request.scope)
        let flows = try FlowList(
            snapshot.book,
            inside,
            after: range.from,
            through: range.to,
            in: currency.id,
            valuer,
            byAsset: true
        )
        let days = try ValueGrid.times(from: range.from, to: range.to, .daily, in: calendar)
        let times = Workspace.merged(days, flows.flows)
        let series = try Workspace.series(snapshot.book, inside, at: times, in: currency.id, valuer)
        let points = try Workspace.instants(times, series, flows, calendar)
        var coverage = Amount.zero
        for flow in flows.flows where flow.isCoverage { coverage = try coverage.adding(flow.value) }
        let figures: Performance
        let contributions: Contributions
        do {
            figures = try Performance.compute(points, request.settings)
            contributions = try figures.contributions(
                Workspace.changes(
                    snapshot.book,
                    inside,
                    range.from,
                    range.to,
                    flows.byAsset,
                    currency.id,
                    valuer
                )
            )
        } catch PerformanceError.overflow {
            throw MoneyError.overflow
        }
        return PerformanceReport(
            currency: currency,
            zone: zone.name,
            figures: figures,
            coverage: coverage,
            unpriced: snapshot.unpriced(series, in: currency.id, valuer),
            isStale: series.isStale.contains(true),
            contributions: contributions.rows.map {
                ContributionView(asset: snapshot.asset($0.change.asset), figures: $0)
            }.sorted { ($1.figures.gain, $0.asset.code) < ($0.figures.gain, $1.asset.code) },
            unattributed: contributions.unattributed,
            benchmark: try Workspace.benchmark(request, points, in: currency.id, snapshot, valuer)
        )
    }

    /// What each asset was worth at both ends and what was put into it in between; assets that never mattered are left out.
    private static func changes(
        _ book: Book,
        _ inside: [Bool],
        _ from: Timestamp,
        _ to: Timestamp,
        _ flows: [Amount],
        _ currency: AssetID,
        _ valuer: Valuer
    ) throws(MoneyError) -> [AssetChange] {
        let (first, last) = (
            try HoldingTimeline.held(book, inside, at: from), try HoldingTimeline.held(book, inside, at: to)
        )
        var changes: [AssetChange] = []
        for (slot, asset) in book.assets.enumerated() {
            var walk = ConversionWalk(from: asset, to: currency, valuer)
            let start = try walk.value(of: first[slot], at: from) ?? .zero
            let end = try walk.value(of: last[slot], at: to) ?? .zero
            guard !start.isZero || !end.isZero || !flows[slot].isZero else { continue }
            changes.append(
                AssetChange(asset: asset, startingValue: start, endingValue: end, netFlows: flows[slot])
            )
        }
        return changes
    }

    private static func benchmark(
        _ request: PerformanceRequest,
        _ points: [ValuedInstant],
        in currency: AssetID,
        _ snapshot: UserSnapshot,
        _ valuer: Valuer
    ) throws -> BenchmarkView? {
        guard !request.benchmark.isEmpty else { return nil }
        let parts = try request.benchmark.map { part in
            (asset: try ReportSettings.currency(part.code, in: snapshot.registry), fraction: part.fraction)
        }
        let benchmark: Benchmark
        do {
            benchmark = try Benchmark(parts.map { AssetShare(asset: $0.asset.id, fraction: $0.fraction) })
        } catch {
            throw WorkspaceError.badBenchmark(reason(error, snapshot))
        }
        let prices = try benchmark.shares.map { share in
            var walk = ConversionWalk(from: share.asset, to: currency, valuer)
            return try points.map { try walk.value(of: .one, at: $0.time) }
        }
        do {
            return BenchmarkView(
                parts: parts,
                figures: try BenchmarkComparison.compute(points, benchmark, prices: prices, request.settings)
            )
        } catch BenchmarkError.missingPrice(let asset, let time) {
            throw WorkspaceError.unpricedBenchmark(
                snapshot.asset(asset).displayCode,
                time: time.description
            )
        } catch BenchmarkError.performance {
            throw MoneyError.overflow
        }
    }

    /// What is wrong with shares, for people.
    private static func reason(_ error: AllocationError, _ snapshot: UserSnapshot) -> String {
        switch error {
        case .noShares: "names no asset"
        case .tooManyShares(let count): "has \(count) parts, more than \(Limits.sharesMax)"
        case .duplicate(let asset): "names \(snapshot.asset(asset).displayCode) twice"
        case .outOfRange(let asset, let fraction):
            "gives \(snapshot.asset(asset).displayCode) the share \(fraction), which is not from 0 to 1"
        case .sum(let sum): "has shares that add up to \(sum) instead of 1"
        }
    }

    /// The starts of days and the instants of flows, each once, in order.
    private static func merged(_ days: [Timestamp], _ flows: [FlowList.Flow]) -> [Timestamp] {
        var times: [Timestamp] = []
        times.reserveCapacity(days.count + flows.count)
        var next = 0
        for day in days {
            while next < flows.count, flows[next].time < day {
                if times.last != flows[next].time { times.append(flows[next].time) }
                next += 1
            }
            times.append(day)
            while next < flows.count, flows[next].time == day { next += 1 }
        }
        return times
    }

    /// The values with the flows of their instants, and what they were just before these.
    private static func instants(
        _ times: [Timestamp],
        _ series: ValueSeries,
        _ list: FlowList,
        _ calendar: ZoneCalendar
    ) throws(MoneyError) -> [ValuedInstant] {
        let (flows, changes) = (list.flows, list.changes)
        var points: [ValuedInstant] = []
        points.reserveCapacity(times.count)
        var next = 0
        var nextChange = 0
        for (place, time) in times.enumerated() {
            var (inflow, outflow) = (Amount.zero, Amount.zero)
            while next < flows.count, flows[next].time <= time {
                let value = flows[next].value
                if value.isNegative {
                    outflow = try outflow.subtracting(value)
                } else {
                    inflow = try inflow.adding(value)
                }
                next += 1
            }
            var valueBefore: Amount?
            if nextChange < changes.count, changes[nextChange].time == time {
                valueBefore = try series.values[place].subtracting(changes[nextChange].value)
                nextChange += 1
            }
            points.append(
                ValuedInstant(
                    time: time,
                    value: series.values[place],
                    inflow: inflow,
                    outflow: outflow,
                    valueBefore: valueBefore,
                    // The start of a day closes the day before.
                    day: calendar.day(of: time.advanced(byMicroseconds: -1))
                )
            )
        }
        return points
    }
}
