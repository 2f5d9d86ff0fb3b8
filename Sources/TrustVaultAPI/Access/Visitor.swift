import Dialects
import GraphQL
import Ledger
import Money
import Services
import Storage
import Synchronization
import Time

/// Who sends an operation: known by the header, or yet to show a key in the operation itself.
final class Visitor: Sendable {
    let workspace: Workspace
    let limits: TrustVaultLimits
    let shelf: HoldingShelf
    /// When the request came.
    let now: Timestamp
    /// Whether the operation is carried out where it may wait.
    let mayBlock: Bool
    private let header: Caller?
    private let gate: @Sendable (String) throws -> KeyCheck
    private let shown = Mutex<Shown>(.nothing)

    /// What a key in an operation came to.
    enum KeyCheck: Sendable {
        case good(Caller)
        case bad
        case tooMany(seconds: Int)
    }

    /// What the operation showed.
    enum Shown: Sendable {
        case nothing
        case caller(Caller)
        /// Nothing, or no good key.
        case refused
        case tooMany(seconds: Int)
        /// What the operation asks for takes too long where it is carried out.
        case wouldBlock
        /// The use cases failed.
        case failed(any Error)
    }

    init(
        _ workspace: Workspace,
        _ limits: TrustVaultLimits,
        _ shelf: HoldingShelf,
        header: Caller?,
        now: Timestamp,
        mayBlock: Bool,
        gate: @escaping @Sendable (String) throws -> KeyCheck
    ) {
        self.workspace = workspace
        self.limits = limits
        self.shelf = shelf
        self.header = header
        self.now = now
        self.mayBlock = mayBlock
        self.gate = gate
    }

    /// What the operation showed, once it was carried out.
    var outcome: Shown { shown.withLock { $0 } }

    /// The user that the header or a key stands for; both must be the same one's.
    ///
    /// - Throws: `GraphQLError` with the code `UNAUTHENTICATED` or `RATE_LIMITED`.
    func known(by key: String?) throws -> KnownVisitor {
        guard let key else {
            guard let header else { throw refuse() }
            return KnownVisitor(visitor: self, user: header.principal.user)
        }
        switch try gate(key) {
        case .bad: throw refuse()
        case .tooMany(let seconds):
            shown.withLock { $0 = .tooMany(seconds: seconds) }
            throw GraphQLError("Too many requests", code: "RATE_LIMITED")
        case .good(let caller):
            if let header, header.principal.user != caller.principal.user { throw refuse() }
            shown.withLock { if case .nothing = $0 { $0 = .caller(caller) } }
            return KnownVisitor(visitor: self, user: caller.principal.user)
        }
    }

    /// Runs a use case; what is nobody's fault here ends the operation.
    ///
    /// - Throws: `GraphQLError`.
    func reading<Result>(_ body: () throws -> Result) throws(GraphQLError) -> Result {
        do {
            return try body()
        } catch MoneyError.overflow {
            throw GraphQLError("A sum is beyond the range of amounts.", code: "OUT_OF_RANGE")
        } catch let error as GraphQLError {
            throw error
        } catch {
            shown.withLock { $0 = .failed(error) }
            throw GraphQLError("Internal error", code: "INTERNAL")
        }
    }

    /// Gives up where the operation may not wait.
    ///
    /// - Throws: `GraphQLError`, which nobody is told.
    func wait() throws(GraphQLError) {
        guard !mayBlock else { return }
        shown.withLock { $0 = .wouldBlock }
        throw GraphQLError("The operation takes too long here.", code: "INTERNAL")
    }

    private func refuse() -> GraphQLError {
        shown.withLock { $0 = .refused }
        return GraphQLError(TrustVaultErrors.unauthorizedWords, code: "UNAUTHENTICATED")
    }
}

/// A visitor whose user is known.
struct KnownVisitor: Sendable {
    let visitor: Visitor
    let user: UserID

    /// The hours that the arguments of `portfolio` ask for, the newest first.
    ///
    /// - Throws: `GraphQLError` with the code `BAD_USER_INPUT` for what is no date.
    func hours(start: String?, end: String?, period: TimePeriod?) throws(GraphQLError) -> [Timestamp] {
        HoldingGrid.hours(
            from: try start.map { (text) throws(GraphQLError) in try KnownVisitor.date(text, "startDate") },
            to: try end.map { (text) throws(GraphQLError) in try KnownVisitor.date(text, "endDate") },
            every: (period ?? .daily).step,
            now: visitor.now,
            since: visitor.limits.availableFrom,
            limit: visitor.limits.pointsMax
        )
    }

    private static func date(_ text: String, _ name: String) throws(GraphQLError) -> Timestamp {
        do throws(TimeError) {
            return try Timestamp.parse(text)
        } catch {
            throw GraphQLError(
                "\(name) is not an ISO 8601 date and time such as 2021-03-01T12:00:00.000Z",
                code: "BAD_USER_INPUT"
            )
        }
    }

    /// What was held at some hours.
    func holdings(at hours: [Timestamp]) throws(GraphQLError) -> HoldingPoints {
        if let known = visitor.shelf.known(of: user, at: hours, visitor.workspace),
            visitor.mayBlock || known.amountCount <= HoldingShelf.amountsAtOnce
        {
            return known
        }
        try visitor.wait()
        return try visitor.reading { try visitor.shelf.holdings(of: user, at: hours, visitor.workspace) }
    }

    /// A page of sub-wallets.
    ///
    /// - Throws: `GraphQLError` with the code `BAD_USER_INPUT` for a limit or token that is none.
    func subWallets(limit: Int?, token: String?) throws(GraphQLError) -> SubWalletPage {
        let most = limit ?? KnownVisitor.pageSize
        guard KnownVisitor.pageSizes.contains(most) else {
            let sizes = KnownVisitor.pageSizes
            throw GraphQLError(
                "limit must be \(sizes.lowerBound) to \(sizes.upperBound), not \(most)",
                code: "BAD_USER_INPUT"
            )
        }
        let after = try token.map { (text) throws(GraphQLError) -> UInt32 in
            guard let number = UInt32(text), String(number) == text else {
                throw GraphQLError("nextToken is not one that a page told", code: "BAD_USER_INPUT")
            }
            return number
        }
        // Instants are those of `portfolio`, so that conversions are the same.
        let hour = HoldingGrid.hour(nearest: visitor.now, now: visitor.now)
        try visitor.wait()
        let page = try visitor.reading {
            try visitor.workspace.subWallets(of: user, after: after, limit: most, at: visitor.now)
        }
        let rates = try holdings(at: [hour])
        let items = page.wallets.map { wallet in
            SubWalletSource(
                wallet: wallet,
                balances: BalanceList(
                    holdings: rates,
                    place: 0,
                    time: visitor.now,
                    held: wallet.balances.map { rates.held($0.amount, of: $0.asset) }
                )
            )
        }
        return SubWalletPage(
            items: items,
            nextToken: page.hasMore ? items.last.map { String($0.wallet.id.raw) } : nil
        )
    }

    private static let pageSize = 20
    private static let pageSizes = 1...100
}
