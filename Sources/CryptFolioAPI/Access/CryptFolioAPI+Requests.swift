import Crypto
import Dialects
import HTTPServer
import JSON
import Services
import Time

/// How long an answer is kept while the data stays as it is.
enum Moment: Sendable {
    /// For ever.
    case timeless
    /// A second: it tells of this one.
    case second
    /// A minute: it tells of days.
    case minute

    /// What is the same for all times that an answer is kept.
    func cut(_ time: Timestamp) -> Timestamp {
        switch self {
        case .timeless: Timestamp(seconds: 0)
        case .second: Timestamp(seconds: time.seconds)
        case .minute: Timestamp(seconds: time.seconds - time.seconds % 60)
        }
    }
}

/// A read of what belongs to a caller.
struct OwnRead: Sendable {
    let path: PathParameters
    let caller: Caller
    /// The instant that the answer tells of.
    let time: Timestamp
    /// The part of a long list that is wanted.
    var page = ListPage()

    var user: UserID { caller.principal.user }
}

extension CryptFolioAPI {
    /// A read of what belongs to a caller; the closure gives the result, or throws why there is none.
    ///
    /// The result is kept under `key`, which names the route, and the path's parameters. A route with pages reads `limit` and
    /// `offset` of the query.
    func reading(
        _ key: String,
        rule: ScopeRule = .reading,
        for moment: Moment = .timeless,
        hasPages: Bool = false,
        _ render: @escaping @Sendable (OwnRead) throws -> [UInt8]
    ) -> HTTPHandler {
        desk.authorized(rule) { request, caller, responder in
            let path = PathParameters(request)
            var page = ListPage()
            if hasPages, let problem = page.read(request) { return errors.invalid([problem]) }
            let wanted = page
            return desk.read(
                caller,
                responder,
                key: key + path.key + wanted.key,
                at: moment.cut(workspace.time),
                as: { success($0) }
            ) { _ in
                // The present, not the moment's beginning: what was written since counts, and changes the data's state.
                do {
                    return try render(OwnRead(path: path, caller: caller, time: workspace.time, page: wanted))
                } catch TrackingRefusal.unknownCurrency {
                    // Of a path that is what is looked for, not something that was given.
                    throw TrackingRefusal.notFound
                }
            }
        }
    }

    /// A write of a caller: its body is read and checked, and it is carried out once for each key.
    ///
    /// `read` makes of the fields what is to be done; nothing is done when it notes a problem. `names` are those that it may
    /// find in the query too, and a key holds for one password where the route sets one.
    func writing<Order: Sendable>(
        _ rule: ScopeRule,
        on pool: WorkerPool? = nil,
        query names: Set<String> = [],
        setsPassword: Bool = false,
        _ read: @escaping @Sendable (inout FieldReader, HTTPRequest) -> Order,
        _ work:
            @escaping @Sendable (Order, PathParameters, Caller, IdempotencyClaim?) throws -> KeptAnswer
    ) -> HTTPHandler {
        desk.authorized(rule) { request, caller, responder in
            let key = IdempotencyKey(request)
            if case .malformed = key { return errors.malformedKey }
            switch RequestBody.read(request) {
            case .unreadable(let words): return errors.unreadable(words)
            case .otherType: return errors.otherMediaType
            case .fields(let fields):
                let query: JSONValue
                do throws(FormFault) {
                    query = names.isEmpty ? .object([]) : try RequestBody.query(request, names)
                } catch {
                    return errors.unreadable("the query: " + error.words)
                }
                var reader = FieldReader(fields, query: query)
                let order = read(&reader, request)
                guard reader.problems.isEmpty else { return errors.invalid(reader.problems) }
                let parameters = PathParameters(request)
                return desk.offload(responder, caller, on: pool) {
                    // However it was sent and by whichever path, the same fields are the same request.
                    let path = CryptFolioAPI.canonicalPath(request)
                    let claim = try key.claim(request, path: path) { digest in
                        // What is kept has the form of the revision that it was asked in.
                        digest.add(revision.rawValue)
                        let shown = try digested(fields, key, caller, setsPassword: setsPassword)
                        let bytes = shown.rendered()
                        digest.add("fields")
                        digest.add(count: bytes.count)
                        digest.add(piece: bytes)
                    }
                    return CryptFolioErrors.answer(try work(order, parameters, caller, claim))
                }
            }
        }
    }
}

extension CryptFolioAPI {
    /// The path of a request without the number of the version and a slash at its end, which mean nothing.
    static func canonicalPath(_ request: HTTPRequest) -> String {
        var path = request.path
        if path.hasPrefix(alias + "/") { path = base + path.dropFirst(alias.utf8.count) }
        while path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// The fields as they are digested for a key: where a password is set, its hash stands in its place.
    ///
    /// A digest of the password itself would be quicker to guess by than the hash that its user has. So it costs as much
    /// as that one, under a salt of its own for each caller and key. Where no password is read, none is digested.
    ///
    /// - Throws: as `Workspace.retryHash`.
    fileprivate func digested(
        _ fields: JSONValue,
        _ key: IdempotencyKey,
        _ caller: Caller,
        setsPassword: Bool
    ) throws -> JSONValue {
        guard case .key(let key) = key, case .object(let members) = fields else { return fields }
        return .object(
            try members.compactMap { member in
                guard member.key == "password" else { return member }
                guard setsPassword else { return nil }
                let hash = try workspace.retryHash(
                    of: Secret(member.value.rendered()),
                    key: key,
                    by: caller.principal.user
                )
                return JSONMember(key: member.key, value: .string(hash))
            }
        )
    }
}

/// The numbers and codes in the path of a request.
struct PathParameters: Sendable {
    private let values: [HTTPFormItem]

    init(_ request: HTTPRequest) {
        values = request.parameters
    }

    /// The parameters as part of a name; their lengths keep `4:usd` apart from `4` and `usd`.
    var key: String { values.reduce(into: "") { $0 += ":\($1.value.utf8.count):" + $1.value } }

    subscript(_ name: String) -> String { values.first { $0.name == name }?.value ?? "" }
}
