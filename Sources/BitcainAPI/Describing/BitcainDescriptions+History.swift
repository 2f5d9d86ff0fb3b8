import HTTPServer

extension BitcainAPI {
    /// Values over time.
    static let historyRoutes = [
        describe(
            .get,
            "/value-history",
            id: "get_holdings_value_history",
            summary: "Get Holdings Value History",
            text: "What each of the last days ended with, over all portfolios, in USD.",
            scope: "read",
            parameters: [
                ParameterDescription(
                    "days",
                    in: .query,
                    .integer(minimum: 1, maximum: valueHistoryDaysMax),
                    standard: 30,
                    "How many days."
                )
            ],
            answers: [
                AnswerDescription(200, "The days, today last.", [.json(dayValues)]),
                BitcainAnswers.outOfRange, BitcainAnswers.validation,
            ]
        ),
        describe(
            .get,
            "/history",
            id: "get_portfolio_history",
            summary: "Get Portfolio History",
            text: """
                Values over a time, the oldest first. Points before the first recorded one are computed from the \
                ledger.
                """,
            scope: "read",
            parameters: historyParameters,
            answers: historyAnswers([.json(snapshots)])
        ),
        describe(
            .get,
            "/history/performance",
            id: "get_portfolio_performance",
            summary: "Get Portfolio Performance",
            scope: "read",
            parameters: historyParameters,
            answers: historyAnswers([.json(performanceForm)])
        ),
        describe(
            .get,
            "/history/export",
            id: "export_portfolio_history",
            summary: "Export Portfolio History",
            text: "The same points as JSON, or as CSV where `Accept` or `format` asks for it.",
            scope: "read",
            parameters: historyParameters + [
                ParameterDescription(
                    "format",
                    in: .query,
                    .choice(["json", "csv"]),
                    "How it is written; what `Accept` prefers unless given."
                )
            ],
            answers: historyAnswers(
                [.json(snapshots), MediaDescription("text/csv", .text())],
                headers: [
                    HeaderDescription(
                        "Content-Disposition",
                        .text(),
                        isRequired: false,
                        "The name of the file, for CSV."
                    )
                ]
            )
        ),
    ]

    private static let historyParameters = [
        ParameterDescription(
            "timeframe",
            in: .query,
            .choice(["1D", "1W", "1M", "3M", "1Y", "ALL"]),
            standard: "1M",
            "How far back; hourly for 1D and 1W, weekly for ALL, else daily."
        ),
        ParameterDescription("portfolio_id", in: .query, .text(), "One portfolio; all without it."),
        ParameterDescription(
            "currency",
            in: .query,
            .text(),
            standard: "USD",
            "The code of any known asset."
        ),
    ]

    private static func historyAnswers(
        _ content: [MediaDescription],
        headers: [HeaderDescription] = []
    ) -> [AnswerDescription] {
        [
            AnswerDescription(200, "The values.", content, headers: headers),
            BitcainAnswers.error(400, "The currency is unknown, or a sum is out of range."),
            BitcainAnswers.noPortfolio, BitcainAnswers.validation,
        ]
    }

    private static let uuid = ValueSchema.text(TextRule(format: "uuid"))

    private static let snapshots = ValueSchema.list(
        .named(
            "Snapshot",
            .record([
                FieldDescription("id", uuid),
                FieldDescription("user_id", uuid),
                FieldDescription("portfolio_id", uuid.orNull, "Null for all portfolios together."),
                FieldDescription("total_value", BitcainSchemas.amount),
                FieldDescription("currency", BitcainSchemas.assetCode),
                FieldDescription("recorded_at", BitcainSchemas.time),
                FieldDescription("created_at", BitcainSchemas.time),
                FieldDescription(
                    "metadata",
                    .record([
                        FieldDescription("source", .choice(["recorded", "computed"])),
                        FieldDescription("stale", .boolean),
                        FieldDescription("unpriced", BitcainSchemas.count),
                        FieldDescription(
                            "ledger_value",
                            BitcainSchemas.amount,
                            isRequired: false,
                            "Of a recorded point: what the ledger gives today."
                        ),
                    ])
                ),
            ])
        )
    )

    private static let dayValues = ValueSchema.named(
        "ValueHistory",
        .record([
            BitcainSchemas.success,
            FieldDescription("days", .integer(minimum: 1, maximum: valueHistoryDaysMax)),
            FieldDescription("currency", BitcainSchemas.assetCode),
            FieldDescription(
                "points",
                .list(
                    .record([
                        FieldDescription("date", .text(TextRule(format: "date"))),
                        FieldDescription("total_value_usd", BitcainSchemas.amount),
                        FieldDescription("stale", .boolean),
                        FieldDescription("unpriced", BitcainSchemas.count),
                    ])
                )
            ),
        ])
    )

    private static let performanceForm = ValueSchema.named(
        "Performance",
        .record(
            [
                FieldDescription("period_start", BitcainSchemas.time),
                FieldDescription("period_end", BitcainSchemas.time),
                FieldDescription("timeframe", .choice(["1D", "1W", "1M", "3M", "1Y", "ALL"])),
            ]
                + [
                    "starting_value", "ending_value", "current_value", "highest_value", "lowest_value",
                    "absolute_change", "absolute_gain",
                ].map { FieldDescription($0, BitcainSchemas.amount) }
                + [
                    FieldDescription("percentage_change", BitcainSchemas.amount.orNull),
                    FieldDescription("percentage_gain", BitcainSchemas.amount.orNull),
                    FieldDescription("is_profitable", .boolean),
                    FieldDescription("return_rate", BitcainSchemas.amount.orNull, "Time-weighted."),
                    FieldDescription("max_drawdown", BitcainSchemas.amount.orNull),
                    FieldDescription("volatility", BitcainSchemas.amount.orNull, "For a year."),
                    FieldDescription("total_data_points", BitcainSchemas.count),
                    FieldDescription("currency", BitcainSchemas.assetCode),
                ]
        )
    )
}
