import HTTPServer

extension BitcainAPI {
    /// Portfolios.
    static let portfolioRoutes = [
        describe(
            .get,
            "/",
            id: "list_portfolios",
            summary: "List Portfolios",
            text: "The caller's portfolios, the default one first, then by age.",
            scope: "read",
            parameters: [
                owner,
                ParameterDescription(
                    "active_only",
                    in: .query,
                    .boolean,
                    standard: true,
                    "Leave out those that their owner does not look after."
                ),
                ParameterDescription(
                    "limit",
                    in: .query,
                    .integer(minimum: 1, maximum: 100),
                    standard: 50,
                    "How many at most."
                ),
                ParameterDescription(
                    "offset",
                    in: .query,
                    .integer(minimum: 0),
                    standard: 0,
                    "How many to leave out at the beginning."
                ),
            ],
            answers: [
                AnswerDescription(200, "The portfolios.", [.json(.list(portfolio))]),
                BitcainAnswers.outOfRange, BitcainAnswers.noPortfolio, BitcainAnswers.validation,
            ]
        ),
        describe(
            .post,
            "/",
            id: "create_portfolio",
            summary: "Create Portfolio",
            text: """
                `initial_value_usd` becomes a deposit of USD in an account of the portfolio's own. A new default \
                portfolio takes the flag over.
                """,
            scope: "write",
            parameters: [owner, idempotencyKey],
            body: BodyDescription("The portfolio.", [.json(draft, example: draftExample)]),
            answers: [
                AnswerDescription(
                    201,
                    "The portfolio.",
                    [.json(portfolio)],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.error(400, "The body cannot be read, or a sum is out of range."),
                BitcainAnswers.error(409, "The name is taken, or there are as many portfolios as may be."),
                BitcainAnswers.underWay, BitcainAnswers.validation, BitcainAnswers.keyRefused,
            ]
        ),
        describe(
            .get,
            "/{portfolio_id}",
            id: "get_portfolio",
            summary: "Get Portfolio",
            scope: "read",
            parameters: [portfolioID, optionalOwner],
            answers: [
                AnswerDescription(200, "The portfolio.", [.json(portfolio)]), BitcainAnswers.outOfRange,
                BitcainAnswers.noPortfolio, BitcainAnswers.validation,
            ]
        ),
        describe(
            .put,
            "/{portfolio_id}",
            id: "update_portfolio",
            summary: "Update Portfolio",
            text: "What is left away or null stays as it is.",
            scope: "write",
            parameters: [portfolioID, owner, idempotencyKey],
            body: BodyDescription("What is to be changed.", [.json(edit)]),
            answers: [
                AnswerDescription(
                    200,
                    "The portfolio.",
                    [.json(portfolio)],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.error(400, "The body cannot be read, or a sum is out of range."),
                BitcainAnswers.noPortfolio, BitcainAnswers.error(409, "The name is taken."),
                BitcainAnswers.underWay, BitcainAnswers.validation, BitcainAnswers.keyRefused,
            ]
        ),
        describe(
            .delete,
            "/{portfolio_id}",
            id: "delete_portfolio",
            summary: "Delete Portfolio",
            text: """
                Takes the portfolio's entries back and moves its empty accounts to the default portfolio. One that \
                still holds something is deleted by `force` alone, the default one never.
                """,
            scope: "write",
            parameters: [
                portfolioID, owner,
                ParameterDescription(
                    "force",
                    in: .query,
                    .boolean,
                    standard: false,
                    "Delete it although it holds something."
                ), idempotencyKey,
            ],
            answers: [
                AnswerDescription(204, "It is deleted.", headers: [BitcainAnswers.replayed]),
                BitcainAnswers.outOfRange, BitcainAnswers.noPortfolio,
                BitcainAnswers.error(409, "It holds something, or is the default one."),
                BitcainAnswers.underWay, BitcainAnswers.validation, BitcainAnswers.keyRefused,
            ] + BitcainAnswers.bodies
        ),
        describe(
            .get,
            "/{portfolio_id}/analytics",
            id: "get_portfolio_analytics",
            summary: "Get Portfolio Analytics",
            scope: "read",
            parameters: [portfolioID, owner],
            answers: [
                AnswerDescription(200, "Drift, gain and risk.", [.json(analyticsForm)]),
                BitcainAnswers.outOfRange, BitcainAnswers.noPortfolio, BitcainAnswers.validation,
            ]
        ),
        describe(
            .post,
            "/{portfolio_id}/rebalance/confirm",
            id: "confirm_rebalance",
            summary: "Confirm Rebalance",
            text: "Notes that the owner has rebalanced the portfolio now. Nothing is traded.",
            scope: "write",
            parameters: [portfolioID, owner, idempotencyKey],
            answers: [
                AnswerDescription(
                    200,
                    "The portfolio.",
                    [.json(portfolio)],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.outOfRange, BitcainAnswers.noPortfolio, BitcainAnswers.underWay,
                BitcainAnswers.validation, BitcainAnswers.keyRefused,
            ] + BitcainAnswers.bodies
        ),
    ]

    // MARK: Parameters

    static let portfolioID = ParameterDescription(
        "portfolio_id",
        in: .path,
        .text(TextRule(shortest: 1)),
        example: "5555717d-15c7-408a-aad2-f3155d61ff77",
        "The portfolio."
    )

    static let owner = ParameterDescription(
        "user_id",
        in: .query,
        .text(),
        isRequired: true,
        example: "a169451c-8525-4352-b8ca-070dd449a1a5",
        "The caller's own id, as `/auth/me` tells it."
    )

    private static let optionalOwner = ParameterDescription(
        "user_id",
        in: .query,
        .text(),
        "The owner that the portfolio must have."
    )

    // MARK: Bodies

    private static let name = ValueSchema.text(TextRule(shortest: 1, longest: 100))
    private static let words = ValueSchema.text(TextRule(longest: 2000))
    private static let risk = ValueSchema.choice(["conservative", "moderate", "aggressive"])
    private static let tags = ValueSchema.list(.text(TextRule(shortest: 1, longest: 50)), maximum: 50)
    private static let shares = ValueSchema.described(
        "Shares by asset, numbers that sum to 1.",
        .map(.number(minimum: 0, maximum: 1))
    )

    private static let draft = ValueSchema.named(
        "PortfolioCreate",
        .record([
            FieldDescription("name", name, "Unique among the user's portfolios."),
            FieldDescription("description", words.orNull, isRequired: false),
            FieldDescription("target_allocations", shares),
            FieldDescription("risk_tolerance", risk, isRequired: false, standard: "moderate"),
            FieldDescription("is_active", .boolean, isRequired: false, standard: true),
            FieldDescription("is_default", .boolean, isRequired: false, standard: false),
            FieldDescription(
                "initial_value_usd",
                .either([.number(minimum: 0), .text(), .null]),
                isRequired: false,
                standard: "0",
                "An opening deposit in USD."
            ),
            FieldDescription("tags", tags, isRequired: false),
        ])
    )

    private static let draftExample = """
        {"name":"Long term","target_allocations":{"BTC":0.6,"ETH":0.4},"initial_value_usd":"1000"}
        """

    private static let edit = ValueSchema.named(
        "PortfolioUpdate",
        .record([
            FieldDescription("name", name.orNull, isRequired: false),
            FieldDescription("description", words.orNull, isRequired: false),
            FieldDescription("target_allocations", shares.orNull, isRequired: false),
            FieldDescription("risk_tolerance", risk.orNull, isRequired: false),
            FieldDescription("is_active", .either([.boolean, .null]), isRequired: false),
            FieldDescription("tags", tags.orNull, isRequired: false),
        ])
    )

    private static let uuid = ValueSchema.text(TextRule(format: "uuid"))

    private static let portfolio = ValueSchema.named(
        "Portfolio",
        .record([
            FieldDescription("portfolio_id", uuid),
            FieldDescription("user_id", uuid),
            FieldDescription("name", .text()),
            FieldDescription("description", .either([.text(), .null])),
            FieldDescription("total_value_usd", BitcainSchemas.amount),
            FieldDescription("target_allocations", .map(.number())),
            FieldDescription("current_allocations", .map(.number()), "Of what has a price."),
            FieldDescription("last_rebalanced_at", BitcainSchemas.time.orNull),
            FieldDescription("is_active", .boolean),
            FieldDescription("created_at", BitcainSchemas.time),
            FieldDescription("updated_at", BitcainSchemas.time),
            FieldDescription("risk_tolerance", risk),
            FieldDescription("status", .choice(["created", "active", "rebalancing", "inactive"])),
            FieldDescription("is_default", .boolean),
            FieldDescription("total_return", BitcainSchemas.amount, "The gain in USD."),
            FieldDescription("total_return_percentage", BitcainSchemas.amount.orNull),
            FieldDescription("tags", .list(.text())),
        ])
    )

    private static let analyticsForm = ValueSchema.named(
        "Analytics",
        .record([
            FieldDescription("portfolio_id", uuid),
            FieldDescription("total_value_usd", BitcainSchemas.amount),
            FieldDescription(
                "allocation_drift",
                .map(BitcainSchemas.amount.orNull),
                "Share held less target."
            ),
            FieldDescription("rebalance_needed", .boolean),
            FieldDescription("total_return", BitcainSchemas.amount),
            FieldDescription("total_return_percentage", BitcainSchemas.amount.orNull),
            FieldDescription("volatility", BitcainSchemas.amount.orNull, "For a year."),
            FieldDescription("max_drawdown", BitcainSchemas.amount.orNull),
            FieldDescription("sharpe_ratio", BitcainSchemas.amount.orNull),
            FieldDescription("sortino_ratio", BitcainSchemas.amount.orNull),
            FieldDescription("stale", .boolean),
            FieldDescription("unpriced", .list(BitcainSchemas.assetCode)),
        ])
    )
}

extension BitcainAnswers {
    static let noPortfolio = error(404, "There is no such portfolio.", name: "PortfolioNotFound")
}
