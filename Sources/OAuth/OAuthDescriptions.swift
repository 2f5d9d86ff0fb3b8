public import HTTPServer
import Services

extension OAuthServer {
    /// What the endpoints take and answer.
    public static let descriptions = [
        RouteDescription(
            .post,
            tokenPath,
            id: "oauth_token",
            tag: tag,
            summary: "Get Tokens",
            text: """
                Gives tokens for a code, a refresh token, a user's password (first-party clients alone) or the client \
                itself. Clients authenticate by HTTP Basic or by client_id and client_secret in the body, not both.
                """,
            body: body(
                "The grant.",
                tokenForm
            ),
            answers: [
                AnswerDescription(
                    200,
                    "The tokens.",
                    [.json(tokens, example: tokensExample)],
                    headers: [pragma]
                )
            ] + refusals
        ),
        RouteDescription(
            .post,
            revokePath,
            id: "oauth_revoke",
            tag: tag,
            summary: "Revoke a Token",
            text: """
                Ends a token that was given to the client; a refresh token ends all that came of the grant. A token that \
                is unknown or another client's is left alone, and the answer is the same (RFC 7009).
                """,
            body: body("The token.", tokenOnlyForm("RevocationForm")),
            answers: [
                AnswerDescription(
                    200,
                    "The token is over.",
                    [.json(.named("OAuthNothing", .record([])))],
                    headers: [pragma]
                )
            ] + refusals
        ),
        RouteDescription(
            .post,
            introspectPath,
            id: "oauth_introspect",
            tag: tag,
            summary: "Introspect a Token",
            text: "Says what a token of the client is, to clients with a secret (RFC 7662).",
            body: body("The token.", tokenOnlyForm("IntrospectionForm")),
            answers: [
                AnswerDescription(200, "What the token is.", [.json(introspection)], headers: [pragma])
            ] + refusals
        ),
        RouteDescription(
            .get,
            tokenInfoPath,
            id: "oauth_token_info",
            tag: tag,
            summary: "Token Info",
            text: "Says what the access token that is shown is, in Doorkeeper's form.",
            access: .bearer(scopes: []),
            answers: [
                AnswerDescription(200, "What the token is.", [.json(tokenInfo)], headers: [pragma])
            ] + refusals.filter { ![400, 413, 415].contains($0.status) }
        ),
        RouteDescription(
            .get,
            metadataPath,
            id: "oauth_metadata",
            tag: tag,
            summary: "Server Metadata",
            text: "Says what this server can do (RFC 8414).",
            answers: [AnswerDescription(200, "What the server can do.", [.json(metadata)])]
                + refusals.filter { [414, 431].contains($0.status) }
        ),
    ]

    private static let tag = RouteTag("oauth", "Tokens for applications, by OAuth 2.")

    private static let pragma = HeaderDescription("Pragma", .choice(["no-cache"]), "Nobody keeps the answer.")

    private static func body(_ summary: String, _ schema: ValueSchema) -> BodyDescription {
        BodyDescription(
            summary,
            [
                MediaDescription("application/x-www-form-urlencoded", schema),
                .json(schema),
            ]
        )
    }

    private static let word = ValueSchema.text(TextRule(longest: OAuthLimits.parameterBytesMax))

    private static func optional(_ name: String, _ summary: String) -> FieldDescription {
        FieldDescription(name, word, isRequired: false, summary)
    }

    private static let clientFields = [
        optional("client_id", "The client, where it does not authenticate by HTTP Basic."),
        optional("client_secret", "Its secret, where it has one and does not authenticate by HTTP Basic."),
    ]

    private static let tokenForm = ValueSchema.named(
        "TokenForm",
        .form(
            [
                FieldDescription("grant_type", .choice(grants), "What the tokens are given for."),
                optional("code", "The code, for `authorization_code`."),
                optional("redirect_uri", "Where the code was sent to, when it was named."),
                optional("code_verifier", "What the code challenge was made of."),
                optional("refresh_token", "The token, for `refresh_token`."),
                optional("username", "The e-mail address, for `password`."),
                optional("password", "The password, for `password`."),
                optional("scope", "Words with blanks between; all that the client may have when left away."),
            ] + clientFields
        )
    )

