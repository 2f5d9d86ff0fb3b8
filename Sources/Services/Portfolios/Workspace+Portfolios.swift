import Ledger
import Money
public import Storage
import Time
import Valuation

extension Workspace {
    /// What values of portfolios are counted in.
    static let portfolioCurrency = "usd"

    /// The limits of portfolios.
    public var portfolioLimits: PortfolioLimits { configuration.portfolios }

    /// A user's portfolios with what they are worth, the default one first, then by age.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    public func portfolios(
        of user: UserID,
        activeOnly: Bool = false,
        offset: Int = 0,
        limit: Int = .max
    ) throws -> [PortfolioView] {
        let records = try database.read { connection throws(StorageError) in
            try connection.portfolios(of: user)
        }
        return try records.filter { $0.isActive || !activeOnly }.dropFirst(offset).prefix(limit).map {
            try portfolioView(PortfolioInfo($0))
        }
    }

    /// A portfolio by its identity outside, whoever owns it; nil when there is none.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func portfolio(uuid: String) throws -> PortfolioInfo? {
        try database.read { connection throws(StorageError) in try connection.portfolio(uuid: uuid) }
            .map { PortfolioInfo($0) }
    }

    /// The number of the user with an identity outside; nil when there is none.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    public func userNumber(uuid: String) throws -> UserID? {
        try database.read { connection throws(StorageError) in try connection.user(uuid: uuid) }?.id
    }

    /// A user's portfolio by its identity outside or its name; the default one when none is named.
    ///
    /// Blocks.
    ///
    /// - Throws: `PortfolioRefusal.unknown`, `StorageError`.
    public func portfolio(_ name: String?, of user: UserID) throws -> PortfolioInfo {
        let all = try database.read { connection throws(StorageError) in
            try connection.portfolios(of: user)
        }
        guard let name else {
            guard let first = all.first else { throw PortfolioRefusal.unknown("default") }
            return PortfolioInfo(first)
        }
        guard let found = all.first(where: { $0.uuid == name }) ?? all.first(where: { $0.title == name })
        else { throw PortfolioRefusal.unknown(name) }
        return PortfolioInfo(found)
    }

    /// A portfolio with what it is worth.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`, `MoneyError.overflow`.
    public func portfolioView(_ info: PortfolioInfo) throws -> PortfolioView {
        let (targets, tags, owner) = try database.read {
            connection throws(StorageError) -> ([PortfolioTarget], [String], String) in
            (
                try connection.targets(of: info.id), try connection.tags(of: info.id),
                try connection.user(info.user)?.uuid ?? ""
            )
        }
        return try view(
            info,
            targets.map(AllocationShare.init),
            tags,
            owner,
            try figures(of: info),
            try pricing(of: info.user)
        )
    }

    /// What targets are valued with that are not held.
    struct Pricing: Sendable {
        let registry: AssetRegistry
        let valuer: Valuer
        let time: Timestamp
    }

    private func pricing(of user: UserID) throws -> Pricing {
        let (snapshot, valuer, _) = try valuation(of: user)
        return Pricing(registry: snapshot.registry, valuer: valuer, time: now())
    }

    private func view(
        _ info: PortfolioInfo,
        _ targets: [AllocationShare],
        _ tags: [String],
        _ owner: String,
        _ figures: PortfolioFigures,
        _ pricing: Pricing
    ) throws -> PortfolioView {
        let allocation = try PortfolioAllocation(
            figures.balances,
            targets,
            pricing.registry,
            pricing.valuer,
            at: pricing.time
        )
        let status: PortfolioStatus =
            if !info.isActive {
                .inactive
            } else if !figures.hasHistory {
                .created
            } else if allocation.largestDrift > portfolioLimits.driftMax {
                .rebalancing
            } else {
                .active
            }
        return PortfolioView(
            info: info,
            owner: owner,
            targets: targets,
            tags: tags,
            figures: figures,
            allocation: allocation,
            status: status
        )
    }

    /// What a portfolio is worth and has gained.
    func figures(of info: PortfolioInfo) throws -> PortfolioFigures {
        let snapshot = try books.snapshot(of: info.user)
        let value = try value(
            of: info.user,
            scope: .portfolio(info.id),
            currency: Workspace.portfolioCurrency
        )
        let inside = try snapshot.slots(in: .portfolio(info.id))
        var gain = Amount.zero
        var relative: Amount?
        if inside.contains(true) {
            var request = PerformanceRequest(currency: Workspace.portfolioCurrency)
            request.scope = .portfolio(info.id)
            request.to = value.time
            let performance = try performance(of: info.user, request)
            gain = performance.figures.absoluteChange
            relative = performance.figures.relativeChange
        }
        return PortfolioFigures(
            balances: value.balances,
            total: value.total,
            unpriced: value.unpriced,
            isStale: value.isStale,
            hasHistory: inside.contains(true),
            gain: gain,
            relativeGain: relative
        )
    }

    /// Makes a portfolio, and keeps the answer that tells of it in the same commit.
    ///
    /// Blocks. A new default portfolio takes the flag over. An opening deposit is an entry of the journal in an account
    /// of the portfolio's own.
    ///
    /// - Throws: `PortfolioRefusal`, `KeyRefusal`, `StorageError`.
    public func makePortfolio<Answer: Sendable>(
        _ draft: PortfolioDraft,
        of user: UserID,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (PortfolioView) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        try portfolioLimits.check(draft)
        let limits = portfolioLimits
        return try holding(claim, of: user) {
            let pricing = try pricing(of: user)
            let opening = draft.openingDeposit.isZero ? nil : try OpeningDeposit(draft, shelf(of: user), self)
            let result = Result {
                try database.writeAndWait { transaction -> (Answer, OpeningDeposit.Done?) in
                    try transaction.check(claim, of: user)
                    let known = try transaction.connection.portfolios(of: user)
                    guard known.count < limits.portfoliosMax else {
                        throw PortfolioRefusal.tooMany(limit: limits.portfoliosMax)
                    }
                    guard !known.contains(where: { $0.title == draft.title }) else {
                        throw PortfolioRefusal.nameTaken(draft.title)
                    }
                    let id = try transaction.addPortfolio(of: user, title: draft.title)
                    try transaction.changePortfolio(id, draft.edit.change)
                    if draft.isDefault { try transaction.makeDefault(id, of: user) }
                    let deposit = try opening?.perform(transaction, portfolio: id)
                    let view = try self.fresh(id, draft, user, transaction, pricing)
                    let answer = answer(view)
                    if let claim { try transaction.keep(kept(answer), claim, of: user) }
                    try opening?.ticket.reserve(deposit?.added ?? Turnover())
                    return (answer, deposit)
                }
            }
            opening?.finish(result.map { $0.1 })
            books.shelf(of: user).noteChange()
            return try result.get().0
        }
    }

    private func shelf(of user: UserID) throws -> BookShelf {
        // The sums that an opening deposit adds to must be known before its commit.
        _ = try turnover(of: user)
        return books.shelf(of: user)
    }

    /// The view of a portfolio that a transaction has just made: all it can hold is its opening deposit.
    private func fresh(
        _ id: PortfolioID,
        _ draft: PortfolioDraft,
        _ user: UserID,
        _ transaction: WriteTransaction,
        _ pricing: Pricing
    ) throws -> PortfolioView {
        guard let owner = try transaction.connection.user(user),
            let record = try transaction.connection.portfolios(of: user).first(where: { $0.id == id }),
            let dollar = AssetRegistry.builtIn.asset(.usd)
        else { throw StorageError(.notFound, operation: "making a portfolio") }
        let deposit = draft.openingDeposit
        let balance = ValuedBalance(
            asset: dollar,
            quantity: deposit,
            price: PriceView(price: .one, time: transaction.time, isStale: false),
            value: deposit
        )
        let figures = PortfolioFigures(
            balances: deposit.isZero ? [] : [balance],
            total: deposit,
            unpriced: [],
            isStale: false,
            hasHistory: !deposit.isZero,
            gain: .zero,
            relativeGain: nil
        )
        return try view(PortfolioInfo(record), draft.targets, draft.tags, owner.uuid, figures, pricing)
    }

    /// Changes a portfolio, and keeps the answer that tells of it in the same commit.
    ///
    /// Blocks.
    ///
    /// - Throws: `PortfolioRefusal`, `KeyRefusal`, `StorageError`, `MoneyError.overflow`.
    public func changePortfolio<Answer: Sendable>(
        _ uuid: String,
        of user: UserID,
        _ edit: PortfolioEdit,
        claim: IdempotencyClaim? = nil,
        answer: @escaping @Sendable (PortfolioView) -> Answer,
        kept: @escaping @Sendable (Answer) -> KeptAnswer
    ) throws -> Answer {
        try portfolioLimits.check(edit)
        return try holding(claim, of: user) {
            guard let info = try portfolio(uuid: uuid), info.user == user else {
                throw PortfolioRefusal.unknown(uuid)
            }
            let figures = try figures(of: info)
            let pricing = try pricing(of: user)
            let made = try database.writeAndWait { transaction -> Answer in
                try transaction.check(claim, of: user)
                guard try transaction.connection.portfolio(uuid: uuid) != nil else {
                    throw PortfolioRefusal.unknown(uuid)
                }
                if let title = edit.title,
                    let other = try transaction.connection.portfolio(of: user, title: title),
                    other.id != info.id
                {
                    throw PortfolioRefusal.nameTaken(title)
                }
                try transaction.changePortfolio(info.id, edit.change)
                if edit.becomesDefault { try transaction.makeDefault(info.id, of: user) }
                if edit.isRebalanced { try transaction.noteRebalance(info.id) }
                guard let after = try transaction.connection.portfolio(uuid: uuid) else {
                    throw StorageError(.notFound, operation: "changing a portfolio")
                }
                let view = try self.view(
                    PortfolioInfo(after),
                    try transaction.connection.targets(of: info.id).map(AllocationShare.init),
                    try transaction.connection.tags(of: info.id),
                    try transaction.connection.user(user)?.uuid ?? "",
                    figures,
                    pricing
                )
                let answer = answer(view)
                if let claim { try transaction.keep(kept(answer), claim, of: user) }
                return answer
            }
            books.shelf(of: user).noteChange()
            return made
        }
    }

    /// Puts an account with its whole history into a portfolio.
    ///
    /// Blocks.
    ///
    /// - Throws: `PortfolioRefusal.unknownAccount`, `StorageError`.
    public func moveAccount(_ name: String, of user: UserID, to portfolio: PortfolioInfo) throws {
        let isMoved = try database.writeAndWait { transaction -> Bool in
            guard let account = try transaction.connection.account(of: user, name: name) else { return false }
            return try transaction.moveAccount(account.id, of: user, to: portfolio.id)
        }
        guard isMoved else { throw PortfolioRefusal.unknownAccount(name) }
        books.shelf(of: user).invalidate()
    }
}

