import CommandLine
import TestSupport
import Testing

@Suite("The parser of the command line")
private struct ParserTests {
    @Test(arguments: [
        ["import", "a.csv", "b.csv", "--account", "Kraken", "--json", "--data", "/d"],
        ["--json", "--data=/d", "import", "--account=Kraken", "a.csv", "b.csv"],
        ["--data", "/d", "import", "a.csv", "--json", "b.csv", "--account", "Kraken"],
        ["import", "--account", "Kraken", "--json", "--data", "/d", "--", "a.csv", "b.csv"],
    ])
    func `options may stand anywhere around the arguments`(_ words: [String]) throws {
        let parsed = try Sample.program.parse(words)
        #expect(parsed.name == "import")
        #expect(parsed.arguments == ["a.csv", "b.csv"])
        #expect(parsed.value("account") == "Kraken")
        #expect(parsed.value("data") == "/d")
        #expect(parsed.flag("json"))
        #expect(!parsed.flag("dry-run"))
        #expect(!parsed.wantsHelp)
        #expect(parsed.optionTexts == ["account": "Kraken", "data": "/d", "json": "true"])
    }

    @Test func `a repeatable option keeps its values in order`() throws {
        let parsed = try Sample.program.parse(["import", "--tag", "b", "f", "--tag=a", "--tag=b=c"])
        #expect(parsed.values("tag") == ["b", "a", "b=c"])
        #expect(try Sample.program.parse(["import", "f"]).values("tag").isEmpty)
    }

    @Test func `two words can make one command`() throws {
        let parsed = try Sample.program.parse(["prices", "--json", "import", "x.csv"])
        #expect(parsed.name == "prices import")
        #expect(parsed.argument(0) == "x.csv")
        #expect(parsed.argument(1) == nil)
    }

    @Test func `after two dashes everything is an argument and one dash is one too`() throws {
        let parsed = try Sample.program.parse(["import", "-", "--", "--json", "--", "-x"])
        #expect(parsed.arguments == ["-", "--json", "--", "-x"])
        #expect(!parsed.flag("json"))
        #expect(try Sample.program.parse(["import", "--account", "-", "f"]).value("account") == "-")
    }

    @Test(arguments: [
        (["--help"], ""), (["-h"], ""), (["help"], ""), (["help", "import"], "import"),
        (["import", "--help"], "import"),
        (["import", "-h"], "import"), (["--help", "gains"], "gains"), (["prices", "--help"], "prices"),
        (["help", "prices", "status"], "prices status"), (["version"], nil), (["--version"], nil),
    ])
    func `help is asked for in several ways and needs no arguments`(_ words: [String], topic: String?) throws
    {
        let parsed = try Sample.program.parse(words)
        #expect(parsed.wantsHelp == (topic != nil))
        #expect(parsed.name == topic ?? "version")
    }

    @Test func `a whole number is checked against its range`() throws {
        let parsed = try Sample.program.parse(["import", "f", "--day-limit", "30"])
        #expect(try parsed.integer("day-limit", in: 1...30) == 30)
        #expect(try Sample.program.parse(["import", "f"]).integer("day-limit", in: 1...30) == nil)
        for text in ["0", "31", "1.0", "+1", "１", "1e1", "99999999999999999999", " 1"] {
            let wrong = try Sample.program.parse(["import", "f", "--day-limit=\(text)"])
            let expected = CommandLineError.notAnInteger(option: "day-limit", value: text, least: 1, most: 30)
            #expect(throws: expected) { try wrong.integer("day-limit", in: 1...30) }
        }
    }

