import Glibc
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

@Suite("Multipart")
private struct MultipartTests {
    private let boundary = Array("AaB".utf8)

    /// Parses the body in pieces; the closure says how long the next piece is.
    private func parse(
        _ body: [UInt8],
        limits: MultipartLimits = MultipartLimits(),
        piece: (Int) -> Int
    ) throws(MultipartFailure) -> MultipartForm {
        var parser = MultipartParser(boundary: boundary, limits: limits, folder: "/tmp")
        var index = 0
        while index < body.count {
            let end = min(body.count, index + max(1, piece(index)))
            let slice = Array(body[index..<end])
            try unsafe slice.withUnsafeBufferPointer { (buffer) throws(MultipartFailure) in
                try unsafe parser.feed(UnsafeRawBufferPointer(buffer))
            }
            index = end
        }
        return try parser.finish()
    }

    private func text(_ form: MultipartForm) throws -> [String] {
        try form.parts.map { part in
            "\(part.name)|\(part.filename ?? "nil")|\(part.contentType ?? "nil")|"
                + String(decoding: try part.contents.readAll(), as: UTF8.self)
        }
    }

    private func error(_ body: String, limits: MultipartLimits = MultipartLimits()) -> MultipartError? {
        do {
            _ = try parse(Array(body.utf8), limits: limits) { _ in 7 }
            return nil
        } catch {
            guard case .malformed(let reason) = error else { return nil }
            return reason
        }
    }

    private func part(_ name: String, _ contents: String) -> String {
        "--AaB\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(contents)\r\n"
    }

