import Chains
import CommandLine
import Crypto
import Services

/// The settings of addresses on public chains and of who is asked about them.
enum ChainServiceSettings {
    static let specs: [SettingSpec] =
        Chain.allCases.map { url($0) } + [
            SettingSpec(
                "chains.eth_key",
                .secret,
                "what a provider of Ethereum nodes wants behind the address as the last part of the path"
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
                "the proxy that services of chains are asked through"
            ),
        ]

    private static func url(_ chain: Chain) -> SettingSpec {
        SettingSpec(
            ChainSettings.settingName(of: chain),
            .formed(
                SettingForm("an address such as https://chain.example.com/api, or http:// on this computer") {
                    ChainSettings.isAddress($0)
                }
            ),
            chain.hasAccounts
                ? "the node of \(chain.title) that is told tracked addresses (JSON-RPC); without it nobody is asked"
                : "the Esplora service of \(chain.title) that is told tracked addresses; without it nobody is asked"
        )
    }

    /// What a workspace takes of them.
    static func chains(_ settings: Settings) -> ChainSettings {
        var chains = ChainSettings()
        for chain in Chain.allCases {
            chains.urls[chain] = settings.textIfSet(ChainSettings.settingName(of: chain))
        }
        chains.ethereumKey = settings.textIfSet("chains.eth_key").map { Secret($0) }
        chains.refreshEverySeconds = settings.duration("chains.refresh_every").components.seconds
        chains.proxy = settings.textIfSet("chains.proxy")
        chains.version = VersionCommand.version
        return chains
    }
}
