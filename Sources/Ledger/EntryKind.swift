/// What sort of event an entry records.
///
/// The vocabulary is CoinTracking's, since it is the largest, plus transfer, fork, migration and correction. The raw
/// number is what the database stores and is never given to another kind.
public enum EntryKind: UInt8, Hashable, Sendable, CaseIterable {
    case trade = 1
    case marginTrade = 2
    case derivativesTrade = 3
    case swap = 4
    case transfer = 10
    case deposit = 11
    case withdrawal = 12
    case income = 20
    case mining = 21
    case miningCommercial = 22
    case staking = 23
    case masternode = 24
    case minting = 25
    case interest = 26
    case lendingIncome = 27
    case dividend = 28
    case airdrop = 29
    case airdropNontaxable = 30
    case reward = 31
    case giftIn = 32
    case incomeNontaxable = 33
    case otherIncome = 34
    case liquidityReward = 35
    case derivativesProfit = 36
    case marginProfit = 37
    case fork = 38
    case migration = 39
    case spend = 50
    case donation = 51
    case giftOut = 52
    case stolen = 53
    case lost = 54
    case fee = 55
    case borrowingFee = 56
    case settlementFee = 57
    case marginFee = 58
    case marginLoss = 59
    case derivativesLoss = 60
    case liquidation = 61
    case expense = 62
    case expenseNontaxable = 63
    case loanReceived = 70
    case loanRepaid = 71
    case collateralAdded = 72
    case collateralRemoved = 73
    case liquidityProvided = 74
    case liquidityRemoved = 75
    case liquidityTokenReceived = 76
    case liquidityTokenReturned = 77
    case correctionIn = 80
    case correctionOut = 81
}

/// The account on the other side of a posting.
public enum Contra: UInt8, Hashable, Sendable, CaseIterable {
    /// Between the two sides of an exchange.
    case trading
    /// Between two own places, one of which may be unknown yet.
    case transit
    /// Where income comes from.
    case income
    /// Where spending goes.
    case expense
    /// Fees paid.
    case fees
    /// Loans and other debts.
    case liability
    /// Own assets locked as a security.
    case collateral
    /// Own assets in a liquidity pool.
    case pool
    /// Opening balances and corrections.
    case equity
    /// Bank, card or whoever holds what an own account does not.
    case outside
}

/// What a kind's legs do to lots.
public enum LotEffect: UInt8, Hashable, Sendable {
    /// The out leg is disposed of, the in leg acquired, both at one value.
    case exchange
    /// Lots move between two own accounts with date and cost.
    case move
    /// Lots move into transit (out leg) or come from there (in leg).
    case transit
    /// The in leg is acquired at its value on receipt, which is income.
    case incomeAtValue
    /// The in leg is acquired at its stated value, or at its value on receipt, without income.
    case acquireAtValue
    /// The in leg is acquired at no cost.
    case acquireAtZero
    /// The out leg is disposed of at its value: a gain or loss.
    case disposeAtValue
    /// The out leg is disposed of at no proceeds and without a gain or loss.
    case disposeAtCost
    /// The out leg's lots become the in leg's lots, keeping date and cost.
    case carryOver
    /// Assets change hands without acquisition or disposal, such as a loan.
    case none
}

/// Which of the three legs a kind needs or may have.
public enum LegRule: UInt8, Hashable, Sendable {
    /// The leg must be there.
    case required
    /// The leg may be there.
    case optional
    /// The leg must not be there.
    case forbidden
}

/// The row of a kind in the one table of kinds.
public struct EntryKindRule: Sendable {
    /// The word in Coffer's own files, in snake case.
    public let name: String
    /// Whether something must come in.
    public let incoming: LegRule
    /// Whether something must go out.
    public let outgoing: LegRule
    /// The account on the other side of the legs.
    public let contra: Contra
    /// What happens to lots.
    public let lots: LotEffect
}

extension EntryKind {
    /// This kind's row in the table.
    public var rule: EntryKindRule { EntryKind.rules[Int(rawValue)] ?? EntryKind.unlisted }

    /// The word in Coffer's own files, in snake case.
    public var name: String { rule.name }

    /// The kind of a snake-case word, or nil when there is none.
    public init?(name: String) {
        guard let kind = EntryKind.byName[name] else { return nil }
        self = kind
    }

    private static let byName: [String: EntryKind] = Dictionary(
        uniqueKeysWithValues: EntryKind.allCases.map { ($0.name, $0) }
    )

    private static let unlisted = EntryKindRule(
        name: "",
        incoming: .forbidden,
        outgoing: .forbidden,
        contra: .equity,
        lots: .none
    )

    /// The table, indexed by raw number.
    private static let rules: [EntryKindRule?] = {
        var rules = [EntryKindRule?](repeating: nil, count: 256)
        for kind in EntryKind.allCases {
            let (name, incoming, outgoing, contra, lots) = kind.row
            rules[Int(kind.rawValue)] = EntryKindRule(
                name: name,
                incoming: incoming,
                outgoing: outgoing,
                contra: contra,
                lots: lots
            )
        }
        return rules
    }()

