import HTTPServer

extension BitcainAPI {
    /// What is read from elsewhere.
    static let refreshRoutes = [
        describe(
            .post,
            "/ingest/backfill",
            id: "backfill_ingest",
            summary: "Backfill Ingest",
            text: "Reads connected venues and enters what is new. What fails is told in `errors`.",
            scope: "write",
            parameters: [
                ParameterDescription(
                    "source",
                    in: .query,
                    .text(),
                    standard: "trade_history_sync",
                    "`trade_history_sync` for the trades, `coinbase_ledger` for the ledger of each Coinbase wallet."
                ),
                ParameterDescription(
                    "dry_run",
                    in: .query,
                    .boolean,
                    standard: false,
                    "Say what would happen and change nothing."
                ),
                ParameterDescription(
                    "max_pages",
                    in: .query,
                    .integer(minimum: 1, maximum: backfillPagesMax),
                    standard: 3,
                    "The pages to read, of each wallet for the ledger."
                ), idempotencyKey,
            ],
            answers: [
                AnswerDescription(
                    200,
                    "What was read, or would be.",
                    [.json(backfillForm)],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.error(400, "There is no such source, or a sum is out of range."),
                BitcainAnswers.underWay, BitcainAnswers.validation, BitcainAnswers.keyRefused,
            ] + BitcainAnswers.bodies
        ),
        describe(
            .post,
            "/refresh",
            id: "refresh_portfolio",
            summary: "Refresh Portfolio",
            text: "Reads connected venues and tracked addresses, and keeps what each portfolio is worth now.",
            scope: "write",
            parameters: [idempotencyKey],
            answers: [
                AnswerDescription(
                    200,
                    "What everything is worth.",
                    [
                        .json(
                            .named(
                                "Refresh",
                                .record([
                                    BitcainSchemas.success,
                                    FieldDescription("refreshed_at", BitcainSchemas.time),
                                    FieldDescription("total_value_usd", BitcainSchemas.amount),
                                    FieldDescription("errors", .list(.text()), "What could not be read."),
                                ])
                            )
                        )
                    ],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.outOfRange, BitcainAnswers.underWay, BitcainAnswers.keyRefused,
            ] + BitcainAnswers.bodies
        ),
    ]

    private static let backfillForm = ValueSchema.named(
        "Backfill",
        .record([
            BitcainSchemas.success,
            FieldDescription("source", .choice(["trade_history_sync", "coinbase_ledger"])),
            FieldDescription("dry_run", .boolean),
            FieldDescription("pages_fetched", BitcainSchemas.count),
            FieldDescription("events_found", BitcainSchemas.count),
            FieldDescription("events_inserted", BitcainSchemas.count),
            FieldDescription("duplicates_skipped", BitcainSchemas.count),
            FieldDescription("errors", .list(.text())),
            FieldDescription("warnings", .list(.text())),
        ])
    )
}
