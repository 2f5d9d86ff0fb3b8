public import HTTPServer

extension OperatorsAPI {
    /// What the public routes take and answer.
    public static let descriptions = [
        RouteDescription(
            .get,
            "/healthz",
            id: "get_health",
            tag: healthTag,
            summary: "Get Health",
            text: "Says that the process answers.",
            answers: [
                AnswerDescription(
                    200,
                    "The process answers.",
                    [.json(status("Health", "ok"), example: "{\"status\":\"ok\"}")]
                )
            ] + refusals
        ),
        RouteDescription(
            .get,
            "/readyz",
            id: "get_readiness",
            tag: healthTag,
            summary: "Get Readiness",
            text: "Says whether the server can do its work.",
            answers: [
                AnswerDescription(
                    200,
                    "The server can do its work.",
                    [.json(status("Readiness", "ready"), example: "{\"status\":\"ready\"}")]
                ),
                AnswerDescription(
                    503,
                    "The server cannot do its work now.",
                    [.json(status("NotReady", "not ready"), example: "{\"status\":\"not ready\"}")],
                    headers: [HeaderDescription("Retry-After", .integer(minimum: 0), "The seconds to wait.")]
                ),
            ] + refusals
        ),
    ]

    private static let healthTag = RouteTag("operators", "Whether the server is up; no token is needed.")

    static let refusals = [414, 431].map { status in
        AnswerDescription(
            status,
            "The request target or the headers are longer than the limit.",
            [.json(.record([FieldDescription("detail", .text())]))]
        )
    }

    private static func status(_ name: String, _ text: String) -> ValueSchema {
        .named(name, .record([FieldDescription("status", .choice([text]))]))
    }
}
