import HTTPServer
import Services

extension CryptFolioAPI {
    /// One of the three sorts of thing in a portfolio.
    private struct Sort {
        /// The name in paths.
        let plural: String
        /// The name of one.
        let singular: String
        let row: ValueSchema
        let one: ValueSchema
        let balance: ValueSchema
        let draft: [FieldDescription]
        let edit: [FieldDescription]
        var text: String?
        var example: String?
    }

    static func addressDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let address = FieldDescription(
            "address",
            .text(TextRule(shortest: 1, longest: 200)),
            "On the chain of the currency."
        )
        let edit = FieldDescription(
            "address",
            .text(TextRule(shortest: 1, longest: 200)),
            isRequired: false,
            "On the same chain."
        )
        let currency = FieldDescription("currency", .text(TextRule(shortest: 1, longest: 64)), "A code.")
        return descriptions(
            of: Sort(
                plural: "addresses",
                singular: "address",
                row: forms.addressRow,
                one: forms.address,
                balance: forms.addressBalance,
                draft: [optionalTitle, address, currency],
                edit: [optionalTitle, edit],
                text: "One with a wrong checksum is kept, says so, and is never asked for.",
                example: """
                    {"title":"My address","address":"18AFFdLPk7Sg1zu8HZanVYZ1dBkhheRr7Z","currency":"btc"}
                    """
            ),
            forms
        )
    }

    static func accountDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let secrets = [
            ("key", "The venue's key."), ("secret", "The venue's secret; never told again."),
            ("passphrase", "Where the venue has one."), ("api_key", "The same as `key`."),
            ("api_secret", "The same as `secret`."),
        ].map { FieldDescription($0.0, .text(), isRequired: false, $0.1) }
        let type = FieldDescription(
            "type",
            .text(TextRule(shortest: 1, longest: 64)),
            "The venue, such as `kraken`."
        )
        return descriptions(
            of: Sort(
                plural: "accounts",
                singular: "account",
                row: forms.account,
                one: forms.account,
                balance: forms.row,
                draft: [optionalTitle, type] + secrets,
                edit: [optionalTitle] + secrets,
                text: "One of a venue without a connector is kept, says so, and can be filled from a file.",
                example: #"{"title":"My account","type":"kraken","key":"…","secret":"…"}"#
            ),
            forms
        )
    }

    static func offsetDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let balances = ValueSchema.list(
            .form([
                FieldDescription("currency", .text(TextRule(shortest: 1, longest: 64)), "A code."),
                FieldDescription(
                    "balance",
                    .either([.text(), .number()]),
                    "A number or its text, of at most 18 decimals; may be below zero."
                ),
            ]),
            maximum: forms.limits.balancesPerOffsetMax
        )
        return descriptions(
            of: Sort(
                plural: "offsets",
                singular: "offset",
                row: forms.offsetRow,
                one: forms.offset,
                balance: forms.row,
                draft: [title, FieldDescription("balances", balances, "What is stated.")],
                edit: [
                    optionalTitle,
                    FieldDescription(
                        "balances",
                        balances,
                        isRequired: false,
                        "What is stated from now on, in place of all that was."
                    ),
                ],
                example: #"{"title":"Paper wallet","balances":[{"currency":"btc","balance":"1.5"}]}"#
            ),
            forms
        )
    }

    private static func descriptions(of sort: Sort, _ forms: CryptFolioSchemas) -> [RouteDescription] {
        let all = "/portfolios/{portfolio_id}/" + sort.plural
        let one = all + "/{id}"
        let id = ParameterDescription(
            "id",
            in: .path,
            CryptFolioSchemas.number,
            example: 1,
            "The \(sort.singular)."
        )
        let name = sort.singular.titled
        return [
            describe(
                all,
                id: sort.plural,
                summary: "List \(sort.plural.titled)",
                parameters: [portfolioID],
                result: forms.list(sort.plural, sort.row)
            ),
            describe(
                .post,
                all,
                id: sort.singular + "_create",
                summary: "Create \(name)",
                text: sort.text,
                scopes: ["read", "write"],
                parameters: [portfolioID],
                body: body("The \(sort.singular).", sort.draft, example: sort.example),
                result: sort.one
            ),
            describe(
                .delete,
                all,
                id: sort.singular + "_delete_one",
                summary: "Delete \(name) by Number",
                text: "The number stands in the query or in the body.",
                scopes: ["read", "delete"],
                parameters: [
                    portfolioID,
                    ParameterDescription(
                        "id",
                        in: .query,
                        CryptFolioSchemas.number,
                        "The \(sort.singular), unless the body names it."
                    ),
                ],
                body: body(
                    "The number.",
                    isRequired: false,
                    [FieldDescription("id", CryptFolioSchemas.number, isRequired: false)]
                ),
                result: sort.one
            ),
            describe(
                one,
                id: sort.singular,
                summary: "Get \(name)",
                parameters: [portfolioID, id],
                result: sort.one
            ),
            describe(
                .patch,
                one,
                id: sort.singular + "_update",
                summary: "Update \(name)",
                scopes: ["read", "write"],
                parameters: [portfolioID, id],
                body: body("What is to be changed.", sort.edit),
                result: sort.one
            ),
            describe(
                .delete,
                one,
                id: sort.singular + "_delete",
                summary: "Delete \(name)",
                text: "The answer is what was there.",
                scopes: ["read", "delete"],
                parameters: [portfolioID, id],
                result: sort.one
            ),
            describe(
                one + "/balances",
                id: sort.singular + "_balances",
                summary: "Get Balances of \(name)",
                parameters: [portfolioID, id],
                result: forms.list("balances", sort.balance),
                answers: [CryptFolioAnswers.outOfRange]
            ),
        ]
            + ["txns", "transactions"].map { path in
                describe(
                    one + "/" + path,
                    id: sort.singular + "_" + path,
                    summary: "List Transactions of \(name)",
                    text:
                        "The newest first, all of them unless a part is asked for. Both paths are the same.",
                    parameters: [
                        portfolioID, id,
                        ParameterDescription(
                            "limit",
                            in: .query,
                            .integer(minimum: 1, maximum: ListPage.rowsMax),
                            "The rows to show at most."
                        ),
                        ParameterDescription(
                            "offset",
                            in: .query,
                            .integer(minimum: 0, maximum: ListPage.rowsMax),
                            standard: 0,
                            "The rows to pass over."
                        ),
                    ],
                    result: forms.list("txns", forms.transaction),
                    answers: [
                        CryptFolioAnswers.failure(
                            422,
                            "`limit` or `offset` is no such number.",
                            name: "CryptFolioNoPage"
                        )
                    ]
                )
            } + [
                describe(
                    one + "/history",
                    id: sort.singular + "_history",
                    summary: "Get History of \(name)",
                    text: "One row a day and currency, the newest first.",
                    parameters: [portfolioID, id],
                    result: forms.list("balances", forms.row),
                    answers: [CryptFolioAnswers.outOfRange]
                )
            ]
    }
}

extension String {
    /// The same with a capital at its beginning.
    fileprivate var titled: String { prefix(1).uppercased() + dropFirst() }
}
