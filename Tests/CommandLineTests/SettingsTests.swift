import CommandLine
import Testing

@Suite("Settings")
private struct SettingsTests {
    @Test func `an option beats the environment and that the file and that the default`() throws {
        let file = try Sample.file("http.listen = file:1\nhttp.threads = 3\nreport.method=lifo\n")
        let environment = ["COFFER_HTTP_LISTEN": "env:1", "COFFER_HTTP_THREADS": "4", "PATH": "/bin"]
        let settings = try Sample.settings.resolve(
            flags: ["listen": "flag:1", "json": "true"],
            environment: environment,
            file: file
        )
        #expect(settings.text("http.listen") == "flag:1")
        #expect(settings.setting("http.listen").origin == .flag("listen"))
        #expect(settings.integer("http.threads") == 4)
        #expect(settings.setting("http.threads").origin == .environment("COFFER_HTTP_THREADS"))
        #expect(settings.text("report.method") == "lifo")
        #expect(settings.setting("report.method").origin == .file(path: "data/coffer.conf", line: 3))
        #expect(settings.duration("http.idle") == .seconds(30))
        #expect(settings.setting("http.idle").origin == .standard)
        #expect(settings.integer("http.body_bytes_max") == 16 << 20)
        #expect(!settings.boolean("limits.off"))
        #expect(settings.textIfSet("admin.token") == nil)
        #expect(settings.all.map(\.spec.key) == Sample.settings.specs.map(\.key))
    }

