public import Money

/// A public chain whose addresses Coffer can check.
public enum Chain: Hashable, Sendable, CaseIterable {
    /// Bitcoin.
    case bitcoin
    /// Litecoin.
    case litecoin
    /// Dogecoin.
    case dogecoin
    /// Ethereum.
    case ethereum

    /// The name for people.
    public var title: String {
        switch self {
        case .bitcoin: "Bitcoin"
        case .litecoin: "Litecoin"
        case .dogecoin: "Dogecoin"
        case .ethereum: "Ethereum"
        }
    }

    /// The lower-case code of the coin.
    public var code: String {
        switch self {
        case .bitcoin: "btc"
        case .litecoin: "ltc"
        case .dogecoin: "doge"
        case .ethereum: "eth"
        }
    }

    /// The decimals of the coin's smallest unit: satoshi, litoshi, koinu or wei.
    public var decimals: Int { self == .ethereum ? 18 : 8 }

    /// Whether the chain keeps accounts with balances, as Ethereum does, and not outputs of transactions.
    public var hasAccounts: Bool { self == .ethereum }
}

/// Something that addresses of a chain hold: its coin, or a token with a contract on it.
public struct ChainAsset: Hashable, Sendable {
    /// The chain.
    public let chain: Chain
    /// The asset's lower-case code.
    public let code: String
    /// The decimals of its smallest unit, 0 to 18.
    public let decimals: Int
    /// The contract's address in lower case where it is an ERC-20 token; nil for the chain's coin.
    public let contract: String?

    /// The asset of a lower-case code, or nil when Coffer knows no chain that it lives on.
    public init?(code: String, registry: AssetRegistry = .builtIn) {
        if let chain = Chain.allCases.first(where: { $0.code.utf8.elementsEqual(code.utf8) }) {
            self.init(coinOf: chain)
            return
        }
        guard let asset = registry.asset(code: code), asset.kind == .token, let contract = asset.contract,
            EthereumAddress(bytesOf: contract) != nil
        else { return nil }
        self.init(chain: .ethereum, code: asset.code, decimals: asset.decimals, contract: contract)
    }

    /// The coin of a chain.
    public init(coinOf chain: Chain) {
        self.init(chain: chain, code: chain.code, decimals: chain.decimals, contract: nil)
    }

    private init(chain: Chain, code: String, decimals: Int, contract: String?) {
        self.chain = chain
        self.code = code
        self.decimals = decimals
        self.contract = contract
    }
}
