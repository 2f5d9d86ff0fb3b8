/// CoinGecko's ids of the built-in assets, which are words of the service and not the codes.
///
/// Source: the service's own pages of each coin ("API ID"). Codes are ambiguous there, so nothing is guessed: an asset
/// that is not in this table needs its id in the setting `prices.coingecko_ids`.
enum CoinGeckoIDs {
    static let known: [String: String] = [
        "btc": "bitcoin", "eth": "ethereum", "eth2": "ethereum", "ltc": "litecoin", "xrp": "ripple",
        "bch": "bitcoin-cash", "doge": "dogecoin", "xmr": "monero", "xlm": "stellar", "eos": "eos",
        "bnb": "binancecoin", "trx": "tron", "etc": "ethereum-classic", "ada": "cardano",
        "avax": "avalanche-2", "sol": "solana", "dot": "polkadot", "atom": "cosmos", "algo": "algorand",
        "xtz": "tezos", "celo": "celo", "cgld": "celo", "zec": "zcash", "dash": "dash",
        "bsv": "bitcoin-cash-sv", "btg": "bitcoin-gold", "neo": "neo", "gas": "gas", "vet": "vechain",
        "theta": "theta-token", "tfuel": "theta-fuel", "fil": "filecoin", "icp": "internet-computer",
        "near": "near", "hbar": "hedera-hashgraph", "ftm": "fantom", "one": "harmony",
        "egld": "elrond-erd-2", "ksm": "kusama", "kava": "kava", "zil": "zilliqa", "qtum": "qtum",
        "ont": "ontology", "icx": "icon", "waves": "waves", "xem": "nem", "dcr": "decred",
        "dgb": "digibyte", "rvn": "ravencoin", "sc": "siacoin", "lsk": "lisk", "stx": "blockstack",
        "flow": "flow", "mina": "mina-protocol", "rose": "oasis-network", "iota": "iota", "xno": "nano",
        "hnt": "helium", "ar": "arweave", "cfx": "conflux-token", "apt": "aptos", "sui": "sui",
        "sei": "sei-network", "tia": "celestia", "osmo": "osmosis", "rune": "thorchain",
        "ton": "the-open-network", "kas": "kaspa", "xvg": "verge", "usdt": "tether", "usdc": "usd-coin",
        "dai": "dai", "wbtc": "wrapped-bitcoin", "link": "chainlink", "uni": "uniswap", "aave": "aave",
        "mkr": "maker", "comp": "compound-governance-token", "snx": "havven", "grt": "the-graph",
        "bat": "basic-attention-token", "zrx": "0x", "mana": "decentraland", "sand": "the-sandbox",
        "enj": "enjincoin", "crv": "curve-dao-token", "sushi": "sushi", "yfi": "yearn-finance",
        "shib": "shiba-inu", "ldo": "lido-dao", "arb": "arbitrum", "op": "optimism",
    ]
}
