import CommandLine

/// A small program with every form of command, argument and option.
enum Sample {
    static let program = ProgramSpec(
        name: "coffer",
        summary: "an exact portfolio ledger with lots and gains",
        options: [
            .value("data", "DIR", "the data folder", defaultText: "./data"),
            .flag("json", "print JSON with the documented keys"),
        ],
        commands: [
            CommandSpec(
                "import",
                "read exports into the ledger",
                arguments: [
                    ArgumentSpec("FILE", "a file to read; - means standard input", isRepeatable: true)
                ],
                options: [
                    .value("account", "NAME", "the account that rows without one belong to"),
                    .flag("dry-run", "say what would happen and write nothing"),
                    .value("tag", "WORD", "a word put on each entry of the file", isRepeatable: true),
                    .value(
                        "day-limit",
                        "DAYS",
                        "the oldest rows to take, counted in days back from the newest row"
                    ),
                ],
                examples: ["coffer import coinbase.csv", "coffer import --dry-run --json *.csv"],
                details: """
                    Rows that are there already are passed over, so the same file can be imported again at any time.

                    A file with errors imports nothing.
                    """,
                exitCodes: [.badInput, .dataFolder, .storageFailed]
            ),
            CommandSpec(
                "gains",
                "realised gains by year",
                options: [
                    .value(
                        "method",
                        "NAME",
                        "how lots are chosen",
                        defaultText: "fifo",
                        choices: ["fifo", "lifo", "hifo"]
                    )
                ],
                examples: ["coffer gains --method lifo"]
            ),
            CommandSpec("balances", "what is held, and what it is worth"),
            CommandSpec(
                "prices import",
                "read prices from a file",
                arguments: [ArgumentSpec("FILE", "the file")],
                examples: ["coffer prices import btc.csv"]
            ),
            CommandSpec("prices status", "how old each price is"),
            CommandSpec(
                "run",
                "import, report, serve",
                arguments: [ArgumentSpec("FILE", "the file", isOptional: true)]
            ),
            CommandSpec("version", "print the version"),
            CommandSpec("crash", "for tests", isHidden: true),
        ]
    )

    static let settings = SettingsTable(
        [
            SettingSpec(
                "http.listen",
                .text,
                default: "127.0.0.1:8080",
                flag: "listen",
                placeholder: "ADDR",
                "address"
            ),
            SettingSpec(
                "http.body_bytes_max",
                .bytes(1024...1 << 30),
                default: "16MiB",
                "largest body of a request"
            ),
            SettingSpec("http.idle", .duration(.seconds(1)...(.seconds(3600))), default: "30s", "idle time"),
            SettingSpec("http.threads", .integer(1...64), default: "2", flag: "threads", "event loops"),
            SettingSpec(
                "limits.off",
                .boolean,
                default: "false",
                flag: "no-limits",
                "no limits | loopback only"
            ),
            SettingSpec(
                "report.method",
                .choice(["fifo", "lifo"]),
                default: "fifo",
                flag: "method",
                "how lots are chosen"
            ),
            SettingSpec("admin.token", .secret, "token of the operators' listener"),
        ],
        otherEnvironmentNames: ["COFFER_BINARY"]
    )

    /// The lines of a settings file, parsed.
    static func file(_ text: String) throws(CommandLineError) -> SettingsFile {
        try SettingsFile.parse(Array(text.utf8), path: "data/coffer.conf")
    }
}
