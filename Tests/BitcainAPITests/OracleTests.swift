import Foundation
import HTTPServer
import JSON
import Testing

/// One request with FastAPI's answer, as `Oracle/fastapi_oracle.py` recorded it.
private struct Case {
    let name: String
    let method: String
    var target: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    let status: Int
    var answerHeaders: [String: String]
    var answer: String

    init(_ value: JSONValue) throws {
        name = try #require(value["name"]?.string)
        method = try #require(value["method"]?.string)
        target = try #require(value["target"]?.string)
        headers = try #require(value["headers"]?.array).map { pair in
            (try #require(pair[0]?.string), try #require(pair[1]?.string))
        }
        // The bytes of the body stand in the file as the letters of Latin-1.
        body = try #require(value["body"]?.string).unicodeScalars.map { UInt8($0.value) }
        status = Int(try #require(value["status"]?.integer))
        answerHeaders = Dictionary(
            uniqueKeysWithValues: try #require(value["answer_headers"]?.object).map {
                ($0.key, $0.value.string ?? "")
            }
        )
        answer = try #require(value["answer"]?.string)
    }

    /// The same case where the user that it names is a real one, and without what sign-in never repeats.
    func of(user: String) throws -> Case {
        var one = self
        one.target = target.replacingOccurrences(of: "user_id=me", with: "user_id=" + user)
        if let location = answerHeaders["location"] {
            one.answerHeaders["location"] = location.replacingOccurrences(
                of: "user_id=me",
                with: "user_id=" + user
            )
        }
        guard target.hasPrefix("/auth/"), status == 422 else { return one }
        let items = try #require(try JSONReader.parse(Array(answer.utf8))["detail"]?.array)
        let hidden = items.map { item -> JSONValue in
            guard item["type"]?.string != "json_invalid" else { return item }
            return .object(
                (item.object ?? []).map { $0.key == "input" ? JSONMember(key: "input", value: .null) : $0 }
            )
        }
        let detail = JSONValue.object([JSONMember(key: "detail", value: .array(hidden))])
        one.answer = String(decoding: detail.rendered(), as: UTF8.self)
        return one
    }

    static func recorded() throws -> [Case] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Oracle/fastapi.json")
        let limits = JSONLimits(elements: 1_000_000)
        let value = try JSONReader.parse(Array(Data(contentsOf: file)), limits: limits)
        return try #require(value["cases"]?.array).map { try Case($0) }
    }
}

/// Where we differ from FastAPI on purpose; docs/bitcain.md gives the reasons.
private enum Difference {
    static let byName: [String: Int] = [
        "repeated slashes": 200,
        "unknown route /balances%2F": 404,
        "unknown route /balances%2F by POST": 405,
        "upload: extended file name": 200,
        "upload: two files": 413,
        "upload: only the first boundary": 400,
        "upload: cut in the contents": 400,
        "upload: cut in the part head": 400,
        "upload: epilogue": 400,
        "upload: base64": 400,
        // The body is not looked at before the token.
        "create: broken JSON comes before the token": 401,
    ]

    /// The status that we answer; nil when it is FastAPI's.
    static func status(of one: Case) -> Int? {
        if let status = byName[one.name] { return status }
        switch one.method {
        case "OPTIONS": return 204
        case "HEAD" where one.answerHeaders["allow"] == "GET": return 200
        default: return nil
        }
    }
}

@Suite("FastAPI's answers")
private struct OracleTests {
    @Test(arguments: Front.allCases)
    func `every recorded request is answered as FastAPI answers it, but for the differences on purpose`(
        _ front: Front
    ) throws {
        try withFixture(front, hasOpenReads: true) { (fixture) throws in
            let token = try fixture.token()
            let me = try fixture.uuid(of: fixture.owner)
            var differences = Set(Difference.byName.keys)
            for one in try Case.recorded().map({ try $0.of(user: me) }) {
                let headers = one.headers.map {
                    HTTPHeader($0.name, $0.value.replacingOccurrences(of: "good", with: token))
                }
                let answer = try fixture.send(
                    HTTPMethod(rawValue: one.method),
                    one.target,
                    headers: headers,
                    body: one.body
                )
                let note = Comment(rawValue: "\(one.name): \(answer.status) \(answer.text.prefix(300))")
                if let status = Difference.status(of: one) {
                    differences.remove(one.name)
                    #expect(one.status != status, "no difference any more: \(one.name)")
                    #expect(answer.status == status, note)
                } else {
                    #expect(answer.status == one.status, note)
                    try compare(answer, one, token: token, note)
                }
            }
            #expect(differences.isEmpty)
        }
    }

    private func compare(_ answer: Answer, _ one: Case, token: String, _ note: Comment) throws {
        if let challenge = one.answerHeaders["www-authenticate"] {
            #expect(answer.header("WWW-Authenticate") == challenge, note)
        }
        if let location = one.answerHeaders["location"] {
            #expect(answer.header("Location") == location, note)
        }
        if let allowed = one.answerHeaders["allow"] {
            #expect(
                answer.header("Allow")?.split(separator: ", ").map { String($0) }.contains(allowed) == true,
                note
            )
        }
        guard one.method != "HEAD" else { return }
        if one.status == 200 || one.status == 201 {
            let expected = try JSONReader.parse(Array(one.answer.utf8))
            for member in expected.object ?? [] { #expect(try answer.json[member.key] == member.value, note) }
        } else {
            #expect(answer.text == one.answer, note)
        }
        if !one.answer.isEmpty {
            #expect(answer.header("Content-Type") == one.answerHeaders["content-type"], note)
        }
    }

    @Test func `a difference on purpose is one that docs tell of`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/bitcain.md"), encoding: .utf8)
        #expect(text.contains("## Differences from FastAPI"))
    }
}
