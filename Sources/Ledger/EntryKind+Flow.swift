/// What a kind's legs mean for the return on what is held.
public enum FlowEffect: UInt8, Hashable, Sendable {
    /// Capital comes in or goes out: neither gain nor loss.
    case capital
    /// What comes in is earned, what goes out is lost or paid: part of the return.
    case result
    /// One thing is given for another: no flow where both sides are own.
    case exchange
    /// Moved between two places: a flow where one of them is not looked at.
    case transfer
}

extension EntryKind {
    /// What the kind means for the return.
    ///
    /// Deposits, withdrawals, gifts, donations, spending, loans, collateral, liquidity and corrections are capital; income,
    /// fees, losses and thefts are results.
    public var flowEffect: FlowEffect {
        switch self {
        case .trade, .marginTrade, .derivativesTrade, .swap, .migration: .exchange
        case .transfer: .transfer
        case .deposit, .withdrawal, .giftIn, .giftOut, .donation, .spend, .expense, .expenseNontaxable,
            .loanReceived, .loanRepaid, .collateralAdded, .collateralRemoved, .liquidityProvided,
            .liquidityRemoved, .liquidityTokenReceived, .liquidityTokenReturned, .correctionIn,
            .correctionOut:
            .capital
        case .income, .mining, .miningCommercial, .staking, .masternode, .minting, .interest, .lendingIncome,
            .dividend, .airdrop, .airdropNontaxable, .reward, .incomeNontaxable, .otherIncome,
            .liquidityReward, .derivativesProfit, .marginProfit, .fork, .stolen, .lost, .fee, .borrowingFee,
            .settlementFee, .marginFee, .marginLoss, .derivativesLoss, .liquidation:
            .result
        }
    }
}
