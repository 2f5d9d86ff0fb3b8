import HTTPServer
import Services

extension CryptFolioAPI {
    static func publicDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let currencies = ValueSchema.record([
            FieldDescription("count", .integer(minimum: 0)),
            FieldDescription("currencies", .list(forms.currency)),
        ])
        let key = ParameterDescription(
            "key",
            in: .path,
            .text(TextRule(shortest: 1)),
            example: "kraken",
            "The source of prices."
        )
        return [
            describeOpen("/currencies", id: "currencies", summary: "List Currencies", result: currencies),
            describeOpen(
                "/currencies/cryptocurrencies",
                id: "cryptocurrencies",
                summary: "List Cryptocurrencies",
                result: currencies
            ),
            describeOpen("/currencies/fiat", id: "fiat", summary: "List Fiat Currencies", result: currencies),
            describeOpen(
                "/currencies/tokens",
                id: "tokens",
                summary: "List Ethereum Tokens",
                result: currencies
            ),
            describeOpen(
                "/currencies/{code}",
                id: "currency",
                summary: "Get Currency",
                parameters: [code("code")],
                result: forms.currency
            ),
            describeOpen(
                "/currencies/{code}/exchanges",
                id: "currency_exchanges",
                summary: "List Exchanges of a Currency",
                text: "The sources of prices that have a rate of it.",
                parameters: [code("code")],
                result: CryptFolioSchemas.sources("exchanges")
            ),
            describeOpen(
                "/exchanges",
                id: "exchanges",
                summary: "List Exchanges",
                text: "The public sources of prices; what an owner typed in or imported is not shown.",
                result: CryptFolioSchemas.sources("exchanges")
            ),
            describeOpen(
                "/exchanges/{key}",
                id: "exchange",
                summary: "Get Exchange",
                parameters: [key],
                result: CryptFolioSchemas.source
            ),
            describeOpen(
                "/exchanges/{key}/{currency1}/{currency2}",
                id: "exchange_rate",
                summary: "Get Rate at an Exchange",
                parameters: [key, code("currency1"), code("currency2")],
                result: forms.rate
            ),
            describeOpen(
                "/sources",
                id: "sources",
                summary: "List Sources",
                result: CryptFolioSchemas.sources("sources")
            ),
            describeOpen(
                "/source/{key}",
                id: "source",
                summary: "Get Source",
                parameters: [key],
                result: CryptFolioSchemas.source
            ),
            describeOpen("/rates", id: "rates", summary: "List Rates", result: .list(forms.rate)),
            describeOpen(
                "/rate/{currency1}/{currency2}",
                id: "rate",
                summary: "List Rates of a Pair",
                parameters: [code("currency1"), code("currency2")],
                result: .list(forms.rate)
            ),
            describeOpen(
                "/status",
                id: "status",
                summary: "Get Status",
                result: .record([FieldDescription("ok", .list(.choice(["tickers", "jobs"])))])
            ),
        ]
    }

    static func portfolioDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let codes = ValueSchema.list(
            .text(TextRule(shortest: 1, longest: 64)),
            maximum: forms.limits.currenciesMax
        )
        return [
            describe("/user", id: "user", summary: "Get User", scopes: ["info"], result: forms.user),
            describe(
                "/portfolios",
                id: "portfolios",
                summary: "List Portfolios",
                text: "With the numbers of what is in them.",
                result: .list(forms.portfolioRow)
            ),
            describe(
                .post,
                "/portfolios",
                id: "portfolio_create",
                summary: "Create Portfolio",
                scopes: ["read", "write"],
                body: body(
                    "The portfolio.",
                    [title, FieldDescription("currencies", codes, "What it is reported in.")],
                    example: #"{"title":"My portfolio","currencies":["btc","usd"]}"#
                ),
                result: forms.portfolio
            ),
            describe(
                "/portfolios/{portfolio_id}",
                id: "portfolio",
                summary: "Get Portfolio",
                parameters: [portfolioID],
                result: forms.portfolio
            ),
            describe(
                .patch,
                "/portfolios/{portfolio_id}",
                id: "portfolio_update",
                summary: "Update Portfolio",
                scopes: ["read", "write"],
                parameters: [portfolioID],
                body: body(
                    "What is to be changed.",
                    [
                        optionalTitle,
                        FieldDescription("currencies", codes, isRequired: false, "What it is reported in."),
                    ],
                    example: #"{"title":"My updated portfolio"}"#
                ),
                result: forms.portfolio
            ),
            describe(
                .delete,
                "/portfolios/{portfolio_id}",
                id: "portfolio_delete",
                summary: "Delete Portfolio",
                text: "With all that is in it; the answer is what was there.",
                scopes: ["read", "delete"],
                parameters: [portfolioID],
                result: forms.portfolio
            ),
        ]
    }

    static func sumDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let rows = forms.list("balances", forms.row)
        let converted = forms.list("balances", forms.convertedRow)
        func sums(
            _ path: String,
            _ id: String,
            _ summary: String,
            _ text: String,
            _ result: ValueSchema,
            isOfOne: Bool = false
        ) -> RouteDescription {
            describe(
                "/portfolios/{portfolio_id}/" + path,
                id: id,
                summary: summary,
                text: text,
                parameters: [portfolioID] + (isOfOne ? [code("currency")] : []),
                result: result,
                answers: [CryptFolioAnswers.outOfRange]
            )
        }
        return [
            sums(
                "balances",
                "balances",
                "Get Balances",
                "What is held of each reporting currency, over all accounts, addresses and offsets.",
                rows
            ),
            sums(
                "balances/history",
                "balances_history",
                "Get Balances over Time",
                "One row a day and currency, the newest first.",
                rows
            ),
            sums(
                "balances/{currency}",
                "balance",
                "Get Balance of a Currency",
                "One row, also for a currency that the portfolio is not reported in.",
                rows,
                isOfOne: true
            ),
            sums(
                "balances/{currency}/history",
                "balance_history",
                "Get Balance of a Currency over Time",
                "One row a day, the newest first.",
                rows,
                isOfOne: true
            ),
            sums(
                "converted",
                "converted",
                "Get Converted Balances",
                "All that is held, expressed in each reporting currency.",
                converted
            ),
            sums(
                "converted/history",
                "converted_history",
                "Get Converted Balances over Time",
                "One row a day and currency, the newest first.",
                converted
            ),
            sums(
                "inventory",
                "inventory",
                "Get Inventory",
                "What purchases and sales alone come to, for each reporting currency.",
                rows
            ),
        ]
    }

    static func currencyDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let result = forms.list("currencies", forms.currency)
        let fields = [
            FieldDescription(
                "currency",
                .text(TextRule(shortest: 1, longest: 64)),
                isRequired: false,
                "A code."
            ),
            FieldDescription(
                "currencies",
                .list(.text(TextRule(shortest: 1, longest: 64)), maximum: forms.limits.currenciesMax),
                isRequired: false,
                "Several codes."
            ),
        ]
        let number = FieldDescription(
            "portfolio_id",
            CryptFolioSchemas.number,
            isRequired: false,
            "The portfolio; may be left away where there is one alone."
        )
        let code = ParameterDescription(
            "currency",
            in: .query,
            .text(TextRule(shortest: 1, longest: 64)),
            "A code, where the body names none; `currencies[]` is taken too."
        )
        let path = "/portfolios/{portfolio_id}/currencies"
        let (add, remove) = (["read", "write"], ["read", "delete"])
        let (adding, removing) = ("Add Portfolio Currencies", "Remove Portfolio Currencies")
        return [
            describe(
                path,
                id: "portfolio_currencies",
                summary: "List Portfolio Currencies",
                parameters: [portfolioID],
                result: result
            ),
            describe(
                .post,
                path,
                id: "portfolio_currency_add",
                summary: adding,
                scopes: add,
                parameters: [portfolioID],
                body: body("What is added.", fields, example: #"{"currency":"ltc"}"#),
                result: result
            ),
            describe(
                .delete,
                path,
                id: "portfolio_currency_remove",
                summary: removing,
                scopes: remove,
                parameters: [portfolioID, code],
                body: body("What is removed.", isRequired: false, fields, example: #"{"currency":"ltc"}"#),
                result: result
            ),
            describe(
                .post,
                literalCurrencies,
                id: "portfolio_currency_add_literal",
                summary: adding,
                text: "The path as the published page has it; without an alias.",
                scopes: add,
                body: body("What is added, and where.", fields + [number]),
                result: result
            ),
            describe(
                .delete,
                literalCurrencies,
                id: "portfolio_currency_remove_literal",
                summary: removing,
                text: "The path as the published page has it; without an alias.",
                scopes: remove,
                parameters: [code],
                body: body("What is removed, and where.", isRequired: false, fields + [number]),
                result: result
            ),
        ]
    }

    static func userDescriptions(_ forms: CryptFolioSchemas) -> [RouteDescription] {
        let id = ParameterDescription("id", in: .path, CryptFolioSchemas.number, example: 2, "The user.")
        func fields(isRequired: Bool) -> [FieldDescription] {
            [
                FieldDescription("name", .text(TextRule(shortest: 1)), isRequired: isRequired),
                FieldDescription("email", .text(TextRule(format: "email")), isRequired: isRequired),
                FieldDescription(
                    "password",
                    .text(TextRule(shortest: 8, longest: 1024)),
                    isRequired: isRequired
                ),
            ]
        }
        let text = "For administrators, and for enterprises about users whom they made."
        return [
            describe(
                "/users",
                id: "users",
                summary: "List Users",
                text: text,
                scopes: ["admin"],
                result: forms.list("users", forms.managedUser)
            ),
            describe(
                .post,
                "/users/create",
                id: "user_create",
                summary: "Create User",
                text: text,
                scopes: ["admin"],
                body: body(
                    "The user.",
                    fields(isRequired: true),
                    example: #"{"name":"Ada","email":"ada@example.org","password":"correct horse battery"}"#
                ),
                result: forms.managedUser
            ),
            describe(
                .patch,
                "/users/{id}",
                id: "user_update",
                summary: "Update User",
                text: text + " Another password ends all sign-ins of the user.",
                scopes: ["admin"],
                parameters: [id],
                body: body("What is to be changed.", fields(isRequired: false)),
                result: forms.managedUser
            ),
            describe(
                .delete,
                "/users/{id}",
                id: "user_delete",
                summary: "Delete User",
                text: text + " The answer is what was there.",
                scopes: ["admin"],
                parameters: [id],
                result: forms.managedUser
            ),
        ]
    }
}
