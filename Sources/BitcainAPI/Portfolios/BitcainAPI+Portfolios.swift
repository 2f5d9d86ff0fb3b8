import Dialects
import HTTPServer
import JSON
import Services

extension BitcainAPI {
    func addPortfolioRoutes(to router: inout Router) {
        let base = BitcainAPI.base
        let one = base + "/{portfolio_id}"
        let body = HTTPBodyRule.collect(maxBytes: limits.bodyBytesMax)
        router.add(.get, base + "/", name: "bitcain.portfolios", openRead(listPortfolios))
        router.add(
            .post,
            base + "/",
            name: "bitcain.portfolio_create",
            body: body,
            admission: admission(.write),
            authorized(.write, createPortfolio)
        )
        router.add(.get, one, name: "bitcain.portfolio", openRead(getPortfolio))
        router.add(
            .put,
            one,
            name: "bitcain.portfolio_update",
            body: body,
            admission: admission(.write),
            authorized(.write, updatePortfolio)
        )
        router.add(
            .delete,
            one,
            name: "bitcain.portfolio_delete",
            body: body,
            admission: admission(.write),
            authorized(.write, deletePortfolio)
        )
        router.add(.get, one + "/analytics", name: "bitcain.analytics", openRead(analytics))
        router.add(
            .post,
            one + "/rebalance/confirm",
            name: "bitcain.rebalance_confirm",
            body: body,
            admission: admission(.write),
            authorized(.write, confirmRebalance)
        )
    }

    /// A handler of a read that the published page shows without authorization.
    ///
    /// The caller is nil only where the operator has opened these reads to anybody who knows an id.
    typealias OpenHandler = @Sendable (HTTPRequest, Caller?, HTTPResponder) -> HTTPResponse?

    /// Wraps a read that needs a token unless the operator has opened it.
    private func openRead(_ handler: @escaping OpenHandler) -> HTTPHandler {
        guard hasOpenReads else { return authorized(.read) { handler($0, $1, $2) } }
        return { request, responder in
            let key = "address:" + request.limitAddress
            if let seconds = rates?.refusal(for: key, atMicroseconds: request.arrivedMicroseconds) {
                return BitcainErrors.tooManyRequests(seconds)
            }
            return handler(request, nil, responder)
        }
    }

    // MARK: Reads

