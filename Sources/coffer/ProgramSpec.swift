import CommandLine
import Services

extension Program {
    /// What can be typed: every command with its options, examples and exit codes.
    static let spec = ProgramSpec(
        name: "coffer",
        summary: "crypto portfolio server with one exact ledger",
        options: [
            .value("data", "DIR", "the data folder", defaultText: "COFFER_DATA, else ./data"),
            .flag("json", "print the result as JSON"),
        ],
        commands: [
            run, serve, importing, export, balances, value, history, performance,
        ] + portfolioCommands + trackingCommands + [
            lots, gains, yearsClose,
            yearsList, yearsReopen,
            pricesImport, pricesFetch, pricesSet, pricesUnset, pricesOrder, pricesGaps, pricesStatus,
            convert, connectionsAdd, connectionsChange, connectionsList, connectionsRemove, connectionsSync,
            backfill, batches,
        ] + identityCommands + [
            tokenCreate, tokenList, tokenRevoke, check, seed, openAPI, configShow,
            configSet,
            version,
        ]
    )

    /// What every command can end with that opens the data folder.
    static let opening: [ExitCode] = [.dataFolder, .newerSchema, .storageFailed]

    static let user = OptionSpec.value(
        "user",
        "USER",
        "whose data: an id, e-mail or name",
        defaultText: "the owner"
    )

    private static let reportOptions =
        ProgramSettings.table.options(GainsSettings.shared) + [user]

    private static let fileOptions: [OptionSpec] = [
        .value("file", "FILE", "report on a CSV file, or - for standard input, without storing it"),
        .value("account", "NAME", "the account for rows of the file that name none"),
        .flag("partial", "report on the good rows of a file that has errors"),
        .value("prices", "FILE", "prices for the file, as coffer prices import takes them"),
    ]

    private static let serveOptions =
        ProgramSettings.table.options(["http.listen", "admin.listen", "cryptfolio.port_2019"]) + [
            .flag("no-limits", "lift rates and quotas; only on a loopback address")
        ]

    private static let run = CommandSpec(
        "run",
        "import a file, show what it comes to, then serve",
        arguments: [ArgumentSpec("FILE", "a CSV export; without it the sample", isOptional: true)],
        options: serveOptions + [
            .flag("once", "end after the report instead of serving"),
            .value("sample", "FILE", "the export to import when no file is named"),
            .value("sample-prices", "FILE", "the prices that belong to the sample"),
        ],
        examples: ["coffer run ~/Downloads/coinbase.csv", "coffer run --once"],
        details: "What ./run calls. A second run keeps the data and imports nothing twice.",
        exitCodes: opening + [.cannotListen, .badInput, .refused]
    )

    private static let serve = CommandSpec(
        "serve",
        "serve the APIs until stopped",
        options: serveOptions,
        examples: ["coffer serve --listen 127.0.0.1:8080"],
        details: "Stops on Ctrl-C or SIGTERM after answering what is in flight.",
        exitCodes: opening + [.cannotListen]
    )

    private static let importing = CommandSpec(
        "import",
        "import an exchange's export or Coffer's own layout",
        arguments: [ArgumentSpec("FILE", "the CSV file, or - for standard input")],
        options: [
            .value("account", "NAME", "the account for rows that name none"),
            .flag("dry-run", "show what would happen and change nothing"),
            .flag("partial", "import the good rows of a file that has errors"),
            user,
        ],
        examples: ["coffer import coinbase.csv --dry-run", "coffer import history.csv --account Kraken"],
        details: """
            A file with errors imports nothing and all its errors are listed, unless --partial is given. A file that \
            was imported before adds nothing; an extended one adds just its new rows.
            """,
        exitCodes: opening + [.badInput, .refused]
    )

    private static let export = CommandSpec(
        "export",
        "write the whole history in Coffer's own layout",
        options: [.value("output", "FILE", "where to write", defaultText: "standard output"), user],
        examples: ["coffer export --output history.csv"],
        exitCodes: opening + [.refused]
    )

