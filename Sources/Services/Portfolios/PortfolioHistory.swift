import Crypto
import Ledger
public import Money
public import Storage
public import Time
import Valuation

/// The time over which a history goes, and with it its step.
public enum HistoryTimeframe: String, Hashable, Sendable, CaseIterable {
    /// A day, hour by hour.
    case day = "1D"
    /// Seven days, hour by hour.
    case week = "1W"
    /// Thirty days, day by day.
    case month = "1M"
    /// Ninety days, day by day.
    case quarter = "3M"
    /// 365 days, day by day.
    case year = "1Y"
    /// From the first entry on, week by week.
    case all = "ALL"

    /// The distance of its points.
    public var step: HistoryStep {
        switch self {
        case .day, .week: .hourly
        case .month, .quarter, .year: .daily
        case .all: .weekly
        }
    }

    /// Its start when it ends at an instant; nil for the first entry.
    public func start(before end: Timestamp) -> Timestamp? {
        let days: Int64? =
            switch self {
            case .day: 1
            case .week: 7
            case .month: 30
            case .quarter: 90
            case .year: 365
            case .all: nil
            }
        return days.map { end.advanced(bySeconds: -$0 * 86_400) }
    }
}

/// Where the value of a point comes from.
public enum HistorySource: String, Hashable, Sendable {
    /// It was kept when the portfolio was looked at.
    case recorded
    /// It was computed from the ledger as it is now.
    case computed
}

/// What a portfolio was worth at one point.
public struct HistoryPoint: Hashable, Sendable {
    /// The identity outside; of a computed point the same whenever it is computed again.
    public let uuid: String
    /// When.
    public let time: Timestamp
    /// The sum of what had a price.
    public let value: Amount
    /// Where the value comes from.
    public let source: HistorySource
    /// What the ledger gives for the instant today; nil where the value is just that.
    public let ledgerValue: Amount?
    /// Whether a price used was older than its limit.
    public let isStale: Bool
    /// How many assets were held without a price.
    public let unpriced: Int
}

/// What a portfolio, or all of a user's together, was worth over a time.
public struct PortfolioHistory: Sendable {
    /// The owner's identity outside.
    public let owner: String
    /// The portfolio's identity outside; nil for all of a user's.
    public let portfolio: String?
    /// What values are counted in.
    public let currency: Asset
    /// The points by time.
    public let points: [HistoryPoint]
}

/// What a day ended with.
public struct DayValue: Hashable, Sendable {
    /// The day in the owner's time zone.
    public let day: Day
    /// The sum of what had a price.
    public let value: Amount
    /// Whether a price used was older than its limit.
    public let isStale: Bool
    /// How many assets were held without a price.
    public let unpriced: Int
}

/// A portfolio with its risk.
public struct PortfolioAnalytics: Sendable {
    /// The portfolio.
    public let view: PortfolioView
    /// Its performance from the first entry on; nil where nothing was ever recorded.
    public let report: PerformanceReport?
}

extension Workspace {
    /// The value of a portfolio, or of all of a user's, over a time up to now.
    ///
    /// Blocks. Points before the first recorded snapshot are computed from the ledger. From then on a step shows the
    /// last snapshot recorded in it, and a step without one is computed. The last point is always the computed value
    /// at the end.
    ///
    /// - Throws: `WorkspaceError.unknownCurrency`, `StorageError`, `MoneyError.overflow`.
    public func history(
        of user: UserID,
        portfolio: PortfolioInfo?,
        timeframe: HistoryTimeframe,
        currency code: String,
        at time: Timestamp
    ) throws -> PortfolioHistory {
        let (snapshot, valuer, _) = try valuation(of: user)
        let currency = try ReportSettings.currency(code, in: snapshot.registry)
        let owner = try userRecord(user)
        let calendar = try TaxZone(named: owner.timeZone).calendar
        let scope: ValueScope = portfolio.map { .portfolio($0.id) } ?? .user
        let inside = try snapshot.slots(in: scope)
        let recorded = try recordedValues(of: user, portfolio, through: now())
        let end = historyEnd(snapshot, recorded, at: time)
        let range = try snapshot.range(
            from: timeframe.start(before: end),
            to: end,
            now: end,
            in: calendar
        )
        let grid = try ValueGrid.times(from: range.from, to: range.to, timeframe.step, in: calendar)
        let steps = HistorySteps(grid, recorded)
        let series = try Workspace.series(snapshot.book, inside, at: steps.times, in: currency.id, valuer)
        let scopeName = portfolio?.uuid ?? owner.uuid
        let points = steps.times.enumerated().map { place, time -> HistoryPoint in
            let computed = series.values[place]
            if let kept = steps.recorded[place],
                let value = valuer.convert(kept.value, from: kept.asset, to: currency.id, at: time)
                    .conversion?.value
            {
                return HistoryPoint(
                    uuid: kept.uuid,
                    time: time,
                    value: value,
                    source: .recorded,
                    ledgerValue: computed,
                    isStale: kept.isStale,
                    unpriced: kept.unpriced
                )
            }
            return HistoryPoint(
                uuid: DerivedID.make(scopeName, time, currency.code),
                time: time,
                value: computed,
                source: .computed,
                ledgerValue: nil,
                isStale: series.isStale[place],
                unpriced: Int(series.unpriced[place])
            )
        }
        return PortfolioHistory(
            owner: owner.uuid,
            portfolio: portfolio?.uuid,
            currency: currency,
            points: points
        )
    }

