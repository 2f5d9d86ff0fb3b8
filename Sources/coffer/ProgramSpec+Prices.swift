import CommandLine

/// The commands of prices.
extension Program {
    private static let ofAsset = OptionSpec.value("asset", "CODE", "the prices of one asset")

    static let pricesImport = CommandSpec(
        "prices import",
        "import prices from a CSV file",
        arguments: [ArgumentSpec("FILE", "the CSV file, or - for standard input")],
        options: [
            .value(
                "source",
                "NAME",
                "the name that the prices are kept under",
                defaultText: PricesCommand.standardSource
            ),
            .value("pair", "BASE/QUOTE", "the pair of a file that does not name it, such as BTC/USD"),
            .value(
                "step",
                "STEP",
                "how long the candles of a file are that does not say it",
                choices: PriceInput.steps
            ),
        ],
        examples: [
            "coffer prices import prices.csv", "coffer prices import XBTUSD_1440.csv --source kraken-files",
            "coffer prices import BTC.csv --pair BTC/EUR",
        ],
        details: """
            Layouts: date,asset,price_usd (a day's close in USD, used from the day's end), timestamp_utc,asset,\
            price_usd (an hour's close, used from the hour's end), time,base,quote,price (a price at an instant), and \
            the exports of CryptoDataDownload, Yahoo, Kraken, CoinGecko and the European Central Bank.
            """,
        exitCodes: opening + [.badInput, .refused]
    )

    static let pricesFetch = CommandSpec(
        "prices fetch",
        "fetch prices from the services that are turned on",
        options: [
            ofAsset, .value("from", "TIME", "from an instant, ISO 8601", defaultText: "the last fetch"),
            .value("to", "TIME", "up to an instant, ISO 8601", defaultText: "now"),
            .value("source", "NAME", "one service", choices: PriceSettings.services),
            .value("step", "STEP", "the step of the closes", defaultText: "day", choices: PriceInput.steps),
        ],
        examples: [
            "coffer prices fetch", "coffer prices fetch --asset BTC --from 2020-01-01 --source coinbase",
        ],
        details: """
            Services are off until prices.sources names some: nothing leaves this computer before. A running server \
            fetches by itself what is due.
            """,
        exitCodes: opening + [.refused]
    )

    static let pricesSet = CommandSpec(
        "prices set",
        "set a price by hand, which is preferred to all others",
        arguments: [
            ArgumentSpec("BASE", "what is priced"), ArgumentSpec("QUOTE", "what it is counted in"),
            ArgumentSpec("PRICE", "units of QUOTE for one BASE"),
        ],
        options: [.value("at", "TIME", "from an instant on, ISO 8601", defaultText: "now")],
        examples: ["coffer prices set MINE USD 0.25 --at 2024-01-31"],
        exitCodes: opening + [.refused]
    )

    static let pricesUnset = CommandSpec(
        "prices unset",
        "take prices that were set by hand back",
        arguments: [
            ArgumentSpec("BASE", "what is priced"), ArgumentSpec("QUOTE", "what it is counted in"),
        ],
        options: [.value("at", "TIME", "the one of an instant, ISO 8601", defaultText: "all of the pair")],
        examples: ["coffer prices unset MINE USD"],
        exitCodes: opening + [.refused]
    )

    static let pricesOrder = CommandSpec(
        "prices order",
        "show or set which source of an asset's prices is preferred",
        arguments: [
            ArgumentSpec("ASSET", "the asset's code"),
            ArgumentSpec("SOURCE", "a source, the preferred one first", isOptional: true, isRepeatable: true),
        ],
        options: [.flag("reset", "go back to the usual order")],
        examples: ["coffer prices order BTC", "coffer prices order BTC kraken-files coinbase bundled"],
        details: """
            Prices set by hand come first. Sources that are left out follow: files, then services, then the rates that \
            ship with the program, which are called bundled.
            """,
        exitCodes: opening + [.refused]
    )

    static let pricesGaps = CommandSpec(
        "prices gaps",
        "show on which days prices are missing",
        options: [
            ofAsset, .value("from", "TIME", "from a day on", defaultText: "the first of each series"),
            .value("to", "TIME", "up to a day", defaultText: "yesterday"),
        ],
        examples: ["coffer prices gaps --asset BTC --from 2020-01-01"],
        details: "Of exchange rates Monday to Friday count. Assets without any price are named.",
        exitCodes: opening + [.refused]
    )

    static let pricesStatus = CommandSpec(
        "prices status",
        "show which prices there are and how old",
        examples: ["coffer prices status"],
        exitCodes: opening
    )

    static let convert = CommandSpec(
        "convert",
        "convert an amount, with its path, rate and the age of the prices",
        arguments: [
            ArgumentSpec("AMOUNT", "how much"), ArgumentSpec("FROM", "of which asset"),
            ArgumentSpec("TO", "into which asset"),
        ],
        options: [.value("at", "TIME", "as of an instant, ISO 8601", defaultText: "now"), user],
        examples: ["coffer convert 0.5 BTC EUR", "coffer convert 100 USD GBP --at 2024-06-15"],
        details: "Direct, else through USD, EUR or BTC, over three prices at most; rounded once.",
        exitCodes: opening + [.refused]
    )
}

extension PriceSettings {
    /// The names of services.
    static let services = ["coinbase", "kraken", "coingecko", "ecb"]
}
