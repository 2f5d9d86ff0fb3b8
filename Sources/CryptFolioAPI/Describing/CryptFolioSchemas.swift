import HTTPServer
import Services

/// The forms of CryptFolio's values in one revision.
struct CryptFolioSchemas {
    let revision: CryptFolioRevision
    /// The bounds of what is tracked.
    let limits: TrackingLimits

    // MARK: Parts

    static let number = ValueSchema.integer(minimum: 1)
    static let text = ValueSchema.text()
    static let optionalText = ValueSchema.either([.text(), .null])
    static let amount = ValueSchema.described(
        "An exact amount with at least one decimal.",
        .text(TextRule(pattern: "^-?[0-9]+\\.[0-9]+$"))
    )

    var time: ValueSchema {
        switch revision {
        case .r2018_01:
            .text(TextRule(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$"))
        case .r2019_03:
            .text(TextRule(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\+00:00$"))
        }
    }

    var optionalTime: ValueSchema { .either([time, .null]) }

    static let titled = ValueSchema.record([
        FieldDescription("title", text), FieldDescription("code", text),
    ])

    /// What says what a row is of.
    var currencyOfRow: ValueSchema {
        revision == .r2018_01 ? CryptFolioSchemas.text : CryptFolioSchemas.titled
    }

    /// A list, as the revision has it.
    func list(_ name: String, _ element: ValueSchema) -> ValueSchema {
        revision.wrapsLists ? .record([FieldDescription(name, .list(element))]) : .list(element)
    }

    /// A result in its envelope.
    static func envelope(_ result: ValueSchema) -> ValueSchema {
        .record([
            FieldDescription("success", .boolean, "True."),
            FieldDescription("time", .integer(minimum: 0), "When it was answered, in seconds since 1970."),
            FieldDescription("result", result),
        ])
    }

    static let failure = ValueSchema.named(
        "CryptFolioFailure",
        .record([
            FieldDescription("success", .boolean, "False."),
            FieldDescription("time", .integer(minimum: 0), "When it was answered, in seconds since 1970."),
            FieldDescription("message", text, "Fixed words."),
            FieldDescription(
                "invalid",
                .list(text),
                isRequired: false,
                "What is wrong with the request, a sentence each."
            ),
            FieldDescription("detail", text, isRequired: false, "What else there is to say."),
        ])
    )

    // MARK: Objects

    var user: ValueSchema {
        .record([
            FieldDescription("name", CryptFolioSchemas.text),
            FieldDescription("email", CryptFolioSchemas.optionalText),
            FieldDescription("created_at", time),
        ])
    }

    var managedUser: ValueSchema {
        .named(
            "CryptFolioUser",
            .record([
                FieldDescription("id", CryptFolioSchemas.number),
                FieldDescription("name", CryptFolioSchemas.text),
                FieldDescription("email", CryptFolioSchemas.optionalText),
                FieldDescription("created_at", time),
            ])
        )
    }

    private func portfolio(
        _ counted: (_ rows: ValueSchema) -> ValueSchema,
        _ currencies: ValueSchema
    ) -> ValueSchema {
        .record(
            [
                FieldDescription("id", CryptFolioSchemas.number),
                FieldDescription("title", CryptFolioSchemas.text), FieldDescription("created_at", time),
                FieldDescription("updated_at", time),
                FieldDescription("balances_last_updated", optionalTime),
                FieldDescription("histories_last_updated", optionalTime),
                FieldDescription("converted_balances_last_updated", optionalTime),
                FieldDescription("converted_histories_last_updated", optionalTime),
                FieldDescription("currencies", currencies), FieldDescription("accounts", counted(account)),
                FieldDescription("addresses", counted(addressRow)),
                FieldDescription("offsets", counted(offsetRow)),
            ]
                + (revision == .r2018_01
                    ? [] : [FieldDescription("source", CryptFolioSchemas.text, "What made it.")])
        )
    }

    var portfolioRow: ValueSchema {
        .named("CryptFolioPortfolioRow", portfolio({ _ in .integer(minimum: 0) }, .integer(minimum: 1)))
    }

    var portfolio: ValueSchema {
        .named("CryptFolioPortfolio", portfolio({ .list($0) }, .list(CryptFolioSchemas.titled)))
    }

    var account: ValueSchema {
        let middle =
            switch revision {
            case .r2018_01:
                [
                    FieldDescription("type", CryptFolioSchemas.optionalText, "The venue."),
                    FieldDescription("source", CryptFolioSchemas.text, "What made it."),
                    FieldDescription("is_invalid", .boolean),
                    FieldDescription("latest_error", CryptFolioSchemas.optionalText),
                ]
            case .r2019_03:
                [
                    FieldDescription("wallet", .either([CryptFolioSchemas.titled, .null]), "The venue."),
                    FieldDescription("valid", .boolean),
                ]
            }
        return .named(
            "CryptFolioAccount",
            .record(
                [
                    FieldDescription("id", CryptFolioSchemas.number),
                    FieldDescription("title", CryptFolioSchemas.text),
                ] + middle + [
                    FieldDescription("created_at", time), FieldDescription("updated_at", time),
                    FieldDescription("last_updated", optionalTime),
                    FieldDescription("txns_last_updated", optionalTime),
                    FieldDescription("history_last_updated", optionalTime),
                ]
            )
        )
    }

    var addressRow: ValueSchema {
        switch revision {
        case .r2018_01: address
        case .r2019_03: .named("CryptFolioAddressRow", .record(addressHead))
        }
    }

    private var addressHead: [FieldDescription] {
        [
            FieldDescription("id", CryptFolioSchemas.number),
            FieldDescription("title", CryptFolioSchemas.text),
            FieldDescription("address", CryptFolioSchemas.text), FieldDescription("currency", currencyOfRow),
        ]
    }

    var address: ValueSchema {
        let rest =
            switch revision {
            case .r2018_01:
                [
                    FieldDescription("source", CryptFolioSchemas.text, "What made it."),
                    FieldDescription("is_invalid", .boolean),
                    FieldDescription("latest_error", CryptFolioSchemas.optionalText),
                    FieldDescription("created_at", time), FieldDescription("updated_at", time),
                    FieldDescription("last_updated", optionalTime),
                    FieldDescription("txns_last_updated", optionalTime),
                    FieldDescription("balances_ready", .boolean),
                    FieldDescription("next_update", optionalTime),
                    FieldDescription("balances", .list(addressBalance)),
                ]
            case .r2019_03:
                [
                    FieldDescription("valid", .boolean), FieldDescription("created_at", time),
                    FieldDescription("updated_at", time),
                    FieldDescription("txns_last_updated", optionalTime),
                    FieldDescription("source", CryptFolioSchemas.text, "What made it."),
                ]
            }
        return .named("CryptFolioAddress", .record(addressHead + rest))
    }

    var addressBalance: ValueSchema {
        let optionalAmount = ValueSchema.either([CryptFolioSchemas.amount, .null])
        let count = ValueSchema.either([.integer(minimum: 0), .null])
        let middle =
            switch revision {
            case .r2018_01:
                [
                    FieldDescription("balance_at", time), FieldDescription("sent", optionalAmount),
                    FieldDescription("received", optionalAmount), FieldDescription("tranasctions", count),
                ]
            case .r2019_03:
                [
                    FieldDescription("transactions", count), FieldDescription("created_at", time),
                    FieldDescription("updated_at", time),
                ]
            }
        return .record(
            [
                FieldDescription("currency", currencyOfRow),
                FieldDescription("balance", CryptFolioSchemas.amount),
            ] + middle + [FieldDescription("source", CryptFolioSchemas.text, "Who says so.")]
        )
    }

    var offsetRow: ValueSchema { .named("CryptFolioOffsetRow", .record(offsetHead)) }

    private var offsetHead: [FieldDescription] {
        [
            FieldDescription("id", CryptFolioSchemas.number),
            FieldDescription("title", CryptFolioSchemas.text), FieldDescription("created_at", time),
            FieldDescription("updated_at", time),
        ]
    }

    var offset: ValueSchema {
        let balance = ValueSchema.record([
            FieldDescription("currency", currencyOfRow),
            FieldDescription("balance", CryptFolioSchemas.amount),
            FieldDescription("created_at", time), FieldDescription("updated_at", time),
            FieldDescription("source", CryptFolioSchemas.text, "What stated it."),
        ])
        return .named(
            "CryptFolioOffset",
            .record(offsetHead + [FieldDescription("balances", .list(balance))])
        )
    }

    // MARK: Rows

    private var rowFields: [FieldDescription] {
        [
            FieldDescription("currency", currencyOfRow),
            FieldDescription("balance", CryptFolioSchemas.amount), FieldDescription("balance_at", time),
            FieldDescription("source", CryptFolioSchemas.text, "Who says so; `cryptfolio` for sums."),
        ]
    }

    var row: ValueSchema { .named("CryptFolioBalance", .record(rowFields)) }

    var convertedRow: ValueSchema {
        .named(
            "CryptFolioConverted",
            .record(
                rowFields + [
                    FieldDescription(
                        "unpriced",
                        .list(CryptFolioSchemas.text),
                        isRequired: false,
                        "What is held and not counted, as it has no price."
                    ),
                    FieldDescription("stale", .boolean, isRequired: false, "A price used was old."),
                ]
            )
        )
    }

    var transaction: ValueSchema {
        .named(
            "CryptFolioTransaction",
            .record([
                FieldDescription("currency", currencyOfRow),
                FieldDescription("delta", CryptFolioSchemas.amount, "Without the fee."),
                FieldDescription("txn_at", time),
                FieldDescription("fee", .either([CryptFolioSchemas.amount, .null])),
                FieldDescription("reference", CryptFolioSchemas.optionalText),
                FieldDescription("created_at", time), FieldDescription("updated_at", time),
                FieldDescription("source", CryptFolioSchemas.text, "What it came from."),
            ])
        )
    }

    var currency: ValueSchema {
        .named(
            "CryptFolioCurrency",
            .record([
                FieldDescription("id", .integer(minimum: 0)),
                FieldDescription("code", CryptFolioSchemas.text),
                FieldDescription("title", CryptFolioSchemas.text),
                FieldDescription("created_at", optionalTime), FieldDescription("updated_at", optionalTime),
                FieldDescription("is_cryptocurrency", .boolean), FieldDescription("is_fiat", .boolean),
                FieldDescription("is_ethereum_token", .boolean),
                FieldDescription("ethereum_contract_address", CryptFolioSchemas.optionalText),
                FieldDescription("source", CryptFolioSchemas.optionalText),
            ])
        )
    }

    // MARK: Sources and rates

    private static let sourceFields = [
        FieldDescription("key", text), FieldDescription("title", text), FieldDescription("url", text),
        FieldDescription("is_exchange", .boolean, "Whether things are traded there."),
    ]

    static func sources(_ name: String) -> ValueSchema {
        .record([
            FieldDescription("count", .integer(minimum: 0)),
            FieldDescription(name, .list(.record(sourceFields))),
        ])
    }

    static let source = ValueSchema.record(
        sourceFields + [
            FieldDescription(
                "pairs",
                .list(
                    .record([FieldDescription("currency1", text), FieldDescription("currency2", text)])
                )
            )
        ]
    )

    var rate: ValueSchema {
        .named(
            "CryptFolioRate",
            .record([
                FieldDescription("exchange", CryptFolioSchemas.text),
                FieldDescription("currency1", CryptFolioSchemas.text),
                FieldDescription("currency2", CryptFolioSchemas.text),
                FieldDescription("last_trade", CryptFolioSchemas.amount),
                FieldDescription("bid", .null), FieldDescription("ask", .null),
                FieldDescription("volume", .null), FieldDescription("time", time),
                FieldDescription("url", CryptFolioSchemas.text),
            ])
        )
    }
}
