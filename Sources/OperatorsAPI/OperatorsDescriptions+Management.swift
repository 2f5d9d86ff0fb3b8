public import HTTPServer

extension OperatorsAPI {
    /// What the routes of the operators' listener take and answer, but for the health that both listeners serve.
    ///
    /// A route that is added without an entry here fails a test, and so does an entry without a route.
    public static let managementDescriptions = [metricsDescription] + users + clients + quotas

    /// What is shown for those who ask on the operators' listener.
    static var adminDescriptions: [RouteDescription] {
        descriptions.filter { $0.path == "/healthz" } + managementDescriptions
    }

    private static let listener = ListenerDescription(
        variable: "operators",
        standard: "127.0.0.1:8081",
        "The operators' listener, whose address is the setting `admin.listen`."
    )

    private static let tag = RouteTag(
        "management",
        "Users, applications and quotas for operators, on a listener of their own: with the token that is the setting "
            + "`admin.token`, or an administrator's with the scope `write` or `admin`."
    )

    // MARK: Routes

    private static let metricsDescription = RouteDescription(
        .get,
        "/metrics",
        id: "operators_metrics",
        tag: tag,
        summary: "Get Metrics",
        text:
            "Counters in the form that Prometheus reads. Where no `admin.token` is set they are open to this computer.",
        access: .bearer(scopes: []),
        answers: [
            AnswerDescription(200, "The counters.", [MediaDescription("text/plain", .text())]),
            unauthorizedAnswer,
        ] + refusals,
        listener: listener
    )

