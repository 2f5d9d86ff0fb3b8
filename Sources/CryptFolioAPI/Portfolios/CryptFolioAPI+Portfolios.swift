import Dialects
import HTTPServer
import JSON
import Money
import MoneyJSON
import Services

extension CryptFolioAPI {
    func addPortfolioRoutes(to routes: inout RouteAdder) {
        let one = "/portfolios/{portfolio_id}"
        routes.add("/user", name: "user", user)
        routes.add(
            "/portfolios",
            name: "portfolios",
            reading("portfolios") { read in
                bodies.portfolios(try workspace.trackedPortfolios(of: read.user))
            }
        )
        routes.add(
            one,
            name: "portfolio",
            reading("portfolio") { read in bodies.portfolio(try portfolio(read)) }
        )
        routes.add(
            .post,
            "/portfolios",
            name: "portfolio_create",
            admission: desk.admission(.writing),
            createPortfolio
        )
        routes.add(
            .patch,
            one,
            name: "portfolio_update",
            admission: desk.admission(.writing),
            updatePortfolio
        )
        routes.add(
            .delete,
            one,
            name: "portfolio_delete",
            admission: desk.admission(.deleting),
            deletePortfolio
        )
    }

    /// The portfolio that a path names.
    func portfolio(_ read: OwnRead) throws -> TrackedPortfolio {
        try portfolio(number: read.path["portfolio_id"], read.caller)
    }

    func portfolio(number: String, _ caller: Caller) throws -> TrackedPortfolio {
        guard let id = TrackedNumber.portfolio(number) else { throw TrackingRefusal.notFound }
        return try workspace.trackedPortfolio(id, of: caller.principal.user)
    }

    private var user: HTTPHandler {
        desk.authorized(.identity) { _, caller, responder in
            desk.offload(responder, caller) {
                let user = try workspace.user(caller.principal.user)
                return success(
                    bodies.one { json in
                        json.beginObject()
                        json.member("name", user.name)
                        json.member("email", user.email)
                        json.member("created_at", user.created, revision)
                        json.endObject()
                    }
                )
            }
        }
    }

    // MARK: Writes

    /// The source of what is made over this API.
    static let source = "private-api"

    /// The name and the currencies of a portfolio that is made or changed.
    private struct Order: Sendable {
        var title: String?
        var currencies: [String]?
    }

    private var createPortfolio: HTTPHandler {
        writing(.writing) { fields, _ in
            let title = fields.requiredTitle("title", workspace.trackingLimits)
            let currencies = fields.currencies("currencies") ?? []
            // What one field lacks is told beside what is wrong with the other.
            if !fields.problems.isEmpty, currencies.isEmpty, !fields.isRefused("currencies") {
                fields.refuse(TrackingLimits.noCurrency)
            }
            return Order(title: title, currencies: currencies)
        } _: { order, _, caller, claim in
            try workspace.makeTrackedPortfolio(
                title: order.title ?? "",
                currencies: order.currencies ?? [],
                source: CryptFolioAPI.source,
                of: caller.principal.user,
                claim: claim,
                answer: { kept(bodies.portfolio($0)) },
                kept: { $0 }
            )
        }
    }

    private var updatePortfolio: HTTPHandler {
        writing(.writing) { fields, _ in
            let title = fields.title("title", workspace.trackingLimits)
            let currencies = fields.currencies("currencies")
            if !fields.problems.isEmpty, currencies?.isEmpty == true, !fields.isRefused("currencies") {
                fields.refuse(TrackingLimits.noCurrency)
            }
            return Order(title: title, currencies: currencies)
        } _: { order, path, caller, claim in
            guard let id = TrackedNumber.portfolio(path["portfolio_id"]) else {
                throw TrackingRefusal.notFound
            }
            return try workspace.changeTrackedPortfolio(
                id,
                of: caller.principal.user,
                title: order.title,
                currencies: order.currencies,
                claim: claim,
                answer: { kept(bodies.portfolio($0)) },
                kept: { $0 }
            )
        }
    }

    private var deletePortfolio: HTTPHandler {
        writing(.deleting) { _, _ in
        } _: { _, path, caller, claim in
            guard let id = TrackedNumber.portfolio(path["portfolio_id"]) else {
                throw TrackingRefusal.notFound
            }
            return try workspace.deleteTrackedPortfolio(
                id,
                of: caller.principal.user,
                claim: claim,
                answer: { kept(bodies.portfolio($0)) },
                kept: { $0 }
            )
        }
    }
}
