public import HTTPServer

extension BitcainAPI {
    /// What each route takes and answers, in the order in which documents show them.
    ///
    /// A route that is added without an entry here fails a test, and so does an entry without a route.
    public static let descriptions: [RouteDescription] =
        reads + costBasisRoutes + ingestRoutes + refreshRoutes + historyRoutes + portfolioRoutes
        + signInRoutes

    /// The same for a server that serves some reads to anybody who knows an id.
    public static func descriptions(hasOpenReads: Bool) -> [RouteDescription] {
        guard hasOpenReads else { return descriptions }
        return descriptions.map { openReads.contains($0.id) ? $0.served(to: .everyone) : $0 }
    }

    /// The ids of the reads that the published page shows without authorization.
    private static let openReads: Set<String> = [
        "list_portfolios", "get_portfolio", "get_portfolio_analytics",
    ]

    static let tag = RouteTag(
        "portfolio",
        "bitcain's portfolio API: what is held, what it cost, what it is worth."
    )

    /// A description below the base, for those with a token of a scope.
    static func describe(
        _ method: HTTPMethod,
        _ path: String,
        below start: String = base,
        tag: RouteTag = tag,
        id: String,
        summary: String,
        text: String? = nil,
        scope: String?,
        parameters: [ParameterDescription] = [],
        body: BodyDescription? = nil,
        answers: [AnswerDescription]
    ) -> RouteDescription {
        RouteDescription(
            method,
            start + path,
            id: id,
            tag: tag,
            summary: summary,
            text: text,
            access: scope.map { .bearer(scopes: [$0]) } ?? .everyone,
            parameters: parameters,
            body: body,
            answers: answers
                + (scope == nil ? [] : BitcainAnswers.authorized)
                + (body == nil ? [] : BitcainAnswers.bodies)
                + BitcainAnswers.always
        )
    }
}

/// The answers that routes share.
enum BitcainAnswers {
    /// What every route can answer.
    static let always = [
        error(414, "The request target is longer than the limit.", name: "TargetTooLong"),
        error(431, "The headers are larger, or more, than the limit.", name: "HeadersTooLarge"),
        error(500, "A fault of the server.", name: "InternalError"),
        error(503, "Too much waits already; nothing was done.", [retryAfter], name: "Busy"),
    ]

    /// What every route that asks for a token can answer.
    static let authorized = [
        error(
            401,
            "There is no bearer token, or it is unknown, expired or revoked.",
            [HeaderDescription("WWW-Authenticate", .choice(["Bearer"]), "The scheme to use.")],
            name: "NotAuthenticated"
        ),
        error(403, "The token lacks the scope, or the data is another user's.", name: "Forbidden"),
        error(429, "More requests came than the token's rate allows.", [retryAfter], name: "TooManyRequests"),
    ]

    /// What every route that reads a body can answer.
    static let bodies = [
        error(413, "The body is longer than the limit.", name: "BodyTooLarge"),
        error(415, "The body comes in a content coding.", name: "CodingRefused"),
        error(507, "There is no room on the disk; nothing was done.", name: "StorageFull"),
    ]

    /// A sum that no amount can hold.
    static let outOfRange = error(400, "A sum is beyond the range of amounts.", name: "OutOfRange")

    /// Every parameter and field that is wrong, at once.
    static let validation = AnswerDescription(
        422,
        "Parameters or fields are wrong; all of them are named.",
        [.json(BitcainSchemas.validation, example: validationExample)],
        name: "ValidationError"
    )

    /// An `Idempotency-Key` that is none, or was used for another request.
    static let keyRefused = error(422, "The `Idempotency-Key` is none, or was used for another request.")

    /// The first request with an `Idempotency-Key` is under way.
    static let underWay = error(
        409,
        "The first request with this `Idempotency-Key`, or another import, is under way.",
        [retryAfter],
        name: "UnderWay"
    )

    /// The header of an answer that may have been given before.
    static let replayed = HeaderDescription(
        "Idempotent-Replayed",
        .choice(["true"]),
        isRequired: false,
        "The answer is that of the first request with this `Idempotency-Key`."
    )

    private static let retryAfter = HeaderDescription(
        "Retry-After",
        .integer(minimum: 0),
        "The seconds to wait."
    )

    private static let validationExample = """
        {"detail":[{"type":"missing","loc":["query","user_id"],"msg":"Field required","input":null}]}
        """

    /// An answer with one sentence.
    static func error(
        _ status: Int,
        _ summary: String,
        _ headers: [HeaderDescription] = [],
        name: String? = nil
    ) -> AnswerDescription {
        AnswerDescription(status, summary, [.json(BitcainSchemas.detail)], headers: headers, name: name)
    }
}
