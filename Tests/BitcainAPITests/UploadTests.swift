import BitcainAPI
import HTTPServer
import JSON
import Services
import Testing

@Suite("Uploads")
private struct UploadTests {
    @Test(arguments: Front.allCases)
    func `five megabytes go through a temporary file, and twice add nothing`(_ front: Front) throws {
        try withFixture(front) { (fixture) throws in
            let token = try fixture.token()
            let comment = String(repeating: "c", count: 4_000)
            var file = "time,kind,in_amount,in_asset,account,comment\n"
            for row in 0..<1_300 { file += "2024-01-01T00:00:00Z,deposit,\(row + 1),BTC,Kraken,\(comment)\n" }
            #expect(file.utf8.count > 5 << 20)
            let bytes = Array(file.utf8)
            let dry = try fixture.upload(bytes, token: token, query: "?dry_run=true").json
            #expect(dry["rows_inserted"]?.integer == 1_300)
            let first = try fixture.upload(bytes, token: token).json
            #expect(first["rows_total"]?.integer == 1_300)
            #expect(first["rows_inserted"]?.integer == 1_300)
            let second = try fixture.upload(bytes, token: token).json
            #expect(second["rows_inserted"]?.integer == 0)
            #expect(second["duplicates_skipped"]?.integer == 1_300)
            #expect(
                try fixture.get("/balances?exchange=kraken", token: token).json["balances"]?[0]?["total"]?
                    .string
                    == "845650"
            )
        }
    }

    @Test(arguments: [
        ("nothing", "", "empty_file"), ("blank lines", "\n\n\n", "empty_file"),
        ("prose", "hello, world\n1,2\n", "unknown_layout"),
        ("a zero byte", "time,kind\u{0}\n", "not_text"),
        ("a page", "<!doctype html><html></html>", "unknown_layout"),
        ("another header", "date,what,how much\n2024-01-01,x,1\n", "unknown_layout"),
    ])
    func `a file that cannot be read is 422 with one item`(
        _ name: String,
        _ text: String,
        _ code: String
    ) throws {
        try withFixture { (fixture) throws in
            let answer = try fixture.upload(text, token: try fixture.token())
            #expect(answer.status == 422)
            let items = try #require(try answer.json["detail"]?.array)
            #expect(items.count == 1)
            #expect(items.first?["type"]?.string == code)
            #expect(items.first?["loc"]?[1]?.string == "file")
        }
    }

    @Test(arguments: [
        "2024-02-30T00:00:00Z,deposit,1,BTC,Kraken", "2024-01-01,deposit,1e400,BTC,Kraken",
        "2024-01-01,deposit,-1,BTC,Kraken", "2024-01-01,deposit,\u{0663},BTC,Kraken",
        "2024-01-01,nonsense,1,BTC,Kraken",
        "2024-01-01,deposit,1,B C,Kraken", "2024-01-01,deposit,NaN,BTC,Kraken",
        "2024-01-01,deposit,0x10,BTC,Kraken",
        "2024-01-01,deposit,1,BTC,Kraken,more", "2024-01-01,deposit", "2024-01-01,deposit,\"1,BTC,Kraken",
        "2024-01-01,deposit,100000000000000000000,BTC,Kraken",
    ])
    func `a row with an error is 422 with line, column and what was found, and imports nothing`(
        _ row: String
    ) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let good = "2024-01-02,deposit,1,BTC,Kraken\n"
            let file = "time,kind,in_amount,in_asset,account\n" + good + row + "\n"
            let answer = try fixture.upload(file, token: token)
            #expect(answer.status == 422, "\(answer.text)")
            let item = try #require(try answer.json["detail"]?[0])
            #expect(item["loc"]?[2]?.integer == 3)
            #expect(item["msg"]?.string?.isEmpty == false)
            #expect(item["ctx"]?["expected"]?.string?.isEmpty == false)
            #expect(try fixture.workspace.imports(of: fixture.owner).isEmpty)
            let dry = try fixture.upload(file, token: token, query: "?dry_run=true")
            #expect(dry.status == 200)
            #expect(try dry.json["success"]?.bool == false)
            #expect(try dry.json["errors"]?[0]?["line"]?.integer == 3)
        }
    }

    @Test func `good rows of a file with errors go in when asked for`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            let file =
                "time,kind,in_amount,in_asset,account\n2024-01-02,deposit,1,BTC,Kraken\n2024-01-02,deposit,x,BTC,Kraken\n"
            let answer = try fixture.upload(file, token: token, query: "?partial=true")
            #expect(answer.status == 200)
            #expect(try answer.json["rows_inserted"]?.integer == 1)
            #expect(try answer.json["errors"]?.array?.count == 1)
        }
    }

    @Test(arguments: [(1 << 20, 422), (1 << 20 + 1, 413)])
    func `a form that is no upload has the bound of other bodies`(_ bytes: Int, _ status: Int) throws {
        try withFixture { (fixture) throws in
            let form = Array("file=".utf8) + [UInt8](repeating: 0x61, count: bytes - 5)
            let answer = try fixture.send(
                .post,
                BitcainAPI.base + "/ingest/csv",
                token: try fixture.token(),
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: form
            )
            #expect(answer.status == status)
            #expect(answer.text.contains("Expected UploadFile") == (status == 422))
        }
    }

    @Test(arguments: [(16_384, 422), (16_385, 503)])
    func `a long form is read by a worker thread`(_ bytes: Int, _ status: Int) throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            _ = try fixture.workspace.loadPrincipal(token: Array(token.utf8)[...], for: .bitcain)
            // Workers that have gone take nothing, so what needs one is told that the server is busy.
            let workers = WorkerPool(threads: 1)
            workers.stop()
            let api = BitcainAPI(
                workspace: fixture.workspace,
                workers: workers,
                limits: BitcainLimits(),
                rates: nil
            )
            let answer = HTTPApplication(routers: [api.router]).respond(
                .post,
                BitcainAPI.base + "/ingest/csv",
                headers: [
                    HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                    HTTPHeader("Authorization", "Bearer " + token),
                ],
                body: Array("file=".utf8) + [UInt8](repeating: 0x61, count: bytes - 5)
            )
            #expect(answer.status == status)
        }
    }

    @Test(arguments: [10, 11])
    func `a file has at most so many rows`(_ rows: Int) throws {
        try withFixture(change: { _, limits, _ in limits.rowsMax = 10 }) { (fixture) throws in
            var file = "time,kind,in_amount,in_asset,account\n"
            for row in 0..<rows { file += "2024-01-02,deposit,\(row + 1),BTC,Kraken\n" }
            let answer = try fixture.upload(file, token: try fixture.token())
            #expect(answer.status == (rows == 10 ? 200 : 422))
            if rows == 11 { #expect(try answer.json["detail"]?[0]?["type"]?.string == "too_many_rows") }
        }
    }

    @Test(arguments: [
        "../../etc/passwd", "a\u{202E}b.csv", "", String(repeating: "n", count: 3_000), "<script>.csv",
    ])
    func `a file's name is only a text`(_ name: String) throws {
        try withFixture { (fixture) throws in
            let answer = try fixture.upload(
                Array(Sample.history.utf8),
                token: try fixture.token(),
                fileName: name
            )
            #expect(answer.status == 200)
            #expect(try fixture.workspace.imports(of: fixture.owner).first?.fileName == name)
        }
    }

    @Test func `amounts that would leave the range are 422 with the line, and change nothing`() throws {
        try withFixture { (fixture) throws in
            let token = try fixture.token()
            #expect(try fixture.upload(Sample.deposit("99999999999999999999"), token: token).status == 200)
            for query in ["", "?dry_run=true", "?partial=true"] {
                let answer = try fixture.upload(
                    Sample.deposit("1", time: "2024-01-05T00:00:00Z"),
                    token: token,
                    query: query
                )
                if query == "?dry_run=true" {
                    #expect(try answer.json["success"]?.bool == false)
                    #expect(try answer.json["errors"]?[0]?["code"]?.string == "balance_out_of_range")
                } else {
                    #expect(answer.status == 422)
                    #expect(try answer.json["detail"]?[0]?["loc"]?[2]?.integer == 2)
                }
            }
            #expect(
                try fixture.get("/balances?exchange=kraken", token: token).json["balances"]?[0]?["total"]?
                    .string
                    == "99999999999999999999"
            )
        }
    }
}
