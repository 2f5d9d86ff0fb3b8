import CommandLine

extension Program {
    /// The commands of what is tracked in portfolios.
    static let trackingCommands: [CommandSpec] = [
        CommandSpec(
            "portfolio currencies",
            "show or change the currencies that a portfolio is reported in by CryptFolio's API",
            arguments: [
                ArgumentSpec(
                    "P",
                    "the portfolio, by its name or id; the default one without it",
                    isOptional: true
                )
            ],
            options: [
                .value("add", "CODE", "add a currency or coin", isRepeatable: true),
                .value("remove", "CODE", "take one away", isRepeatable: true), ofUser,
            ],
            examples: ["coffer portfolio currencies Savings --add BTC --add EUR --remove USD"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "address add",
            "track an address on a public chain",
            arguments: [
                ArgumentSpec("CODE", "the coin or token: btc, ltc, doge, eth or a token of Ethereum"),
                ArgumentSpec("ADDRESS", "the address"),
            ],
            options: [
                .value("title", "T", "what to call it, and its account", defaultText: "the address"),
                inPortfolio, ofUser,
            ],
            examples: ["coffer address add btc bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 --title Cold"],
            details: """
                Whoever is asked about an address learns it, so nobody is asked before a setting such as chains.bitcoin_url \
                names a service. docs/addresses.md tells what is asked.
                """,
            exitCodes: opening + [.finding, .refused]
        ),
        CommandSpec(
            "address list",
            "list the tracked addresses and what they hold",
            options: [ofUser],
            examples: ["coffer address list --json"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "address refresh",
            "read tracked addresses now",
            arguments: [ArgumentSpec("ID", "the address's number; all without it", isOptional: true)],
            options: [ofUser],
            examples: ["coffer address refresh", "coffer address refresh 12"],
            details: "A server does the same by itself, as often as chains.refresh_every says.",
            exitCodes: opening + [.finding, .refused]
        ),
        CommandSpec(
            "address remove",
            "stop tracking an address; its entries no longer count",
            arguments: [ArgumentSpec("ID", "the address's number")],
            options: [ofUser],
            examples: ["coffer address remove 12"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "offset add",
            "state balances that no account shows",
            arguments: [ArgumentSpec("TITLE", "what to call it, and its account")],
            options: [stated, inPortfolio, ofUser],
            examples: ["coffer offset add Attic --balance BTC=0.5 --balance USD=-20"],
            details: "They are corrections in the ledger, entered now; a balance may be below zero.",
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "offset list",
            "list the offsets and what they state",
            options: [ofUser],
            examples: ["coffer offset list"],
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "offset set",
            "change an offset's title, or all of its balances",
            arguments: [ArgumentSpec("ID", "the offset's number")],
            options: [
                .value("title", "T", "another title"), stated, .flag("none", "it states nothing"), ofUser,
            ],
            examples: ["coffer offset set 7 --balance BTC=0.75"],
            details: "The balances given replace all that were stated before.",
            exitCodes: opening + [.refused]
        ),
        CommandSpec(
            "offset remove",
            "delete an offset; its corrections no longer count",
            arguments: [ArgumentSpec("ID", "the offset's number")],
            options: [ofUser],
            examples: ["coffer offset remove 7"],
            exitCodes: opening + [.refused]
        ),
    ]

    private static let ofUser = OptionSpec.value(
        "user",
        "USER",
        "whose data: an id, e-mail or name",
        defaultText: "the owner"
    )

    private static let inPortfolio = OptionSpec.value(
        "portfolio",
        "P",
        "the portfolio, by its name or id",
        defaultText: "the default one"
    )

    private static let stated = OptionSpec.value(
        "balance",
        "CODE=AMOUNT",
        "a balance; of each currency one",
        isRepeatable: true
    )
}
