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
    /// `read` makes of the fields what is to be done; nothing is done when it notes a problem.
    func writing<Order: Sendable>(
        _ rule: ScopeRule,
        on pool: WorkerPool? = nil,
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
                var reader = FieldReader(fields)
                let order = read(&reader, request)
                guard reader.problems.isEmpty else { return errors.invalid(reader.problems) }
                let parameters = PathParameters(request)
                return desk.offload(responder, caller, on: pool) {
                    // However it was sent, the same fields are the same request. A digest of a password would be kept
                    // that is quicker to guess by than its hash.
                    let claim = key.claim(request) { digest in
                        // What is kept has the form of the revision that it was asked in.
                        digest.add(revision.rawValue)
                        let bytes = fields.leavingOut("password").rendered()
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

extension JSONValue {
    /// An object without a member.
    fileprivate func leavingOut(_ key: String) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.key != key })
    }
}
