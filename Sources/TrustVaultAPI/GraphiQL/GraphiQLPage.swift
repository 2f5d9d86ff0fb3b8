import CGraphiQL
import HTTPServer

/// The page on which people try queries in a browser; the key that they enter stays in its tab.
enum GraphiQLPage {
    static let path = "/graphiql"

    private static let files: [(name: String, file: coffer_graphiql_file, type: String)] = [
        ("page.css", coffer_graphiql_page_css, "text/css; charset=utf-8"),
        ("page.js", coffer_graphiql_page_js, "text/javascript; charset=utf-8"),
        ("before.js", coffer_graphiql_before_js, "text/javascript; charset=utf-8"),
        ("graphiql.css", coffer_graphiql_css, "text/css; charset=utf-8"),
        ("graphiql.js", coffer_graphiql_js, "text/javascript; charset=utf-8"),
        ("react.js", coffer_graphiql_react, "text/javascript; charset=utf-8"),
        ("react-dom.js", coffer_graphiql_react_dom, "text/javascript; charset=utf-8"),
    ]

    /// Scripts and styles of this server alone, and no other server is asked for anything.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static let headers = [
        HTTPHeader("Content-Security-Policy", policy),
        HTTPHeader("X-Content-Type-Options", "nosniff"),
        HTTPHeader("X-Frame-Options", "DENY"),
        HTTPHeader("Referrer-Policy", "no-referrer"),
        HTTPHeader("Cross-Origin-Opener-Policy", "same-origin"),
        HTTPHeader("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// The routes of the page and its files.
    static func router(pages: ErrorPages) -> Router {
        var router = Router(prefixes: [path], pages: pages, trailingSlash: .either, isForPeople: true)
        router.add(.get, path, name: "graphiql.page") { _, _ in
            answer(coffer_graphiql_page, "text/html; charset=utf-8", cacheControl: "no-store")
        }
        for (name, file, type) in files {
            router.add(.get, path + "/" + name, name: "graphiql." + name) { _, _ in
                answer(file, type, cacheControl: "public, max-age=3600")
            }
        }
        return router
    }

    private static func answer(
        _ file: coffer_graphiql_file,
        _ type: String,
        cacheControl: String
    ) -> HTTPResponse {
        let bytes = unsafe UnsafeBufferPointer(
            start: coffer_graphiql_bytes(file),
            count: coffer_graphiql_size(file)
        )
        return unsafe HTTPResponse(
            status: 200,
            contentType: type,
            headers: headers,
            body: Array(bytes),
            cacheControl: cacheControl
        )
    }
}