    @Test(arguments: [
        ("command-missing", []), ("command-unknown-near", ["improt"]), ("command-unknown-far", ["zzz"]),
        ("command-one-word-only", ["prices"]), ("command-second-word-near", ["prices", "improt"]),
        ("command-second-word-far", ["prices", "zzz"]),
        ("option-unknown-near", ["import", "f", "--dry-rum"]),
        ("option-unknown-far", ["gains", "--zzz=1"]), ("option-unknown-before-command", ["--zzz"]),
        ("option-one-dash", ["import", "-json"]), ("option-before-command", ["--dry-run", "import"]),
        ("option-of-other-command", ["balances", "--method", "fifo"]),
        ("option-value-missing", ["import", "--account"]),
        ("option-value-is-option", ["import", "--account", "--json"]),
        ("option-value-empty", ["import", "--account="]),
        ("option-value-unexpected", ["import", "--json=yes"]),
        ("option-repeated", ["--data", "a", "balances", "--data", "a"]),
        ("option-choice-near", ["gains", "--method", "fofo"]),
        ("option-choice-far", ["gains", "--method", "zzzzzz"]),
        ("argument-missing", ["import"]), ("argument-too-many", ["prices", "import", "a", "b"]),
        ("argument-too-many-none", ["balances", "btc"]), ("argument-too-many-optional", ["run", "a", "b"]),
        ("text-hostile", ["\u{1B}[31mred\u{7}\u{202E}\n" + String(repeating: "x", count: 100)]),
    ])
    func `every mistake is one line with a remedy`(_ name: String, words: [String]) throws {
        let error = try #require(throws: CommandLineError.self) { try Sample.program.parse(words) }
        #expect(error.exitCode == .usage)
        #expect(!error.description.contains("\n"))
        try Golden.expect(error.description + "\n", is: name)
    }

    @Test func `a number outside its range is one line too`() throws {
        let error = CommandLineError.notAnInteger(option: "day-limit", value: "0", least: 1, most: 30)
        try Golden.expect(error.description + "\n", is: "option-not-an-integer")
    }

    @Test(arguments: 0..<20)
    func `any words give a command or an error and never a trap`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let words = [
            "import", "prices", "status", "gains", "--json", "--data", "--data=", "--", "-", "-h", "help", "",
            "=", "--=",
            "--tag", "--tag=a", "x", "---", "--method=fifo", "é", "\u{0}", "run",
        ]
        for _ in 0..<500 {
            let line = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }
            do {
                let parsed = try Sample.program.parse(line)
                #expect(parsed.wantsHelp || Sample.program.command(named: parsed.name) != nil)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}

@Suite("Help screens")
private struct HelpTests {
    @Test(arguments: ["", "import", "gains", "prices", "prices import", "balances"])
    func `a help screen is as expected and at most 80 columns wide`(_ name: String) throws {
        let text = String(decoding: Sample.program.renderHelp(for: name), as: UTF8.self)
        for line in text.split(separator: "\n") { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        #expect(!text.contains("crash"))
        let file = name.isEmpty ? "program" : name.split(separator: " ").joined(separator: "-")
        try Golden.expect(text, is: "help-" + file)
    }

    @Test func `the exit codes are the documented numbers`() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 70, 75])
    }
}

@Suite("The nearest name")
private struct NearestNameTests {
    @Test(arguments: [
        ("improt", "import"), ("IMPORT", "import"), ("bal", "balances"), ("balance", "balances"),
        ("prces", "prices"),
        ("prize", "prices"), ("q", nil), ("", nil), ("zzzzzzzz", nil), ("data_dir", "data-dir"),
        ("datadir", "data-dir"),
        (String(repeating: "import", count: 11), nil),
    ])
    func `a slip of the hand finds the name meant`(_ text: String, expected: String?) {
        #expect(NearestName.suggest(text, among: ["import", "prices", "balances", "data-dir"]) == expected)
    }

    @Test func `the first of two equally near names is taken`() {
        #expect(NearestName.suggest("lota", among: ["lots", "lote"]) == "lots")
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("ca", "abc", 3),
        ("kitten", "sitting", 3), ("abcd", "badc", 2), ("a", "b", 1),
    ])
    func `the distance counts each edit once`(_ left: String, right: String, distance: Int) {
        #expect(NearestName.editDistance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(NearestName.editDistance(Array(right.utf8), Array(left.utf8)) == distance)
    }
}
