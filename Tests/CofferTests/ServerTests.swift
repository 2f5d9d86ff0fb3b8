import Foundation
import Glibc
import JSON
import Testing

@testable import coffer

@Suite("The running server")
private struct ServerTests {
    private let coffer: Coffer

    init() throws {
        coffer = try Coffer()
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `A signal stops it cleanly, and what is in flight is answered`(signal: Int32) throws {
        let token = try coffer.token()
        let server = try Server(coffer)
        // A request that is half sent when the signal comes.
        let rows = Histories.file([Histories.purchase(1)])
        let boundary = "edge"
        let body =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
            + "\(rows)\r\n--\(boundary)--\r\n"
        let head =
            "POST /api/v1/portfolio/ingest/csv HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: multipart/form-data; boundary=\(boundary)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let bytes = [UInt8]((head + body).utf8)
        let connection = try HTTPClient.connect(port: server.port, seconds: 15)
        defer { _ = close(connection) }
        try HTTPClient.write([UInt8](bytes.dropLast(60)), to: connection)
        usleep(100_000)
        server.child.signal(signal)
        usleep(200_000)
        try HTTPClient.write([UInt8](bytes.suffix(60)), to: connection)
        let answer = try HTTPClient.parse(HTTPClient.readAll(connection))
        #expect(answer.status == 200)
        #expect(try answer.json()["rows_inserted"]?.integer == 1)
        let end = try #require(server.stop(signal), "it stopped within ten seconds")
        #expect(end.code == 0)
        #expect(server.child.errors.contains("stopping"))
        #expect(try coffer.state() == Histories.file([Histories.purchase(1)]))
        let left = try FileManager.default.contentsOfDirectory(atPath: coffer.data)
        #expect(!left.contains("control.sock"))
        #expect(throws: HTTPClient.Failure.refused) {
            try HTTPClient.send("GET", "/healthz", port: server.port)
        }
    }

    @Test(arguments: [nil, "on", "off"])
    func `Pages are served on this computer unless they are turned off`(_ setting: String?) throws {
        var coffer = coffer
        coffer.environment["COFFER_PAGES_ENABLED"] = setting
        let areServed = setting != "off"
        let server = try Server(coffer)
        #expect(String(decoding: server.child.output, as: UTF8.self).contains("in a browser") == areServed)
        let answer = try server.send("GET", "/signin")
        #expect(answer.status == (areServed ? 200 : 404))
        #expect(answer.head.contains("text/html") == areServed)
        #expect(try server.send("GET", "/").status == (areServed ? 303 : 404))
    }

    @Test
    func `Beyond this computer pages are served when they are turned on`() throws {
        for (address, setting, areServed) in [
            ("127.0.0.1:8080", "loopback", true), ("[::1]:8080", "loopback", true),
            ("0.0.0.0:8080", "loopback", false), ("192.0.2.1:8080", "loopback", false),
            ("0.0.0.0:8080", "on", true), ("127.0.0.1:8080", "off", false),
        ] {
            let listen = try ListenAddress(address)
            #expect(PublicServing.arePagesServed(setting, listen) == areServed, "\(address) \(setting)")
        }
    }

    @Test
    func `An idle connection does not keep it from stopping`() throws {
        let server = try Server(coffer)
        let connection = try HTTPClient.connect(port: server.port, seconds: 15)
        defer { _ = close(connection) }
        let end = try #require(server.stop(SIGTERM, seconds: 12))
        #expect(end.code == 0)
    }

    @Test
    func `A second server on the folder is refused and the first goes on`() throws {
        let server = try Server(coffer)
        for words in [["serve"], ["run"]] {
            let second = try coffer.run(
                words + ["--listen", "127.0.0.1:0", "--admin-listen", "off"],
                seconds: 10
            )
            #expect(second.code == 4)
            #expect(second.errors.contains(coffer.data))
            #expect(second.errors.contains("in use by process \(server.child.pid)"))
        }
        #expect(try server.send("GET", "/healthz").status == 200)
    }

