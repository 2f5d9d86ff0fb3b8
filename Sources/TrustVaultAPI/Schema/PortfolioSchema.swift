import GraphQL
import Money
import Services
import Time

/// The schema of TrustVault's user portfolio over the use cases; it computes nothing itself.
enum PortfolioSchema {
    /// The schema with its resolvers; what it reads is the visitor's own.
    static func make() throws(SchemaFault) -> ExecutableSchema<Visitor> {
        let schema = SchemaBuilder(root: Visitor.self)
        let (amount, balances) = addAmounts(to: schema)
        let portfolios = addPoints(to: schema, amount, balances)
        let wallets = SubWalletSchema.add(to: schema, balances)

        let period = schema.enumeration(
            "TimePeriod",
            of: TimePeriod.self,
            "The time between two points.",
            describe: { $0.words }
        )
        let user = schema.object("User", of: KnownVisitor.self, "The owner of the key.")
        user.field(
            "portfolio",
            portfolios.required,
            Argument("startDate", .string),
            Argument("endDate", .string),
            Argument("timePeriod", period.input),
            description: """
                All holdings at the nearest hour: now, at the end date, or over a range back from its end with both \
                ends included. Dates are ISO 8601; at most 200 points come, the newest.
                """
        ) { user, start, end, period, execution in
            let hours = try user.hours(start: start, end: end, period: period)
            let holdings = try user.holdings(at: hours)
            try execution.charge(holdings.amountCount)
            return holdings
        }
        user.field(
            "subWallets",
            wallets.required,
            Argument("limit", .int, "1 to 100; 20 unless given."),
            Argument("nextToken", .string, "What the page before told."),
            description: "The places where the holdings are: accounts, addresses and offsets."
        ) { user, limit, token, execution in
            let page = try user.subWallets(limit: limit, token: token)
            try execution.charge(page.cost)
            return page
        }

        let authentication = schema.input(
            "AuthenticationInput",
            of: String.self,
            Argument("apiKey", .required(.string)),
            description: "A key, for callers who cannot send the header x-api-key."
        ) { $0 }
        schema.query.field(
            "user",
            user.required,
            Argument("authentication", authentication.input, "Instead of the header x-api-key."),
            description: "Who asks."
        ) { visitor, key in try visitor.known(by: key) }
        return try schema.finish()
    }

    /// Instants to the millisecond.
    private static var instant: NullableType<Timestamp> { .text { $0.renderMilliseconds(into: &$1) } }

    /// Assets, amounts and balances; gives an amount and the list of balances.
    private static func addAmounts(
        to schema: SchemaBuilder<Visitor>
    ) -> (amount: ObjectBuilder<AmountSource>, balances: ObjectBuilder<BalanceList>) {
        let asset = schema.object("Asset", of: HoldingPoints.Currency.self, "A currency, coin or token.")
        asset.field("symbol", .string, description: "Its code.") { $0.code }
        asset.field("displaySymbol", .string, description: "Its code as people read it.") { $0.code }
        asset.field("name", .string, description: "Its name.") { $0.asset?.title }
        asset.field("type", .string, description: "Its sort, such as `CRYPTOCURRENCY`, `TOKEN` or `FIAT`.") {
            $0.asset?.kind.name.uppercased()
        }
        asset.field("chain", .string, description: "The chain that a token lives on, where it is known.") {
            $0.asset?.contract == nil ? nil : "ETHEREUM"
        }
        asset.field("decimalPlace", .int, description: "The decimals of its smallest unit.") {
            $0.asset?.decimals
        }

        let amount = schema.object(
            "Amount",
            of: AmountSource.self,
            "How much there is of a currency."
        )
        amount.field(
            "value",
            NullableType<AmountSource.Value>.text { $0.render(into: &$1) },
            description: "Decimals; the word `NaN` where no price leads to the currency."
        ) { $0.value }
        amount.field("currency", .required(.string), description: "The code of the currency.") {
            $0.currency.code
        }
        amount.field(
            "timestamp",
            instant,
            description: "When it was held; of a converted amount, the time of the oldest rate used."
        ) { $0.time }
        amount.field(
            "in",
            amount.required,
            Argument("currency", .required(.string), "The code of the currency."),
            description: "The same in another currency, by the prices known at the point's time."
        ) { amount, code in try amount.converted(to: code) }

        let balance = schema.object(
            "Balance",
            of: AmountSource.self,
            "How much is held of an asset."
        )
        balance.field("asset", asset.nullable) { $0.currency.isKnown ? $0.currency : nil }
        balance.field("amount", amount.nullable) { $0 }
        balance.field("available", amount.nullable, description: "What of it is free to be spent.") { $0 }

        let balances = schema.object("BalanceConnection", of: BalanceList.self, "Balances.")
        let items = NullableType.sequence(balance.nullable, of: BalanceList.self)
        balances.field("items", items) { $0 }
        balances.field("nextToken", .string, description: "Always null: all balances come at once.") { _ in
            nil
        }
        return (amount, balances)
    }

    /// What is held at an hour; gives the list of hours.
    private static func addPoints(
        to schema: SchemaBuilder<Visitor>,
        _ amount: ObjectBuilder<AmountSource>,
        _ balances: ObjectBuilder<BalanceList>
    ) -> ObjectBuilder<HoldingPoints> {
        let portfolio = schema.object(
            "Portfolio",
            of: PointSource.self,
            "All holdings at one hour."
        )
        portfolio.field("timestamp", instant.required) { $0.point.time }
        portfolio.field("total", amount.required, description: "The worth of what has a price.") { $0.total }
        portfolio.field("balances", balances.required, description: "By worth, largest first, then by code.")
        {
            $0.balances
        }
        portfolio.field(
            "unpriced",
            .required(.list(.required(.string))),
            description: "The codes of what is held and has no price, so that the total is without it."
        ) { $0.unpriced }

        let portfolios = schema.object(
            "PortfolioConnection",
            of: HoldingPoints.self,
            "The hours asked for."
        )
        let points = NullableType.sequence(portfolio.required, of: PointList.self)
        portfolios.field("items", points.required, description: "The newest first.") {
            PointList(holdings: $0)
        }
        portfolios.field("nextToken", .string, description: "Always null: all hours come at once.") { _ in nil
        }
        return portfolios
    }
}

/// The time between two points, by the schema's words.
enum TimePeriod: String, CaseIterable, Sendable {
    case hourly = "HOURLY"
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"

    var step: HoldingStep {
        switch self {
        case .hourly: .hourly
        case .daily: .daily
        case .weekly: .weekly
        case .monthly: .monthly
        }
    }

    /// What it is, for the schema's readers.
    var words: String {
        switch self {
        case .hourly: "One hour."
        case .daily: "24 hours."
        case .weekly: "Seven days."
        case .monthly: "30 days."
        }
    }
}