    private static let balances = CommandSpec(
        "balances",
        "show what is held, its value and cost",
        options: reportOptions + fileOptions + [
            .value("at", "TIME", "as of an instant, ISO 8601", defaultText: "now")
        ],
        examples: ["coffer balances --currency EUR", "coffer balances --at 2024-01-01"],
        exitCodes: opening + [.badInput, .refused]
    )

    private static let valueOptions =
        ProgramSettings.table.options(["report.currency", "gains.timezone"]) + [
            user,
            .value("portfolio", "P", "the accounts of one portfolio, by its name or id"),
            .value("account", "NAME", "one account"),
        ]

    private static let rangeOptions: [OptionSpec] = [
        .value("from", "TIME", "the start of the range", defaultText: "the day of the first entry"),
        .value("to", "TIME", "the end of the range", defaultText: "now"),
    ]

    private static let rangeDetails =
        "TIME is an instant in ISO 8601, or a date: the start of that day in the time zone."

    private static let value = CommandSpec(
        "value",
        "show what holdings were worth at an instant",
        options: valueOptions + [.value("at", "TIME", "the instant", defaultText: "now")],
        examples: ["coffer value --at 2024-01-01", "coffer value --currency EUR --portfolio Savings --json"],
        details: rangeDetails,
        exitCodes: opening + [.refused]
    )

    private static let history = CommandSpec(
        "history",
        "show what holdings were worth over time",
        options: valueOptions + rangeOptions + [
            .value(
                "step",
                "STEP",
                "how far apart the points are; monthly is 30 days",
                defaultText: HistoryCommand.standardStep.rawValue,
                choices: HistoryStep.allCases.map(\.rawValue)
            )
        ],
        examples: ["coffer history --from 2024-01-01 --step weekly", "coffer history --step hourly --json"],
        details: rangeDetails,
        exitCodes: opening + [.refused]
    )

    private static let performance = CommandSpec(
        "performance",
        "show returns, drawdown and risk of a range",
        options: valueOptions + rangeOptions + [
            .value("risk-free", "RATE", "the risk-free rate of a year", defaultText: "0"),
            .value("benchmark", "MIX", "compare with an asset, or with shares such as BTC=60%,USD=40%"),
        ],
        examples: [
            "coffer performance --from 2024-01-01 --to 2025-01-01 --currency EUR",
            "coffer performance --portfolio Savings --risk-free 3.5% --benchmark BTC --json",
        ],
        details: rangeDetails + " docs/performance.md defines each figure.",
        exitCodes: opening + [.refused]
    )

    private static let lots = CommandSpec(
        "lots",
        "show the open lots",
        options: reportOptions + fileOptions + [
            .flag("all", "closed lots too"),
            .flag("rebuild", "compute them anew from the journal and say what changed"),
        ],
        examples: ["coffer lots --json"],
        exitCodes: opening + [.badInput, .refused]
    )

    private static let gains = CommandSpec(
        "gains",
        "show realised gains, income and what is missing",
        options: reportOptions + ProgramSettings.table.options(GainsSettings.ofGains) + fileOptions + [
            .value("year", "YEAR", "disposals and income of one tax year"),
            .flag("explain", "say of each disposal why its gain is what it is"),
            .value("entry", "ID", "explain the disposals of one entry"),
            .value("asset", "CODE", "explain the disposals of one asset"),
            .value("csv", "KIND", "print CSV", choices: GainsCSVKind.allCases.map(\.rawValue)),
            .value("output", "FILE", "where to write", defaultText: "standard output"),
        ],
        examples: [
            "coffer gains --year 2024", "coffer gains --explain --entry 18",
            "coffer gains --method hifo --scope wallet --currency EUR --json",
            "coffer gains --year 2024 --csv form8949 --timezone America/New_York --output 8949.csv",
            "coffer gains --csv uk --method s104 --currency GBP --timezone Europe/London",
            "coffer gains --file coinbase.csv",
        ],
        exitCodes: opening + [.badInput, .refused]
    )

