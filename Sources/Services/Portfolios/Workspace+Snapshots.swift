import Money
public import Storage
import Time
import Valuation

/// A value that was kept, of a portfolio or of all of a user's together.
struct RecordedValue: Sendable {
    let uuid: String
    let time: Timestamp
    let value: Amount
    let asset: AssetID
    let isStale: Bool
    let unpriced: Int
}

extension Workspace {
    /// Keeps what each of a user's portfolios is worth now.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    public func recordSnapshots(of user: UserID) throws {
        _ = try recordSnapshots(of: user, claim: nil) { _, _ in KeptAnswer(status: 200, body: []) }
    }

    /// The same, and the answer that tells of it in the same commit.
    func recordSnapshots(
        of user: UserID,
        claim: IdempotencyClaim?,
        answer: (_ total: Amount, _ time: Timestamp) -> KeptAnswer
    ) throws -> KeptAnswer {
        let time = now()
        let portfolios = try database.read { connection throws(StorageError) in
            try connection.portfolios(of: user)
        }
        var drafts: [SnapshotDraft] = []
        for portfolio in portfolios {
            let value = try value(
                of: user,
                scope: .portfolio(portfolio.id),
                currency: Workspace.portfolioCurrency,
                at: time
            )
            drafts.append(
                SnapshotDraft(
                    portfolio: portfolio.id,
                    value: value.total,
                    asset: value.currency.id,
                    unpriced: value.unpriced.count,
                    isStale: value.isStale
                )
            )
        }
        let total = try value(of: user, currency: Workspace.portfolioCurrency, at: time).total
        let kept = answer(total, time)
        let made = drafts
        try database.writeAndWait { transaction in
            try transaction.check(claim, of: user)
            try transaction.addSnapshots(made, at: time)
            if let claim { try transaction.keep(kept, claim, of: user) }
        }
        books.shelf(of: user).noteChange()
        return kept
    }

    /// Keeps the values of every portfolio that has none of the present day yet (UTC); called by the housekeeper.
    ///
    /// Blocks. A user whose values cannot be computed does not keep the others from theirs.
    ///
    /// - Throws: the first error, after all users were tried.
    public func recordDueSnapshots() throws {
        let today = now().day.start
        let users = try database.read { connection throws(StorageError) in
            try connection.usersWithoutSnapshot(since: today)
        }
        var failure: (any Error)?
        for user in users {
            do { try recordSnapshots(of: user) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// The values that were kept of a portfolio, or of all of a user's together, in order.
    ///
    /// All of a user's portfolios are kept at the same instants, so their sum at one is the user's value then.
    func recordedValues(
        of user: UserID,
        _ portfolio: PortfolioInfo?,
        through end: Timestamp
    ) throws -> [RecordedValue] {
        let records = try database.read { connection throws(StorageError) in
            if let portfolio {
                try connection.snapshots(of: portfolio.id, from: .earliest, through: end)
            } else {
                try connection.snapshots(ofAll: user, from: .earliest, through: end)
            }
        }
        var values: [RecordedValue] = []
        for record in records {
            if let last = values.last, last.time == record.time, last.asset == record.asset {
                values[values.count - 1] = RecordedValue(
                    uuid: last.uuid,
                    time: last.time,
                    value: try last.value.adding(record.value),
                    asset: last.asset,
                    isStale: last.isStale || record.isStale,
                    unpriced: last.unpriced + record.unpriced
                )
            } else {
                values.append(
                    RecordedValue(
                        uuid: record.uuid,
                        time: record.time,
                        value: record.value,
                        asset: record.asset,
                        isStale: record.isStale,
                        unpriced: record.unpriced
                    )
                )
            }
        }
        return values
    }
}
