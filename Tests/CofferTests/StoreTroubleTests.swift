import Foundation
import Glibc
import JSON
import Testing

@Suite("Trouble with the data folder")
private struct StoreTroubleTests {
    private let coffer: Coffer
    private let before: String

    init() throws {
        coffer = try Coffer()
        before = try coffer.state(after: Histories.file((0..<5).map { Histories.purchase($0) }))
        try coffer.folder.write(Histories.file((3..<9).map { Histories.purchase($0) }), to: "more.csv")
    }

    private func shell(_ command: String) throws {
        let child = try Child.start(
            ["bash", "-c", command],
            environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"],
            directory: coffer.folder.path,
            inputPath: "/dev/null",
            streams: coffer.folder.path + "/.shell"
        )
        #expect(child.wait(seconds: 60)?.code == 0, "\(command): \(child.errors)")
    }

    /// The same program without the right of root to ignore a file's mode.
    private var powerless: Coffer {
        var powerless = coffer
        if getuid() == 0 { powerless.wrapper = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] }
        return powerless
    }

    private func expect(_ coffer: Coffer, _ words: String..., code: Int32, golden: String) throws {
        let run = try coffer.run(words)
        #expect(run.code == code, "\(run.output)\(run.errors)")
        #expect(run.errors.contains(coffer.folder.path), "the data folder is named")
        #expect(try self.coffer.documents(run), "its help names \(run.code)")
        try Golden.expect(Golden.transcript(run, of: coffer), is: golden)
    }

    @Test
    func `A data folder that may not be written can be read, and refuses writes`() throws {
        try shell("chmod 0444 data/*; chmod 0555 data")
        let coffer = powerless
        #expect(try coffer.state() == before)
        try expect(coffer, "import", "more.csv", code: 4, golden: "store-read-only-import")
        try expect(coffer, "serve", "--listen", "127.0.0.1:0", code: 4, golden: "store-read-only-serve")
        #expect(try coffer.state() == before)
        try shell("chmod 0755 data; chmod 0644 data/*")
        #expect(try self.coffer("import", "more.csv").code == 0)
    }

    @Test
    func `A data folder that cannot be made is named`() throws {
        try shell("mkdir locked; chmod 0555 locked")
        try expect(powerless, "balances", "--data", "locked/data", code: 4, golden: "store-cannot-be-made")
        try expect(coffer, "balances", "--data", "more.csv", code: 4, golden: "store-is-a-file")
        try shell("chmod 0755 locked")
    }

    @Test
    func `A file that is no database is refused and left as it is`() throws {
        let text = String(repeating: "This is a letter. ", count: 2000)
        try shell("rm data/coffer.db*")
        try coffer.folder.write(text, to: "data/coffer.db")
        for command in ["import more.csv", "balances", "check", "serve --listen 127.0.0.1:0"] {
            let words = command.split(separator: " ").map(String.init)
            let run = try coffer.run(words)
            #expect(run.code == 4, "\(run.errors)")
            #expect(try coffer.documents(run))
            #expect(run.errors.contains(coffer.data), "the data folder is named")
            try Golden.expect(Golden.transcript(run, of: coffer), is: "store-no-database-\(words[0])")
        }
        #expect(try coffer.folder.read("data/coffer.db") == [UInt8](text.utf8))
    }

    @Test
    func `A database of a later version is refused and left as it is`() throws {
        let open = "import sqlite3; c = sqlite3.connect(\"data/coffer.db\")"
        try shell(
            "python3 -c '\(open); print(c.execute(\"PRAGMA user_version\").fetchone()[0])' > version; "
                + "python3 -c '\(open); c.execute(\"PRAGMA user_version = 99\")'"
        )
        for command in ["import more.csv", "balances", "check", "serve --listen 127.0.0.1:0", "seed"] {
            let words = command.split(separator: " ").map(String.init)
            let run = try coffer.run(words)
            #expect(run.code == 5, "\(run.errors)")
            #expect(try coffer.documents(run))
            try Golden.expect(Golden.transcript(run, of: coffer), is: "store-newer-\(words[0])")
        }
        try shell("python3 -c '\(open); c.execute(\"PRAGMA user_version = \" + open(\"version\").read())'")
        #expect(try coffer.state() == before)
    }

    @Test
    func `A folder whose making was cut off is made anew by a command that reads`() throws {
        try shell("mkdir started; touch started/coffer.db started/lock")
        let run = try coffer("balances", "--data", "started")
        #expect(run.code == 0, "\(run.errors)")
        #expect(try coffer("check", "--data", "started").code == 0)
    }

    @Test
    func `A database that another program has locked can be read, and refuses writes after a while`() throws {
        let holder = try Child.start(
            [
                "python3", "-c",
                """
                import sqlite3, time
                c = sqlite3.connect("data/coffer.db", isolation_level=None)
                c.execute("BEGIN IMMEDIATE")
                print("locked", flush=True)
                time.sleep(60)
                """,
            ],
            environment: ["PATH": "/usr/bin:/bin"],
            directory: coffer.folder.path,
            inputPath: "/dev/null",
            streams: coffer.folder.path + "/.holder"
        )
        defer { holder.end() }
        while holder.output.isEmpty { usleep(5000) }
        #expect(try coffer.state() == before)
        try expect(coffer, "import", "more.csv", code: 75, golden: "store-locked")
        holder.end()
        #expect(try coffer("import", "more.csv", "--json").json()["inserted"]?.integer == 4)
    }

    @Test
    func `A changed entry is found by the check and named`() throws {
        try shell(
            """
            python3 -c 'import sqlite3; c = sqlite3.connect("data/coffer.db")
            c.execute("UPDATE entries SET in_amount = 9 WHERE id = 3"); c.commit()'
            """
        )
        let check = try coffer("check")
        #expect(check.code == 1)
        try Golden.expect(Golden.transcript(check, of: coffer), is: "store-changed-entry")
        let json = try coffer("check", "--json")
        #expect(json.code == 1)
        #expect(try json.json()["ok"]?.bool == false)
        #expect(try json.json()["findings"]?.array?.isEmpty == false)
    }

    @Test(arguments: [64, 256, 600, 1200, 2000])
    func `A disk that is full in mid-import loses nothing and leaves nothing`(kibibytes: Int) throws {
        let rows = (0..<30_000).map { Histories.purchase($0) }
        try coffer.folder.write(Histories.file(rows), to: "large.csv")
        var small = coffer
        // A file that may not grow is the full disk that needs no rights to make.
        small.wrapper = ["bash", "-c", "ulimit -f \(kibibytes); exec \"$0\" \"$@\""]
        let run = try small("import", "large.csv")
        #expect(run.code == 75, "\(run.output)\(run.errors)")
        #expect(run.errors.contains(coffer.data), "the data folder is named")
        #expect(try coffer.state() == before)
        let again = try coffer("import", "large.csv", "--json").json()
        #expect(again["inserted"]?.integer == 29_995)
        #expect(again["existing"]?.integer == 5)
        #expect(try coffer("check").code == 0)
    }

    @Test(.enabled(if: Namespace.canMount, "a file system of its own needs the right to mount"))
    func `A full file system gives its own code, keeps reads going and works again with room`() throws {
        let rows = (0..<80_000).map { Histories.purchase($0) }
        try coffer.folder.write(Histories.file(rows), to: "large.csv")
        try coffer.folder.write(
            """
            mkdir small && mount -t tmpfs -o size=3m none small || exit 99
            cp -r data small/data
            "$0" import large.csv --data small/data; echo "import $?"
            "$0" check --data small/data | sed "s/[0-9]* unfinished/N unfinished/"; echo "check ${PIPESTATUS[0]}"
            head -c 4M /dev/zero > small/filler 2> /dev/null
            "$0" balances --data small/data > /dev/null; echo "balances $?"
            "$0" import more.csv --data small/data; echo "import $?"
            "$0" config set report.currency EUR --data small/data; echo "config $?"
            "$0" export --output small/export.csv; echo "export $?"
            ls small
            mount -o remount,size=64m small
            "$0" import more.csv --data small/data; echo "import $?"
            "$0" check --data small/data; echo "check $?"
            """,
            to: "full.sh"
        )
        var inside = coffer
        inside.wrapper = ["bash", "-c", Namespace.entering("bash -c '. ./full.sh 2>&1' \"$0\"")]
        let run = try inside.run([])
        try Golden.expect(Golden.transcript(run, of: coffer), is: "store-full")
    }

    @Test(.enabled(if: Namespace.canMount, "a file system of its own needs the right to mount"))
    func `A server whose disk is full answers so, reads on, and writes again when there is room`() throws {
        let token = try coffer.token()
        try coffer.folder.write(
            """
            mkdir small && mount -t tmpfs -o size=2m none small && cp -r data small/data || exit 99
            (
                for turn in $(seq 1200); do [ -e more-room ] && break; sleep 0.05; done
                mount -o remount,size=64m small
            ) &
            exec "$0" "$@"
            """,
            to: "server.sh"
        )
        var inside = coffer
        inside.wrapper = ["bash", "-c", Namespace.entering("bash -c '. ./server.sh' \"$0\" \"$@\"")]
        let server = try Server(inside, ["--no-limits", "--data", "small/data"])
        func rows(_ part: Int) -> String {
            Histories.file((0..<500).map { Histories.purchase(1000 + part * 500 + $0) })
        }
        var parts = 0
        var refusal: HTTPClient.Response?
        while parts < 400, refusal == nil {
            let answer = try server.upload(rows(parts), token: token)
            if answer.status == 200 { parts += 1 } else { refusal = answer }
        }
        #expect(parts > 0)
        #expect(refusal?.status == 507)
        for _ in 0..<3 { #expect(try server.upload(rows(parts), token: token).status == 507) }
        func lots() throws -> Int64? {
            let answer = try server.send("GET", "/api/v1/portfolio/cost-basis/lots", token: token)
            return try JSONReader.parse(answer.body, limits: .lavish)["count"]?.integer
        }
        #expect(try lots() == Int64(5 + parts * 500), "what was acknowledged is there, and nothing else")
        try coffer.folder.write("", to: "more-room")
        usleep(300_000)
        #expect(try server.upload(rows(parts), token: token).status == 200)
        #expect(try lots() == Int64(5 + (parts + 1) * 500))
        #expect(server.stop()?.code == 0)
        let causes = server.child.errors.split(separator: "\n").filter { $0.contains(" failed: ") }
        #expect(causes.count == 4)
        #expect(causes.allSatisfy { $0.hasPrefix("coffer: request ") && $0.contains("no room is left") })
    }

    @Test
    func `A result that cannot be written is an error`() throws {
        var shell = coffer
        shell.wrapper = ["bash", "-c", "\"$0\" export > /dev/full"]
        let lost = try shell.run([])
        #expect(lost.code == 75)
        #expect(lost.errors == "coffer: the result could not be written whole: No space left on device\n")
        shell.wrapper = ["bash", "-c", "set -o pipefail; \"$0\" export | head -n 1"]
        #expect(try shell.run([]).code == 0, "a reader that had enough is no error")
        let nowhere = try coffer("export", "--output", "missing/export.csv")
        #expect(nowhere.code == 75)
        try Golden.expect(Golden.transcript(nowhere, of: coffer), is: "export-nowhere")
        let onto = try coffer("export", "--output", ".")
        #expect(onto.code == 75)
        try coffer.folder.write("old", to: "export.csv")
        #expect(try coffer("export", "--output", "export.csv").code == 0)
        #expect(try coffer.folder.read("export.csv") == [UInt8](before.utf8))
        let left = try FileManager.default.contentsOfDirectory(atPath: coffer.folder.path)
        #expect(!left.contains { $0.contains(".part") })
        #expect(try coffer("export", "--output", "/dev/stdout").output.hasPrefix(before))
    }

    @Test
    func `A port in use is named and changes nothing`() throws {
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { _ = close(holder) }
        let port = try Loopback.listen(holder)
        for words in [
            ["--listen", "127.0.0.1:\(port)", "--admin-listen", "off"],
            ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:\(port)"],
        ] {
            let run = try coffer.run(["serve"] + words)
            #expect(run.code == 3)
            #expect(try coffer.documents(run))
            #expect(
                run.errors
                    == "coffer: cannot listen on 127.0.0.1:\(port): the address is in use; stop the other program or "
                    + "choose another port\n"
            )
        }
        #expect(try coffer.state() == before)
        #expect(try coffer("import", "more.csv").code == 0, "the folder is free again")
    }
}

/// A place where a test may mount: a namespace of its own, as root or as root of a namespace of users.
private enum Namespace {
    static func entering(_ command: String) -> String {
        """
        enter="unshare --mount --map-root-user"
        unshare --mount true 2> /dev/null && enter="unshare --mount"
        exec $enter \(command)
        """
    }

    static let canMount: Bool = {
        do {
            let folder = try TestFolder()
            let child = try Child.start(
                ["bash", "-c", entering("mount -t tmpfs none .")],
                environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"],
                directory: folder.path,
                inputPath: "/dev/null",
                streams: folder.path + "/mount"
            )
            return child.wait(seconds: 20)?.code == 0
        } catch {
            return false
        }
    }()
}

/// Sockets of tests.
enum Loopback {
    /// Binds a socket to a free port and listens.
    static func listen(_ descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard unsafe bind(descriptor, $0, size) == 0, Glibc.listen(descriptor, 5) == 0 else {
                    return Int32(-1)
                }
                return unsafe getsockname(descriptor, $0, &size)
            }
        }
        #expect(result == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
