public import Time

/// The distance of the instants at which holdings are listed.
public enum HoldingStep: String, Hashable, Sendable, CaseIterable {
    /// One hour.
    case hourly
    /// 24 hours.
    case daily
    /// Seven days.
    case weekly
    /// 30 days.
    case monthly

    /// Its length in seconds.
    public var seconds: Int64 {
        switch self {
        case .hourly: 3600
        case .daily: 86_400
        case .weekly: 7 * 86_400
        case .monthly: 30 * 86_400
        }
    }
}

/// Full hours at which holdings are listed: backwards from the end of a range, both ends included.
public enum HoldingGrid {
    /// The hour nearest to an instant, half hours up, but none that is yet to come.
    public static func hour(nearest time: Timestamp, now: Timestamp) -> Timestamp {
        let wanted = min(time, now)
        let hour = floored(wanted.advanced(bySeconds: 1800))
        return hour > now ? hour.advanced(bySeconds: -3600) : hour
    }

    /// The hours of a range, the newest first and at most so many.
    ///
    /// Without a start only the end's hour; without an end now counts. What lies before `since` is left out.
    public static func hours(
        from start: Timestamp?,
        to end: Timestamp?,
        every period: HoldingStep,
        now: Timestamp,
        since: Timestamp? = nil,
        limit: Int
    ) -> [Timestamp] {
        if let start, start > end ?? now { return [] }
        var time = hour(nearest: end ?? now, now: now)
        let first = max(start.map { hour(nearest: $0, now: now) } ?? time, since ?? .earliest)
        var hours: [Timestamp] = []
        while time >= first, hours.count < limit {
            hours.append(time)
            time = time.advanced(bySeconds: -period.seconds)
        }
        return hours
    }

    private static func floored(_ time: Timestamp) -> Timestamp {
        let seconds = time.seconds
        let rest = seconds % 3600
        return Timestamp(seconds: seconds - (rest < 0 ? rest + 3600 : rest))
    }
}
