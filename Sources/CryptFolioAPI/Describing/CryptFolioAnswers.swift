import HTTPServer

/// The answers that CryptFolio's routes share.
enum CryptFolioAnswers {
    /// What every route can answer.
    static let always = [
        failure(414, "The request target is longer than the limit.", name: "CryptFolioTargetTooLong"),
        failure(431, "The headers are larger, or more, than the limit.", name: "CryptFolioHeadersTooLarge"),
        failure(429, "More requests came than the rate allows.", [retryAfter], name: "CryptFolioTooMany"),
        failure(500, "A fault of the server.", name: "CryptFolioInternalError"),
        failure(
            503,
            "It is not ready yet, or too much waits already; nothing was done.",
            [retryAfter],
            name: "CryptFolioNotReady"
        ),
    ]

    /// What every route that asks for a credential can answer.
    static let authorized = [
        failure(400, "Two credentials are shown, or the body cannot be read.", name: "CryptFolioUnreadable"),
        failure(
            401,
            "There is no credential, or it is unknown, expired or revoked.",
            [challenge],
            name: "CryptFolioUnauthorized"
        ),
        failure(
            403,
            "The credential lacks a scope, which the header names.",
            [challenge],
            name: "CryptFolioForbidden"
        ),
    ]

    /// What every route that changes something can answer.
    static let writes = [
        failure(
            409,
            "The first request with this `Idempotency-Key`, or an import, is under way.",
            [retryAfter],
            name: "CryptFolioUnderWay"
        ),
        failure(413, "The body is longer than the limit.", name: "CryptFolioTooLarge"),
        failure(415, "The body is of a type that is not read.", name: "CryptFolioOtherType"),
        failure(422, "Fields are wrong; all of them are named.", name: "CryptFolioInvalid"),
        failure(507, "There is no room on the disk; nothing was done.", name: "CryptFolioStorageFull"),
    ]

    /// What every route about something that belongs to somebody can answer.
    static let notFound = failure(
        404,
        "It is not there or is another user's; or a currency that was named is not known.",
        name: "CryptFolioNotFound"
    )

    /// A sum that no amount can hold.
    static let outOfRange = failure(
        422,
        "A sum is beyond the range of amounts.",
        name: "CryptFolioOutOfRange"
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

    private static let challenge = HeaderDescription(
        "WWW-Authenticate",
        .text(TextRule(pattern: "^Bearer realm=\"cryptfolio\"")),
        "The scheme to use, and what was wrong."
    )

    static func failure(
        _ status: Int,
        _ summary: String,
        _ headers: [HeaderDescription] = [],
        name: String
    ) -> AnswerDescription {
        AnswerDescription(
            status,
            summary,
            [.json(CryptFolioSchemas.failure)],
            headers: headers,
            name: name
        )
    }
}
