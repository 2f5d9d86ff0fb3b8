import Crypto
import HTTPServer
import JSON
import Services

extension OperatorsDesk {
    /// Users, clients and quotas.
    func addManagement(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: OperatorsDesk.bodyBytesMax)
        router.add(.get, "/users", name: "operators.users", listUsers)
        router.add(.post, "/users", name: "operators.user_add", body: body, addUser)
        router.add(.patch, "/users/{user}", name: "operators.user_change", body: body, changeUser)
        router.add(.delete, "/users/{user}", name: "operators.user_remove", removeUser)
        router.add(.get, "/clients", name: "operators.clients", listClients)
        router.add(.post, "/clients", name: "operators.client_add", body: body, addClient)
        router.add(.get, "/clients/{client}", name: "operators.client", showClient)
        router.add(.patch, "/clients/{client}", name: "operators.client_change", body: body, changeClient)
        router.add(.post, "/clients/{client}/secret", name: "operators.client_rotate", body: body, rotate)
        router.add(.delete, "/clients/{client}", name: "operators.client_remove", removeClient)
        router.add(.get, "/quotas", name: "operators.quotas", listQuotas)
        router.add(.put, "/quotas/users/{user}", name: "operators.quota_user", body: body, setUserQuota)
        router.add(.delete, "/quotas/users/{user}", name: "operators.quota_user_remove", unsetUserQuota)
        router.add(
            .put,
            "/quotas/clients/{client}",
            name: "operators.quota_client",
            body: body,
            setClientQuota
        )
        router.add(
            .delete,
            "/quotas/clients/{client}",
            name: "operators.quota_client_remove",
            unsetClientQuota
        )
    }

    /// The user of the path: an id, an e-mail or a name.
    func user(_ request: HTTPRequest) throws -> UserInfo {
        try workspace.user(named: request.parameter("user") ?? "")
    }

    func answer(_ user: UserInfo, status: Int = 200) -> HTTPResponse {
        .json(OperatorsBodies.body { json in OperatorsBodies.render(user, to: &json) }, status: status)
    }

    // MARK: Users

    private var listUsers: HTTPHandler {
        guarded { _ in
            .json(
                OperatorsBodies.list("users", try workspace.users()) { OperatorsBodies.render($0, to: &$1) }
            )
        }
    }

    private var addUser: HTTPHandler {
        guarded(isSlow: true) { request in
            let form = try OperatorsForm(request, fields: ["email", "name", "password", "role"])
            let email = try form.requiredText("email")
            let made = try workspace.addUser(
                email: email,
                name: try form.text("name") ?? email,
                role: try Workspace.role(try form.text("role") ?? "user"),
                password: Secret(try form.requiredText("password"))
            )
            return answer(made, status: 201)
        }
    }

    private var changeUser: HTTPHandler {
        guarded(isSlow: true) { request in
            let form = try OperatorsForm(request, fields: ["email", "name", "password", "role"])
            let user = try user(request)
            try workspace.changeUser(
                user.id,
                name: try form.text("name"),
                email: try form.text("email"),
                role: try form.text("role").map { try Workspace.role($0) },
                password: try form.text("password").map { Secret($0) }
            )
            return answer(try workspace.user(user.id))
        }
    }

    private var removeUser: HTTPHandler {
        guarded { request in
            let user = try user(request)
            try workspace.deleteUser(user.id)
            return answer(user)
        }
    }

    // MARK: Quotas

    private var listQuotas: HTTPHandler {
        guarded { _ in
            .json(
                OperatorsBodies.list("quotas", try workspace.quotas()) { OperatorsBodies.render($0, to: &$1) }
            )
        }
    }

    private var setUserQuota: HTTPHandler {
        guarded { request in
            let form = try OperatorsForm(request, fields: ["requests_per_second", "burst"])
            let user = try user(request)
            try workspace.setQuota(
                requestsPerSecond: try form.number("requests_per_second"),
                burst: try form.number("burst"),
                ofUser: user
            )
            return try quota { $0.user?.id == user.id }
        }
    }

    private var unsetUserQuota: HTTPHandler {
        guarded { request in
            let user = try user(request)
            let known = try quota { $0.user?.id == user.id }
            _ = try workspace.unsetQuota(ofUser: user)
            return known
        }
    }

    private var setClientQuota: HTTPHandler {
        guarded { request in
            let form = try OperatorsForm(request, fields: ["requests_per_second", "burst"])
            let client = try client(request)
            try workspace.setQuota(
                requestsPerSecond: try form.number("requests_per_second"),
                burst: try form.number("burst"),
                ofClient: client
            )
            return try quota { $0.client?.id == client.id }
        }
    }

    private var unsetClientQuota: HTTPHandler {
        guarded { request in
            let client = try client(request)
            let known = try quota { $0.client?.id == client.id }
            _ = try workspace.unsetQuota(ofClient: client)
            return known
        }
    }

    private func quota(_ isWanted: (QuotaInfo) -> Bool) throws -> HTTPResponse {
        guard let quota = try workspace.quotas().first(where: isWanted) else {
            return OperatorsDesk.detail("there is no quota of this user or client", status: 404)
        }
        return .json(OperatorsBodies.body { json in OperatorsBodies.render(quota, to: &json) })
    }
}