    @Test func `a value that is overruled is checked all the same`() throws {
        let expected = CommandLineError.badSetting(
            key: "http.threads",
            value: "many",
            origin: .environment("COFFER_HTTP_THREADS"),
            expected: "a whole number from 1 to 64"
        )
        #expect(throws: expected) {
            try Sample.settings.resolve(flags: ["threads": "2"], environment: ["COFFER_HTTP_THREADS": "many"])
        }
    }

    @Test func `a secret can come from a file and is never shown`() throws {
        let environment = ["COFFER_ADMIN_TOKEN_FILE": "/run/secret", "COFFER_BINARY": "/x"]
        let settings = try Sample.settings.resolve(environment: environment) { path in
            path == "/run/secret" ? Array("t0p-secret\r\n".utf8) : nil
        }
        #expect(settings.textIfSet("admin.token") == "t0p-secret")
        #expect(settings.setting("admin.token").shownText == "********")
        #expect(!String(decoding: settings.render(), as: UTF8.self).contains("t0p-secret"))
        try Golden.expect(String(decoding: settings.render(), as: UTF8.self), is: "settings-show")
    }

    @Test func `the table for the documents is as expected`() throws {
        try Golden.expect(
            String(decoding: Sample.settings.renderMarkdown(), as: UTF8.self),
            is: "settings-markdown"
        )
    }

    @Test func `a list comes from one text with commas, or from an option given several times`() throws {
        let form = SettingForm("a word in lower case") { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) } }
        let table = SettingsTable([SettingSpec("a.list", .list(form), flag: "word", "words")])
        #expect(try table.resolve().texts("a.list").isEmpty)
        let file = try Sample.file("a.list = one , two,three\n")
        #expect(try table.resolve(file: file).texts("a.list") == ["one", "two", "three"])
        let program = ProgramSpec(
            name: "p",
            summary: "s",
            options: [],
            commands: [CommandSpec("c", "s", options: table.options(["a.list"]))]
        )
        let parsed = try program.parse(["c", "--word", "one", "--word=two"])
        #expect(try table.resolve(flags: parsed.optionTexts).texts("a.list") == ["one", "two"])
        let help = String(decoding: program.renderHelp(for: "c"), as: UTF8.self)
        #expect(help.contains("words (may be repeated)"))
        for wrong in ["", "one,", "One", Array(repeating: "x", count: 101).joined(separator: ",")] {
            let expected = CommandLineError.badSetting(
                key: "a.list",
                value: wrong,
                origin: .flag("word"),
                expected: "a word in lower case, with commas between several"
            )
            #expect(throws: expected) { try table.resolve(flags: ["word": wrong]) }
        }
    }

    @Test func `a setting of an earlier version is refused with what took its place`() throws {
        let table = SettingsTable(
            [SettingSpec("a.new", .text, default: "x", "new")],
            replaced: [ReplacedSetting("a.old", instead: "a.new instead")]
        )
        for (place, resolve) in [
            (
                SettingPlace.file(path: "data/coffer.conf", line: 1),
                { _ = try table.resolve(file: Sample.file("a.old = 1\n")) }
            ),
            (.commandLine, { try table.check(key: "a.old", text: "1") }),
        ] as [(SettingPlace, () throws -> Void)] {
            let expected = CommandLineError.replacedSetting("a.old", place: place, instead: "a.new instead")
            #expect(throws: expected) { try resolve() }
        }
        let variable = CommandLineError.replacedSetting(
            "COFFER_A_OLD",
            place: .environment,
            instead: "a.new instead"
        )
        #expect(throws: variable) { try table.resolve(environment: ["COFFER_A_OLD": "1"]) }
        #expect(
            variable.description == "setting 'COFFER_A_OLD' (environment) is no more. Write a.new instead"
        )
    }

    @Test func `a setting's flag becomes an option of a command`() {
        let options = Sample.settings.options(["http.listen", "limits.off"])
        #expect(options.map(\.name) == ["listen", "no-limits"])
        #expect(options.map(\.isFlag) == [false, true])
        #expect(options[0].defaultText == "127.0.0.1:8080")
    }

    @Test(arguments: [
        ("setting-unknown-environment", ["COFFER_HTTP_LISTN": "x"], ""),
        ("setting-unknown-environment-far", ["COFFER_ZZZZZZZZZZZZ": "x"], ""),
        ("setting-file-of-no-secret", ["COFFER_HTTP_LISTEN_FILE": "x"], ""),
        ("setting-unknown-key", [:], "# a comment\n\nhttp.lisen = x\n"),
        ("setting-unknown-key-far", [:], "zzz = x\n"),
        ("setting-bad-integer", ["COFFER_HTTP_THREADS": "65"], ""),
        ("setting-bad-boolean", [:], "limits.off = maybe"),
        ("setting-bad-duration", [:], "http.idle = 30"), ("setting-bad-choice", [:], "report.method = fofo"),
        ("setting-bad-bytes", [:], "http.body_bytes_max = 16MB"),
        ("setting-bad-text", ["COFFER_HTTP_LISTEN": ""], ""),
        ("setting-bad-secret", ["COFFER_ADMIN_TOKEN": "a\nb"], ""),
        ("setting-secret-twice", ["COFFER_ADMIN_TOKEN": "a", "COFFER_ADMIN_TOKEN_FILE": "/ok"], ""),
        ("setting-secret-file-missing", ["COFFER_ADMIN_TOKEN_FILE": "/none"], ""),
        ("setting-secret-file-empty", ["COFFER_ADMIN_TOKEN_FILE": "/empty"], ""),
        ("setting-secret-file-large", ["COFFER_ADMIN_TOKEN_FILE": "/large"], ""),
        ("setting-secret-file-lines", ["COFFER_ADMIN_TOKEN_FILE": "/lines"], ""),
        ("settings-file-line", [:], "http.threads = 2\nhttp.listen\n"),
        ("settings-file-key", [:], "http listen = x\n"),
        ("settings-file-no-key", [:], "= x\n"),
        ("settings-file-repeated", [:], "http.threads=1\n#\nhttp.threads=1\n"),
    ])
    func `every mistake is one line with a remedy`(
        _ name: String,
        environment: [String: String],
        text: String
    ) throws {
        let files = [
            "/ok": "a", "/empty": "\n", "/lines": "a\nb\n", "/large": String(repeating: "a", count: 5_000),
        ]
        let error = try #require(throws: CommandLineError.self) {
            try Sample.settings.resolve(environment: environment, file: Sample.file(text)) { path in
                files[path].map { Array($0.utf8) }
            }
        }
        #expect(!error.description.contains("\n"))
        try Golden.expect(error.description + "\n", is: name)
    }

    @Test func `a file that is too large is refused`() throws {
        let error = try #require(throws: CommandLineError.self) {
            try Sample.file(String(repeating: "#\n", count: 600_000))
        }
        try Golden.expect(error.description + "\n", is: "settings-file-large")
    }

    @Test func `a line that is too long is refused`() throws {
        let error = try #require(throws: CommandLineError.self) {
            try Sample.file("http.listen = " + String(repeating: "x", count: 5_000))
        }
        try Golden.expect(error.description + "\n", is: "settings-file-long-line")
    }

    @Test func `a file that is no text is refused`() throws {
        let error = try #require(throws: CommandLineError.self) {
            try SettingsFile.parse([0x61, 0xFF, 0x0A], path: "data/coffer.conf")
        }
        try Golden.expect(error.description + "\n", is: "settings-file-bytes")
    }

    @Test func `a value about to be stored is checked first`() throws {
        try Sample.settings.check(key: "http.threads", text: "8")
        let wrong = try #require(throws: CommandLineError.self) {
            try Sample.settings.check(key: "http.threads", text: "0")
        }
        try Golden.expect(wrong.description + "\n", is: "setting-store-bad")
        let unknown = try #require(throws: CommandLineError.self) {
            try Sample.settings.check(key: "http.thread", text: "8")
        }
        try Golden.expect(unknown.description + "\n", is: "setting-store-unknown")
    }
}