    private var row: (String, LegRule, LegRule, Contra, LotEffect) {
        switch self {
        case .trade: ("trade", .optional, .optional, .trading, .exchange)
        case .marginTrade: ("margin_trade", .optional, .optional, .trading, .exchange)
        case .derivativesTrade: ("derivatives_trade", .optional, .optional, .trading, .exchange)
        case .swap: ("swap", .required, .required, .trading, .carryOver)
        case .transfer: ("transfer", .optional, .required, .transit, .move)
        case .deposit: ("deposit", .required, .forbidden, .transit, .transit)
        case .withdrawal: ("withdrawal", .forbidden, .required, .transit, .transit)
        case .income: ("income", .required, .forbidden, .income, .incomeAtValue)
        case .mining: ("mining", .required, .forbidden, .income, .incomeAtValue)
        case .miningCommercial: ("mining_commercial", .required, .forbidden, .income, .incomeAtValue)
        case .staking: ("staking", .required, .forbidden, .income, .incomeAtValue)
        case .masternode: ("masternode", .required, .forbidden, .income, .incomeAtValue)
        case .minting: ("minting", .required, .forbidden, .income, .incomeAtValue)
        case .interest: ("interest", .required, .forbidden, .income, .incomeAtValue)
        case .lendingIncome: ("lending_income", .required, .forbidden, .income, .incomeAtValue)
        case .dividend: ("dividend", .required, .forbidden, .income, .incomeAtValue)
        case .airdrop: ("airdrop", .required, .forbidden, .income, .incomeAtValue)
        case .airdropNontaxable: ("airdrop_nontaxable", .required, .forbidden, .income, .acquireAtZero)
        case .reward: ("reward", .required, .forbidden, .income, .incomeAtValue)
        case .giftIn: ("gift_in", .required, .forbidden, .income, .acquireAtValue)
        case .incomeNontaxable: ("income_nontaxable", .required, .forbidden, .income, .acquireAtValue)
        case .otherIncome: ("other_income", .required, .forbidden, .income, .incomeAtValue)
        case .liquidityReward: ("liquidity_reward", .required, .forbidden, .income, .incomeAtValue)
        case .derivativesProfit: ("derivatives_profit", .required, .forbidden, .income, .incomeAtValue)
        case .marginProfit: ("margin_profit", .required, .forbidden, .income, .incomeAtValue)
        case .fork: ("fork", .required, .forbidden, .trading, .acquireAtZero)
        case .migration: ("migration", .required, .required, .trading, .carryOver)
        case .spend: ("spend", .forbidden, .required, .expense, .disposeAtValue)
        case .donation: ("donation", .forbidden, .required, .expense, .disposeAtCost)
        case .giftOut: ("gift_out", .forbidden, .required, .expense, .disposeAtCost)
        case .stolen: ("stolen", .forbidden, .required, .expense, .disposeAtCost)
        case .lost: ("lost", .forbidden, .required, .expense, .disposeAtCost)
        case .fee: ("fee", .forbidden, .optional, .fees, .disposeAtValue)
        case .borrowingFee: ("borrowing_fee", .forbidden, .required, .fees, .disposeAtValue)
        case .settlementFee: ("settlement_fee", .forbidden, .required, .fees, .disposeAtValue)
        case .marginFee: ("margin_fee", .forbidden, .required, .fees, .disposeAtValue)
        case .marginLoss: ("margin_loss", .forbidden, .required, .expense, .disposeAtValue)
        case .derivativesLoss: ("derivatives_loss", .forbidden, .required, .expense, .disposeAtValue)
        case .liquidation: ("liquidation", .forbidden, .required, .expense, .disposeAtValue)
        case .expense: ("expense", .forbidden, .required, .expense, .disposeAtValue)
        case .expenseNontaxable: ("expense_nontaxable", .forbidden, .required, .expense, .disposeAtCost)
        case .loanReceived: ("loan_received", .required, .forbidden, .liability, .acquireAtValue)
        case .loanRepaid: ("loan_repaid", .forbidden, .required, .liability, .disposeAtValue)
        case .collateralAdded: ("collateral_added", .forbidden, .required, .collateral, .transit)
        case .collateralRemoved: ("collateral_removed", .required, .forbidden, .collateral, .transit)
        case .liquidityProvided: ("liquidity_provided", .forbidden, .required, .pool, .disposeAtValue)
        case .liquidityRemoved: ("liquidity_removed", .required, .forbidden, .pool, .acquireAtValue)
        case .liquidityTokenReceived:
            ("liquidity_token_received", .required, .forbidden, .pool, .acquireAtValue)
        case .liquidityTokenReturned:
            ("liquidity_token_returned", .forbidden, .required, .pool, .disposeAtValue)
        case .correctionIn: ("correction_in", .required, .forbidden, .equity, .acquireAtZero)
        case .correctionOut: ("correction_out", .forbidden, .required, .equity, .disposeAtCost)
        }
    }
}