    @Test
    func `The token of run is written whole, for its owner alone, over one that no longer works`() throws {
        try coffer.folder.write(Histories.file([Histories.purchase(1)]), to: "rows.csv")
        #expect(try coffer("run", "rows.csv", "--once").code == 0)
        try coffer.folder.write("cfb_old and something that was added by hand\n", to: "data/token")
        let path = coffer.data + "/token"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let child = try coffer.start(["run", "--listen", "127.0.0.1:0", "--admin-listen", "off"])
        defer { child.end() }
        for _ in 0..<2_000 where !String(decoding: child.output, as: UTF8.self).contains("Ctrl-C") {
            usleep(5_000)
        }
        let text = String(decoding: try coffer.folder.read("data/token"), as: UTF8.self)
        #expect(text.hasPrefix("cfb_") && text.hasSuffix("\n") && !text.contains(" "))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: coffer.data).allSatisfy {
                !$0.contains(".part")
            }
        )
    }

    @Test
    func `Commands read beside it and write through it`() throws {
        let server = try Server(coffer)
        let token = try #require(try coffer("token", "create", "--json").json()["token"]?.string)
        let rows = Histories.file((0..<10).map { Histories.purchase($0) })
        try coffer.folder.write(rows, to: "rows.csv")
        let imported = try coffer("import", "rows.csv", "--json")
        #expect(imported.code == 0, "\(imported.errors)")
        #expect(try imported.json()["inserted"]?.integer == 10)
        #expect(try coffer("import", "-", "--json", input: rows).json()["existing"]?.integer == 10)
        let more = Histories.file([Histories.purchase(20)])
        #expect(try server.upload(more, token: token).json()["rows_inserted"]?.integer == 1)
        #expect(try coffer.state() == rows + Histories.purchase(20) + "\n")
        // What one way wrote the other way shows, at once.
        let lots = try server.send("GET", "/api/v1/portfolio/cost-basis/lots", token: token).json()
        #expect(lots["count"]?.integer == 11)
        #expect(try coffer("lots", "--json").json()["lots"]?.array?.count == 11)
        #expect(try coffer("batches", "--undo", "1").code == 0)
        #expect(
            try server.send("GET", "/api/v1/portfolio/cost-basis/lots", token: token).json()["count"]?.integer
                == 1
        )
        let added = try coffer(
            "user",
            "add",
            "ada@example.org",
            "--password-stdin",
            "--json",
            input: "correct horse\n"
        )
        #expect(added.code == 0, "\(added.errors)")
        #expect(
            try coffer("user", "passwd", "ada@example.org", "--password-stdin", input: "battery staple\n")
                .code == 0
        )
        #expect(try coffer("user", "list").output.contains("ada@example.org"))
        let bad = try coffer("import", "missing.csv")
        #expect(bad.code == 6)
        #expect(bad.errors.contains("missing.csv"))
        let refused = try coffer("batches", "--undo", "99")
        #expect(refused.code == 7)
        #expect(try coffer("seed").code == 7)
        #expect(try coffer("token", "revoke", "1").code == 0)
        #expect(try server.upload(more, token: token).status == 401, "a revoked token ends at once")
        #expect(try coffer("run", "--once", "rows.csv").code == 0)
        // Lending the folder to a command must not close it.
        #expect(try coffer("import", "rows.csv").code == 0)
        try server.waitUntilReady()
        #expect(server.stop()?.code == 0)
        #expect(try coffer("check").code == 0)
    }

    @Test
    func `A command waits for another one that writes`() throws {
        try coffer.folder.write(Histories.file((0..<30_000).map { Histories.purchase($0) }), to: "large.csv")
        try coffer.folder.write(Histories.file([Histories.purchase(90_000)]), to: "one.csv")
        #expect(try coffer("balances").code == 0)
        let child = try coffer.start(["import", "large.csv"])
        defer { child.end() }
        usleep(50_000)
        let second = try coffer("import", "one.csv")
        #expect(second.code == 0, "\(second.errors)")
        #expect(child.wait(seconds: 60)?.code == 0)
        #expect(try coffer.state().split(separator: "\n").count == 30_002)
    }

    @Test
    func `A server that is killed during a command leaves nothing half-written`() throws {
        let server = try Server(coffer)
        try coffer.writeLarge(rows: 150_000)
        let child = try coffer.start(["import", "large.csv"])
        defer { child.end() }
        usleep(150_000)
        server.kill()
        let end = try #require(child.wait(seconds: 20))
        #expect(end.code == 75)
        #expect(child.errors.contains("the server ended before it answered"))
        #expect(try coffer.state() == Histories.header + "\n")
        #expect(try coffer("import", "large.csv", "--json").json()["inserted"]?.integer == 150_000)
    }

    @Test
    func `A stopped server leaves a command that it was carrying out undone, and says so`() throws {
        let server = try Server(coffer)
        try coffer.writeLarge(rows: 100_000)
        let child = try coffer.start(["import", "large.csv"])
        defer { child.end() }
        usleep(300_000)
        #expect(server.stop()?.code == 0)
        let end = try #require(child.wait(seconds: 20))
        let state = try coffer.state()
        #expect(
            end.code == 75 ? state == Histories.header + "\n" : state.split(separator: "\n").count == 100_001
        )
    }

    @Test
    func `Health, readiness and metrics are where the documents say`() throws {
        let server = try Server(coffer, [], admin: true)
        let admin = try #require(server.adminPort)
        #expect(try server.send("GET", "/healthz").body == [UInt8](#"{"status":"ok"}"#.utf8))
        try server.waitUntilReady()
        #expect(try server.send("GET", "/readyz").body == [UInt8](#"{"status":"ready"}"#.utf8))
        #expect(try server.send("GET", "/metrics").status == 404, "not on the public listener")
        let metrics = try HTTPClient.send("GET", "/metrics", port: admin)
        #expect(metrics.status == 200)
        #expect(metrics.head.contains("text/plain"))
        let text = String(decoding: metrics.body, as: UTF8.self)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.split(separator: " ").count == 2 && line.hasPrefix("coffer_"), "\(line)")
        }
        #expect(server.says("route=healthz status=200"))
    }

    @Test
    func `The control socket and all files are for their owner only`() throws {
        let server = try Server(coffer)
        #expect(try coffer("config", "set", "report.currency", "EUR").code == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: coffer.data) + ["."] {
            var status = stat()
            #expect(unsafe stat(coffer.data + "/" + name, &status) == 0)
            #expect(
                status.st_mode & 0o077 == 0,
                "\(name) has mode \(String(status.st_mode & 0o777, radix: 8))"
            )
        }
        #expect(server.stop()?.code == 0)
    }

    @Test(arguments: [
        "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", ":80", "example.org:80", "300.1.1.1:80",
    ])
    func `An address that is none is refused by name`(address: String) throws {
        let run = try coffer("serve", "--listen", address, "--admin-listen", "off", seconds: 10)
        #expect(run.code == 2 || run.code == 3)
        let host = address.split(separator: ":").first.map(String.init) ?? address
        #expect(run.errors.contains(host), "\(run.errors)")
    }

    @Test
    func `It listens where a name or brackets say`() throws {
        let child = try coffer.start([
            "serve", "--listen", "localhost:0", "--admin-listen", "off", "--no-limits",
        ])
        defer { child.end() }
        let deadline = Date().addingTimeInterval(10)
        while child.output.count < 60, Date() < deadline { usleep(5000) }
        #expect(
            String(decoding: child.output, as: UTF8.self).contains("http://127.0.0.1:"),
            "\(child.errors)"
        )
        child.signal(SIGTERM)
        #expect(child.wait(seconds: 10)?.code == 0)
    }

    @Test
    func `Lifted limits need a loopback address`() throws {
        let run = try coffer("serve", "--listen", "0.0.0.0:0", "--no-limits", seconds: 10)
        #expect(run.code == 2)
        #expect(
            run.errors
                == "coffer: --no-limits needs a loopback address such as 127.0.0.1:8080, not 0.0.0.0:0\n"
        )
    }
}
