public import HTTPServer
import JSON

/// A document after the OpenAPI Specification 3.1.1 over described routes.
public struct OpenAPIDocument: Sendable {
    /// What the document says about the program.
    public struct Info: Sendable {
        /// The name of the API.
        public let title: String
        /// The version of the program.
        public let version: String
        /// What the API is for, in sentences.
        public let text: String
        /// The licence by its SPDX identifier.
        public let licence: String

        /// Facts about a program.
        public init(title: String, version: String, text: String, licence: String) {
            self.title = title
            self.version = version
            self.text = text
            self.licence = licence
        }
    }

    /// The version of the specification that is followed.
    public static let specification = "3.1.1"

    private static let securityScheme: StaticString = "HTTPBearer"
    private static let keyScheme: StaticString = "HeaderKey"

    private let info: Info
    private let routes: [RouteDescription]

    /// The document over routes; paths, tags and methods are shown in their order.
    ///
    /// Stops the program when two routes have one method and path or one id, and when two forms or answers share a
    /// name.
    public init(info: Info, routes: [RouteDescription]) {
        self.info = info
        self.routes = routes
        let places = routes.map { $0.method.rawValue + " " + $0.path }
        precondition(Set(places).count == places.count, "each method and path is described once")
        precondition(Set(routes.map(\.id)).count == routes.count, "each route's id is its own")
    }

    /// The document as JSON, the same bytes each time.
    public func render() -> [UInt8] {
        var components = Components()
        for route in routes { components.gather(route) }
        var json = JSONWriter(style: .pretty, capacity: 1 << 16)
        json.beginObject()
        json.member("openapi", Self.specification)
        renderInfo(to: &json)
        json.objects("servers", ["/"]) { json, url in json.member("url", url) }
        renderTags(to: &json)
        renderPaths(to: &json)
        renderComponents(components, to: &json)
        json.endObject()
        return json.finish()
    }

    private func renderInfo(to json: inout JSONWriter) {
        json.key("info")
        json.beginObject()
        json.member("title", info.title)
        json.member("version", info.version)
        json.member("description", info.text)
        json.key("license")
        json.beginObject()
        json.member("name", info.licence)
        json.member("identifier", info.licence)
        json.endObject()
        json.endObject()
    }

    private func renderTags(to json: inout JSONWriter) {
        json.objects("tags", routes.map(\.tag).uniqued { $0.name }) { json, tag in
            json.member("name", tag.name)
            json.member("description", tag.summary)
        }
    }

    private func renderPaths(to json: inout JSONWriter) {
        json.key("paths")
        json.beginObject()
        for path in routes.map(\.path).uniqued({ $0 }) {
            json.key(path)
            json.beginObject()
            for route in routes where route.path == path { renderOperation(route, to: &json) }
            json.endObject()
        }
        json.endObject()
    }

    private func renderOperation(_ route: RouteDescription, to json: inout JSONWriter) {
        json.key(route.method.rawValue.lowercased())
        json.beginObject()
        json.key("tags")
        json.beginArray()
        json.string(route.tag.name)
        json.endArray()
        json.member("summary", route.summary)
        if let text = route.text { json.member("description", text) }
        json.member("operationId", route.id)
        if let listener = route.listener { render(listener, to: &json) }
        switch route.access {
        case .everyone: break
        case .bearer(let scopes):
            json.objects("security", [scopes]) { json, scopes in
                json.array(Self.securityScheme, scopes) { $0.string($1) }
            }
        case .key:
            json.objects("security", [Self.keyScheme]) { json, scheme in
                json.array(scheme, [String]()) { $0.string($1) }
            }
        }
        if !route.parameters.isEmpty {
            json.objects("parameters", route.parameters) { $1.render(to: &$0) }
        }
        if let body = route.body {
            json.key("requestBody")
            json.beginObject()
            json.member("description", body.summary)
            json.key("required")
            json.bool(body.isRequired)
            json.content(body.content)
            json.endObject()
        }
        json.key("responses")
        json.beginObject()
        for status in Set(route.answers.map(\.status)).sorted() {
            json.key(String(status))
            renderAnswer(route.answers.filter { $0.status == status }, to: &json)
        }
        json.endObject()
        json.endObject()
    }

    private func render(_ listener: ListenerDescription, to json: inout JSONWriter) {
        json.objects("servers", [listener]) { json, listener in
            json.member("url", "http://{\(listener.variable)}")
            json.member("description", listener.summary)
            json.key("variables")
            json.beginObject()
            json.key(listener.variable)
            json.beginObject()
            json.member("default", listener.standard)
            json.endObject()
            json.endObject()
        }
    }

    private func renderAnswer(_ answers: [AnswerDescription], to json: inout JSONWriter) {
        json.beginObject()
        if answers.count == 1, let name = answers[0].name {
            json.member("$ref", "#/components/responses/" + name)
        } else {
            json.answer(answers.merged)
        }
        json.endObject()
    }

    private func renderComponents(_ components: Components, to json: inout JSONWriter) {
        json.key("components")
        json.beginObject()
        json.key("schemas")
        json.beginObject()
        for (name, schema) in components.schemas.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.schema(schema)
        }
        json.endObject()
        json.key("responses")
        json.beginObject()
        for (name, answer) in components.answers.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.beginObject()
            json.answer(answer)
            json.endObject()
        }
        json.endObject()
        json.key("securitySchemes")
        json.beginObject()
        json.key(Self.securityScheme)
        json.beginObject()
        json.member("type", "http")
        json.member("scheme", "bearer")
        json.member("description", "An access token; the names beside it are the scopes it must have.")
        json.endObject()
        let headers = routes.compactMap { route -> String? in
            if case .key(let header) = route.access { header } else { nil }
        }
        precondition(Set(headers).count <= 1, "keys are shown in one header")
        if let header = headers.first {
            json.key(Self.keyScheme)
            json.beginObject()
            json.member("type", "apiKey")
            json.member("in", "header")
            json.member("name", header)
            json.endObject()
        }
        json.endObject()
        json.endObject()
    }
}

extension [AnswerDescription] {
    /// Alternatives of one status as one answer: either form, and headers that all have.
    fileprivate var merged: AnswerDescription {
        guard count > 1, let first else { return self[0] }
        var content: [MediaDescription] = []
        for type in flatMap({ $0.content.map(\.type) }).uniqued({ $0 }) {
            let forms = flatMap { $0.content.filter { $0.type == type } }
            let schemas = forms.map(\.schema).uniqued { $0 }
            content.append(
                MediaDescription(
                    type,
                    schemas.count == 1 ? schemas[0] : .either(schemas),
                    example: forms.lazy.compactMap(\.example).first
                )
            )
        }
        let headers = flatMap(\.headers).uniqued { $0.name }.map { header in
            let isInAll = allSatisfy { answer in
                answer.headers.contains { $0.name == header.name && $0.isRequired }
            }
            return HeaderDescription(header.name, header.schema, isRequired: isInAll, header.summary)
        }
        let summary = map(\.summary).uniqued { $0 }.joined(separator: " Or: ")
        let links = flatMap(\.links).uniqued { $0.id }
        return AnswerDescription(first.status, summary, content, headers: headers, links: links)
    }
}

extension Array {
    /// The first element of each key, in order.
    fileprivate func uniqued<Key: Hashable>(_ key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }
}