    private static let users = [
        describe(.get, "/users", id: "users", "List Users", result: list("users", user)),
        describe(
            .post,
            "/users",
            id: "user_add",
            "Add User",
            body: body(
                "The user.",
                userFields(isNew: true),
                #"{"email":"firm@example.org","name":"Firm","role":"enterprise","password":"correct horse battery"}"#
            ),
            status: 201,
            result: user
        ),
        describe(
            .patch,
            "/users/{user}",
            id: "user_change",
            "Change User",
            text: "Another password ends all sign-ins and grants of the user.",
            parameters: [userName],
            body: body("What is to be changed.", userFields(isNew: false), #"{"role":"admin"}"#),
            result: user
        ),
        describe(
            .delete,
            "/users/{user}",
            id: "user_remove",
            "Remove User",
            text: "For good; the answer is what was there. The owner of the server stays.",
            parameters: [userName],
            result: user
        ),
    ]

    private static let clients = [
        describe(.get, "/clients", id: "clients", "List Clients", result: list("clients", client)),
        describe(
            .post,
            "/clients",
            id: "client_add",
            "Add Client",
            text: "The answer alone shows its secret. Without `user` it is the owner's.",
            body: body(
                "The application.",
                [
                    FieldDescription("name", clientName, "What users are asked about."),
                    FieldDescription(
                        "user",
                        text.orNull,
                        isRequired: false,
                        "Whose it is: id, e-mail or name."
                    ),
                    FieldDescription(
                        "is_confidential",
                        ValueSchema.boolean.orNull,
                        isRequired: false,
                        standard: true,
                        "Whether it can keep a secret."
                    ),
                ] + clientFields,
                #"{"name":"App","redirect_uris":["https://app.example.org/callback"],"is_first_party":true}"#
            ),
            status: 201,
            result: client
        ),
        describe(
            .get,
            "/clients/{client}",
            id: "client",
            "Get Client",
            parameters: [clientID],
            result: client
        ),
        describe(
            .patch,
            "/clients/{client}",
            id: "client_change",
            "Change Client",
            parameters: [clientID],
            body: body(
                "What is to be changed.",
                [FieldDescription("name", clientName.orNull, isRequired: false)] + clientFields,
                #"{"is_first_party":false}"#
            ),
            result: client
        ),
        describe(
            .post,
            "/clients/{client}/secret",
            id: "client_rotate",
            "Rotate Secret",
            text:
                "Gives a confidential client another secret, which the answer alone shows; the one before ends.",
            parameters: [clientID],
            result: client
        ),
        describe(
            .delete,
            "/clients/{client}",
            id: "client_remove",
            "Remove Client",
            text: "All its grants end; the answer is what was there.",
            parameters: [clientID],
            result: client
        ),
    ]

    private static let quotas =
        [describe(.get, "/quotas", id: "quotas", "List Quotas", result: list("quotas", quota))]
        + [("user", "/quotas/users/{user}", userName), ("client", "/quotas/clients/{client}", clientID)]
        .flatMap {
            name,
            path,
            holder in
            [
                describe(
                    .put,
                    path,
                    id: "quota_\(name)",
                    "Set Quota of a \(name == "user" ? "User" : "Client")",
                    text: "One rate for all credentials of the \(name) together.",
                    parameters: [holder],
                    body: body(
                        "The rate.",
                        [
                            FieldDescription("requests_per_second", rate, "What refills each second."),
                            FieldDescription("burst", rate, "The requests at once."),
                        ],
                        #"{"requests_per_second":7,"burst":70}"#
                    ),
                    result: quota
                ),
                describe(
                    .delete,
                    path,
                    id: "quota_\(name)_remove",
                    "Remove Quota of a \(name == "user" ? "User" : "Client")",
                    text: "The answer is what was there.",
                    parameters: [holder],
                    result: quota
                ),
            ]
        }

    // MARK: What they share

    private static func describe(
        _ method: HTTPMethod,
        _ path: String,
        id: String,
        _ summary: String,
        text: String? = nil,
        parameters: [ParameterDescription] = [],
        body: BodyDescription? = nil,
        status: Int = 200,
        result: ValueSchema
    ) -> RouteDescription {
        var answers = [AnswerDescription(status, "The result.", [.json(result)]), unauthorizedAnswer]
        if !parameters.isEmpty || body != nil {
            answers.append(failure(404, "There is no such user, client or quota."))
        }
        if method != .get {
            answers += [
                failure(409, "It contradicts what is there, such as an e-mail address of somebody else."),
                failure(413, "The body is longer than the limit."),
                failure(415, "The body is in a content coding."),
                failure(422, "The body or a field is wrong, in words."),
                failure(507, "There is no room on the disk; nothing was done."),
            ]
        }
        answers.append(failure(500, "A fault of the server."))
        answers.append(failure(503, "Too much waits already; nothing was done.", [retryAfter]))
        return RouteDescription(
            method,
            path,
            id: "operators_" + id,
            tag: tag,
            summary: summary,
            text: text,
            access: .bearer(scopes: []),
            parameters: parameters,
            body: body,
            answers: answers + refusals,
            listener: listener
        )
    }

    private static func body(
        _ summary: String,
        _ fields: [FieldDescription],
        _ example: String
    ) -> BodyDescription {
        BodyDescription(summary, [.json(.record(fields), example: example)])
    }

    private static func failure(
        _ status: Int,
        _ summary: String,
        _ headers: [HeaderDescription] = []
    ) -> AnswerDescription {
        AnswerDescription(
            status,
            summary,
            [.json(.record([FieldDescription("detail", .text())]))],
            headers: headers,
            name: "Operators\(status)"
        )
    }

    private static let retryAfter = HeaderDescription(
        "Retry-After",
        .integer(minimum: 0),
        "The seconds to wait."
    )

    private static let unauthorizedAnswer = failure(
        401,
        "There is no token, or it is neither the operators' nor an administrator's.",
        [HeaderDescription("WWW-Authenticate", .choice(["Bearer"]), "The scheme to use.")]
    )

    private static let userName = ParameterDescription(
        "user",
        in: .path,
        .text(TextRule(shortest: 1)),
        example: "ada@example.org",
        "An id, an e-mail address or a name."
    )

    private static let clientID = ParameterDescription(
        "client",
        in: .path,
        .text(TextRule(shortest: 1)),
        example: "6a7e4fee765ea49a7f377d7e2f07829d",
        "The client's id."
    )

    // MARK: Forms

    private static let text = ValueSchema.text()
    private static let uuid = ValueSchema.text(TextRule(format: "uuid"))
    private static let instant = ValueSchema.text(TextRule(format: "date-time"))
    private static let rate = ValueSchema.integer(minimum: 1, maximum: 1_000_000)
    private static let scopes = ValueSchema.list(
        .choice(["public", "info", "read", "write", "delete", "admin"])
    )

    /// Something to see, and no control characters.
    private static let nameRule = "^[^\\x00-\\x1F\\x7F]*[^\\s\\x00-\\x1F\\x7F][^\\x00-\\x1F\\x7F]*$"
    private static let clientName = ValueSchema.text(TextRule(pattern: nameRule, shortest: 1, longest: 100))

    private static func userFields(isNew: Bool) -> [FieldDescription] {
        let email = ValueSchema.text(
            TextRule(pattern: "^[^@\\x00-\\x20\\x7F]+@[^@\\x00-\\x20\\x7F]+$", longest: 254)
        )
        let password = ValueSchema.text(TextRule(shortest: 8, longest: 1024))
        let name = ValueSchema.text(TextRule(pattern: nameRule, shortest: 1, longest: 254))
        return [
            FieldDescription("email", isNew ? email : email.orNull, isRequired: isNew),
            FieldDescription("name", name.orNull, isRequired: false),
            FieldDescription("password", isNew ? password : password.orNull, isRequired: isNew),
            FieldDescription(
                "role",
                ValueSchema.choice(["user", "admin", "enterprise"]).orNull,
                isRequired: false
            ),
        ]
    }

    private static let clientFields = [
        FieldDescription(
            "redirect_uris",
            ValueSchema.list(text, maximum: 16).orNull,
            isRequired: false,
            "Where it may send users back to."
        ),
        FieldDescription("scopes", scopes.orNull, isRequired: false, "What it may ask for."),
        FieldDescription(
            "is_first_party",
            ValueSchema.boolean.orNull,
            isRequired: false,
            "Whether it may take passwords."
        ),
    ]

    private static let user = ValueSchema.named(
        "OperatorsUser",
        .record([
            FieldDescription("user_id", uuid), FieldDescription("name", text),
            FieldDescription("email", text.orNull),
            FieldDescription("role", .choice(["owner", "user", "admin", "enterprise"])),
            FieldDescription("created", instant), FieldDescription("has_password", .boolean),
        ])
    )

    private static let client = ValueSchema.named(
        "OperatorsClient",
        .record([
            FieldDescription("client_id", text),
            FieldDescription("client_secret", text, isRequired: false, "Where it was just made."),
            FieldDescription("name", text), FieldDescription("user_id", uuid.orNull, "Whose it is."),
            FieldDescription("redirect_uris", .list(text)), FieldDescription("scopes", scopes),
            FieldDescription("is_confidential", .boolean), FieldDescription("is_first_party", .boolean),
            FieldDescription("created", instant), FieldDescription("updated", instant),
        ])
    )

    private static let quota = ValueSchema.named(
        "OperatorsQuota",
        .record([
            FieldDescription("user_id", uuid.orNull), FieldDescription("client_id", text.orNull),
            FieldDescription("name", text), FieldDescription("requests_per_second", rate),
            FieldDescription("burst", rate),
        ])
    )

    private static func list(_ name: String, _ element: ValueSchema) -> ValueSchema {
        .record([FieldDescription(name, .list(element))])
    }
}