    private static let yearsClose = CommandSpec(
        "years close",
        "close a tax year, so that later changes to it are told",
        arguments: [ArgumentSpec("YEAR", "the calendar year in which the tax year starts")],
        options: reportOptions + ProgramSettings.table.options(GainsSettings.ofGains),
        examples: [
            "coffer years close 2023",
            "coffer years close 2023 --method s104 --currency GBP --year-start 04-06",
        ],
        details: """
            Keeps the settings in force and what the year comes to. From then on reports compute the year again with \
            the settings kept and say what differs, and imports say when rows fall into it. Nothing is locked.
            """,
        exitCodes: opening + [.refused]
    )

    private static let yearsList = CommandSpec(
        "years list",
        "list the closed years and what has changed in them",
        options: [user],
        examples: ["coffer years list --json"],
        exitCodes: opening + [.finding, .refused]
    )

    private static let yearsReopen = CommandSpec(
        "years reopen",
        "open a closed year again",
        arguments: [ArgumentSpec("YEAR", "the year that years list shows")],
        options: [user],
        examples: ["coffer years reopen 2023"],
        exitCodes: opening + [.refused]
    )

    private static let connectionsAdd = CommandSpec(
        "connections add",
        "connect an exchange's account by an API key",
        arguments: [
            ArgumentSpec(
                "VENUE",
                "the exchange: " + Workspace.connectableVenues.map(\.name).joined(separator: ", ")
            )
        ],
        options: keyOptions + [
            .value("label", "L", "what to call it, and its account", defaultText: "the exchange's name"),
            user,
        ],
        examples: [
            "coffer connections add coinbase --key-file cdp_api_key.json",
            "coffer connections add kraken --key-file kraken.txt",
        ],
        details: """
            Make a key that may only view. It is kept sealed and never shown; no secret is ever a word of the command \
            line. docs/connections.md tells what is read and how to take a key back.
            """,
        exitCodes: opening + [.badInput, .refused]
    )

    private static let keyOptions: [OptionSpec] = [
        .value(
            "key-file",
            "FILE",
            "the key as the venue gives it, key and secret in two lines, or the secret"
        ),
        .flag("secret-stdin", "read that from standard input"),
        .value("key-name", "NAME", "the key, or its name, where the file does not have it"),
    ]

    private static let connectionsChange = CommandSpec(
        "connections change",
        "give a connection another key or label",
        arguments: [ArgumentSpec("ID", "the connection's number")],
        options: keyOptions + [.value("label", "L", "what to call it; its account keeps its name"), user],
        examples: ["coffer connections change 1 --key-file kraken.txt"],
        details: """
            The new key should be of the same account at the exchange, which is read on from where the old one came to. A \
            connection whose key was refused is read by a server again once it has another one.
            """,
        exitCodes: opening + [.badInput, .refused]
    )

    private static let connectionsList = CommandSpec(
        "connections list",
        "list the connected accounts and how far they were read",
        options: [user],
        examples: ["coffer connections list"],
        exitCodes: opening + [.refused]
    )

    private static let connectionsRemove = CommandSpec(
        "connections remove",
        "remove a connection with its credentials; its entries stay",
        arguments: [ArgumentSpec("ID", "the connection's number")],
        options: [user],
        examples: ["coffer connections remove 1"],
        exitCodes: opening + [.refused]
    )

    private static let connectionsSync = CommandSpec(
        "connections sync",
        "read connected accounts now",
        arguments: [ArgumentSpec("ID", "the connection's number; all without it", isOptional: true)],
        options: [.flag("again", "read from the beginning; what is there is recognised"), user],
        examples: ["coffer connections sync", "coffer connections sync 1 --again"],
        details: """
            What is new becomes an import, which coffer batches lists and can undo. A server does the same by itself, as \
            often as connections.sync_every says.
            """,
        exitCodes: opening + [.finding, .refused]
    )

