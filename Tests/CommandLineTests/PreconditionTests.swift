import CommandLine
import Testing

@Suite("Faults of the program stop it")
private struct PreconditionTests {
    @Test func `an option is named without dashes`() async {
        await #expect(processExitsWith: .failure) { _ = OptionSpec.flag("--json", "") }
        await #expect(processExitsWith: .failure) { _ = OptionSpec.flag("", "") }
    }

    @Test func `a command has one word or two and repeats only its last argument`() async {
        await #expect(processExitsWith: .failure) { _ = CommandSpec("a b c", "") }
        await #expect(processExitsWith: .failure) { _ = CommandSpec("", "") }
        await #expect(processExitsWith: .failure) {
            _ = CommandSpec(
                "a",
                "",
                arguments: [ArgumentSpec("F", "", isRepeatable: true), ArgumentSpec("G", "")]
            )
        }
    }

    @Test func `names in a program are unique`() async {
        await #expect(processExitsWith: .failure) {
            _ = ProgramSpec(
                name: "p",
                summary: "",
                options: [],
                commands: [CommandSpec("a", ""), CommandSpec("a", "")]
            )
        }
        await #expect(processExitsWith: .failure) {
            _ = ProgramSpec(
                name: "p",
                summary: "",
                options: [],
                commands: [CommandSpec("a", ""), CommandSpec("a b", "")]
            )
        }
        await #expect(processExitsWith: .failure) {
            let command = CommandSpec("a", "", options: [.flag("help", "")])
            _ = ProgramSpec(name: "p", summary: "", options: [], commands: [command])
        }
    }

    @Test func `a command asks only for what it declares`() async {
        await #expect(processExitsWith: .failure) { _ = try Sample.program.parse(["balances"]).flag("data") }
        await #expect(processExitsWith: .failure) {
            _ = try Sample.program.parse(["balances"]).value("account")
        }
        await #expect(processExitsWith: .failure) {
            _ = try Sample.program.parse(["balances"]).values("data")
        }
    }

    @Test func `a setting has a plain key, a fitting default and no secret flag`() async {
        await #expect(processExitsWith: .failure) { _ = SettingSpec("Http.Listen", .text, "") }
        await #expect(processExitsWith: .failure) { _ = SettingSpec("a", .integer(1...2), default: "3", "") }
        await #expect(processExitsWith: .failure) { _ = SettingSpec("a", .secret, flag: "a", "") }
    }

    @Test func `names in a table of settings are unique`() async {
        await #expect(processExitsWith: .failure) {
            _ = SettingsTable([SettingSpec("a", .text, ""), SettingSpec("a", .text, "")])
        }
        await #expect(processExitsWith: .failure) {
            _ = SettingsTable([
                SettingSpec("a", .text, flag: "x", ""), SettingSpec("b", .text, flag: "x", ""),
            ])
        }
        await #expect(processExitsWith: .failure) {
            _ = SettingsTable([SettingSpec("a.b", .text, ""), SettingSpec("a_b", .text, "")])
        }
        await #expect(processExitsWith: .failure) { _ = Sample.settings.options(["http.idle"]) }
    }

    @Test func `a setting is asked for by its key and kind`() async {
        await #expect(processExitsWith: .failure) { _ = try Sample.settings.resolve().setting("nothing") }
        await #expect(processExitsWith: .failure) { _ = try Sample.settings.resolve().text("admin.token") }
        await #expect(processExitsWith: .failure) {
            _ = try Sample.settings.resolve().textIfSet("http.threads")
        }
        await #expect(processExitsWith: .failure) { _ = try Sample.settings.resolve().integer("http.idle") }
        await #expect(processExitsWith: .failure) {
            _ = try Sample.settings.resolve().boolean("http.threads")
        }
        await #expect(processExitsWith: .failure) {
            _ = try Sample.settings.resolve().duration("http.listen")
        }
    }

    @Test func `a line of the settings file stays one line`() async {
        await #expect(processExitsWith: .failure) {
            var file = SettingsFile(path: "x")
            file.set("a", to: "1\nb = 2")
        }
    }

    @Test func `a table has columns and rows that fit them`() async {
        await #expect(processExitsWith: .failure) { _ = TextTable([]) }
        await #expect(processExitsWith: .failure) { _ = TextTable.Column("a", .left, charactersMax: 0) }
        await #expect(processExitsWith: .failure) {
            var table = TextTable([.left("a")])
            table.append(["1", "2"])
        }
    }

    @Test func `a total is not negative`() async {
        await #expect(processExitsWith: .failure) {
            _ = ProgressLine("a", total: -1, isTerminal: true, now: 0)
        }
    }
}
