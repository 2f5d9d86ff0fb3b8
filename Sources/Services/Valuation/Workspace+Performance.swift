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

    /// A request with the usual choices.
    public init(currency: String) {
        self.currency = currency
    }
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
}

extension Workspace {
    /// The performance of holdings over a range, valued at every start of a day and at every flow.
    ///
    /// Blocks until the Book is in memory.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`, `PerformanceError.overflow`.
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
            byAsset: false
        )
        let days = try ValueGrid.times(from: range.from, to: range.to, .daily, in: calendar)
        let times = Workspace.merged(days, flows.flows)
        let series = try Workspace.series(snapshot.book, inside, at: times, in: currency.id, valuer)
        let points = try Workspace.instants(times, series, flows.flows, calendar)
        var coverage = Amount.zero
        for flow in flows.flows where flow.isCoverage { coverage = try coverage.adding(flow.value) }
        return PerformanceReport(
            currency: currency,
            zone: zone.name,
            figures: try Performance.compute(points, request.settings),
            coverage: coverage,
            unpriced: snapshot.unpriced(series, in: currency.id, valuer),
            isStale: series.isStale.contains(true)
        )
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

    /// The values with the flows of their instants.
    private static func instants(
        _ times: [Timestamp],
        _ series: ValueSeries,
        _ flows: [FlowList.Flow],
        _ calendar: ZoneCalendar
    ) throws(MoneyError) -> [ValuedInstant] {
        var points: [ValuedInstant] = []
        points.reserveCapacity(times.count)
        var next = 0
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
            points.append(
                ValuedInstant(
                    time: time,
                    value: series.values[place],
                    inflow: inflow,
                    outflow: outflow,
                    // The start of a day closes the day before.
                    day: calendar.day(of: time.advanced(byMicroseconds: -1))
                )
            )
        }
        return points
    }
}