    private var listPortfolios: OpenHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let owner = QueryValue.required("user_id", in: request, errors: &errors)
            let activeOnly = QueryValue.bool("active_only", in: request, default: true, errors: &errors)
            let limit = QueryValue.integer(
                "limit",
                in: request,
                default: 50,
                from: 1,
                through: 100,
                errors: &errors
            )
            let offset = QueryValue.integer("offset", in: request, default: 0, from: 0, errors: &errors)
            guard errors.isEmpty, let owner else { return BitcainErrors.validation(errors) }
            if let caller, caller.principal.uuid != owner { return BitcainErrors.portfolioNotFound }
            return read(caller, responder, key: "portfolios:\(activeOnly):\(limit):\(offset)") { _ in
                guard let user = try caller?.principal.user ?? workspace.userNumber(uuid: owner) else {
                    throw PortfolioRefusal.unknown(owner)
                }
                return BitcainBodies.portfolios(
                    try workspace.portfolios(of: user, activeOnly: activeOnly, offset: offset, limit: limit)
                )
            }
        }
    }

    private var getPortfolio: OpenHandler {
        { request, caller, responder in
            let id = request.parameter("portfolio_id") ?? ""
            let owner = request.query("user_id")
            return read(caller, responder, key: "portfolio:\(id):\(owner ?? "")") { _ in
                BitcainBodies.portfolio(try workspace.portfolioView(visible(id, owner, to: caller)))
            }
        }
    }

    private var analytics: OpenHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let id = request.parameter("portfolio_id") ?? ""
            let owner = QueryValue.required("user_id", in: request, errors: &errors)
            guard errors.isEmpty else { return BitcainErrors.validation(errors) }
            return read(caller, responder, key: "analytics:\(id):\(owner ?? "")") { _ in
                BitcainBodies.analytics(
                    try workspace.portfolioAnalytics(visible(id, owner, to: caller)),
                    limit: workspace.portfolioLimits.driftMax
                )
            }
        }
    }

    /// The portfolio of an id, when whoever asks may see it and `user_id`, where it is given, is its owner.
    ///
    /// - Throws: `PortfolioRefusal.unknown`, said alike for what is missing and for what is another's.
    func visible(_ id: String, _ owner: String?, to caller: Caller?) throws -> PortfolioInfo {
        guard let record = try workspace.portfolio(uuid: id),
            caller == nil || caller?.principal.user == record.user
        else { throw PortfolioRefusal.unknown(id) }
        guard let owner else { return record }
        let isOwner =
            if let caller { caller.principal.uuid == owner } else {
                try workspace.userNumber(uuid: owner) == record.user
            }
        guard isOwner else { throw PortfolioRefusal.unknown(id) }
        return record
    }

    // MARK: Writes

    private var createPortfolio: AuthorizedHandler {
        { request, caller, responder in
            let limits = workspace.portfolioLimits
            return write(request, caller, responder) {
                PortfolioFields.draft(&$0, limits)
            } work: { draft, claim in
                try workspace.makePortfolio(
                    draft,
                    of: caller.principal.user,
                    claim: claim,
                    answer: { KeptAnswer(status: 201, body: BitcainBodies.portfolio($0)) },
                    kept: { $0 }
                )
            }
        }
    }

    private var updatePortfolio: AuthorizedHandler {
        { request, caller, responder in
            let (limits, id) = (workspace.portfolioLimits, request.parameter("portfolio_id") ?? "")
            return write(request, caller, responder) {
                PortfolioFields.edit(&$0, limits)
            } work: { edit, claim in
                try change(id, edit, caller, claim)
            }
        }
    }

    private var deletePortfolio: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let owner = QueryValue.required("user_id", in: request, errors: &errors)
            let force = QueryValue.bool("force", in: request, default: false, errors: &errors)
            let id = request.parameter("portfolio_id") ?? ""
            return write(request, caller, responder, owner, errors) { claim in
                let gone = KeptAnswer(status: 204, body: [])
                try workspace.deletePortfolio(
                    id,
                    of: caller.principal.user,
                    force: force,
                    claim: claim,
                    kept: gone
                )
                return gone
            }
        }
    }

    private var confirmRebalance: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let owner = QueryValue.required("user_id", in: request, errors: &errors)
            let id = request.parameter("portfolio_id") ?? ""
            return write(request, caller, responder, owner, errors) { claim in
                var edit = PortfolioEdit()
                edit.isRebalanced = true
                return try change(id, edit, caller, claim)
            }
        }
    }

    private func change(
        _ id: String,
        _ edit: PortfolioEdit,
        _ caller: Caller,
        _ claim: IdempotencyClaim?
    ) throws -> KeptAnswer {
        try workspace.changePortfolio(
            id,
            of: caller.principal.user,
            edit,
            claim: claim,
            answer: { KeptAnswer(status: 200, body: BitcainBodies.portfolio($0)) },
            kept: { $0 }
        )
    }

    /// A write whose body is a model and whose query names its owner.
    private func write<Model: Sendable>(
        _ request: HTTPRequest,
        _ caller: Caller,
        _ responder: HTTPResponder,
        _ read: (inout BodyReader) -> Model?,
        work: @escaping @Sendable (Model, IdempotencyClaim?) throws -> KeptAnswer
    ) -> HTTPResponse? {
        var errors: [ValidationItem] = []
        let owner = QueryValue.required("user_id", in: request, errors: &errors)
        switch request.body(read) {
        case .unreadable(let words): return BitcainErrors.detail(words, status: 400)
        // As in FastAPI, a body that is no JSON is all that is said.
        case .refused(let items) where items.first?.type == "json_invalid":
            return BitcainErrors.validation(items)
        case .refused(let items): return BitcainErrors.validation(errors + items)
        case .model(let model):
            return write(request, caller, responder, owner, errors) { claim in try work(model, claim) }
        }
    }

    /// A write on behalf of the owner that the query names, carried out once for each key.
    private func write(
        _ request: HTTPRequest,
        _ caller: Caller,
        _ responder: HTTPResponder,
        _ owner: String?,
        _ errors: [ValidationItem],
        work: @escaping @Sendable (IdempotencyClaim?) throws -> KeptAnswer
    ) -> HTTPResponse? {
        guard errors.isEmpty else { return BitcainErrors.validation(errors) }
        let key = IdempotencyKey(request)
        if case .malformed = key { return BitcainErrors.malformedKey }
        guard owner == caller.principal.uuid else { return BitcainErrors.forbidden }
        return offload(responder, caller) {
            BitcainErrors.answer(try work(key.claim(request)))
        }
    }
}
