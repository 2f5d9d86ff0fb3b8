import Foundation
import HTTPServer
import JSON
import OpenAPI
import SchemaSupport
import Testing

/// Routes that use everything a description can say.
private enum Sample {
    static let tag = RouteTag("things", "Things of all kinds.")
    static let price = ValueSchema.named(
        "Price",
        .described("A price as text.", .text(TextRule(pattern: "^[0-9.]+$", shortest: 1, longest: 20)))
    )
    static let thing = ValueSchema.named(
        "Thing",
        .record([
            FieldDescription("id", .text(TextRule(format: "uuid"))),
            FieldDescription("price", price.orNull, "What it costs."),
            FieldDescription("shape", .choice(["round", "flat"]), isRequired: false, standard: "round"),
            FieldDescription("parts", .map(.number(minimum: 0, maximum: 1))),
            FieldDescription("labels", .list(.text(), maximum: 3)),
        ])
    )
    static let gone = AnswerDescription(
        404,
        "There is no such thing.",
        [.json(.record([FieldDescription("detail", .text())]))],
        name: "Gone"
    )
    static let descriptions = [
        RouteDescription(
            .get,
            "/things/{id}",
            id: "get_thing",
            tag: tag,
            summary: "Get Thing",
            access: .bearer(scopes: ["read"]),
            parameters: [
                ParameterDescription("id", in: .path, .text(), example: "a1", "Which thing."),
                ParameterDescription(
                    "limit",
                    in: .query,
                    .integer(minimum: 1, maximum: 100),
                    standard: 50,
                    "How many parts."
                ),
            ],
            answers: [
                AnswerDescription(
                    200,
                    "The thing.",
                    [.json(thing, example: #"{"id":"x","price":null,"parts":{"a":0.5},"labels":[]}"#)],
                    headers: [HeaderDescription("X-Age", .integer(minimum: 0), "Seconds.")]
                ), gone,
            ]
        ),
        RouteDescription(
            .post,
            "/things/{id}",
            id: "change_thing",
            tag: tag,
            summary: "Change Thing",
            text: "Changes it.",
            parameters: [ParameterDescription("id", in: .path, .text(), "Which thing.")],
            body: BodyDescription(
                "The change.",
                isRequired: false,
                [
                    MediaDescription(
                        "multipart/form-data",
                        .form([FieldDescription("file", .file), FieldDescription("force", .boolean)])
                    )
                ]
            ),
            answers: [
                AnswerDescription(
                    204,
                    "Done.",
                    links: [LinkDescription("get_thing", ["id": "$request.path.id"])]
                ), gone,
                AnswerDescription(409, "It is in use.", [.json(.anything)]),
                AnswerDescription(409, "It is under way.", [.json(.null)], name: "UnderWay"),
            ]
        ),
    ]
    static let info = OpenAPIDocument.Info(title: "Things", version: "1.2", text: "All.", licence: "MIT")

    static func router(_ descriptions: [RouteDescription] = descriptions) -> Router {
        var router = Router(descriptions: descriptions)
        for method in [HTTPMethod.get, .post] {
            router.add(method, "/things/{id}", name: "thing") { _, _ in .empty(204) }
        }
        return router
    }
}

@Suite("The document")
private struct OpenAPITests {
    @Test func `everything that a description says is in the document`() throws {
        let text = String(
            decoding: OpenAPIDocument(info: Sample.info, routes: Sample.descriptions).render(),
            as: UTF8.self
        )
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/things.json")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data((text + "\n").utf8).write(to: file)
            Issue.record("recorded things.json; run again without RECORD_GOLDEN")
            return
        }
        #expect(text + "\n" == (try String(contentsOf: file, encoding: .utf8)), "golden file things.json")
    }

    @Test func `it is served over the routers' routes and its own`() throws {
        let routers = [Sample.router()]
        let application = HTTPApplication(
            routers: routers + [OpenAPI.router(info: Sample.info, over: routers)]
        )
        let answer = application.respond(.get, OpenAPI.path)
        #expect(answer.status == 200)
        #expect(answer.contentType == "application/json")
        let document = try JSONReader.parse(answer.body)
        #expect(document["paths"]?.object?.map(\.key) == ["/things/{id}", OpenAPI.path])
        let check = DocumentCheck(document)
        #expect(check.ownProblems.isEmpty)
        let problems = check.problems(
            "GET",
            OpenAPI.path,
            status: 200,
            contentType: answer.contentType,
            headers: answer.headers,
            body: answer.body
        )
        #expect(problems.isEmpty)
    }

    @Test func `a route that is not described, or no route, or has a parameter too many is found`() {
        #expect(RouteCheck.problems([Sample.router()]).isEmpty)
        var more = Sample.router()
        more.add(.get, "/others/{id}", name: "other") { _, _ in .empty(204) }
        #expect(RouteCheck.problems([more]) == ["GET /others/{id} is not described"])
        let wrong = RouteDescription(
            .get,
            "/things/{id}",
            id: "get_thing",
            tag: Sample.tag,
            summary: "Get",
            answers: [AnswerDescription(204, "Done.")]
        )
        let found = RouteCheck.problems([Sample.router([wrong, Sample.descriptions[1]])])
        #expect(found == [#"GET /things/{id}: the path has ["id"], described are []"#])
        let none = RouteDescription(
            .put,
            "/nothing",
            id: "put",
            tag: Sample.tag,
            summary: "Put",
            answers: [AnswerDescription(204, "Done.")]
        )
        let unrouted = RouteCheck.problems([Sample.router(Sample.descriptions + [none])])
        #expect(unrouted == ["PUT /nothing is described and no route"])
    }

    @Test(arguments: [
        (200, "{}", ["$: id is missing", "$: price is missing"]),
        (
            200, #"{"id":"x","price":"-1","parts":{"a":2},"labels":["","","",""],"more":1}"#,
            [
                "$.price: no", "$.parts.a: 2 is beyond the maximum", "$.labels: too many",
                "$: more is not documented",
            ]
        ),
        (201, "{}", ["the status is not documented"]),
        (404, "[]", ["$: array([]) is no"]),
    ])
    func `an answer that differs is found`(_ status: Int, _ body: String, _ expected: [String]) throws {
        let problems = try DocumentCheck(routes: Sample.descriptions).problems(
            "GET",
            "/things/a?limit=3",
            status: status,
            contentType: "application/json",
            headers: [HTTPHeader("x-age", "1")],
            body: Array(body.utf8)
        )
        for text in expected {
            #expect(problems.contains { $0.contains(text) }, "\(text) in \(problems)")
        }
    }

    @Test func `two forms of one name, two routes of one id or place stop the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = OpenAPIDocument(info: Sample.info, routes: Sample.descriptions + [Sample.descriptions[0]])
        }
        await #expect(processExitsWith: .failure) {
            let other = RouteDescription(
                .get,
                "/other",
                id: "other",
                tag: Sample.tag,
                summary: "Other",
                answers: [AnswerDescription(200, "It.", [.json(.named("Price", .null))])]
            )
            _ = OpenAPIDocument(info: Sample.info, routes: Sample.descriptions + [other]).render()
        }
    }
}
