import Dialects
import HTTPServer
import Importing
import JSON
import Services

extension BitcainAPI {
    /// `POST /ingest/csv`: an uploaded export goes through the same import as on the command line.
    var ingest: AuthorizedHandler {
        { request, caller, responder in
            guard case .bytes(let bytes) = request.body, bytes.count > BitcainAPI.smallFileBytesMax else {
                return ingestForm(request, caller, responder)
            }
            // Only a multipart form brings a file; the words for a long form of another kind take long to find.
            return offload(responder, caller) { ingestForm(request, caller, responder) }
        }
    }

    private func ingestForm(
        _ request: HTTPRequest,
        _ caller: Caller,
        _ responder: HTTPResponder
    ) -> HTTPResponse? {
        var errors: [ValidationItem] = []
        let isDryRun = QueryValue.bool("dry_run", in: request, default: false, errors: &errors)
        let isPartial = QueryValue.bool("partial", in: request, default: false, errors: &errors)
        let upload = BitcainAPI.upload(in: request, errors: &errors)
        let key = IdempotencyKey(request)
        if case .malformed = key { return BitcainErrors.malformedKey }
        guard errors.isEmpty, let upload else { return BitcainErrors.validation(errors) }
        var order = ImportRequest(
            user: caller.principal.user,
            fileName: upload.name,
            account: nil,
            isDryRun: isDryRun,
            isPartial: isPartial,
            rowsMax: limits.rowsMax
        )
        order.answer = { KeptAnswer(status: 200, body: BitcainBodies.ingest($0)) }
        return ingest(order, upload, key, request, caller, responder)
    }

    /// The uploaded file; nil with an error added when there is none.
    private static func upload(in request: HTTPRequest, errors: inout [ValidationItem]) -> Upload? {
        let place: [ValidationItem.Step] = [.name("body"), .name("file")]
        var text: String?
        switch request.body {
        case .multipart(let form):
            if let part = form.part(named: "file") {
                if let name = part.filename { return Upload(name: name, contents: part.contents) }
                text = part.text
            }
        case .bytes(let bytes) where request.isURLEncodedForm:
            text = HTTPFormItem.parse(bytes[...]).last { $0.name == "file" }?.value
        case .bytes, .none: break
        }
        // As FastAPI has it, an empty field counts as none.
        if let text, !text.isEmpty {
            errors.append(.notAFile(place, text))
        } else {
            errors.append(.missing(place))
        }
        return nil
    }

    private func ingest(
        _ order: ImportRequest,
        _ upload: Upload,
        _ key: IdempotencyKey,
        _ request: HTTPRequest,
        _ caller: Caller,
        _ responder: HTTPResponder
    ) -> HTTPResponse? {
        // A small file in memory is read here in microseconds and written with whatever else the commit carries;
        // anything that is larger or has to look into the store first goes to a worker thread.
        var order = order
        let isSmall = upload.contents.byteCount <= BitcainAPI.smallFileBytesMax
        if isSmall, !order.isDryRun, case .memory(let bytes) = upload.contents {
            do {
                order.claim = try upload.claim(request, key)
            } catch {
                return response(to: error, request.id)
            }
            let isTaken = workspace.importSmallFile(order, bytes: bytes) { result in
                responder.answer(response(to: result, responder.requestID).named(caller))
            }
            if isTaken { return nil }
        }
        let asked = order
        return offload(responder, caller, on: isSmall ? nil : importers) {
            var order = asked
            if order.claim == nil { order.claim = try upload.claim(request, key) }
            let outcome = try workspace.importFile(order, source: { upload.bytes() }, progress: { _, _ in })
            return BitcainAPI.response(to: outcome)
        }
    }

    /// The largest file that is read on the event loop, in bytes: about a hundred rows.
    static let smallFileBytesMax = 16_384

    private func response(
        to result: Result<ImportOutcome, any Error>,
        _ request: HTTPRequestID
    ) -> HTTPResponse {
        switch result {
        case .failure(let error): response(to: error, request)
        case .success(let outcome): BitcainAPI.response(to: outcome)
        }
    }

