import CommandLine
import GraphQL
import Time
import TrustVaultAPI

/// The settings of TrustVault's user portfolio and of the GraphQL that it is asked in.
enum TrustVaultSettingSpecs {
    static let specs: [SettingSpec] = [
        SettingSpec(
            "trustvault.available_from",
            .formed(
                SettingForm("an instant such as 2021-02-16T00:00:00Z") { (try? Timestamp.parse($0)) != nil }
            ),
            "the instant before which the user portfolio tells nothing; without it all that the ledger knows"
        ),
        number(
            "trustvault.points_max",
            1...10_000,
            "200",
            "the most points of a portfolio's range; of more the newest come"
        ),
        SettingSpec("graphql.introspection", .boolean, default: "true", "let clients ask for the schema"),
        SettingSpec(
            "graphql.graphiql",
            .boolean,
            default: "true",
            "serve the page for trying queries at /graphiql"
        ),
        SettingSpec(
            "graphql.body_bytes_max",
            .bytes(1024...67_108_864),
            default: "256KiB",
            "the largest body of a GraphQL request"
        ),
        number("graphql.tokens_max", 1...1_000_000, "2000", "the most tokens of a document"),
        number(
            "graphql.nesting_max",
            1...DocumentLimits.nestingMax,
            "64",
            "the deepest nesting that is parsed"
        ),
        number("graphql.depth_max", 1...DocumentLimits.nestingMax, "15", "the deepest fields within fields"),
        number(
            "graphql.fields_max",
            1...100_000,
            "500",
            "the most fields of an operation, fragments expanded"
        ),
        number("graphql.aliases_max", 0...100_000, "30", "the most aliases of an operation"),
        number("graphql.directives_max", 0...100_000, "50", "the most directives of an operation"),
        number("graphql.fragments_max", 0...10_000, "50", "the most fragments of a document"),
        number("graphql.operations_max", 1...10_000, "10", "the most operations of a document"),
        number("graphql.variables_max", 0...10_000, "50", "the most variables of an operation"),
        number("graphql.errors_max", 2...1000, "5", "the most errors of a document that are told"),
        number(
            "graphql.cost_max",
            1...10_000_000,
            "20000",
            "the most balances of an operation: points times assets, over all its portfolios"
        ),
        SettingSpec(
            "graphql.time_max",
            .duration(.milliseconds(10)...(.seconds(600))),
            default: "5s",
            "how long an operation may take"
        ),
    ]

    private static func number(
        _ name: String,
        _ range: ClosedRange<Int>,
        _ standard: String,
        _ summary: String
    ) -> SettingSpec {
        SettingSpec(name, .integer(range), default: standard, summary)
    }

    /// What the dialect takes of them.
    static func limits(_ settings: Settings) -> TrustVaultLimits {
        var limits = TrustVaultLimits()
        limits.availableFrom = settings.setting("trustvault.available_from").text
            .flatMap { try? Timestamp.parse($0) }
        limits.pointsMax = settings.integer("trustvault.points_max")
        limits.hasIntrospection = settings.boolean("graphql.introspection")
        limits.hasGraphiQL = settings.boolean("graphql.graphiql")
        limits.bodyBytesMax = settings.integer("graphql.body_bytes_max")
        limits.cost = settings.integer("graphql.cost_max")
        limits.time = settings.duration("graphql.time_max")
        limits.document = DocumentLimits(
            tokens: settings.integer("graphql.tokens_max"),
            nesting: settings.integer("graphql.nesting_max"),
            depth: settings.integer("graphql.depth_max"),
            fields: settings.integer("graphql.fields_max"),
            aliases: settings.integer("graphql.aliases_max"),
            directives: settings.integer("graphql.directives_max"),
            fragments: settings.integer("graphql.fragments_max"),
            operations: settings.integer("graphql.operations_max"),
            variables: settings.integer("graphql.variables_max"),
            errors: settings.integer("graphql.errors_max")
        )
        return limits
    }
}
