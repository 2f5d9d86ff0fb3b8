import Foundation
import HTTPServer
import Synchronization
import Testing

/// An answer of the pages.
struct Answer: Sendable {
    let status: Int
    let headers: [HTTPHeader]
    let body: [UInt8]

    func header(_ name: String) -> String? { headers(name).first }

    func headers(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var location: String { header("Location") ?? "" }
}

/// Keeps cookies, reads forms and sends them, as a browser does; every answer is held against the rules of all pages.
final class Browser: Sendable {
    private let fixture: Fixture
    private let jar = Mutex<[String: String]>([:])
    let address: String
    /// What the server is called in the address bar.
    let host: String

    init(_ fixture: Fixture, address: String = "127.0.0.1", host: String = "localhost") {
        self.fixture = fixture
        self.address = address
        self.host = host
    }

    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }

    func get(_ path: String, headers: [HTTPHeader] = []) throws -> Answer {
        try send(.get, path, headers: headers)
    }

    /// Follows redirects to pages of our own.
    func follow(_ answer: Answer) throws -> Answer {
        var answer = answer
        for _ in 0..<5 where (300..<400).contains(answer.status) && answer.location.hasPrefix("/") {
            answer = try get(answer.location)
        }
        return answer
    }

    /// Sends fields as a form does, with the token of the page that is named.
    func post(
        _ path: String,
        _ fields: [(String, String)],
        headers: [HTTPHeader] = []
    ) throws -> Answer {
        try send(
            .post,
            path,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")] + headers,
            body: Array(
                fields.map { Form.escape($0.0) + "=" + Form.escape($0.1) }.joined(separator: "&").utf8
            )
        )
    }

    /// Fills the form of a page and sends it; nil leaves a field out.
    func submit(
        _ page: String,
        action: String,
        containing mark: String? = nil,
        _ values: [String: String?] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let answer = try get(page)
        return try submit(
            on: answer,
            action: action,
            containing: mark,
            values,
            sourceLocation: sourceLocation
        )
    }

    func submit(
        on answer: Answer,
        action: String,
        containing mark: String? = nil,
        _ values: [String: String?] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let forms = Form.all(in: answer.text).filter { form in
            form.action == action && (mark.map { form.html.contains($0) } ?? true)
        }
        let form = try #require(
            forms.first,
            "\(answer.status) \(answer.text)",
            sourceLocation: sourceLocation
        )
        var fields = form.fields
        for (name, value) in values {
            fields.removeAll { $0.0 == name }
            if let value { fields.append((name, value)) }
        }
        return try post(form.action, fields)
    }

    /// The token of the forms that this browser is shown.
    func token() throws -> String {
        let page = try follow(try get("/keys"))
        let form = try #require(Form.all(in: page.text).first)
        return try #require(form.fields.first { $0.0 == "csrf" }?.1)
    }

    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = []
    ) throws -> Answer {
        var headers = headers
        if !headers.contains(where: { $0.name == "Host" }) { headers.append(HTTPHeader("Host", host)) }
        let cookies = cookies
        if !cookies.isEmpty {
            let text = cookies.sorted { $0.key < $1.key }.map { $0.key + "=" + $0.value }
            headers.append(HTTPHeader("Cookie", text.joined(separator: "; ")))
        }
        let response = fixture.application.respond(
            method,
            target,
            headers: headers,
            body: body,
            remoteAddress: address
        )
        var all = response.headers
        for name in ["Content-Type", "Cache-Control"] {
            if let value = response.header(name) { all.append(HTTPHeader(name, value)) }
        }
        let answer = Answer(status: response.status, headers: all, body: response.body)
        for line in answer.headers("Set-Cookie") { keep(line) }
        let problems = PageRules.problems(answer, method, target)
        if !problems.isEmpty { Issue.record("\(method.rawValue) \(target): \(problems)") }
        return answer
    }

    private func keep(_ line: String) {
        let parts = line.components(separatedBy: "; ")
        let pair = parts[0].components(separatedBy: "=")
        let isOver = parts.contains("Max-Age=0")
        jar.withLock { $0[pair[0]] = isOver ? nil : pair.dropFirst().joined(separator: "=") }
    }
}

/// A form of a page.
struct Form {
    let action: String
    let html: String
    let fields: [(String, String)]

    /// All forms of a page, with the values that they would be sent with if nobody touched them.
    static func all(in page: String) -> [Form] {
        page.components(separatedBy: "<form ").dropFirst().compactMap { piece in
            let html = piece.components(separatedBy: "</form>")[0]
            guard let action = attribute("action", of: html.prefix { $0 != ">" }) else { return nil }
            var fields: [(String, String)] = []
            for tag in html.components(separatedBy: "<input ").dropFirst() {
                let head = tag.prefix { $0 != ">" }
                guard let name = attribute("name", of: head) else { continue }
                let type = attribute("type", of: head)
                if (type == "checkbox" || type == "radio") && !head.hasSuffix(" checked") { continue }
                fields.append((name, attribute("value", of: head) ?? ""))
            }
            for tag in html.components(separatedBy: "<textarea ").dropFirst() {
                guard let name = attribute("name", of: tag.prefix { $0 != ">" }),
                    let start = tag.range(of: ">\n"), let end = tag.range(of: "</textarea>")
                else { continue }
                fields.append((name, unescape(String(tag[start.upperBound..<end.lowerBound]))))
            }
            return Form(action: action, html: html, fields: fields)
        }
    }