    @Test func `a form with look-alikes of its boundary reads the same however it is cut`() throws {
        let contents = [
            "", "plain", "\r\n", "\r", "\n", "--AaB", "\r\n--Aa", "\r\n--AaBC\r\n", "\r\n--AaB-",
            "\r\n--AaB-x",
            "\r\n--AaB\rx", "\r\n--AaB\r\r", "\r\n\r\n--Aa\r\n--A", "\r\r\n", "\r\n--AaBAaB--\r\n",
        ]
        let body =
            contents.enumerated().map { part("f\($0.offset)", $0.element) }.joined() + "--AaB--\r\n"
        let bytes = Array(body.utf8)
        let wanted = contents.enumerated().map { "f\($0.offset)|nil|nil|\($0.element)" }
        #expect(try text(parse(bytes) { _ in bytes.count }) == wanted)
        #expect(try text(parse(bytes) { _ in 1 }) == wanted)
        for cut in 1..<bytes.count {
            #expect(try text(parse(bytes) { $0 < cut ? cut : bytes.count }) == wanted, "cut at \(cut)")
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `random contents over the boundary's letters survive random cuts`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let letters = Array("\r\n-AaB".utf8)
        for _ in 0..<200 {
            let contents = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            // The naive model: contents that hold a true delimiter line are not a single part.
            let held = contents + [13, 10]
            let isTrue = ["\r\n--AaB\r\n", "\r\n--AaB--"].contains { needle in
                held.indices.contains { held[$0...].starts(with: needle.utf8) }
            }
            if isTrue { continue }
            let bytes =
                Array("--AaB\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".utf8) + contents
                + Array("\r\n--AaB--".utf8)
            let form = try parse(bytes) { _ in Int.random(in: 1...9, using: &random) }
            #expect(form.parts.count == 1)
            #expect(try form.parts.first?.contents.readAll() == contents)
        }
    }

    @Test func `names and file names are read as browsers and curl write them`() throws {
        let heads = [
            (#"form-data; name="a b"; filename="x;y.csv""#, "a b", "x;y.csv"),
            (#"form-data; name=plain"#, "plain", nil),
            (#"FORM-DATA; NAME="a"; Filename="""#, "a", ""),
            (#"form-data; name="q\"q"; filename="C:\dir\f.csv""#, "q\"q", #"C:\dir\f.csv"#),
            (#"form-data; name="a"; filename*=UTF-8''%e2%82%ac.csv"#, "a", "€.csv"),
        ]
        var limits = MultipartLimits()
        limits.files = 5
        for (head, name, filename) in heads {
            let body =
                "--AaB\r\ncontent-disposition:\(head)\r\nContent-Type: text/csv\r\nX-Other: 1\r\n\r\n1\r\n--AaB--"
            let form = try parse(Array(body.utf8), limits: limits) { _ in 5 }
            let first = try #require(form.part(named: name))
            #expect(first.filename == filename)
            #expect(first.contentType == "text/csv")
        }
    }

    @Test func `malformed bodies are refused by name`() {
        let good = part("a", "1")
        let table: [(String, MultipartError)] = [
            ("", .boundaryMissingAtStart),
            ("--Aa", .boundaryMissingAtStart),
            ("hello", .boundaryMissingAtStart),
            ("\r\n" + good + "--AaB--", .boundaryMissingAtStart),
            ("--AaB", .finalBoundaryMissing),
            ("--AaBx\r\n", .boundaryLineInvalid),
            ("--AaB \r\n", .boundaryLineInvalid),
            ("--AaB\n", .boundaryLineInvalid),
            (good, .finalBoundaryMissing),
            (good + "--AaB", .finalBoundaryMissing),
            (good + "--AaB-", .finalBoundaryMissing),
            (good + "--AaB--x", .trailingBytes),
            (good + "--AaB--\r", .trailingBytes),
            (good + "--AaB--\r\n\r\n", .trailingBytes),
            ("--AaB\r\n\r\nx\r\n--AaB--", .dispositionInvalid),
            ("--AaB\r\nContent-Type: a/b\r\n\r\nx\r\n--AaB--", .dispositionInvalid),
            ("--AaB\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--AaB--", .dispositionInvalid),
            ("--AaB\r\nContent-Disposition: form-data\r\n\r\nx\r\n--AaB--", .dispositionInvalid),
            ("--AaB\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--AaB--", .dispositionInvalid),
            (
                "--AaB\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--AaB--",
                .dispositionInvalid
            ),
            ("--AaB\r\nContent-Disposition: form-data; name=\"a\";\r\n\r\nx\r\n--AaB--", .dispositionInvalid),
            ("--AaB\r\nNo colon\r\n\r\nx\r\n--AaB--", .partHeaderInvalid),
            ("--AaB\r\nA : b\r\n\r\nx\r\n--AaB--", .partHeaderInvalid),
            ("--AaB\r\nA: b\nC: d\r\n\r\nx\r\n--AaB--", .partHeaderInvalid),
            ("--AaB\r\nA: b\r\n folded\r\n\r\nx\r\n--AaB--", .partHeaderInvalid),
            (
                "--AaB\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--AaB--",
                .transferEncodingRefused
            ),
        ]
        for (body, wanted) in table { #expect(error(body) == wanted, "\(body.debugDescription)") }
    }

    @Test func `limits of parts, files, heads and fields hold one under and one over`() {
        var limits = MultipartLimits()
        limits.fieldBytes = 10
        limits.partHeadBytes = 100
        func parts(_ count: Int) -> String { (0..<count).map { part("\($0)", "1") }.joined() + "--AaB--" }
        #expect(error(parts(16), limits: limits) == nil)
        #expect(error(parts(17), limits: limits) == .tooManyParts(limit: 16))
        let file = "--AaB\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n12345678901\r\n"
        #expect(error(file + "--AaB--", limits: limits) == nil)
        #expect(error(file + file + "--AaB--", limits: limits) == .tooManyFiles(limit: 1))
        #expect(error(part("a", "1234567890") + "--AaB--", limits: limits) == nil)
        #expect(error(part("a", "12345678901") + "--AaB--", limits: limits) == .fieldTooLarge(limitBytes: 10))
        func head(_ bytes: Int) -> String {
            let start = "Content-Disposition: form-data; name=a\r\nX: "
            let fill = String(repeating: "x", count: bytes - start.utf8.count - 4)
            return "--AaB\r\n\(start)\(fill)\r\n\r\nx\r\n--AaB--"
        }
        #expect(error(head(100), limits: limits) == nil)
        #expect(error(head(101), limits: limits) == .partHeadTooLarge(limitBytes: 100))
    }

    @Test func `boundaries of one to seventy characters pass`() throws {
        func boundary(_ type: String) throws(MultipartError) -> String? {
            let type = Array(type.utf8)[...]
            guard MultipartParser.isForm(type) else { return nil }
            return String(
                decoding: try MultipartParser.boundary(ofContentType: type, limits: MultipartLimits()),
                as: UTF8.self
            )
        }
        let long = String(repeating: "b", count: 70)
        #expect(try boundary("multipart/form-data; boundary=\(long)") == long)
        #expect(try boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b:c\"") == "a b:c")
        #expect(try boundary("application/json") == nil)
        for wrong in [
            "", "; boundary=", "; boundary=\(long)b", "; boundary=\"a \"", "; boundary=a{b",
            "; boundary=a; boundary=b",
        ] {
            #expect(throws: MultipartError.boundaryInvalid) { try boundary("multipart/form-data" + wrong) }
        }
    }

    @Test func `an upload of five mebibytes is spooled, readable and gone afterwards`() throws {
        var template = Array("/tmp/coffer-spool-XXXXXX".utf8CString)
        let folder = try #require(
            unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
                guard let name = buffer.baseAddress, let made = unsafe mkdtemp(name) else { return nil }
                return unsafe String(cString: made)
            }
        )
        defer { unsafe rmdir(folder) }
        let size = 5 * 1024 * 1024
        let kept = Mutex<HTTPBody?>(nil)
        var router = Router()
        router.add(.post, "/keep", name: "keep", body: .multipart(maxBytes: size + 1_000, otherMaxBytes: 0)) {
            request,
            _ in
            kept.withLock { $0 = request.body }
            return .text("kept")
        }
        try withServer([router] + testRouters().dropFirst(0)) {
            $0.spoolFolder = folder
        } _: { server in
            let start = "--AaB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../x\"\r\n\r\n"
            var body = Array(start.utf8)
            body += (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) }
            body += Array("\r\n--AaB--\r\n".utf8)
            func upload(_ path: String) -> RawAnswer? {
                let client = RawClient(port: server.port)
                client.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=AaB\r\n"
                        + "Content-Length: \(body.count)\r\n\r\n"
                )
                client.send(body)
                return client.answer()
            }
            #expect(upload("/form")?.text == "file;../x;\(size);file \(size) 600 0")
            #expect(upload("/keep")?.text == "kept")
            let (path, tail) = try kept.withLock { body -> (String, [UInt8]) in
                guard case .multipart(let form) = body,
                    case .file(let file) = form.part(named: "file")?.contents
                else { return ("", []) }
                return (file.path, try file.read(at: size - 3, count: 10))
            }
            #expect(tail == (size - 3..<size).map { UInt8(truncatingIfNeeded: $0 / 7) })
            #expect(unsafe access(path, F_OK) == 0)
            kept.withLock { $0 = nil }
            #expect(unsafe rmdir(folder) == 0, "the folder is empty")
            // With the folder gone an upload cannot be kept; nothing was done and nothing is leaked.
            #expect(upload("/form")?.status == 500)
        }
    }

    @Test func `other bodies reach a multipart route as bytes, and malformed ones its page`() throws {
        let application = HTTPApplication(routers: testRouters())
        func post(_ type: String?, _ body: String) -> HTTPResponse {
            let headers = type.map { [HTTPHeader("Content-Type", $0)] } ?? []
            return application.respond(.post, "/form", headers: headers, body: Array(body.utf8))
        }
        #expect(String(decoding: post("text/plain", "abc").body, as: UTF8.self) == "bytes 3")
        #expect(String(decoding: post(nil, "").body, as: UTF8.self) == "none")
        #expect(post("multipart/form-data", "abc").status == 400)
        #expect(post("multipart/form-data; boundary=AaB", "abc").status == 400)
        #expect(post("multipart/form-data; boundary=AaB", part("a", "1") + "--AaB--").status == 200)
        let large = part("a", String(repeating: "x", count: 65_537)) + "--AaB--"
        #expect(post("multipart/form-data; boundary=AaB", large).status == 413)
    }
}
