import Crypto
import Dialects
import HTTPServer
import JSON
import Services

extension CryptFolioAPI {
    func addUserRoutes(to routes: inout RouteAdder) {
        routes.add("/users", name: "users", listUsers)
        routes.add(
            .post,
            "/users/create",
            name: "user_create",
            admission: desk.admission(.managing),
            createUser
        )
        routes.add(
            .patch,
            "/users/{id}",
            name: "user_update",
            admission: desk.admission(.managing),
            updateUser
        )
        routes.add(
            .delete,
            "/users/{id}",
            name: "user_delete",
            admission: desk.admission(.managing),
            deleteUser
        )
    }

    /// What a user who is made or changed is given.
    private struct Order: Sendable {
        var name: String?
        var email: String?
        var password: String?
    }

    private var listUsers: HTTPHandler {
        desk.authorized(.managing) { _, caller, responder in
            desk.offload(responder, caller) {
                success(bodies.users(try workspace.enterpriseUsers(of: caller.principal.user)))
            }
        }
    }

    private var createUser: HTTPHandler {
        writing(.managing, on: passwords, setsPassword: true) { fields, _ in
            Order(
                name: fields.userName(isRequired: true),
                email: fields.email(isRequired: true),
                password: fields.password(isRequired: true)
            )
        } _: { order, _, caller, claim in
            try once(claim, caller) {
                try workspace.makeEnterpriseUser(
                    name: order.name ?? "",
                    email: order.email ?? "",
                    password: Secret(order.password ?? ""),
                    by: caller.principal.user
                )
            }
        }
    }

    private var updateUser: HTTPHandler {
        writing(.managing, on: passwords, setsPassword: true) { fields, _ in
            Order(
                name: fields.userName(isRequired: false),
                email: fields.email(isRequired: false),
                password: fields.password(isRequired: false)
            )
        } _: { order, path, caller, claim in
            let user = try user(path)
            return try once(claim, caller) {
                try workspace.changeEnterpriseUser(
                    user,
                    name: order.name,
                    email: order.email,
                    password: order.password.map { Secret($0) },
                    by: caller.principal.user
                )
            }
        }
    }

    private var deleteUser: HTTPHandler {
        writing(.managing) { _, _ in
        } _: { _, path, caller, claim in
            let user = try user(path)
            return try once(claim, caller) {
                try workspace.deleteEnterpriseUser(user, by: caller.principal.user)
            }
        }
    }

    private func user(_ path: PathParameters) throws -> UserID {
        guard let user = TrackedNumber.user(path["id"]) else { throw EnterpriseRefusal.notFound }
        return user
    }

    /// Carries out a change of a user, once for each key; its answer is kept in a commit of its own.
    private func once(
        _ claim: IdempotencyClaim?,
        _ caller: Caller,
        _ work: () throws -> UserInfo
    ) throws -> KeptAnswer {
        guard let claim else { return kept(bodies.user(try work())) }
        return try workspace.once(claim, of: caller.principal.user) { kept(bodies.user(try work())) }
    }
}

extension FieldReader {
    /// The name of a user that can be one.
    fileprivate mutating func userName(isRequired: Bool) -> String? {
        checked("name", isRequired: isRequired) { name throws(WorkspaceError) in
            try Workspace.checkUserName(name)
        }
    }

    /// An e-mail address that can be one.
    fileprivate mutating func email(isRequired: Bool) -> String? {
        checked("email", isRequired: isRequired) { email throws(WorkspaceError) in
            try Workspace.checkEmail(email)
        }
    }

    /// A text that a check of the use cases lets pass, so that all that is wrong is told at once.
    private mutating func checked(
        _ name: String,
        isRequired: Bool,
        _ check: (String) throws(WorkspaceError) -> Void
    ) -> String? {
        let count = problems.count
        let given = isRequired ? required(name) : text(name)
        guard problems.count == count, let given else { return given }
        do throws(WorkspaceError) {
            try check(given)
        } catch {
            refuse(error.description)
        }
        return given
    }

    /// A password that can be one.
    ///
    /// It is looked at before an `Idempotency-Key` is, whose digest leaves it out.
    fileprivate mutating func password(isRequired: Bool) -> String? {
        checked("password", isRequired: isRequired) { text throws(WorkspaceError) in
            try Workspace.checkPassword(Secret(text))
        }
    }
}

extension Bodies {
    func users(_ users: [UserInfo]) -> [UInt8] {
        list("users", users, capacity: 64 + users.count * 120) { json, user in
            members(of: user, to: &json)
        }
    }

    func user(_ user: UserInfo) -> [UInt8] {
        one { json in
            json.beginObject()
            members(of: user, to: &json)
            json.endObject()
        }
    }

    private func members(of user: UserInfo, to json: inout JSONWriter) {
        json.member("id", user.number)
        json.member("name", user.name)
        json.member("email", user.email)
        json.member("created_at", user.created, revision)
    }
}
