public import HTTPServer

extension TrustVaultAPI {
    /// What the endpoint takes and answers.
    public static let descriptions = [
        RouteDescription(
            .post,
            path,
            id: "trustvault_graphql",
            tag: tag,
            summary: "Query the User Portfolio",
            text: """
                Carries out a query of the user portfolio. The schema tells what there is; clients may ask for it. The key \
                may be shown in the argument `authentication` of `user` instead of the header.
                """,
            access: .key(header: "x-api-key"),
            body: BodyDescription(
                "The operation.",
                [.json(operation, example: #"{"query":"{ __typename }"}"#)]
            ),
            answers: [success] + refusals + [
                failure(413, "The body is longer than the limit.", "TrustVaultTooLarge"),
                failure(415, "The body is not JSON by its content type.", "TrustVaultOtherType"),
            ]
        ),
        RouteDescription(
            .get,
            path,
            id: "trustvault_graphql_get",
            tag: tag,
            summary: "Query the User Portfolio in an Address",
            access: .key(header: "x-api-key"),
            parameters: [
                ParameterDescription(
                    "query",
                    in: .query,
                    .text(),
                    example: .text("{ __typename }"),
                    "The document."
                ),
                ParameterDescription(
                    "variables",
                    in: .query,
                    .text(),
                    "The variables' values as an object in JSON."
                ),
                ParameterDescription(
                    "operationName",
                    in: .query,
                    .text(),
                    "Which operation of the document is meant."
                ),
                ParameterDescription("extensions", in: .query, .text(), "An object in JSON, as in a body."),
            ],
            answers: [success] + refusals
        ),
    ]

    private static let tag = RouteTag("trustvault", "TrustVault's user portfolio in GraphQL.")

    private static let operation = ValueSchema.named(
        "GraphQLOperation",
        .form([
            FieldDescription("query", .either([.text(), .null]), isRequired: false, "The document."),
            FieldDescription(
                "variables",
                .either([.map(.anything), .null]),
                isRequired: false,
                "The variables' values."
            ),
            FieldDescription(
                "operationName",
                .either([.text(), .null]),
                isRequired: false,
                "Which operation of the document is meant."
            ),
            FieldDescription(
                "extensions",
                .either([.map(.anything), .null]),
                isRequired: false,
                "`persistedQuery` with `version` 1 and `sha256Hash` names a document that was sent before."
            ),
        ])
    )

    private static let errors = ValueSchema.named(
        "GraphQLErrors",
        .list(
            .record([
                FieldDescription("message", .text(), "What is wrong, for people."),
                FieldDescription("errorType", .text(), isRequired: false, "The sort of refusal."),
                FieldDescription(
                    "locations",
                    .list(
                        .record([
                            FieldDescription("line", .integer(minimum: 1)),
                            FieldDescription("column", .integer(minimum: 1)),
                        ])
                    ),
                    isRequired: false,
                    "The places in the document."
                ),
                FieldDescription(
                    "path",
                    .list(.either([.text(), .integer(minimum: 0)])),
                    isRequired: false,
                    "The field of the answer."
                ),
                FieldDescription(
                    "extensions",
                    .record([FieldDescription("code", .text(), "What is wrong, for programs.")]),
                    isRequired: false
                ),
            ])
        )
    )

    private static let answer = ValueSchema.named(
        "GraphQLAnswer",
        .record([
            FieldDescription(
                "data",
                .either([.map(.anything), .null]),
                isRequired: false,
                "What was asked for."
            ),
            FieldDescription("errors", errors, isRequired: false, "What could not be answered, and why."),
        ])
    )

    private static let newerType = "application/graphql-response+json"

    private static let success = AnswerDescription(
        200,
        "The operation was carried out; in `application/json` also an operation that could not be.",
        [.json(answer, example: #"{"data":{"__typename":"Query"}}"#), MediaDescription(newerType, answer)]
    )

    private static func failure(
        _ status: Int,
        _ summary: String,
        _ name: String,
        _ headers: [HeaderDescription] = []
    ) -> AnswerDescription {
        AnswerDescription(status, summary, [.json(answer)], headers: headers, name: name)
    }

    private static let retryAfter = HeaderDescription(
        "Retry-After",
        .integer(minimum: 1),
        "The seconds to wait."
    )

    private static let refusals = [
        failure(400, "The request cannot be read.", "TrustVaultUnreadable"),
        failure(401, "There is no good key.", "TrustVaultUnauthorized"),
        failure(403, "The key does not allow reading.", "TrustVaultForbidden"),
        failure(406, "Neither type of answer is taken.", "TrustVaultNotAcceptable"),
        failure(414, "The request target is longer than the limit.", "TrustVaultTargetTooLong"),
        AnswerDescription(
            422,
            "The operation is not valid or beyond a limit; in `application/json` that is 200.",
            [MediaDescription(newerType, answer)],
            name: "TrustVaultInvalid"
        ),
        failure(429, "More requests came than the rate allows.", "TrustVaultTooMany", [retryAfter]),
        failure(431, "The headers are larger, or more, than the limit.", "TrustVaultHeadersTooLarge"),
        failure(500, "A fault of the server.", "TrustVaultInternalError"),
        failure(503, "Too much waits already, or the store is away.", "TrustVaultBusy", [retryAfter]),
        failure(507, "There is no room on the disk.", "TrustVaultStorageFull"),
    ]
}
