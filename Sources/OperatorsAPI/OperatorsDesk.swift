import HTTPServer
import JSON
import Services

/// Where operators' requests come in: who may, what they send, how what goes wrong is told.
struct OperatorsDesk: Sendable {
    let workspace: Workspace
    let workers: WorkerPool
    let passwords: WorkerPool
    /// The operators' own token; nil where none is set.
    let token: String?

    /// The largest body in bytes.
    static let bodyBytesMax = 65_536

    /// Wraps what operators alone may do: those who show their token, or one of an administrator.
    ///
    /// There is no way without a token, also on a listener for this computer: any page of a browser reaches that.
    func guarded(
        isSlow: Bool = false,
        _ work: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) -> HTTPHandler {
        { request, responder in
            guard let shown = request.bearerToken else { return OperatorsAPI.unauthorized }
            let accepted = (isSlow ? passwords : workers).submit {
                do {
                    guard try mayManage(shown) else {
                        responder.answer(OperatorsAPI.unauthorized)
                        return
                    }
                    responder.answer(try work(request))
                } catch {
                    responder.answer(OperatorsDesk.answer(to: error))
                }
            }
            return accepted ? nil : OperatorsDesk.busy
        }
    }

    private func mayManage(_ shown: ArraySlice<UInt8>) throws -> Bool {
        if let token, Workspace.isSame(shown, as: token) { return true }
        for (dialect, scope) in [(Dialect.bitcain, TokenScope.write), (.cryptfolio, .admin)] {
            guard let principal = try workspace.loadPrincipal(token: shown, for: dialect) else { continue }
            return principal.isOperator && principal.scopes.contains(scope)
        }
        return false
    }

    // MARK: Answers

    static func answer(to error: any Error) -> HTTPResponse {
        switch error {
        case let error as OperatorsForm.Fault: detail(error.words, status: 422)
        case let error as WorkspaceError:
            switch error {
            case .unknownUser, .noQuota: detail(error.description, status: 404)
            case .emailTaken, .ambiguousUser, .ownerIsFixed: detail(error.description, status: 409)
            default: detail(error.description, status: 422)
            }
        case let error as OAuthRefusal:
            switch error {
            case .unknownClient: detail(error.description, status: 404)
            case .tooManyClients, .hasNoSecret: detail(error.description, status: 409)
            default: detail(error.description, status: 422)
            }
        default:
            switch StoreTrouble(error) ?? .internalFault {
            case .full: detail("Storage is full; nothing was done", status: 507)
            case .busy, .importUnderWay: busy
            case .unavailable:
                detail(
                    "Storage is unavailable",
                    status: 503,
                    headers: [HTTPHeader("Retry-After", "1")]
                )
            case .internalFault: detail("Internal Server Error", status: 500)
            }
        }
    }

    static let busy = detail(
        "Server is busy; nothing was done, try again",
        status: 503,
        headers: [HTTPHeader("Retry-After", "1")]
    )

    static func detail(_ words: String, status: Int, headers: [HTTPHeader] = []) -> HTTPResponse {
        .json(
            OperatorsBodies.body { json in
                json.beginObject()
                json.key("detail")
                json.string(words)
                json.endObject()
            },
            status: status,
            headers: headers
        )
    }
}

/// The JSON object of a request.
struct OperatorsForm {
    /// What is wrong with it.
    struct Fault: Error {
        let words: String
    }

    private let members: [JSONMember]

    /// The object of a body; only these fields may be in it.
    ///
    /// - Throws: `Fault`.
    init(_ request: HTTPRequest, fields: [String]) throws(Fault) {
        guard case .bytes(let bytes) = request.body, !bytes.isEmpty else {
            throw Fault(words: "the body is missing")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.parse(bytes)
        } catch {
            throw Fault(words: "the body is no JSON: \(error.code.words)")
        }
        guard let members = value.object else { throw Fault(words: "the body has to be an object") }
        if let unknown = members.first(where: { !fields.contains($0.key) }) {
            throw Fault(
                words:
                    "there is no field \(unknown.key.prefix(40)); the fields are \(fields.joined(separator: ", "))"
            )
        }
        self.members = members
    }

    private func value(_ name: String) -> JSONValue? {
        members.first { $0.key == name && !$0.value.isNull }?.value
    }

    private func required<Value>(_ value: Value?, _ name: String) throws(Fault) -> Value {
        guard let value else { throw Fault(words: "\(name) is missing") }
        return value
    }

    func text(_ name: String) throws(Fault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw Fault(words: "\(name) has to be a text") }
        return text
    }

    func requiredText(_ name: String) throws(Fault) -> String { try required(try text(name), name) }

    func texts(_ name: String) throws(Fault) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let all = value.array else { throw Fault(words: "\(name) has to be a list of texts") }
        let texts = all.compactMap(\.string)
        guard texts.count == all.count else { throw Fault(words: "\(name) has to be a list of texts") }
        return texts
    }

    func flag(_ name: String) throws(Fault) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw Fault(words: "\(name) has to be true or false") }
        return flag
    }

    func number(_ name: String) throws(Fault) -> Int {
        guard let number = value(name)?.integer.flatMap({ Int(exactly: $0) }) else {
            throw Fault(words: "\(name) has to be a whole number")
        }
        return number
    }
}
