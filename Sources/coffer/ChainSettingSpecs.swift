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
        chains.proxy = settings.textIfSet("chains.proxy")
        chains.version = VersionCommand.version
        return chains
    }
}