    /// The instant at which histories end that are asked for at an instant: the start of its minute, or the last entry
    /// or snapshot since.
    ///
    /// So an answer holds for a minute unless something happens, and nothing that happened is missing in it.
    private func historyEnd(
        _ snapshot: UserSnapshot,
        _ recorded: [RecordedValue],
        at time: Timestamp
    ) -> Timestamp {
        let now = now()
        var end = time
        if let last = recorded.last { end = max(end, last.time) }
        var place = snapshot.book.count
        // Entries of the future are not part of a history up to now.
        while place > 0 {
            place -= 1
            let entry = snapshot.book.row(at: place).time
            if entry <= now {
                end = max(end, entry)
                break
            }
        }
        return min(end, now)
    }

    /// What the last days ended with, the present one with what there is now.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    public func dayValues(
        of user: UserID,
        days: Int,
        currency code: String,
        at time: Timestamp
    ) throws -> (currency: Asset, days: [DayValue]) {
        let (snapshot, valuer, _) = try valuation(of: user)
        let currency = try ReportSettings.currency(code, in: snapshot.registry)
        let calendar = try TaxZone(named: try userRecord(user).timeZone).calendar
        let end = historyEnd(snapshot, [], at: time)
        let today = calendar.day(of: end)
        let all = (0..<Int32(days)).reversed().map { today.advanced(byDays: -$0) }
        let times = all.map { day in
            day == today
                ? end
                // The last instant of the day: its closing price counts from then on.
                : calendar.start(of: day.advanced(byDays: 1))
        }
        let inside = try snapshot.slots(in: .user)
        let series = try Workspace.series(snapshot.book, inside, at: times, in: currency.id, valuer)
        let values = all.enumerated().map { place, day in
            DayValue(
                day: day,
                value: series.values[place],
                isStale: series.isStale[place],
                unpriced: Int(series.unpriced[place])
            )
        }
        return (currency, values)
    }

    /// The performance of a portfolio, or of all of a user's, over a time up to now, from the ledger as it is.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError`, `StorageError`, `MoneyError.overflow`, `PerformanceError.overflow`.
    public func portfolioPerformance(
        of user: UserID,
        portfolio: PortfolioInfo?,
        timeframe: HistoryTimeframe,
        currency: String,
        at time: Timestamp
    ) throws -> PerformanceReport {
        let end = historyEnd(try books.snapshot(of: user), [], at: time)
        var request = PerformanceRequest(currency: currency)
        request.scope = portfolio.map { .portfolio($0.id) } ?? .user
        request.from = timeframe.start(before: end)
        request.to = end
        request.zone = try userRecord(user).timeZone
        return try performance(of: user, request)
    }

    /// A portfolio with its risk from the first entry on, in USD.
    ///
    /// Blocks.
    ///
    /// - Throws: as `portfolioPerformance`.
    public func portfolioAnalytics(_ info: PortfolioInfo) throws -> PortfolioAnalytics {
        let view = try portfolioView(info)
        var request = PerformanceRequest(currency: Workspace.portfolioCurrency)
        request.scope = .portfolio(info.id)
        request.zone = try userRecord(info.user).timeZone
        return PortfolioAnalytics(
            view: view,
            report: view.figures.hasHistory ? try performance(of: info.user, request) : nil
        )
    }

    private func userRecord(_ user: UserID) throws -> UserRecord {
        let record = try database.read { connection throws(StorageError) in try connection.user(user) }
        guard let record else { throw WorkspaceError.unknownUser(String(user.raw)) }
        return record
    }
}

/// The instants of a history, some of which have a recorded value.
private struct HistorySteps {
    private(set) var times: [Timestamp] = []
    private(set) var recorded: [RecordedValue?] = []

    /// A recorded value takes the place of the step in which it was recorded, but for the end.
    init(_ grid: [Timestamp], _ values: [RecordedValue]) {
        var next = values.firstIndex { $0.time > grid[0] } ?? values.count
        times.append(grid[0])
        recorded.append(nil)
        for (place, time) in grid.enumerated().dropFirst() {
            var last: RecordedValue?
            while next < values.count, values[next].time <= time {
                last = values[next]
                next += 1
            }
            if let last {
                times.append(last.time)
                recorded.append(last)
            }
            guard last == nil || place == grid.count - 1, times[times.count - 1] < time else { continue }
            times.append(time)
            recorded.append(nil)
        }
    }
}

/// Identities that follow from what they stand for, as UUIDs of version 8 (RFC 9562) over a SHA-256.
enum DerivedID {
    static func make(_ scope: String, _ time: Timestamp, _ currency: String) -> String {
        let name = "coffer history|\(scope)|\(time.microseconds)|\(currency)"
        var bytes = Array(Digest.sha256(Array(name.utf8)).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Hex.encode(bytes)
        var text = ""
        for (place, digit) in hex.enumerated() {
            if [8, 12, 16, 20].contains(place) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
