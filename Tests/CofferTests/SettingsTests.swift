import Foundation
import JSON
import Testing

@Suite("Settings and secrets")
private struct SettingsTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    private func shown(_ key: String, by coffer: Coffer, _ words: String...) throws -> [String?] {
        let run = try coffer.run(["config", "show", "--json"] + words)
        #expect(run.code == 0, "\(run.errors)")
        let setting = try run.json()["settings"]?.array?.first { $0["key"]?.string == key }
        return [setting?["value"]?.string, setting?["origin"]?.string]
    }

    @Test
    func `A flag comes before the environment, that before the file, that before the default`() throws {
        var coffer = coffer
        let key = "report.currency"
        #expect(try shown(key, by: coffer) == ["USD", "default"])
        #expect(try coffer("config", "set", key, "CHF").code == 0)
        #expect(try shown(key, by: coffer) == ["CHF", coffer.data + "/coffer.conf:1"])
        coffer.environment["COFFER_REPORT_CURRENCY"] = "GBP"
        #expect(try shown(key, by: coffer) == ["GBP", "COFFER_REPORT_CURRENCY"])
        #expect(try shown(key, by: coffer, "--currency", "EUR") == ["EUR", "--currency"])
        // And it is what counts, not only what is shown.
        func used(_ words: String...) throws -> String? {
            try coffer.run(["balances", "--json"] + words).json()["currency"]?.string
        }
        #expect(try used("--currency", "EUR") == "EUR")
        #expect(try used() == "GBP")
        coffer.environment = [:]
        #expect(try used() == "CHF")
        try coffer.folder.write("", to: "data/coffer.conf")
        #expect(try used() == "USD")
    }

    @Test
    func `The data folder is the flag's, else the environment's, else beside`() throws {
        var coffer = coffer
        #expect(try coffer("config", "show", "--json").json()["data"]?.string == coffer.data)
        coffer.environment["COFFER_DATA"] = "elsewhere"
        #expect(
            try coffer("config", "show", "--json").json()["data"]?.string == coffer.folder.path + "/elsewhere"
        )
        let flagged = try coffer("config", "show", "--json", "--data", "/tmp/../tmp/third")
        #expect(try flagged.json()["data"]?.string == "/tmp/third")
        #expect(!FileManager.default.fileExists(atPath: coffer.data), "showing makes nothing")
    }

    @Test
    func `Every setting can be given by the environment and by the file`() throws {
        let all = try #require(try coffer("config", "show", "--json").json()["settings"]?.array)
        #expect(all.count > 20)
        var byEnvironment = coffer
        var file = ""
        for setting in all {
            let key = try #require(setting["key"]?.string)
            // What has no default, such as a secret, has no value to give.
            guard let value = setting["value"]?.string else { continue }
            let name = "COFFER_" + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
            byEnvironment.environment[name] = value
            file += "\(key) = \(value)\n"
        }
        for setting in try #require(try byEnvironment("config", "show", "--json").json()["settings"]?.array) {
            guard setting["value"]?.isNull == false else { continue }
            #expect(setting["origin"]?.string?.hasPrefix("COFFER_") == true, "\(setting)")
        }
        #expect(try coffer("balances").code == 0)
        try coffer.folder.write(file, to: "data/coffer.conf")
        let fromFile = try #require(try coffer("config", "show", "--json").json()["settings"]?.array)
        let given = fromFile.filter { $0["value"]?.isNull == false }
        // The cost of passwords comes from the environment of every test.
        for (index, setting) in given.enumerated()
        where setting["key"]?.string?.hasPrefix("password") == false {
            #expect(setting["origin"]?.string == coffer.data + "/coffer.conf:\(index + 1)")
        }
    }

    @Test(arguments: [
        ("environment", ["COFFER_REPORT_CURENCY": "EUR"], ""),
        ("environment-value", ["COFFER_HTTP_QUEUE_MAX": "many"], ""),
        ("file", [:], "report.currency = EUR\n\n# note\nhttp.listn = 127.0.0.1:1\n"),
        ("file-value", [:], "gains.method = newest\n"),
        ("file-line", [:], "report.currency EUR\n"),
        ("replaced", [:], "report.currency = EUR\ngains.long_term_days = 365\n"),
        ("replaced-environment", ["COFFER_GAINS_LONG_TERM_DAYS": "365"], ""),
        ("file-twice", [:], "report.currency = EUR\nreport.currency = USD\n"),
    ])
    func `An unknown or wrong setting is refused with its place and the nearest name`(
        name: String,
        environment: [String: String],
        file: String
    ) throws {
        var coffer = coffer
        #expect(try coffer("balances").code == 0)
        coffer.environment = environment
        if !file.isEmpty { try coffer.folder.write(file, to: "data/coffer.conf") }
        for words in [["balances"], ["import", "x.csv"], ["serve"], ["config", "show"]] {
            let run = try coffer.run(words, seconds: 10)
            #expect(run.code == 2)
            guard words == ["balances"] else { continue }
            try Golden.expect(Golden.transcript(run, of: coffer), is: "settings-\(name)")
        }
    }

    @Test
    func `Setting a value keeps the file's other lines`() throws {
        #expect(try coffer("balances").code == 0)
        try coffer.folder.write(
            "# mine\nreport.currency = EUR\n\nhttp.queue_max = 7\n",
            to: "data/coffer.conf"
        )
        #expect(try coffer("config", "set", "report.currency", "CHF").code == 0)
        #expect(try coffer("config", "set", "rate.burst", "5").code == 0)
        let text = String(decoding: try coffer.folder.read("data/coffer.conf"), as: UTF8.self)
        #expect(text == "# mine\nreport.currency = CHF\n\nhttp.queue_max = 7\nrate.burst = 5\n")
    }

    // MARK: Secrets

    /// Every place that can be read afterwards: files of the data folder, and what the program printed.
    private func traces(of coffer: Coffer) throws -> [(place: String, bytes: [UInt8])] {
        var found: [(String, [UInt8])] = []
        let folder = coffer.folder.path
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
        where !name.hasPrefix(".input") {
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            found.append((name, [UInt8](bytes)))
        }
        return found
    }

    @Test
    func `Passwords and tokens are in no file, no log and no other output`() throws {
        let password = "canary-password-8264913"
        #expect(
            try coffer("user", "add", "ada@example.org", "--password-stdin", input: password + "\n").code == 0
        )
        #expect(try coffer("user", "passwd", "--password-stdin", input: password + "\n").code == 0)
        let shown = try coffer("token", "create", "--label", "canary")
        let token = shown.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.count > 40)
        let other = try coffer.token()
        let server = try Server(coffer, [])
        #expect(try server.send("GET", "/api/v1/portfolio/cost-basis", token: token).status == 200)
        _ = try server.send("GET", "/api/v1/portfolio/cost-basis?token=\(token)&password=\(password)")
        _ = try server.send("GET", "/\(token)/\(password)", token: token + "x")
        #expect(
            try coffer("user", "passwd", "ada@example.org", "--password-stdin", input: password + "\n").code
                == 0
        )
        for words in [
            ["token", "list"], ["user", "list"], ["config", "show"], ["check"], ["token", "revoke", "1"],
        ] {
            #expect(try coffer.run(words).code == 0)
        }
        #expect(server.stop()?.code == 0)
        var streams = 0
        for trace in try traces(of: coffer) {
            let holdsToken = trace.bytes.firstRange(of: [UInt8](token.utf8)) != nil
            // The one place where each token was shown, once.
            if holdsToken, trace.bytes.starts(with: token.utf8) {
                streams += 1
            } else {
                #expect(!holdsToken, "\(trace.place)")
            }
            #expect(trace.bytes.firstRange(of: [UInt8](password.utf8)) == nil, "\(trace.place)")
            let otherPlace = trace.bytes.firstRange(of: [UInt8](other.utf8))
            #expect(
                otherPlace == nil || trace.bytes.starts(with: Array("{\"token\":".utf8)),
                "\(trace.place)"
            )
        }
        #expect(streams == 1)
    }

    @Test(arguments: [
        ["balances", "--password", "hunter2"], ["user", "add", "a@example.org", "--password", "hunter2"],
        ["user", "passwd", "owner", "hunter2"], ["serve", "--token", "hunter2"],
        ["config", "set", "password", "hunter2"], ["config", "set", "admin.token", "hunter2"],
    ])
    func `No command takes a secret as a word`(words: [String]) throws {
        let run = try coffer.run(words, input: "", seconds: 10)
        #expect(run.code == 2, "\(run.errors)")
    }

    @Test
    func `A secret setting is never shown, wherever it comes from`() throws {
        var coffer = coffer
        coffer.environment["COFFER_ADMIN_TOKEN"] = "canary-admin-token-1"
        try coffer.folder.write("canary-admin-token-2\n", to: "secret")
        #expect(try coffer("balances").code == 0)
        for words in [["config", "show"], ["config", "show", "--json"]] {
            let run = try coffer.run(words)
            #expect(run.output.contains("COFFER_ADMIN_TOKEN"))
            #expect(!run.output.contains("canary"))
        }
        coffer.environment = ["COFFER_ADMIN_TOKEN_FILE": coffer.folder.path + "/secret"]
        #expect(try coffer("config", "show").output.contains("canary") == false)
        let server = try Server(coffer, [], admin: true)
        let port = try #require(server.adminPort)
        let header = "Authorization: Bearer canary-admin-token-2"
        #expect(try HTTPClient.send("GET", "/metrics", port: port).status == 401)
        #expect(try HTTPClient.send("GET", "/metrics", port: port, headers: [header]).status == 200)
        #expect(server.stop()?.code == 0)
        #expect(!server.child.errors.contains("canary"))
        coffer.environment = ["COFFER_ADMIN_TOKEN_FILE": coffer.folder.path + "/nothing"]
        let missing = try coffer("config", "show")
        #expect(missing.code == 2)
        #expect(missing.errors.contains("COFFER_ADMIN_TOKEN_FILE"))
    }

    @Test
    func `Without a terminal a password must be piped in`() throws {
        let run = try coffer("user", "passwd", seconds: 10)
        #expect(run.code == 7)
        #expect(
            run.errors
                == "coffer: there is no terminal to ask on; pipe the password in with --password-stdin\n"
        )
        let short = try coffer("user", "passwd", "--password-stdin", input: "seven77\n")
        #expect(short.code == 7)
        #expect(!short.errors.contains("seven77"))
        let nothing = try coffer("user", "passwd", "--password-stdin")
        #expect(nothing.code == 7)
    }

    @Test
    func `On a terminal a password is asked for twice and never shown`() throws {
        try coffer.folder.write(Terminal.script, to: "terminal.py")
        var typed = coffer
        typed.wrapper = ["python3", "terminal.py", "canary-typed-1", "canary-typed-1"]
        let good = try typed("user", "passwd", seconds: 20)
        #expect(good.code == 0, "\(good.output)")
        #expect(good.output.contains("New password: ") && good.output.contains("Once more: "))
        #expect(!good.output.contains("canary"))
        typed.wrapper = ["python3", "terminal.py", "canary-typed-1", "canary-typed-2"]
        let bad = try typed("user", "passwd", seconds: 20)
        #expect(bad.code == 7)
        #expect(bad.output.contains("the two passwords differ"))
        #expect(try coffer("user", "list").output.contains("set"))
    }

    @Test
    func `Long work shows its progress on a terminal, and only there`() throws {
        try coffer.writeLarge(rows: 300_000)
        try coffer.folder.write(Terminal.script, to: "terminal.py")
        var seen = coffer
        seen.wrapper = ["python3", "terminal.py", "", ""]
        let shown = try seen("import", "large.csv")
        #expect(shown.code == 0)
        #expect(shown.output.contains("importing large.csv"))
        let quiet = try coffer("import", "large.csv")
        #expect(quiet.errors.isEmpty)
    }

    @Test
    func `A token ends with its time, its scopes and its revocation`() throws {
        let read = try coffer.token(scopes: "read")
        let both = try coffer.token()
        let server = try Server(coffer)
        let rows = Histories.file([Histories.purchase(1)])
        #expect(try server.send("GET", "/api/v1/portfolio/cost-basis", token: read).status == 200)
        #expect(try server.upload(rows, token: read).status == 403)
        #expect(try server.upload(rows, token: both).status == 200)
        #expect(try coffer("token", "revoke", "2").code == 0)
        #expect(try server.send("GET", "/api/v1/portfolio/cost-basis", token: both).status == 401)
        #expect(try server.send("GET", "/api/v1/portfolio/cost-basis", token: read).status == 200)
    }
}

/// A terminal for a program, with someone who answers its two questions.
private enum Terminal {
    static let script = """
        import os, pty, sys
        answers, words = sys.argv[1:3], sys.argv[3:]
        child, terminal = pty.fork()
        if child == 0:
            os.execv(words[0], words)
        seen, questions = b"", [b"New password: ", b"Once more: "]
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
            if questions and questions[0] in seen:
                questions.pop(0)
                os.write(terminal, answers.pop(0).encode() + b"\\n")
        sys.stdout.buffer.write(seen)
        sys.stdout.flush()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
}