    private static func tokenOnlyForm(_ name: String) -> ValueSchema {
        .named(
            name,
            .form(
                [
                    FieldDescription("token", word, "The token."),
                    optional("token_type_hint", "Which sort of token it is; not needed."),
                ] + clientFields
            )
        )
    }

    private static let tokens = ValueSchema.named(
        "OAuthTokens",
        .record([
            FieldDescription("access_token", .text(), "The token for requests."),
            FieldDescription("token_type", .choice(["bearer"])),
            FieldDescription("expires_in", .integer(minimum: 0), "Seconds that it lives."),
            FieldDescription(
                "refresh_token",
                .text(),
                isRequired: false,
                "The token for the next pair; it works once."
            ),
            FieldDescription("scope", .text(), "What the access token allows."),
            FieldDescription("created_at", .integer(minimum: 0), "When it was made, in seconds since 1970."),
        ])
    )

    private static let tokensExample = """
        {"access_token":"cfo_…","token_type":"bearer","expires_in":7200,"refresh_token":"cfn_…",\
        "scope":"read write","created_at":1767225600}
        """

    private static let introspection = ValueSchema.named(
        "Introspection",
        .record([
            FieldDescription("active", .boolean, "Whether the token is in force and the client's own."),
            FieldDescription("scope", .text(), isRequired: false),
            FieldDescription("client_id", .text(), isRequired: false),
            FieldDescription("username", .text(), isRequired: false),
            FieldDescription("token_type", .choice(["bearer"]), isRequired: false),
            FieldDescription("exp", .integer(minimum: 0), isRequired: false),
            FieldDescription("iat", .integer(minimum: 0), isRequired: false),
            FieldDescription("sub", .text(TextRule(format: "uuid")), isRequired: false),
            FieldDescription("iss", .text(TextRule(format: "uri")), isRequired: false),
        ])
    )

    private static let tokenInfo = ValueSchema.named(
        "TokenInfo",
        .record([
            FieldDescription("resource_owner_id", .integer(minimum: 1), "The user's number."),
            FieldDescription("scope", .list(.choice(TokenScope.cryptfolio.map(\.rawValue)))),
            FieldDescription("expires_in", .integer(minimum: 0)),
            FieldDescription(
                "application",
                .record([FieldDescription("uid", .text(), "The client's `client_id`.")])
            ),
            FieldDescription("created_at", .integer(minimum: 0)),
        ])
    )

    private static let metadata = ValueSchema.named(
        "OAuthMetadata",
        .record(
            [
                "issuer", "authorization_endpoint", "token_endpoint", "revocation_endpoint",
                "introspection_endpoint",
            ].map { FieldDescription($0, .text(TextRule(format: "uri"))) }
                + [
                    "scopes_supported", "response_types_supported", "response_modes_supported",
                    "grant_types_supported", "token_endpoint_auth_methods_supported",
                    "revocation_endpoint_auth_methods_supported",
                    "introspection_endpoint_auth_methods_supported", "code_challenge_methods_supported",
                ].map { FieldDescription($0, .list(.text())) }
                + [FieldDescription("authorization_response_iss_parameter_supported", .boolean)]
        )
    )

    private static let fault = ValueSchema.named(
        "OAuthError",
        .record([
            FieldDescription("error", .text(), "The word for programs."),
            FieldDescription("error_description", .text(), "A sentence for people."),
        ])
    )

    private static let refusals = [
        AnswerDescription(400, "The request or the grant is wrong.", [.json(fault)]),
        AnswerDescription(
            401,
            "The client is wrong; for passwords also what is wrong with the password or the scope.",
            [.json(fault)],
            headers: [HeaderDescription("WWW-Authenticate", .text(), "How to authenticate.")]
        ),
        AnswerDescription(413, "The body is longer than the limit.", [.json(fault)]),
        AnswerDescription(414, "The request target is longer than the limit.", [.json(fault)]),
        AnswerDescription(415, "The body comes in a content coding.", [.json(fault)]),
        AnswerDescription(
            429,
            "Too many requests.",
            [.json(fault)],
            headers: [retryAfter]
        ),
        AnswerDescription(431, "The headers are longer than the limit.", [.json(fault)]),
        AnswerDescription(
            503,
            "The server is busy; nothing was done.",
            [.json(fault)],
            headers: [retryAfter]
        ),
    ]

    private static let retryAfter = HeaderDescription(
        "Retry-After",
        .integer(minimum: 0),
        "The seconds to wait."
    )
}
