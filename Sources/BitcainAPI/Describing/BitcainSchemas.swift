import HTTPServer

/// The forms that bitcain's bodies are made of.
enum BitcainSchemas {
    static let amount = ValueSchema.named(
        "Amount",
        .described(
            "A number as text, exact to 18 decimals.",
            .text(TextRule(pattern: "^-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$", longest: 42))
        )
    )

    static let time = ValueSchema.named(
        "Time",
        .described(
            "An instant in UTC after ISO 8601.",
            .text(TextRule(format: "date-time", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"))
        )
    )

    static let assetCode = ValueSchema.named(
        "AssetCode",
        .described("The code of an asset, such as BTC.", .text(TextRule(shortest: 1, longest: 64)))
    )

    static let count = ValueSchema.integer(minimum: 0)

    /// A failure as one sentence.
    static let detail = ValueSchema.named(
        "HTTPError",
        .record([FieldDescription("detail", .text(), "What is wrong, for people.")])
    )

    /// Failures of parameters and fields, as the framework of the original has them.
    static let validation = ValueSchema.named(
        "HTTPValidationError",
        .record([FieldDescription("detail", .list(validationItem))])
    )

    private static let validationItem = ValueSchema.named(
        "ValidationError",
        .record([
            FieldDescription("type", .text(), "The kind of failure, for programs."),
            FieldDescription("loc", .list(.either([.text(), .integer()])), "The way to what is wrong."),
            FieldDescription("msg", .text(), "What is wrong, for people."),
            FieldDescription("input", .anything, "The value found."),
            FieldDescription("ctx", .map(.anything), isRequired: false, "Further facts."),
        ])
    )

    /// The constant `success`.
    static let success = FieldDescription("success", .boolean)

    /// The fields that say at what price something is valued.
    static let pricing =
        [
            FieldDescription("price_usd", amount.orNull, "The price of one; null when none is known."),
            FieldDescription("value_usd", amount.orNull, "Quantity by price; null when no price is known."),
        ] + priceAge

    /// The fields that say how old a price is.
    static let priceAge = [
        FieldDescription("price_time", time.orNull, "The instant of the oldest rate used."),
        FieldDescription(
            "stale",
            .either([.boolean, .null]),
            "Whether a rate used is older than the settings allow."
        ),
    ]
}
