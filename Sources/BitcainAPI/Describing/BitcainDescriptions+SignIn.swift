import HTTPServer

extension BitcainAPI {
    private static let signInTag = RouteTag("auth", "Signing in by e-mail and password.")

    /// Accounts and their tokens.
    static let signInRoutes = [
        describe(
            .post,
            "/signup",
            below: signInBase,
            tag: signInTag,
            id: "sign_up",
            summary: "Sign Up",
            text: "Makes an account and signs it in, where the server lets anybody do that.",
            scope: nil,
            body: newCredentials,
            answers: [
                AnswerDescription(201, "The account and its tokens.", [.json(signedIn, example: example)]),
                BitcainAnswers.unreadableBody, BitcainAnswers.error(403, "Sign-up is turned off."),
                BitcainAnswers.error(409, "The address has an account already."), BitcainAnswers.validation,
                BitcainAnswers.tooManyAttempts,
            ]
        ),
        describe(
            .post,
            "/login",
            below: signInBase,
            tag: signInTag,
            id: "log_in",
            summary: "Log In",
            scope: nil,
            body: credentials,
            answers: [
                AnswerDescription(200, "The user and fresh tokens.", [.json(signedIn, example: example)]),
                BitcainAnswers.unreadableBody, BitcainAnswers.wrongPassword, BitcainAnswers.validation,
                BitcainAnswers.tooManyAttempts,
            ]
        ),
        describe(
            .post,
            "/refresh",
            below: signInBase,
            tag: signInTag,
            id: "refresh_tokens",
            summary: "Refresh",
            text: "Gives the next pair of tokens. A refresh token works once; a second use ends the sign-in.",
            scope: nil,
            body: BodyDescription(
                "The refresh token.",
                [
                    .json(
                        .named(
                            "RefreshRequest",
                            .form([FieldDescription("refresh_token", .text(TextRule(longest: 256)))])
                        )
                    )
                ]
            ),
            answers: [
                AnswerDescription(200, "The user and fresh tokens.", [.json(signedIn, example: example)]),
                BitcainAnswers.unreadableBody, BitcainAnswers.wrongPassword, BitcainAnswers.validation,
                BitcainAnswers.tooManyAttempts,
            ]
        ),
        describe(
            .get,
            "/me",
            below: signInBase,
            tag: signInTag,
            id: "get_me",
            summary: "Me",
            scope: "read",
            answers: [AnswerDescription(200, "Who the token stands for.", [.json(signedIn)])]
        ),
    ]

    private static let credentials = BodyDescription(
        "An e-mail address and a password.",
        [.json(.named("Credentials", signInForm(email: TextRule(shortest: 1, longest: 254))))]
    )

    private static let newCredentials = BodyDescription(
        "An e-mail address and a password.",
        [
            .json(
                .named(
                    "NewCredentials",
                    signInForm(
                        email: TextRule(
                            pattern: "^[^\\u0000-\\u0020\\u007F@]+@[^\\u0000-\\u0020\\u007F@]+$",
                            longest: 254
                        )
                    )
                )
            )
        ]
    )

    private static func signInForm(email: TextRule) -> ValueSchema {
        .form([
            FieldDescription("email", .text(email)),
            FieldDescription("password", .text(TextRule(shortest: 8, longest: 1024))),
        ])
    }

    private static let signedIn = ValueSchema.named(
        "SignedIn",
        .record([
            BitcainSchemas.success,
            FieldDescription(
                "user",
                .record([
                    FieldDescription("id", .text(TextRule(format: "uuid")), "The `user_id` of other calls."),
                    FieldDescription("email", .either([.text(), .null])),
                    FieldDescription("email_confirmed_at", .null, "Addresses are not confirmed."),
                ])
            ),
            FieldDescription(
                "session",
                .record([
                    FieldDescription("access_token", .text(), "The bearer token of requests."),
                    FieldDescription("refresh_token", .text(), "Gets the next pair, once."),
                    FieldDescription("expires_at", BitcainSchemas.time, "When the access token ends."),
                ]).orNull
            ),
            FieldDescription("error", .null),
        ])
    )

    private static let example = """
        {"success":true,"user":{"id":"a169451c-8525-4352-b8ca-070dd449a1a5","email":"ada@example.org",\
        "email_confirmed_at":null},"session":{"access_token":"cfb_0000000000000000000000000000000000000000000_000000",\
        "refresh_token":"cfr_0000000000000000000000000000000000000000000_000000",\
        "expires_at":"2024-06-15T12:15:00Z"},"error":null}
        """
}

extension BitcainAnswers {
    /// Bytes that are no text, or a body beyond a limit.
    static let unreadableBody = error(400, "The body cannot be read.", name: "UnreadableBody")

    static let wrongPassword = error(
        401,
        "Nobody has this address and password, or the token is over.",
        [HeaderDescription("WWW-Authenticate", .choice(["Bearer"]), "The scheme to use.")]
    )

    static let tooManyAttempts = error(
        429,
        "Too many attempts failed, or too many accounts were made.",
        [HeaderDescription("Retry-After", .integer(minimum: 0), "The seconds to wait.")]
    )
}
