import HTTPServer

extension BitcainAPI {
    /// Health, balances and the sum over all venues.
    static let reads = [
        describe(
            .get,
            "/health",
            id: "get_portfolio_health",
            summary: "Get Portfolio Health",
            scope: nil,
            answers: [AnswerDescription(200, "The service answers.", [.json(health, example: healthExample)])]
        ),
        describe(
            .get,
            "/balances",
            id: "get_portfolio_balances",
            summary: "Get Portfolio Balances",
            text: "What the accounts of one venue hold; a venue where nothing is held gives an empty list.",
            scope: "read",
            parameters: [
                ParameterDescription(
                    "exchange",
                    in: .query,
                    .text(),
                    standard: .text(defaultVenue),
                    example: "coinbase",
                    "The venue, in any case."
                )
            ],
            answers: [
                AnswerDescription(
                    200,
                    "The balances, by value.",
                    [.json(balancesForm, example: balancesExample)]
                ), BitcainAnswers.outOfRange, BitcainAnswers.validation,
            ]
        ),
        describe(
            .get,
            "/aggregate",
            id: "get_portfolio_aggregate",
            summary: "Get Portfolio Aggregate",
            text: "Everything held, and the total of each venue.",
            scope: "read",
            answers: [
                AnswerDescription(200, "All assets, by value.", [.json(aggregateForm)]),
                BitcainAnswers.outOfRange,
            ]
        ),
    ]

    private static let health = ValueSchema.named(
        "PortfolioHealth",
        .record([
            FieldDescription("status", .choice(["healthy"])),
            FieldDescription("service", .choice(["portfolio"])),
            FieldDescription("timestamp", BitcainSchemas.time),
        ])
    )

    private static let healthExample = """
        {"status":"healthy","service":"portfolio","timestamp":"2024-06-15T12:00:00Z"}
        """

    private static let balancesForm = ValueSchema.named(
        "Balances",
        .record([
            BitcainSchemas.success,
            FieldDescription("exchange", .text(), "The venue as asked for."),
            FieldDescription("balances", .list(balance)),
            FieldDescription("total_value_usd", BitcainSchemas.amount, "The sum of the known values."),
            FieldDescription("timestamp", BitcainSchemas.time),
        ])
    )

    private static let balance = ValueSchema.named(
        "Balance",
        .record(
            [
                FieldDescription("asset", BitcainSchemas.assetCode),
                FieldDescription("free", BitcainSchemas.amount),
                FieldDescription("locked", BitcainSchemas.amount),
                FieldDescription("total", BitcainSchemas.amount),
            ] + BitcainSchemas.pricing
        )
    )

    private static let balancesExample = """
        {"success":true,"exchange":"coinbase","balances":[{"asset":"BTC","free":"0.3","locked":"0","total":"0.3",\
        "price_usd":"66000","value_usd":"19800","price_time":"2024-06-14T12:00:00Z","stale":false}],\
        "total_value_usd":"19800","timestamp":"2024-06-15T12:00:00Z"}
        """

    private static let aggregateForm = ValueSchema.named(
        "Aggregate",
        .record([
            BitcainSchemas.success,
            FieldDescription("total_value_usd", BitcainSchemas.amount, "The sum of the known values."),
            FieldDescription("exchanges", .list(venueTotal)),
            FieldDescription("assets", .list(aggregateAsset)),
            FieldDescription("timestamp", BitcainSchemas.time),
        ])
    )

    private static let venueTotal = ValueSchema.named(
        "VenueTotal",
        .record([
            FieldDescription("exchange", .text()),
            FieldDescription("total_value_usd", BitcainSchemas.amount),
            FieldDescription("asset_count", BitcainSchemas.count),
        ])
    )

    private static let aggregateAsset = ValueSchema.named(
        "AggregateAsset",
        .record(
            [
                FieldDescription("asset", BitcainSchemas.assetCode),
                FieldDescription("quantity", BitcainSchemas.amount),
            ] + BitcainSchemas.pricing + [
                FieldDescription(
                    "allocation",
                    BitcainSchemas.amount.orNull,
                    "The part of the total; null without a value or a total."
                )
            ]
        )
    )
}
