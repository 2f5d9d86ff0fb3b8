import Dialects
import HTTPServer
import JSON
import Services

extension CryptFolioAPI {
    func addOffsetRoutes(to routes: inout RouteAdder) {
        let all = "/portfolios/{portfolio_id}/offsets"
        let one = all + "/{id}"
        routes.add(
            all,
            name: "offsets",
            reading("offsets") { read in bodies.offsets(try portfolio(read).offsets) }
        )
        routes.add(
            one,
            name: "offset",
            reading("offset") { read in bodies.offset(try offset(read)) }
        )
        routes.add(
            .post,
            all,
            name: "offset_create",
            admission: desk.admission(.writing),
            createOffset
        )
        routes.add(
            .patch,
            one,
            name: "offset_update",
            admission: desk.admission(.writing),
            updateOffset
        )
        addDeletion(all, name: "offset", to: &routes) { target, caller, claim in
            try workspace.deleteTrackedOffset(
                target.id,
                in: target.portfolio,
                of: caller.principal.user,
                claim: claim,
                answer: { kept(bodies.offset($0)) },
                kept: { $0 }
            )
        }
        routes.add(
            one + "/balances",
            name: "offset_balances",
            reading("offset-balances") { read in bodies.offsetBalances(try offset(read)) }
        )
        addMovementRoutes(one, name: "offset", to: &routes) { _ = try offset($0) }
    }

    private func offset(_ read: OwnRead) throws -> TrackedOffset {
        let target = try TrackedTarget(read.path)
        return try workspace.trackedOffset(target.id, in: target.portfolio, of: read.user)
    }

    /// The title and the balances of an offset that is made or changed.
    private struct Order: Sendable {
        var title: String?
        var balances: [StatedBalance]?
    }

    private var createOffset: HTTPHandler {
        writing(.writing) { fields, _ in
            let title = fields.requiredTitle("title", workspace.trackingLimits)
            if !fields.has("balances") { fields.refuse("balances can't be blank") }
            return Order(title: title, balances: fields.balances("balances"))
        } _: { order, path, caller, claim in
            try workspace.addTrackedOffset(
                in: try TrackedTarget.portfolio(path),
                of: caller.principal.user,
                title: order.title ?? "",
                balances: order.balances ?? [],
                source: CryptFolioAPI.source,
                claim: claim,
                answer: { kept(bodies.offset($0)) },
                kept: { $0 }
            )
        }
    }

    private var updateOffset: HTTPHandler {
        writing(.writing) { fields, _ in
            Order(
                title: fields.title("title", workspace.trackingLimits),
                balances: fields.balances("balances")
            )
        } _: { order, path, caller, claim in
            let target = try TrackedTarget(path)
            return try workspace.changeTrackedOffset(
                target.id,
                in: target.portfolio,
                of: caller.principal.user,
                title: order.title,
                balances: order.balances,
                claim: claim,
                answer: { kept(bodies.offset($0)) },
                kept: { $0 }
            )
        }
    }
}
