import CommandLine
import Crypto
import Money
import Services

/// The settings of prices and of the services that they are fetched from.
enum PriceSettings {
    static let specs: [SettingSpec] = [
        SettingSpec(
            "prices.stale_after_coins",
            .duration(.seconds(60)...(.seconds(31_536_000))),
            default: "48h",
            "how old a coin's price may be before it is marked stale"
        ),
        SettingSpec(
            "prices.stale_after_fiat",
            .duration(.seconds(60)...(.seconds(31_536_000))),
            default: "5d",
            "how old an exchange rate may be before it is marked stale"
        ),
        SettingSpec(
            "prices.sources",
            .list(
                SettingForm("services among \(PriceServiceSettings.known.joined(separator: ", "))") {
                    PriceServiceSettings.known.contains($0)
                }
            ),
            "the services that prices are fetched from, the preferred one first; without it nothing is fetched"
        ),
        SettingSpec(
            "prices.fetch_every",
            .duration(.seconds(60)...(.seconds(604_800))),
            default: "1h",
            "the time between two fetches of a pair"
        ),
        url("coinbase"), url("kraken"), url("coingecko"), url("ecb"),
        SettingSpec("prices.coingecko_key", .secret, "the key of a plan of CoinGecko"),
        SettingSpec(
            "prices.coingecko_plan",
            .choice(["demo", "pro"]),
            default: "demo",
            "the plan that the key is of"
        ),
        SettingSpec(
            "prices.coingecko_ids",
            .list(
                SettingForm("a code and CoinGecko's id of it, such as MINE=my-coin") { mapping($0) != nil }
            ),
            "CoinGecko's ids of assets, beside those that are known"
        ),
        SettingSpec(
            "prices.proxy",
            .formed(proxyForm),
            "the proxy that services of prices are asked through"
        ),
    ]

    /// What the address of a proxy looks like.
    static let proxyForm = SettingForm(
        "the address of a proxy such as http://127.0.0.1:3128 or socks5h://127.0.0.1:9050"
    ) {
        isProxy($0)
    }

    private static func url(_ name: String) -> SettingSpec {
        SettingSpec(
            "prices.\(name)_url",
            .formed(
                SettingForm("an address such as https://prices.example.com, or http:// on this computer") {
                    PriceServiceSettings.isAddress($0)
                }
            ),
            "another address of the service \(name)"
        )
    }

    private static func isProxy(_ text: String) -> Bool {
        ["http://", "https://", "socks5h://"].contains { text.hasPrefix($0) && text.count > $0.count }
            && !text.contains("@")
    }

    private static func mapping(_ text: String) -> (code: String, id: String)? {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let code = AssetCode.normalize(String(parts[0])), !parts[1].isEmpty else {
            return nil
        }
        return (code, String(parts[1]))
    }

    /// What a workspace takes of them.
    static func services(_ settings: Settings) -> PriceServiceSettings {
        var services = PriceServiceSettings()
        services.names = settings.texts("prices.sources")
        for name in PriceServiceSettings.known {
            if let url = settings.textIfSet("prices.\(name)_url") { services.urls[name] = url }
        }
        services.coinGeckoKey = settings.textIfSet("prices.coingecko_key").map { Secret($0) }
        services.coinGeckoIsPro = settings.text("prices.coingecko_plan") == "pro"
        for text in settings.texts("prices.coingecko_ids") {
            guard let (code, id) = mapping(text) else { continue }
            services.coinGeckoIDs[code] = id
        }
        services.proxy = settings.textIfSet("prices.proxy")
        services.everySeconds = settings.duration("prices.fetch_every").components.seconds
        services.currencies = [settings.text("report.currency").lowercased()]
        services.version = VersionCommand.version
        return services
    }
}
