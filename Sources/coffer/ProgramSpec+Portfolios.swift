import CommandLine
import Services

extension Program {
    /// The commands of portfolios.
    static let portfolioCommands: [CommandSpec] = [
        CommandSpec(
            "portfolio list",
            "list the portfolios with what they are worth",
            options: [.flag("active", "only those that are looked after"), whose],
            examples: ["coffer portfolio list --json"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "portfolio add",
            "make a portfolio",
            arguments: [ArgumentSpec("NAME", "its name, unique among yours")],
            options: fields + [
                .flag("inactive", "it is not looked after"),
                .value("initial", "AMOUNT", "an opening deposit in USD"), whose,
            ],
            examples: ["coffer portfolio add Savings --targets BTC=60%,ETH=40% --initial 1000"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "portfolio set",
            "change a portfolio, or put accounts into it",
            arguments: [portfolioArgument],
            options: [.value("name", "NAME", "another name")] + fields + [
                .flag("active", "it is looked after"), .flag("inactive", "it is not looked after"),
                .flag("rebalanced", "note that it was rebalanced now"),
                .value(
                    "account",
                    "NAME",
                    "put this account with its whole history into the portfolio",
                    isRepeatable: true
                ), whose,
            ],
            examples: [
                "coffer portfolio set Savings --account Kraken --account Ledger",
                "coffer portfolio set --targets BTC=1 --default",
            ],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "portfolio delete",
            "delete a portfolio with its entries",
            arguments: [ArgumentSpec("P", "the portfolio, by its name or id")],
            options: [.flag("force", "although it still holds something"), whose],
            examples: ["coffer portfolio delete Savings --force"],
            details: """
                Its entries no longer count and its accounts go empty to the default portfolio. What moved to or from \
                other portfolios stays right for them. The default portfolio cannot be deleted.
                """,
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "portfolio targets",
            "show which shares assets are meant to have",
            arguments: [portfolioArgument],
            options: [whose],
            examples: ["coffer portfolio targets Savings"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "portfolio drift",
            "show how far shares are from their targets",
            arguments: [portfolioArgument],
            options: [whose],
            examples: ["coffer portfolio drift Savings --json"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "rebalance",
            "suggest the trades that restore a portfolio's targets",
            options: [
                .value("portfolio", "P", "the portfolio, by its name or id", defaultText: "the default one"),
                .value("minimum", "AMOUNT", "no trade below this value in USD", defaultText: "0"),
                .value("fee", "RATE", "what a trade costs, such as 0.4%", defaultText: "0"),
                .value("add", "AMOUNT", "money in USD to be put in", defaultText: "0"),
                .flag("no-sells", "buy only"), whose,
            ],
            examples: ["coffer rebalance --portfolio Savings --minimum 50 --fee 0.4%"],
            details: "Nothing is traded. docs/performance.md says how the trades are found.",
            exitCodes: opening + [.refused]
        ),
    ]

    private static let whose = OptionSpec.value(
        "user",
        "USER",
        "whose data: an id, e-mail or name",
        defaultText: "the owner"
    )

    private static let portfolioArgument = ArgumentSpec(
        "P",
        "the portfolio, by its name or id; the default one without it",
        isOptional: true
    )

    private static let fields: [OptionSpec] = [
        .value("description", "TEXT", "what it is for"),
        .value("risk", "RISK", "how much risk it bears", choices: RiskTolerance.allCases.map(\.rawValue)),
        .value("targets", "SHARES", "such as BTC=60%,ETH=40%; they sum to one"),
        .value("tags", "LIST", "words with commas between them"),
        .flag("default", "make it the one for imports that name none"),
    ]
}