    private static func response(to outcome: ImportOutcome) -> HTTPResponse {
        outcome.isRefused && !outcome.isDryRun
            ? BitcainErrors.validation(
                outcome.issues.filter { $0.severity == .error }.map(ValidationItem.row)
            )
            : .json(BitcainBodies.ingest(outcome))
    }
}

extension MultipartPart {
    /// A field as text, as Starlette reads it: UTF-8, or Latin-1 when it is not that.
    fileprivate var text: String {
        // A field is as small as a field may be, so it is in memory; one that cannot be read shows as empty.
        guard let bytes = try? contents.readAll() else { return "" }
        return String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

extension HTTPRequest {
    /// Whether the body is said to be an urlencoded form.
    fileprivate var isURLEncodedForm: Bool {
        let type = header("content-type")?.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
        return type?.lowercased() == "application/x-www-form-urlencoded"
    }
}

/// An uploaded file.
struct Upload: Sendable {
    let name: String
    let contents: MultipartContents

    /// The claim of a request with this file: of the form what is in it, not how it was sent.
    ///
    /// - Throws: `SpoolError` when the file cannot be read.
    func claim(_ request: HTTPRequest, _ key: IdempotencyKey) throws -> IdempotencyClaim? {
        try key.claim(request) { digest in
            digest.add("file")
            digest.add(name)
            digest.add(count: contents.byteCount)
            let pieces = bytes()
            while let piece = try pieces() { digest.add(piece: piece) }
        }
    }

    /// The bytes read from a file at once.
    private static let pieceBytes = 262_144

    /// A fresh reader of its pieces.
    func bytes() -> ByteSource {
        switch contents {
        case .memory(let bytes):
            var isTaken = false
            return {
                defer { isTaken = true }
                return isTaken ? nil : bytes
            }
        case .file(let file):
            var offset = 0
            return {
                let piece = try file.read(at: offset, count: Upload.pieceBytes)
                offset += piece.count
                return piece.isEmpty ? nil : piece
            }
        }
    }
}

extension ValidationItem {
    static func notAFile(_ location: [Step], _ text: String) -> ValidationItem {
        ValidationItem(
            type: "value_error",
            location: location,
            message: "Value error, Expected UploadFile, received: <class 'str'>",
            input: text,
            context: .object([JSONMember(key: "error", value: .object([]))])
        )
    }

    /// A row of an uploaded file that cannot be imported.
    static func row(_ issue: RowIssue) -> ValidationItem {
        var location: [Step] = [.name("body"), .name("file"), .index(issue.line)]
        if let column = issue.column { location.append(.name(column)) }
        return ValidationItem(
            type: issue.code,
            location: location,
            message: issue.message,
            input: issue.found,
            context: .object([JSONMember(key: "expected", value: .string(issue.expected))])
        )
    }
}

extension BitcainBodies {
    static func ingest(_ outcome: ImportOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("success")
        json.bool(!outcome.isRefused)
        json.key("dry_run")
        json.bool(outcome.isDryRun)
        for (name, number) in [
            ("rows_total", outcome.rows), ("rows_parsed", outcome.rows - outcome.errorRows),
            ("rows_inserted", outcome.inserted), ("duplicates_skipped", outcome.existing),
        ] {
            json.key(name)
            json.integer(number)
        }
        issues("errors", outcome, .error, to: &json)
        issues("warnings", outcome, .warning, to: &json)
        issues("notices", outcome, .notice, to: &json)
        json.key("import_id")
        json.string(orNull: outcome.importNumber.map { String($0) })
        json.key("format")
        json.string(outcome.format)
        json.endObject()
        return json.finish()
    }

    private static func issues(
        _ name: StaticString,
        _ outcome: ImportOutcome,
        _ severity: IssueSeverity,
        to json: inout JSONWriter
    ) {
        json.objects(name, outcome.issues.lazy.filter { $0.severity == severity }) { json, issue in
            json.key("line")
            json.integer(issue.line)
            json.key("column")
            json.string(orNull: issue.column)
            json.key("code")
            json.string(issue.code)
            json.key("message")
            json.string(issue.message)
            json.key("found")
            json.string(issue.found)
            json.key("expected")
            json.string(issue.expected)
        }
    }
}
