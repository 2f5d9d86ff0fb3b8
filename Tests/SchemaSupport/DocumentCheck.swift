public import HTTPServer
public import JSON
import OpenAPI

/// Compares real answers with what an OpenAPI document says of them.
public struct DocumentCheck: Sendable {
    private let document: JSONValue
    private let schemas: SchemaCheck

    /// Limits that no document and no answer of a test comes near.
    public static let limits = JSONLimits(depth: 64, elements: 10_000_000, stringBytes: 1 << 24)

    /// The check against a document.
    public init(_ document: JSONValue) {
        self.document = document
        schemas = SchemaCheck(document)
    }

    /// The check against the document over these routes.
    public init(routes: [RouteDescription]) throws {
        let info = OpenAPIDocument.Info(
            title: "Test",
            version: "1",
            text: "Routes under test.",
            licence: "MIT"
        )
        let bytes = OpenAPIDocument(info: info, routes: routes).render()
        self.init(try JSONReader.parse(bytes, limits: DocumentCheck.limits))
    }

    /// What differs between an answer and the document; nothing when no operation has this method and path.
    public func problems(
        _ method: String,
        _ target: String,
        status: Int,
        contentType: String?,
        headers: [HTTPHeader],
        body: [UInt8]
    ) -> [String] {
        let verb = method == "HEAD" ? "get" : method.lowercased()
        let path = target.prefix { $0 != "?" }
        guard let operation = operation(verb, String(path)) else { return [] }
        let place = "\(method) \(path) \(status)"
        guard let answer = operation["responses"]?[key: String(status)].map(resolved) else {
            return ["\(place): the status is not documented"]
        }
        var problems = headerProblems(answer, headers).map { "\(place): \($0)" }
        guard method != "HEAD" else { return problems }
        guard let content = answer["content"] else {
            return body.isEmpty ? problems : problems + ["\(place): a body is not documented"]
        }
        let type = contentType.map { String($0.prefix { $0 != ";" && $0 != " " }) } ?? ""
        guard let media = content[key: type] else {
            return problems + ["\(place): the media type \(type) is not documented"]
        }
        guard type == HTTPResponse.jsonContentType, let schema = media["schema"] else { return problems }
        do {
            let value = try JSONReader.parse(body, limits: DocumentCheck.limits)
            problems += schemas.problems(value, schema).map { "\(place): \($0)" }
        } catch {
            problems.append("\(place): the body is no JSON: \(error)")
        }
        return problems
    }

    private func headerProblems(_ answer: JSONValue, _ headers: [HTTPHeader]) -> [String] {
        (answer["headers"]?.object ?? []).compactMap { header in
            let isThere = headers.contains { $0.name.lowercased() == header.key.lowercased() }
            return header.value["required"]?.bool == true && !isThere
                ? "the header \(header.key) is missing" : nil
        }
    }

    /// What is wrong with the document's own examples and references.
    public var ownProblems: [String] {
        var problems: [String] = []
        visit(document) { object in
            if let name = object["$ref"]?.string, schemas.target(of: name) == nil {
                problems.append("\(name) leads nowhere")
            }
            for link in object["links"]?.object ?? [] {
                problems += linkProblems(link.value).map { "the link \(link.key): \($0)" }
            }
            guard let schema = object["schema"], let example = object["example"] else { return }
            // Of other media types an example is a text.
            if schema["$ref"] != nil || schema["type"]?.string == example.sort || schema["anyOf"] != nil {
                problems += schemas.problems(example, schema).map { "an example: \($0)" }
            }
        }
        return problems
    }

    private func linkProblems(_ link: JSONValue) -> [String] {
        let operations = (document["paths"]?.object ?? []).flatMap { $0.value.object ?? [] }.map(\.value)
        guard let target = operations.first(where: { $0["operationId"] == link["operationId"] }) else {
            return ["there is no such operation"]
        }
        let names = (target["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
        return (link["parameters"]?.object ?? []).filter { !names.contains($0.key) }.map {
            "the operation has no parameter \($0.key)"
        }
    }

    private func visit(_ value: JSONValue, _ look: (JSONValue) -> Void) {
        look(value)
        for member in value.object ?? [] { visit(member.value, look) }
        for element in value.array ?? [] { visit(element, look) }
    }

    private func resolved(_ value: JSONValue) -> JSONValue {
        value["$ref"]?.string.flatMap { schemas.target(of: $0) } ?? value
    }

    private func operation(_ verb: String, _ path: String) -> JSONValue? {
        let pieces = path.split(separator: "/", omittingEmptySubsequences: false)
        var best: (literals: Int, operation: JSONValue)?
        for entry in document["paths"]?.object ?? [] {
            let segments = entry.key.split(separator: "/", omittingEmptySubsequences: false)
            guard segments.count == pieces.count else { continue }
            let fits = zip(segments, pieces).allSatisfy { segment, piece in
                segment.hasPrefix("{") ? !piece.isEmpty : segment == piece
            }
            let literals = segments.count { !$0.hasPrefix("{") }
            guard fits, literals > best?.literals ?? -1, let operation = entry.value[key: verb] else {
                continue
            }
            best = (literals, operation)
        }
        return best?.operation
    }
}
