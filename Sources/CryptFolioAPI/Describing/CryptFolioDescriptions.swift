public import HTTPServer
public import Services

extension CryptFolioAPI {
    /// What each route takes and answers in a revision, in the order in which documents show them.
    ///
    /// A route that is added without an entry here fails a test, and so does an entry without a route.
    public static func descriptions(
        _ revision: CryptFolioRevision,
        limits: TrackingLimits = TrackingLimits()
    ) -> [RouteDescription] {
        let forms = CryptFolioSchemas(revision: revision, limits: limits)
        return publicDescriptions(forms) + portfolioDescriptions(forms) + sumDescriptions(forms)
            + currencyDescriptions(forms) + addressDescriptions(forms) + accountDescriptions(forms)
            + offsetDescriptions(forms) + userDescriptions(forms)
    }

    private static let tag = RouteTag(
        "cryptfolio",
        "CryptFolio's API: portfolios with what is tracked in them. Every path is also served below `/api/v1`."
    )

    /// A read that anybody may ask for.
    static func describeOpen(
        _ path: String,
        id: String,
        summary: String,
        text: String? = nil,
        parameters: [ParameterDescription] = [],
        result: ValueSchema
    ) -> RouteDescription {
        RouteDescription(
            .get,
            base + path,
            id: "cryptfolio_" + id,
            tag: tag,
            summary: summary,
            text: text,
            parameters: parameters,
            answers: [answer(result)] + (parameters.isEmpty ? [] : [CryptFolioAnswers.notFound])
                + CryptFolioAnswers.always
        )
    }

    /// A read of what belongs to the caller.
    static func describe(
        _ path: String,
        id: String,
        summary: String,
        text: String? = nil,
        scopes: [String] = ["read"],
        parameters: [ParameterDescription] = [],
        result: ValueSchema,
        answers: [AnswerDescription] = []
    ) -> RouteDescription {
        RouteDescription(
            .get,
            base + path,
            id: "cryptfolio_" + id,
            tag: tag,
            summary: summary,
            text: text,
            access: .bearer(scopes: scopes),
            parameters: parameters,
            answers: [answer(result)] + (parameters.isEmpty ? [] : [CryptFolioAnswers.notFound]) + answers
                + CryptFolioAnswers.authorized + CryptFolioAnswers.always
        )
    }

    /// A write.
    static func describe(
        _ method: HTTPMethod,
        _ path: String,
        id: String,
        summary: String,
        text: String? = nil,
        scopes: [String],
        parameters: [ParameterDescription] = [],
        body: BodyDescription? = nil,
        result: ValueSchema
    ) -> RouteDescription {
        RouteDescription(
            method,
            base + path,
            id: "cryptfolio_" + id,
            tag: tag,
            summary: summary,
            text: text,
            access: .bearer(scopes: scopes),
            parameters: parameters + [idempotencyKey],
            body: body,
            answers: [answer(result, headers: [CryptFolioAnswers.replayed]), CryptFolioAnswers.notFound]
                + CryptFolioAnswers.authorized + CryptFolioAnswers.writes + CryptFolioAnswers.always
        )
    }

    private static func answer(
        _ result: ValueSchema,
        headers: [HeaderDescription] = []
    ) -> AnswerDescription {
        AnswerDescription(
            200,
            "The result.",
            [.json(CryptFolioSchemas.envelope(result))],
            headers: headers
        )
    }

    /// A body of fields, in each of the types that are read.
    static func body(
        _ summary: String,
        isRequired: Bool = true,
        _ fields: [FieldDescription],
        example: String? = nil
    ) -> BodyDescription {
        BodyDescription(
            summary,
            isRequired: isRequired,
            [
                .json(.form(fields), example: example),
                MediaDescription("application/x-www-form-urlencoded", .form(fields)),
                MediaDescription("multipart/form-data", .form(fields)),
            ]
        )
    }

    // MARK: Parameters

    private static let idempotencyKey = ParameterDescription(
        "Idempotency-Key",
        in: .header,
        .text(TextRule(pattern: "^[!-~]{1,255}$")),
        "A key under which the same request can be sent again without doing its work again."
    )

    static let portfolioID = ParameterDescription(
        "portfolio_id",
        in: .path,
        CryptFolioSchemas.number,
        example: 1,
        "The portfolio."
    )

    static func code(_ name: String) -> ParameterDescription {
        ParameterDescription(
            name,
            in: .path,
            .text(TextRule(shortest: 1, longest: 64)),
            example: "btc",
            "The code of a currency."
        )
    }

    /// Something to see, and no control characters.
    private static let titleText = ValueSchema.text(
        TextRule(
            pattern: "^[^\\x00-\\x1F\\x7F-\\x9F]*[^\\s\\x00-\\x1F\\x7F-\\x9F][^\\x00-\\x1F\\x7F-\\x9F]*$",
            shortest: 1,
            longest: 100
        )
    )

    static let title = FieldDescription(
        "title",
        titleText,
        "What it is called."
    )

    static let optionalTitle = FieldDescription(
        "title",
        titleText,
        isRequired: false,
        "What it is called from now on."
    )
}
