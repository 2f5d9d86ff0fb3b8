import HTTPServer
import JSON
import Services

extension OperatorsDesk {
    /// The client of the path.
    func client(_ request: HTTPRequest) throws -> OAuthClientInfo {
        let id = request.parameter("client") ?? ""
        guard let client = try workspace.oauthClient(publicID: id) else {
            throw OAuthRefusal.unknownClient(id)
        }
        return client
    }

    private func answer(
        _ client: OAuthClientInfo,
        secret: String? = nil,
        status: Int = 200
    ) throws -> HTTPResponse {
        let owner = try workspace.user(client.owner)
        return .json(
            OperatorsBodies.body { json in
                OperatorsBodies.render(client, owner: owner, secret: secret, to: &json)
            },
            status: status
        )
    }

    var listClients: HTTPHandler {
        guarded { _ in
            let owners = try workspace.users()
            return .json(
                OperatorsBodies.list("clients", try workspace.oauthClients()) { client, json in
                    let owner = owners.first { $0.id == client.owner }
                    OperatorsBodies.render(client, owner: owner, to: &json)
                }
            )
        }
    }

    var addClient: HTTPHandler {
        guarded { request in
            let form = try OperatorsForm(
                request,
                fields: ["user", "name", "redirect_uris", "scopes", "is_confidential", "is_first_party"]
            )
            let made = try workspace.registerClient(
                name: try form.requiredText("name"),
                redirects: try form.texts("redirect_uris") ?? [],
                scopes: try form.texts("scopes").map { try Workspace.scopes($0) } ?? [.read, .write],
                isConfidential: try form.flag("is_confidential") ?? true,
                of: try workspace.user(named: try form.text("user")).id
            )
            guard try form.flag("is_first_party") == true else {
                return try answer(made.client, secret: made.secret, status: 201)
            }
            let client = try workspace.setFirstParty(true, of: made.client.publicID)
            return try answer(client, secret: made.secret, status: 201)
        }
    }

    var showClient: HTTPHandler {
        guarded { request in try answer(try client(request)) }
    }

    var changeClient: HTTPHandler {
        guarded { request in
            let form = try OperatorsForm(
                request,
                fields: ["name", "redirect_uris", "scopes", "is_first_party"]
            )
            let old = try client(request)
            let isFirstParty = try form.flag("is_first_party")
            var changed = try workspace.changeClient(
                old.publicID,
                of: old.owner,
                name: try form.text("name"),
                redirects: try form.texts("redirect_uris"),
                scopes: try form.texts("scopes").map { try Workspace.scopes($0) }
            )
            if let isFirstParty {
                changed = try workspace.setFirstParty(isFirstParty, of: old.publicID)
            }
            return try answer(changed)
        }
    }

    var rotate: HTTPHandler {
        guarded { request in
            let client = try client(request)
            let rotated = try workspace.rotateSecret(client.publicID, of: client.owner)
            return try answer(rotated.client, secret: rotated.secret)
        }
    }

    var removeClient: HTTPHandler {
        guarded { request in
            let client = try client(request)
            let shown = try answer(client)
            try workspace.deleteClient(client.publicID, of: client.owner)
            return shown
        }
    }
}
