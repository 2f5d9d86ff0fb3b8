public import HTTPServer

/// The route that serves the document over all others.
public enum OpenAPI {
    /// The path of the document.
    public static let path = "/openapi.json"

    /// What the route takes and answers.
    public static let descriptions = [
        RouteDescription(
            .get,
            path,
            id: "get_openapi",
            tag: RouteTag("documents", "What this server serves."),
            summary: "Get OpenAPI Document",
            text: "This document, made from the routes that the server has.",
            answers: [
                AnswerDescription(200, "The document.", [.json(.named("OpenAPIDocument", document))])
            ]
        )
    ]

    /// A router that serves the document over the routes of other routers, of listeners beside, and over its own.
    ///
    /// The document is made once, here.
    public static func router(
        info: OpenAPIDocument.Info,
        over routers: [Router],
        beside: [RouteDescription] = []
    ) -> Router {
        // In the order of the descriptions, which is the reader's.
        let described = routers.flatMap { router in
            router.descriptions.filter { description in
                router.routes.contains { $0.description == description }
            }
        }
        let body = OpenAPIDocument(info: info, routes: described + beside + descriptions).render()
        var router = Router(descriptions: descriptions)
        router.add(.get, path, name: "openapi") { _, _ in
            HTTPResponse(
                status: 200,
                contentType: HTTPResponse.jsonContentType,
                body: body,
                cacheControl: "no-cache"
            )
        }
        return router
    }

    private static let document = ValueSchema.record([
        FieldDescription("openapi", .text(TextRule(pattern: "^3\\.1\\.[0-9]+$"))),
        FieldDescription("info", .map(.anything)),
        FieldDescription("servers", .list(.map(.anything))),
        FieldDescription("tags", .list(.map(.anything))),
        FieldDescription("paths", .map(.anything)),
        FieldDescription("components", .map(.anything)),
    ])
}
