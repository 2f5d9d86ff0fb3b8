import HTTPServer
import Importing
import JSON
import Services

extension BitcainAPI {
    /// `POST /ingest/csv`: an uploaded export goes through the same import as on the command line.
    var ingest: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let isDryRun = QueryValue.bool("dry_run", in: request, default: false, errors: &errors)
            let isPartial = QueryValue.bool("partial", in: request, default: false, errors: &errors)
            let upload = BitcainAPI.upload(in: request.body, errors: &errors)
            guard errors.isEmpty, let upload else { return BitcainErrors.validation(errors) }
            let order = ImportRequest(
                user: caller.principal.user,
                fileName: upload.name,
                account: nil,
                isDryRun: isDryRun,
                isPartial: isPartial,
                rowsMax: limits.rowsMax
            )
            return ingest(order, upload, request, caller, responder)
        }
    }

    /// The uploaded file; nil with an error added when there is none.
    private static func upload(in body: HTTPBody, errors: inout [ValidationItem]) -> Upload? {
        let place: [ValidationItem.Step] = [.name("body"), .name("file")]
        switch body {
        case .multipart(let form):
            guard let part = form.part(named: "file") else {
                errors.append(.missing(place))
                return nil
            }
            guard part.filename != nil else {
                // A field as small as a field may be, so reading it at once is cheap; unreadable shows as empty.
                let text = (try? part.contents.readAll()).map { String(decoding: $0, as: UTF8.self) }
                errors.append(.notAFile(place, text ?? ""))
                return nil
            }
            return Upload(name: part.filename ?? "", contents: part.contents)
        case .bytes(let bytes):
            let fields = HTTPFormItem.parse(bytes[...])
            if let field = fields.last(where: { $0.name == "file" }) {
                errors.append(.notAFile(place, field.value))
            } else {
                errors.append(.missing(place))
            }
            return nil
        case .none:
            errors.append(.missing(place))
            return nil
        }
    }

    private func ingest(
        _ order: ImportRequest,
        _ upload: Upload,
        _ request: HTTPRequest,
        _ caller: Caller,
        _ responder: HTTPResponder
    ) -> HTTPResponse? {
        // A small file in memory is read here in microseconds and written with whatever else the commit carries;
        // anything larger blocks a worker thread.
        if case .memory(let bytes) = upload.contents, bytes.count <= BitcainAPI.smallFileBytesMax {
            workspace.importSmallFile(order, bytes: bytes) { result in
                responder.answer(BitcainAPI.response(to: result).named(caller))
            }
            return nil
        }
        return offload(responder) {
            let outcome = try workspace.importFile(order, source: { upload.bytes() }, progress: { _, _ in })
            return BitcainAPI.response(to: .success(outcome)).named(caller)
        }
    }

    /// The largest file that is read on the event loop, in bytes: about a hundred rows.
    static let smallFileBytesMax = 16_384

    private static func response(to result: Result<ImportOutcome, any Error>) -> HTTPResponse {
        switch result {
        case .failure(let error): BitcainErrors.response(to: error)
        case .success(let outcome):
            outcome.isRefused && !outcome.isDryRun
                ? BitcainErrors.validation(
                    outcome.issues.filter { $0.severity == .error }.map(ValidationItem.row)
                )
                : .json(BitcainBodies.ingest(outcome))
        }
    }
}

/// An uploaded file.
private struct Upload: Sendable {
    let name: String
    let contents: MultipartContents

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
            ("rows_total", outcome.rows), ("rows_parsed", outcome.rows - outcome.errorCount),
            ("rows_inserted", outcome.inserted), ("duplicates_skipped", outcome.existing),
        ] {
            json.key(name)
            json.integer(number)
        }
        json.key("errors")
        issues(outcome, .error, to: &json)
        json.key("warnings")
        issues(outcome, .warning, to: &json)
        json.key("notices")
        issues(outcome, .notice, to: &json)
        json.key("import_id")
        json.string(orNull: outcome.importNumber.map { String($0) })
        json.key("format")
        json.string(outcome.format)
        json.endObject()
        return json.finish()
    }

    private static func issues(_ outcome: ImportOutcome, _ severity: IssueSeverity, to json: inout JSONWriter)
    {
        json.beginArray()
        for issue in outcome.issues where issue.severity == severity {
            json.beginObject()
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
            json.endObject()
        }
        json.endArray()
    }
}