    private static let backfill = CommandSpec(
        "backfill",
        "read further into the history of connected accounts",
        options: [
            .flag("dry-run", "show what would happen and change nothing"),
            .value("max-pages", "N", "pages of each wallet or list, 1 to 25", defaultText: "3"),
            .value(
                "source",
                "SOURCE",
                "what is read: the ledger of every Coinbase wallet, or the trades of every exchange",
                defaultText: BackfillSource.coinbaseLedger.rawValue,
                choices: BackfillSource.allCases.map(\.rawValue)
            ),
            user,
        ],
        examples: ["coffer backfill --dry-run", "coffer backfill --max-pages 25"],
        exitCodes: opening + [.finding, .refused]
    )

    private static let batches = CommandSpec(
        "batches",
        "list the imports, or undo one",
        options: [.value("undo", "ID", "take all entries of this import back"), user],
        examples: ["coffer batches", "coffer batches --undo 3"],
        exitCodes: opening + [.refused]
    )

    private static let tokenCreate = CommandSpec(
        "token create",
        "create an access token; it is shown once",
        options: [
            user,
            .value("label", "TEXT", "what the token is for"),
            .value(
                "scopes",
                "LIST",
                "comma-separated: read, write",
                defaultText: TokenCommand.standardScopes
            ),
            .value(
                "expires",
                "DAYS",
                "the days until it expires",
                defaultText: String(TokenCommand.standardDays)
            ),
        ],
        examples: ["coffer token create --label laptop --scopes read"],
        exitCodes: opening + [.refused]
    )

    private static let tokenList = CommandSpec(
        "token list",
        "list the access tokens",
        options: [user],
        examples: ["coffer token list"],
        exitCodes: opening + [.refused]
    )

    private static let tokenRevoke = CommandSpec(
        "token revoke",
        "end an access token",
        arguments: [ArgumentSpec("ID", "the number that token list shows")],
        options: [user],
        examples: ["coffer token revoke 2"],
        exitCodes: opening + [.refused]
    )

    private static let check = CommandSpec(
        "check",
        "verify the whole data folder",
        examples: ["coffer check --json"],
        details: "Schema, foreign keys, digests and seals of the journal, postings and balances per asset.",
        exitCodes: opening + [.finding]
    )

    private static let seed = CommandSpec(
        "seed",
        "fill an empty data folder with users, history and credentials",
        options: [
            .value("users", "N", "how many users", defaultText: String(SeedCommand.standardUsers)),
            .value("entries", "N", "entries for each user", defaultText: String(SeedCommand.standardEntries)),
        ],
        examples: ["coffer seed --users 5 --data ./demo --json"],
        details: "For demonstrations and outside checks. Refuses a data folder that has users.",
        exitCodes: opening + [.refused]
    )

    private static let openAPI = CommandSpec(
        "openapi",
        "write what the server serves as an OpenAPI document",
        options: [.value("output", "FILE", "where to write", defaultText: "standard output")],
        examples: ["coffer openapi --output openapi.json"],
        details: "The same document as GET /openapi.json of a running server; no data folder is opened.",
        exitCodes: [.storageFailed]
    )

    private static let configShow = CommandSpec(
        "config show",
        "show every setting and where its value comes from",
        options: ProgramSettings.table.options(
            ProgramSettings.table.specs.filter { $0.flag != nil }.map(\.key)
        ),
        examples: ["coffer config show"],
        details: "A flag comes before the environment, that before DATA/coffer.conf, that before the default."
    )

    private static let configSet = CommandSpec(
        "config set",
        "keep a setting in the data folder's coffer.conf",
        arguments: [ArgumentSpec("KEY", "the setting"), ArgumentSpec("VALUE", "its value")],
        examples: ["coffer config set report.currency EUR"],
        exitCodes: [.storageFailed]
    )

    private static let version = CommandSpec("version", "show the version", examples: ["coffer version"])
}
