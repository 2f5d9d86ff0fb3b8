import Dialects
import HTTPServer
import JSON
import Services

extension CryptFolioAPI {
    func addAccountRoutes(to routes: inout RouteAdder) {
        let all = "/portfolios/{portfolio_id}/accounts"
        let one = all + "/{id}"
        routes.add(
            all,
            name: "accounts",
            reading("accounts") { read in bodies.accounts(try portfolio(read).accounts) }
        )
        routes.add(
            one,
            name: "account",
            reading("account") { read in bodies.account(try account(read)) }
        )
        routes.add(
            .post,
            all,
            name: "account_create",
            admission: desk.admission(.writing),
            createAccount
        )
        routes.add(
            .patch,
            one,
            name: "account_update",
            admission: desk.admission(.writing),
            updateAccount
        )
        addDeletion(all, name: "account", to: &routes) { target, caller, claim in
            try workspace.deleteTrackedAccount(
                target.id,
                in: target.portfolio,
                of: caller.principal.user,
                claim: claim,
                answer: { kept(bodies.account($0)) },
                kept: { $0 }
            )
        }
        routes.add(
            one + "/balances",
            name: "account_balances",
            reading("account-balances", for: .second) { read in
                let account = try account(read)
                return bodies.balances(
                    try workspace.holdings(
                        of: account.id,
                        in: account.portfolio,
                        of: read.user,
                        at: read.time
                    )
                )
            }
        )
        addMovementRoutes(one, name: "account", to: &routes) { _ = try account($0) }
    }

    private func account(_ read: OwnRead) throws -> TrackedAccount {
        let target = try TrackedTarget(read.path)
        return try workspace.trackedAccount(target.id, in: target.portfolio, of: read.user)
    }

    /// What an account that is made or changed is given.
    private struct Order: Sendable {
        var title: String?
        var type = ""
        var credentials: AccountCredentials?
    }

    /// What is wrong with credentials that are not given as a whole.
    static let halfCredentials = "key and secret must be given together"

    private static func secrets(
        _ fields: inout FieldReader,
        isWhole: Bool = false
    ) -> AccountCredentials? {
        // Both pairs of names are in use.
        let key = fields.text("key") ?? fields.text("api_key")
        let secret = fields.text("secret") ?? fields.text("api_secret")
        let passphrase = fields.text("passphrase")
        guard key != nil || secret != nil || passphrase != nil else { return nil }
        if isWhole, key == nil || secret == nil || key?.isEmpty != secret?.isEmpty {
            fields.refuse(halfCredentials)
        }
        return Workspace.credentials(key: key ?? "", secret: secret ?? "", passphrase: passphrase)
    }

    private var createAccount: HTTPHandler {
        writing(.writing) { fields, _ in
            Order(
                title: fields.title("title", workspace.trackingLimits),
                type: fields.venue("type"),
                credentials: CryptFolioAPI.secrets(&fields)
            )
        } _: { order, path, caller, claim in
            try workspace.addTrackedAccount(
                in: try TrackedTarget.portfolio(path),
                of: caller.principal.user,
                title: order.title,
                venue: order.type,
                credentials: order.credentials,
                source: CryptFolioAPI.source,
                claim: claim,
                answer: { kept(bodies.account($0)) },
                kept: { $0 }
            )
        }
    }

    private var updateAccount: HTTPHandler {
        writing(.writing) { fields, _ in
            // Half a pair would take the other half away, which nobody can see any more.
            Order(
                title: fields.title("title", workspace.trackingLimits),
                credentials: CryptFolioAPI.secrets(&fields, isWhole: true)
            )
        } _: { order, path, caller, claim in
            let target = try TrackedTarget(path)
            return try workspace.changeTrackedAccount(
                target.id,
                in: target.portfolio,
                of: caller.principal.user,
                title: order.title,
                credentials: order.credentials,
                claim: claim,
                answer: { kept(bodies.account($0)) },
                kept: { $0 }
            )
        }
    }
}
