import GraphQL

/// A user's holdings as a schema, with made-up data: what the engine's own tests and measures ask.
enum PortfolioSchema {
    /// Who asks: what was fetched for one request is read from here.
    struct Caller {
        var currencies: [String: Int] = ["GBP": 2, "USD": 3, "EUR": 4]
        var points = 2
        var assets = 2
        /// Told which currencies were looked ahead for.
        var fetched: @Sendable ([String]) -> Void = { _ in }
    }

    struct Amount {
        let units: Int
        let currency: String
        let rates: [String: Int]

        func converted(to currency: String) throws -> Amount {
            guard let rate = rates[currency] else {
                throw GraphQLError("There is no rate for \(currency).", code: "NO_RATE")
            }
            return Amount(units: units * rate, currency: currency, rates: rates)
        }
    }

    struct Balance {
        let amount: Amount?
    }

    struct Portfolio {
        let hour: Int
        let caller: Caller

        var balances: [Balance?] {
            (0..<caller.assets).map { asset in
                Balance(amount: Amount(units: hour + asset, currency: "C\(asset)", rates: caller.currencies))
            }
        }
    }

    enum Period: String, CaseIterable {
        case hourly = "HOURLY"
        case daily = "DAILY"
    }

    static func make() throws -> ExecutableSchema<Caller> {
        let schema = SchemaBuilder(root: Caller.self)
        let period = schema.enumeration("TimePeriod", of: Period.self, "How far apart points are.")

        let currency = Argument("currency", .required(.string))
        let amount = schema.object("Amount", of: Amount.self, "How much of one asset.")
        amount.field(
            "value",
            NullableType<Int>.text { units, bytes in bytes.append(contentsOf: String(units).utf8) }
        ) {
            $0.units
        }
        amount.field("currency", .required(.string)) { $0.currency }
        amount.field("timestamp", .string) { _ in nil }
        amount.field("in", amount.required, currency, description: "The same in another currency.") {
            amount,
            currency in
            try amount.converted(to: currency)
        }

        let balance = schema.object("Balance", of: Balance.self)
        balance.field("amount", amount.nullable) { $0.amount }

        let portfolio = schema.object("Portfolio", of: Portfolio.self)
        portfolio.field("timestamp", .required(.string)) { "T\($0.hour)" }
        portfolio.field("balances", .list(balance.nullable)) { $0.balances }
        portfolio.field("total", amount.required) { portfolio in
            Amount(units: portfolio.hour * 10, currency: "GBP", rates: portfolio.caller.currencies)
        }

        let user = schema.object("User", of: Caller.self)
        user.field(
            "portfolio",
            .required(.list(portfolio.required)),
            Argument("startDate", .string),
            Argument("limit", .int, default: .number("200")),
            Argument("timePeriod", period.input)
        ) { caller, _, limit, period, execution in
            try execution.charge((limit ?? 0) * caller.assets)
            return (0..<min(caller.points, limit ?? 0)).map { place in
                Portfolio(hour: period == .daily ? place * 24 : place, caller: caller)
            }
        }

        schema.query.field("user", user.required) { caller, execution in
            caller.fetched(try execution.lookAhead.all(named: "in").map { try $0.value(of: currency) })
            return caller
        }
        schema.query.field("fails", .string) { _ in throw Broken() }
        schema.query.field("failsHard", .required(.string)) { _ in
            throw GraphQLError("It broke.", code: "BROKEN")
        }
        schema.mutation.field("rename", .required(.string), Argument("to", .required(.string))) { _, name in
            name
        }
        return try schema.finish()
    }

    struct Broken: Error {}
}