@Suite("The settings file")
private struct SettingsFileTests {
    @Test func `values keep what a line holds after the equals sign`() throws {
        let file = try Sample.file("\u{FEFF}a=1\r\n  b.c =  x = y # z  \r\n\n\t# comment = 1\nd =\n")
        #expect(file.entries.map(\.key) == ["a", "b.c", "d"])
        #expect(file.entries.map(\.text) == ["1", "x = y # z", ""])
        #expect(file.entries.map(\.line) == [1, 2, 5])
    }

    @Test func `setting one key keeps the rest of the file`() throws {
        var file = try Sample.file("# mine\na = 1\n\nb = 2 \n# end")
        file.set("b", to: "3")
        file.set("c", to: "x # y")
        #expect(
            String(decoding: file.render(), as: UTF8.self) == "# mine\na = 1\n\nb = 3\n# end\nc = x # y\n"
        )
        let again = try SettingsFile.parse(file.render(), path: "data/coffer.conf")
        #expect(again == file)
    }

    @Test func `a new file gets its first line`() {
        var file = SettingsFile(path: "x")
        file.set("a", to: "1")
        #expect(file.render() == Array("a = 1\n".utf8))
    }
}

@Suite("Kinds of settings")
private struct SettingKindTests {
    @Test(arguments: [
        ("500ms", 500), ("30s", 30_000), ("15m", 900_000), ("12h", 43_200_000), ("7d", 604_800_000), ("0", 0),
        ("30", nil), ("", nil), ("s", nil), ("-1s", nil), ("1.5s", nil), ("30 s", nil), ("30S", nil),
        ("١s", nil),
        ("9223372036854775807d", nil), ("8d", nil),
    ])
    func `a time span needs its unit`(_ text: String, milliseconds: Int?) {
        let kind = SettingKind.duration(.zero ... .seconds(7 * 86_400))
        #expect(kind.parse(text) == milliseconds.map { .duration(.milliseconds($0)) })
    }

    @Test(arguments: [0, 1, 999, 1_000, 1_500, 60_000, 61_000, 3_600_000, 86_400_000, 90_000_000])
    func `a time span prints as what reads back the same`(milliseconds: Int) {
        let kind = SettingKind.duration(.zero ... .seconds(7 * 86_400))
        let text = SettingKind.render(.milliseconds(milliseconds))
        #expect(kind.parse(text) == .duration(.milliseconds(milliseconds)))
    }

    @Test(arguments: [
        ("65536", 65_536), ("64KiB", 65_536), ("16MiB", 16 << 20), ("2GiB", 2 << 30), ("0", 0), ("16MB", nil),
        ("", nil),
        ("KiB", nil), ("9223372036854775807GiB", nil), ("-1", nil), ("1.5MiB", nil),
    ])
    func `a size has binary units`(_ text: String, bytes: Int?) {
        #expect(SettingKind.bytes(0...(4 << 30)).parse(text) == bytes.map { .integer($0) })
        guard let bytes else { return }
        #expect(SettingKind.bytes(0...(4 << 30)).parse(SettingKind.render(bytes: bytes)) == .integer(bytes))
    }

    @Test(arguments: [
        ("true", true), ("YES", true), ("on", true), ("1", true), ("false", false), ("No", false),
        ("off", false),
        ("0", false), ("", nil), ("2", nil), ("maybe", nil),
    ])
    func `yes and no are understood in several words`(_ text: String, truth: Bool?) {
        #expect(SettingKind.boolean.parse(text) == truth.map { .boolean($0) })
    }

    @Test(arguments: ["-5", "0", "7"])
    func `a whole number may be negative when its range is`(_ text: String) {
        #expect(SettingKind.integer(-5...7).parse(text) == Int(text).map { .integer($0) })
        #expect(SettingKind.integer(-5...7).parse("8") == nil)
        #expect(SettingKind.integer(-5...7).parse("--5") == nil)
    }
}