extension PortfolioDraft {
    /// What the draft sets of a portfolio that has only a name.
    fileprivate var edit: PortfolioEdit {
        var edit = PortfolioEdit()
        edit.description = description
        edit.risk = risk
        edit.isActive = isActive
        edit.targets = targets
        edit.tags = tags
        return edit
    }
}

extension AllocationShare {
    init(_ target: PortfolioTarget) {
        self.init(code: target.asset, fraction: target.fraction)
    }
}

extension PortfolioLimits {
    /// What is wrong with shares, in a sentence that finishes "Target allocations …"; nil when they are in order.
    ///
    /// They are at most `targetsMax` codes of assets, each once and with a share of zero to one, and add up to one
    /// within the tolerance.
    public func problem(withTargets targets: [AllocationShare]) -> String? {
        guard targets.count <= targetsMax else { return "must be at most \(targetsMax)" }
        var seen: Set<String> = []
        var sum: Int128 = 0
        for target in targets {
            guard let code = AssetCode.normalize(target.code) else {
                return "must name assets by their codes, of 1 to 64 letters, digits and . _ $ @ * ~ # : / + -"
            }
            guard seen.insert(code).inserted else { return "must name each asset once" }
            sum += target.fraction.raw
        }
        let distance = (sum - Amount.one.raw).magnitude
        guard distance <= PortfolioLimits.targetTolerance.raw.magnitude else { return "must sum to 1.0" }
        let isInRange = targets.allSatisfy { !$0.fraction.isNegative && $0.fraction <= .one }
        return isInRange ? nil : "must be from 0 to 1"
    }

    fileprivate func check(_ draft: PortfolioDraft) throws(PortfolioRefusal) {
        var edit = draft.edit
        edit.title = draft.title
        // Without targets nothing is aimed at; an update cannot take targets away again.
        if draft.targets.isEmpty { edit.targets = nil }
        try check(edit)
    }

    fileprivate func check(_ change: PortfolioEdit) throws(PortfolioRefusal) {
        if let title = change.title, !(1...titleCharactersMax).contains(title.unicodeScalars.count) {
            throw .badField("a portfolio's name has 1 to \(titleCharactersMax) characters")
        }
        if let text = change.description, text.unicodeScalars.count > descriptionCharactersMax {
            throw .badField("a description has at most \(descriptionCharactersMax) characters")
        }
        if let targets = change.targets, let problem = problem(withTargets: targets) {
            throw .badTargets("target allocations " + problem)
        }
        if let tags = change.tags {
            guard tags.count <= tagsMax else { throw .badField("a portfolio has at most \(tagsMax) tags") }
            guard tags.allSatisfy({ (1...tagCharactersMax).contains($0.unicodeScalars.count) }) else {
                throw .badField("a tag has 1 to \(tagCharactersMax) characters")
            }
        }
    }
}
