public import Ledger
public import Storage
import Time

/// Whose holdings are looked at.
public enum ValueScope: Hashable, Sendable {
    /// All accounts of the user.
    case user
    /// The accounts of one portfolio.
    case portfolio(PortfolioID)
    /// One account.
    case account(AccountID)
}

/// The distance of the points of a value history.
public enum HistoryStep: String, Hashable, Sendable, CaseIterable {
    /// Every hour of a day.
    case hourly
    /// The start of every day.
    case daily
    /// The start of every Monday.
    case weekly
    /// Every 30 days from the first day on.
    case monthly
}

extension UserSnapshot {
    /// Which accounts of the Book, by slot, a scope looks at.
    ///
    /// - Throws: `WorkspaceError.unknownPortfolio` or `.unknownAccount` for a scope that is not the user's.
    func slots(in scope: ValueScope) throws(WorkspaceError) -> [Bool] {
        switch scope {
        case .user: return Array(repeating: true, count: book.accounts.count)
        case .portfolio(let portfolio):
            return book.accounts.map { accounts[$0]?.portfolio == portfolio }
        case .account(let account):
            guard accounts[account] != nil else { throw .unknownAccount(String(account.raw)) }
            return book.accounts.map { $0 == account }
        }
    }
}

/// The instants of a value history: its start, the starts of the steps in between, its end.
enum ValueGrid {
    /// The most points of a history.
    static let pointsMax = 100_000

    /// - Throws: `WorkspaceError.invertedRange` or `.tooManyPoints`.
    static func times(
        from: Timestamp,
        to: Timestamp,
        _ step: HistoryStep,
        in calendar: ZoneCalendar
    ) throws(WorkspaceError) -> [Timestamp] {
        guard from <= to else { throw .invertedRange(from: from.description, to: to.description) }
        let seconds = to.seconds - from.seconds
        guard seconds / step.seconds < Int64(pointsMax) else {
            throw .tooManyPoints(step: step.rawValue, limit: pointsMax)
        }
        var times = [from]
        var day = calendar.day(of: from)
        let first = day
        let last = calendar.day(of: to)
        while day <= last {
            let next = day.advanced(byDays: 1)
            if step.includes(day, first: first) {
                let start = calendar.start(of: day)
                append(start, to: &times, before: to)
                if step == .hourly {
                    let end = calendar.start(of: next)
                    var hour = start.advanced(bySeconds: 3600)
                    while hour < end {
                        append(hour, to: &times, before: to)
                        hour = hour.advanced(bySeconds: 3600)
                    }
                }
            }
            day = next
        }
        if to > from { times.append(to) }
        return times
    }

    private static func append(_ time: Timestamp, to times: inout [Timestamp], before end: Timestamp) {
        guard time < end, time > times[times.count - 1] else { return }
        times.append(time)
    }
}

extension HistoryStep {
    /// The step in seconds, at least.
    fileprivate var seconds: Int64 {
        switch self {
        case .hourly: 3600
        case .daily: 86_400
        case .weekly: 7 * 86_400
        case .monthly: 30 * 86_400
        }
    }

    /// Whether a step begins with a day.
    fileprivate func includes(_ day: Day, first: Day) -> Bool {
        switch self {
        case .hourly, .daily: true
        // 1970-01-05 was a Monday.
        case .weekly: (Int(day.number) - 4) % 7 == 0
        case .monthly: (day.number - first.number) % 30 == 0
        }
    }
}

extension Workspace {
    /// The scope of a portfolio's id or title, of an account's name, or of all accounts when neither is named.
    ///
    /// Blocks.
    ///
    /// - Throws: `WorkspaceError.unknownPortfolio` or `.unknownAccount`, `StorageError`.
    public func scope(of user: UserID, portfolio: String?, account: String?) throws -> ValueScope {
        if let account {
            let found = try database.read { connection throws(StorageError) in
                try connection.account(of: user, name: account)
            }
            guard let found else { throw WorkspaceError.unknownAccount(account) }
            return .account(found.id)
        }
        guard let portfolio else { return .user }
        let all = try database.read { connection throws(StorageError) in try connection.portfolios(of: user) }
        guard let found = all.first(where: { $0.uuid == portfolio || $0.title == portfolio }) else {
            throw WorkspaceError.unknownPortfolio(portfolio)
        }
        return .portfolio(found.id)
    }
}
