import HTTPServer
import Services

extension BitcainAPI {
    /// Positions and lots.
    static let costBasisRoutes = [
        describe(
            .get,
            "/cost-basis",
            id: "get_portfolio_cost_basis",
            summary: "Get Portfolio Cost Basis",
            text: "Positions with cost, value and gains, first in, first out over all accounts.",
            scope: "read",
            answers: [
                AnswerDescription(200, "The positions, by asset.", [.json(costBasisForm)]),
                BitcainAnswers.outOfRange,
            ]
        ),
        describe(
            .get,
            "/cost-basis/lots",
            id: "get_account_cost_basis_lots",
            summary: "Get Account Cost Basis Lots",
            text: "Every lot, closed ones too.",
            scope: "read",
            answers: [
                AnswerDescription(200, "The lots, by acquisition.", [.json(lotsForm, example: lotsExample)]),
                BitcainAnswers.outOfRange,
            ]
        ),
        describe(
            .post,
            "/cost-basis/lots/rebuild",
            id: "rebuild_account_cost_basis_lots",
            summary: "Rebuild Account Cost Basis Lots",
            text: "Computes the lots again from the journal and says what they come to.",
            scope: "write",
            parameters: [idempotencyKey],
            answers: [
                AnswerDescription(
                    200,
                    "What the lots come to.",
                    [.json(rebuildForm, example: rebuildExample)],
                    headers: [BitcainAnswers.replayed]
                ), BitcainAnswers.outOfRange, BitcainAnswers.keyRefused, BitcainAnswers.underWay,
            ] + BitcainAnswers.bodies
        ),
    ]

    /// The header that makes sending a request again harmless.
    static let idempotencyKey = ParameterDescription(
        "Idempotency-Key",
        in: .header,
        .text(TextRule(pattern: "^[!-~]+$", shortest: 1, longest: IdempotencyClaim.keyBytesMax)),
        "A name for this request: sent again with it, the request is not carried out again."
    )

    private static let costBasisForm = ValueSchema.named(
        "CostBasis",
        .record([
            BitcainSchemas.success,
            FieldDescription("method", .choice(["FIFO"])),
            FieldDescription("positions", .list(position)),
            FieldDescription("totals", totals),
        ])
    )

    private static let position = ValueSchema.named(
        "Position",
        .record(
            [
                FieldDescription("asset", BitcainSchemas.assetCode),
                FieldDescription("quantity", BitcainSchemas.amount),
                FieldDescription("cost_basis_usd", BitcainSchemas.amount.orNull),
                FieldDescription("average_cost_usd", BitcainSchemas.amount.orNull),
                FieldDescription("market_value_usd", BitcainSchemas.amount.orNull),
                FieldDescription("unrealized_pnl_usd", BitcainSchemas.amount.orNull),
                FieldDescription("unrealized_pnl_percentage", BitcainSchemas.amount.orNull),
                FieldDescription("realized_pnl_usd", BitcainSchemas.amount.orNull),
            ] + BitcainSchemas.priceAge
        )
    )

    private static let totals = ValueSchema.named(
        "CostBasisTotals",
        .record([
            FieldDescription("cost_basis_usd", BitcainSchemas.amount),
            FieldDescription("market_value_usd", BitcainSchemas.amount),
            FieldDescription("unrealized_pnl_usd", BitcainSchemas.amount),
            FieldDescription("realized_pnl_usd", BitcainSchemas.amount),
        ])
    )

    private static let lotsForm = ValueSchema.named(
        "Lots",
        .record([
            BitcainSchemas.success,
            FieldDescription("count", BitcainSchemas.count),
            FieldDescription("lots", .list(lot)),
        ])
    )

    private static let lot = ValueSchema.named(
        "Lot",
        .record([
            FieldDescription("lot_id", .text(), "The same however often lots are computed."),
            FieldDescription("asset", BitcainSchemas.assetCode),
            FieldDescription("acquired_at", BitcainSchemas.time),
            FieldDescription("quantity", BitcainSchemas.amount),
            FieldDescription("remaining_quantity", BitcainSchemas.amount),
            FieldDescription("unit_cost_usd", BitcainSchemas.amount.orNull),
            FieldDescription("cost_basis_usd", BitcainSchemas.amount.orNull, "The cost of what remains."),
            FieldDescription("source", .text(), "The venue of the account with `_csv`."),
            FieldDescription("is_closed", .boolean),
        ])
    )

    private static let lotsExample = """
        {"success":true,"count":1,"lots":[{"lot_id":"1.in","asset":"BTC","acquired_at":"2022-03-25T06:45:27Z",\
        "quantity":"0.5","remaining_quantity":"0.3","unit_cost_usd":"40200","cost_basis_usd":"12060",\
        "source":"coinbase_csv","is_closed":false}]}
        """

    private static let rebuildForm = ValueSchema.named(
        "Rebuild",
        .record([
            BitcainSchemas.success,
            FieldDescription("lots_created", BitcainSchemas.count),
            FieldDescription("disposals_matched", BitcainSchemas.count),
            FieldDescription("unmatched_disposals", BitcainSchemas.count),
            FieldDescription("rebuilt_at", BitcainSchemas.time),
        ])
    )

    private static let rebuildExample = """
        {"success":true,"lots_created":3,"disposals_matched":1,"unmatched_disposals":0,\
        "rebuilt_at":"2024-06-15T12:00:00Z"}
        """
}
