import Chains
import CommandLine
import Crypto
import Services

/// The settings of the services that public chains are read from.
enum ChainSettingSpecs {
    static let specs: [SettingSpec] =
        Chain.allCases.map(url) + [
            SettingSpec(
                "chains.ethereum_key",
                .secret,
                "the key that the Ethereum node's provider wants as the last part of the path"
            ),
            SettingSpec(
                "chains.refresh_every",
                .duration(.seconds(10)...(.seconds(604_800))),
                default: "10m",
                "how often a server reads tracked addresses"
            ),
            SettingSpec(
                "chains.retry_after",
                .duration(.seconds(1)...(.seconds(3600))),
                default: "30s",
                "the wait after a reading of an address that failed; it doubles with each further one"
            ),
            SettingSpec(
                "chains.retry_after_max",
                .duration(.seconds(60)...(.seconds(604_800))),
                default: "6h",
                "the longest of these waits"
            ),
            SettingSpec(
                "chains.asked_wait_max",
                .duration(.seconds(60)...(.seconds(604_800))),
                default: "1d",
                "the longest wait that a service of a chain may ask for"
            ),
            SettingSpec(
                "chains.round_addresses_max",
                .integer(1...20_000),
                default: "200",
                "the addresses that a server reads in one go"
            ),
            SettingSpec(
                "chains.reading_calls_max",
                .integer(1...1000),
                default: "5",
                "the calls for the history of one address in one reading; the rest is read by the next one"
            ),
            SettingSpec(
                "chains.transactions_max",
                .integer(1...10_000_000),
                default: "100000",
                "the most transactions of one address that are read"
            ),
            SettingSpec(
                "chains.proxy",
                .formed(PriceSettings.proxyForm),
                "the proxy that services of public chains are asked through"
            ),
        ]

    private static func url(_ chain: Chain) -> SettingSpec {
        let sort = chain == .ethereum ? "a node's JSON-RPC" : "an Esplora API"
        return SettingSpec(
            ChainSettings.setting(chain),
            .formed(
                SettingForm(
                    "an address with a path or none such as https://chain.example.com/api, "
                        + "or http:// on this computer"
                ) {
                    ChainSettings.isAddress($0)
                }
            ),
            "\(sort) that is asked about \(chain.title) addresses; without it they are kept and not polled"
        )
    }

    /// What a workspace takes of them.
    static func chains(_ settings: Settings) -> ChainSettings {
        var chains = ChainSettings()
        for chain in Chain.allCases {
            if let url = settings.textIfSet(ChainSettings.setting(chain)) { chains.urls[chain] = url }
        }
        chains.ethereumKey = settings.textIfSet("chains.ethereum_key").map { Secret($0) }
        chains.refreshEverySeconds = settings.duration("chains.refresh_every").components.seconds
        chains.firstRetrySeconds = settings.duration("chains.retry_after").components.seconds
        chains.retrySecondsMax = settings.duration("chains.retry_after_max").components.seconds
        chains.askedSecondsMax = settings.duration("chains.asked_wait_max").components.seconds
        chains.addressesPerRound = settings.integer("chains.round_addresses_max")
        chains.callsPerReading = settings.integer("chains.reading_calls_max")
        chains.transactionsMax = Int64(settings.integer("chains.transactions_max"))
        chains.proxy = settings.textIfSet("chains.proxy")
        chains.version = VersionCommand.version
        return chains
    }
}