    private static func attribute(_ name: String, of tag: Substring) -> String? {
        guard let start = tag.range(of: name + "=\"") else { return nil }
        return unescape(String(tag[start.upperBound...].prefix { $0 != "\"" }))
    }

    static func unescape(_ text: String) -> String {
        text.replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&#39;", with: "'")
            .replacingOccurrences(of: "&amp;", with: "&")
    }

    static func escape(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
}

/// What holds for every answer below the pages' paths.
enum PageRules {
    static func problems(_ answer: Answer, _ method: HTTPMethod, _ target: String) -> [String] {
        var problems: [String] = []
        func need(_ name: String, _ value: String) {
            if answer.headers(name) != [value] { problems.append("\(name) is \(answer.headers(name))") }
        }
        need("Referrer-Policy", "no-referrer")
        need("X-Content-Type-Options", "nosniff")
        need("X-Frame-Options", "DENY")
        need("Cross-Origin-Opener-Policy", "same-origin")
        need("Cross-Origin-Resource-Policy", "same-origin")
        need("X-Robots-Tag", "noindex")
        let isFixed = target.hasPrefix("/pages/") && answer.status == 200
        need("Cache-Control", isFixed ? "public, max-age=3600" : "no-store")
        let policy = answer.headers("Content-Security-Policy")
        let start = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
        let end = "; frame-ancestors 'none'; base-uri 'none'"
        if policy.count != 1 || !policy[0].hasPrefix(start) || !policy[0].hasSuffix(end)
            || policy[0].contains("unsafe")
        {
            problems.append("Content-Security-Policy is \(policy)")
        }
        for line in answer.headers("Set-Cookie") {
            for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] where !line.contains(part) {
                problems.append("a cookie without \(part)")
            }
        }
        if (300..<400).contains(answer.status) {
            if answer.status != 303 || answer.location.isEmpty {
                problems.append("a redirect that is no 303")
            }
        } else if !isFixed {
            need("Content-Type", "text/html; charset=utf-8")
            if method != .head { problems += pageProblems(answer.text) }
        }
        return problems
    }

    /// All attributes that pages have.
    private static let attributes: Set<String> = [
        "charset=", "name=", "content=", "rel=", "href=", "class=", "id=", "method=", "action=", "type=",
        "value=", "for=", "autocomplete=", "autocapitalize=", "spellcheck=", "rows=", "required", "checked",
        "open", "role=", "datetime=", "aria-label=", "aria-labelledby=", "aria-describedby=", "aria-invalid=",
        "aria-current=", "lang=", "data-label=",
    ]

    /// Problems of the markup: scripts, styles in place, elements that do not match, ids that are there twice.
    private static func pageProblems(_ page: String) -> [String] {
        var problems: [String] = []
        if !page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n") { problems.append("no HTML") }
        var open: [String] = []
        var ids: Set<String> = []
        for piece in page.components(separatedBy: "<").dropFirst(2) {
            let tag = piece.prefix { $0 != ">" }
            let name = String(tag.prefix { $0.isLetter || $0.isNumber || $0 == "/" })
            if name.hasPrefix("/") {
                if open.last != String(name.dropFirst()) { problems.append("\(name) closes \(open)") }
                _ = open.popLast()
                continue
            }
            if name.isEmpty { problems.append("a stray <\(tag.prefix(20))") }
            if ["script", "style", "iframe", "object", "base", "svg", "img"].contains(name) {
                problems.append("an element \(name)")
            }
            // Values stand between quotes, at every second place.
            let parts = tag.split(separator: "\"", omittingEmptySubsequences: false)
            if parts.count.isMultiple(of: 2) { problems.append("an open quote in <\(tag)") }
            for (place, part) in parts.enumerated() where place.isMultiple(of: 2) {
                for word in part.split(separator: " ").dropFirst(place == 0 ? 1 : 0) {
                    if !attributes.contains(String(word)) { problems.append("an attribute \(word)") }
                    guard word == "id=", place + 1 < parts.count else { continue }
                    if !ids.insert(String(parts[place + 1])).inserted {
                        problems.append("the id \(parts[place + 1]) twice")
                    }
                }
            }
            if !["meta", "link", "input", "br"].contains(name) { open.append(name) }
        }
        if !open.isEmpty { problems.append("left open: \(open)") }
        // Every link and label leads somewhere.
        for target in page.components(separatedBy: " for=\"").dropFirst() {
            let id = String(target.prefix { $0 != "\"" })
            if !page.contains("id=\"\(id)\"") { problems.append("a label for \(id)") }
        }
        for target in page.components(separatedBy: " href=\"#").dropFirst() {
            let id = String(target.prefix { $0 != "\"" })
            if !page.contains("id=\"\(id)\"") { problems.append("a link to \(id)") }
        }
        return problems
    }
}
