import Foundation
import JSON
import Testing

@Suite("What the command line shows")
private struct GoldenTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    private static let commands = [
        "", "run", "serve", "import", "export", "balances", "value", "history", "performance",
        "portfolio", "portfolio list", "portfolio add", "portfolio set", "portfolio delete",
        "portfolio targets", "portfolio drift", "portfolio currencies", "rebalance",
        "address", "address add", "address list", "address refresh", "address remove",
        "offset", "offset add", "offset list", "offset set", "offset remove", "lots",
        "gains", "years", "years close",
        "years list", "years reopen", "prices", "prices import",
        "prices status", "prices fetch", "prices set", "prices unset", "prices order", "prices gaps",
        "convert",
        "connections", "connections add", "connections change", "connections list", "connections remove",
        "connections sync", "backfill", "batches", "user", "user add", "user list", "user passwd", "token",
        "token create",
        "token list", "token revoke", "check", "seed", "openapi", "config", "config show", "config set",
        "version",
    ]

    @Test(arguments: commands)
    func `Help says what a command does, with an example and its exit codes`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let run = try coffer.run(words + ["--help"])
        #expect(run.code == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
        let name = command.isEmpty ? "coffer" : words.joined(separator: "-")
        try Golden.expect(run.output, is: "help-\(name)")
        #expect(!FileManager.default.fileExists(atPath: coffer.data), "help makes nothing")
    }

    @Test
    func `Every command has its help in the list`() throws {
        let list = try coffer("--help").output
        for command in GoldenTests.commands
        where ![
            "", "portfolio", "address", "offset", "years", "prices", "connections", "user", "token", "config",
        ]
        .contains(command) {
            #expect(list.contains("  \(command)"), "\(command)")
            #expect(
                try coffer.run(command.split(separator: " ").map(String.init) + ["--help"]).output.contains(
                    "coffer \(command)"
                )
            )
        }
    }

    @Test(arguments: [
        ("no-command", ""), ("only-an-option", "--json"), ("unknown-command", "balence"),
        ("unknown-command-far", "xyzzy"), ("group-alone", "token"), ("unknown-subcommand", "token creat"),
        ("unknown-option", "balances --curency EUR"), ("unknown-option-far", "balances --xyzzy"),
        ("option-before-command", "--currency EUR balances"), ("option-of-another", "lots --year 2024"),
        ("option-without-value", "balances --data"),
        ("option-twice", "balances --currency EUR --currency USD"),
        ("flag-with-value", "balances --json=yes"), ("missing-argument", "import"),
        ("argument-too-many", "import a.csv b.csv"), ("not-a-number", "gains --year twenty"),
        ("number-out-of-range", "gains --year 0"), ("not-a-choice", "gains --scope person"),
        ("bad-year", "years close 20x3"), ("year-not-closed", "years reopen 2023"),
        ("year-not-over", "years close 9998"),
        ("unknown-csv", "gains --csv pdf"), ("entry-alone", "gains --entry 5"),
        ("unknown-disposal", "gains --explain --entry 99"), ("csv-and-explain", "gains --csv lots --explain"),
        ("csv-and-json", "gains --csv uk --json"),
        ("unknown-zone", "gains --timezone Europe/Lodnon"), ("bad-change", "gains --from 2025-01-01=walet"),
        ("repeated-change", "gains --from 2025-01-01=fifo --from 2025-01-01=hifo"),
        ("wash-sales-shared", "gains --wash-sales on --from 2024-01-01=acb"),
        ("bad-period", "gains --long-term 12m"), ("bad-year-start", "gains --year-start 02-30"),
        ("unknown-method", "gains --method newest"), ("unknown-currency", "balances --currency XYZW"),
        ("bad-instant", "balances --at yesterday"), ("unknown-user", "lots --user nobody"),
        ("unknown-import", "batches --undo 99"), ("unknown-token", "token revoke 99"),
        ("connection-no-key", "connections add coinbase"),
        ("connection-no-name", "connections add coinbase --secret-stdin"),
        (
            "connection-bad-key",
            "connections add coinbase --secret-stdin --key-name organizations/1/apiKeys/2"
        ),
        ("connection-bad-venue", "connections add mtgox --secret-stdin --key-name a"),
        ("connection-two-keys", "connections add coinbase --secret-stdin --key-file a.json"),
        ("connection-no-file", "connections add coinbase --key-file missing.json"),
        ("connection-change-nothing", "connections change 1"),
        ("connection-unknown", "connections remove 99"), ("connection-no-number", "connections sync first"),
        ("backfill-pages", "backfill --max-pages 26"),
        ("backfill-source", "backfill --source everything"),
        ("bad-scopes", "token create --scopes admin"), ("bad-expiry", "token create --expires 0"),
        ("bad-address", "serve --listen here"),
        ("bad-admin-address", "serve --listen 127.0.0.1:0 --admin-listen here"),
        ("bad-e-mail", "user add nowhere --password-stdin"),
        ("unknown-setting", "config set report.curency EUR"),
        ("bad-setting", "config set http.queue_max many"), ("no-sample", "run --once"),
        ("inverted-range", "history --from 2024-02-01 --to 2024-01-01"),
        ("too-many-points", "history --step hourly --from 0900-01-01"),
        ("unknown-portfolio", "value --portfolio Rainy-day"), ("unknown-account", "value --account Mars"),
        ("portfolio-and-account", "performance --portfolio P --account A"),
        ("bad-step", "history --step yearly"), ("bad-range", "performance --from last-year"),
        ("bad-rate", "performance --risk-free much"), ("bad-targets", "portfolio add A --targets BTC"),
        ("targets-sum", "portfolio add A --targets BTC=60%,ETH=30%"),
        ("bad-amount", "portfolio add A --initial much"), ("portfolio-default", "portfolio delete Portfolio"),
        ("portfolio-unknown", "portfolio drift Nothing"), ("portfolio-name-taken", "portfolio add Portfolio"),
        ("portfolio-account", "portfolio set --account Mars"), ("bad-risk", "portfolio add A --risk huge"),
        ("active-and-inactive", "portfolio set --active --inactive"), ("fee-range", "rebalance --fee 60%"),
        ("bad-benchmark", "performance --benchmark BTC,ETH"),
        ("benchmark-sum", "performance --benchmark BTC=60%,USD=30%"),
        ("benchmark-twice", "performance --benchmark BTC=60%,BTC=40%"),
        ("benchmark-unpriced", "performance --from 2020-01-01 --benchmark ATOM"),
        ("offset-decimals", "offset add A --balance BTC=0.5000000000000000001"),
        ("offset-no-balance", "offset add A --balance BTC"),
        ("offset-twice", "offset add A --balance BTC=1 --balance btc=2"),
        ("offset-currency", "offset add A --balance QQQZ=1"), ("offset-unknown", "offset remove 99"),
        ("offset-none-and-balance", "offset set 1 --none --balance BTC=1"),
        ("address-unknown", "address remove 99"), ("address-no-number", "address refresh first"),
        ("address-key", "address add btc 5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
        ("address-fiat", "address add usd anything"), ("address-currency", "address add qqqz anything"),
        ("currencies-none", "portfolio currencies --remove USD"),
        ("currencies-unknown", "portfolio currencies --add QQQZ"),
        ("bad-chain-address", "config set chains.bitcoin_url http://example.com"),
        ("prices-none-on", "prices fetch"), ("price-no-number", "prices set BTC USD much"),
        ("price-zero", "prices set BTC USD 0"), ("price-in-itself", "prices set BTC btc 1"),
        ("price-unknown-asset", "prices set QQQZ USD 1"), ("price-not-set", "prices unset BTC USD"),
        ("unknown-source", "prices order BTC nowhere"),
        ("order-and-reset", "prices order BTC bundled --reset"),
        ("gaps-inverted", "prices gaps --from 2024-02-01 --to 2024-01-01"),
        ("bad-source-setting", "config set prices.sources coinbase,nowhere"),
        ("bad-service-address", "config set prices.kraken_url http://example.com"),
        ("convert-no-number", "convert much BTC EUR"), ("convert-unknown", "convert 1 QQQZ EUR"),
        ("convert-no-rate", "convert 1 SOL EUR"), ("convert-too-early", "convert 1 USD EUR --at 1990-01-01"),
        ("file-missing", "import missing.csv"), ("seed-range", "seed --users 0"),
    ])
    func `An error is one line with a remedy, and a documented code`(name: String, line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let run = try coffer.run(words, input: "correct horse battery\n", seconds: 10)
        #expect([2, 3, 6, 7].contains(run.code))
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("coffer: "))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(try coffer.documents(run), "its help names \(run.code)")
        try Golden.expect(Golden.transcript(run, of: coffer), is: "error-\(name)")
    }

    @Test(arguments: [
        ("balances", "balances --at 2024-06-01"), ("balances-eur", "balances --at 2024-06-01 --currency EUR"),
        ("balances-early", "balances --at 2023-02-02T10:00:00Z"), ("lots", "lots"),
        ("lots-all", "lots --all"), ("value", "value --at 2024-01-01"),
        ("portfolio-targets", "portfolio targets"),
        ("value-zone", "value --at 2024-01-01 --timezone America/New_York --currency EUR"),
        ("history", "history --from 2023-01-01 --to 2024-07-01 --step monthly"),
        ("history-account", "history --account Ledger --to 2024-07-01 --step weekly --currency EUR"),
        ("performance", "performance --from 2023-01-01 --to 2024-07-01"),
        (
            "performance-benchmark",
            "performance --from 2023-06-01 --to 2024-06-01 --benchmark BTC=60%,USD=40% --risk-free 4%"
        ),
        ("lots-wallet", "lots --scope wallet"), ("lots-rebuild", "lots --rebuild"), ("gains", "gains"),
        ("gains-2023", "gains --year 2023"),
        ("explain", "gains --explain"), ("explain-entry", "gains --explain --entry 11 --asset eth"),
        ("explain-gbp", "gains --explain --year 2023 --currency GBP --gifts value"),
        ("explain-s104", "gains --explain --method s104 --currency GBP --timezone Europe/London"),
        ("gains-specific", "gains --method specific --from 2024-01-01=acb"),
        ("gains-apart", "gains --fees apart --from 2023-06-01=hifo --timezone Europe/London"),
        ("convert", "convert 0.5 BTC EUR --at 2024-03-03"),
        ("convert-same", "convert 2 EUR EUR --at 2024-03-03"),
        ("convert-weekend", "convert 100 GBP EUR --at 2024-03-03T12:00:00Z"),
        ("prices-status", "prices status"), ("prices-order", "prices order BTC"),
        ("prices-gaps", "prices gaps --asset BTC --from 2023-12-30 --to 2024-06-01"),
        ("gains-wallet-eur", "gains --scope wallet --currency EUR"), ("batches", "batches"),
        ("export", "export"), ("check", "check"), ("token-list", "token list"), ("user-list", "user list"),
    ])
    func `The reports of a small history, as a table and as JSON`(name: String, line: String) throws {
        _ = try coffer.state(after: Histories.small)
        try coffer.folder.write(Histories.prices, to: "prices.csv")
        let prices = try coffer("prices", "import", "prices.csv")
        #expect(prices.code == 0, "\(prices.errors)")
        #expect(try coffer("token", "create", "--label", "laptop").code == 0)
        let words = line.split(separator: " ").map(String.init)
        let table = try coffer.run(words)
        #expect(table.code == 0, "\(table.errors)")
        try Golden.expect(Golden.transcript(table, of: coffer), is: "report-\(name)")
        guard name != "export" else { return }
        let json = try coffer.run(words + ["--json"])
        #expect(json.code == 0)
        let rendered = try json.json().rendered(style: .pretty)
        try Golden.expect(
            Golden.mask(String(decoding: rendered, as: UTF8.self)) + "\n",
            is: "report-\(name)-json"
        )
        #expect(try coffer.run(words + ["--json"]).json().rendered().count == json.bytes.count - 1)
    }

    @Test(arguments: ["disposals", "lots", "by-asset", "by-year", "income", "year-end", "form8949", "uk"])
    func `The report of gains as CSV`(kind: String) throws {
        _ = try coffer.state(after: Histories.small)
        try coffer.folder.write(Histories.prices, to: "prices.csv")
        #expect(try coffer("prices", "import", "prices.csv").code == 0)
        let words = ["gains", "--csv", kind, "--exempt-after", "1y", "--fees", "apart"]
        let run = try coffer.run(words)
        #expect(run.code == 0, "\(run.errors)")
        try Golden.expect(Golden.transcript(run, of: coffer), is: "csv-\(kind)")
        let file = try coffer.run(words + ["--output", "gains.csv"])
        #expect(file.code == 0)
        #expect(try coffer.folder.read("gains.csv") == run.bytes)
        // As many cells in each line as the first one has names.
        let lines = run.output.split(separator: "\n")
        #expect(
            Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1
        )
    }

    @Test
    func `An import tells its counts, and JSON has the documented keys`() throws {
        try coffer.folder.write(Histories.small, to: "small.csv")
        var text = ""
        for words in [["--dry-run"], ["--json"], []] {
            text += Golden.transcript(try coffer.run(["import", "small.csv"] + words), of: coffer)
        }
        text += Golden.transcript(try coffer("batches", "--undo", "1"), of: coffer)
        text += Golden.transcript(try coffer("batches", "--undo", "1"), of: coffer)
        text += Golden.transcript(try coffer("batches"), of: coffer)
        try Golden.expect(text, is: "import-small")
    }

    @Test
    func `A new folder works at once for every command that needs no server`() throws {
        for words in [
            ["balances"], ["lots"], ["gains"], ["export"], ["check"], ["batches"], ["user", "list"],
            ["token", "list"],
        ] {
            let fresh = try Coffer()
            let run = try fresh.run(words)
            #expect(run.code == 0, "\(words): \(run.errors)")
            #expect(try fresh("user", "list").output.contains("owner"))
        }
    }
}
