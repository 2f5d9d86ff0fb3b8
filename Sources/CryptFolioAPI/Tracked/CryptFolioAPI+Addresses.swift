import Dialects
import HTTPServer
import JSON
import Services

extension CryptFolioAPI {
    func addAddressRoutes(to routes: inout RouteAdder) {
        let all = "/portfolios/{portfolio_id}/addresses"
        let one = all + "/{id}"
        routes.add(
            all,
            name: "addresses",
            reading("addresses") { read in bodies.addresses(try portfolio(read).addresses) }
        )
        routes.add(
            one,
            name: "address",
            reading("address") { read in bodies.address(try address(read)) }
        )
        routes.add(
            .post,
            all,
            name: "address_create",
            admission: desk.admission(.writing),
            createAddress
        )
        routes.add(
            .patch,
            one,
            name: "address_update",
            admission: desk.admission(.writing),
            updateAddress
        )
        addDeletion(all, name: "address", to: &routes) { target, caller, claim in
            try workspace.deleteTrackedAddress(
                target.id,
                in: target.portfolio,
                of: caller.principal.user,
                claim: claim,
                answer: { kept(bodies.address($0)) },
                kept: { $0 }
            )
        }
        routes.add(
            one + "/balances",
            name: "address_balances",
            reading("address-balances") { read in
                let address = try address(read)
                // One that is none of its chain never will be read, and holds nothing.
                guard address.isReady || address.isInvalid else { throw TrackingRefusal.notReady }
                return bodies.addressBalances(address.balances)
            }
        )
        addMovementRoutes(one, name: "address", to: &routes) { _ = try address($0) }
    }

    private func address(_ read: OwnRead) throws -> TrackedAddress {
        let target = try TrackedTarget(read.path)
        return try workspace.trackedAddress(target.id, in: target.portfolio, of: read.user)
    }

    /// The title, the address and the currency of an address that is added or changed.
    private struct Order: Sendable {
        var title: String?
        var address: String?
        var currency: String?
    }

    private var createAddress: HTTPHandler {
        writing(.writing) { fields, _ in
            Order(
                title: fields.title("title", workspace.trackingLimits),
                address: fields.required("address"),
                currency: fields.currency("currency")
            )
        } _: { order, path, caller, claim in
            try workspace.addTrackedAddress(
                in: try TrackedTarget.portfolio(path),
                of: caller.principal.user,
                title: order.title,
                address: order.address ?? "",
                currency: order.currency ?? "",
                source: CryptFolioAPI.source,
                claim: claim,
                answer: { kept(bodies.address($0)) },
                kept: { $0 }
            )
        }
    }

    private var updateAddress: HTTPHandler {
        writing(.writing) { fields, _ in
            Order(
                title: fields.title("title", workspace.trackingLimits),
                address: fields.text("address")
            )
        } _: { order, path, caller, claim in
            let target = try TrackedTarget(path)
            return try workspace.changeTrackedAddress(
                target.id,
                in: target.portfolio,
                of: caller.principal.user,
                title: order.title,
                address: order.address,
                claim: claim,
                answer: { kept(bodies.address($0)) },
                kept: { $0 }
            )
        }
    }
}
