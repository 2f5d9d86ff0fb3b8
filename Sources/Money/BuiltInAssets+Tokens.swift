extension BuiltInAssets {
    /// Tokens that stand for a currency, a coin or a metal, numbers 401 to 424; Augur is the last.
    internal static let pegged: [Asset] = [
        token(401, "usdt", "Tether USD", decimals: 6, contract: "0xdac17f958d2ee523a2206206994597c13d831ec7"),
        token(402, "usdc", "USD Coin", decimals: 6, contract: "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"),
        token(403, "dai", "Dai", decimals: 18, contract: "0x6b175474e89094c44da98b954eedeac495271d0f"),
        token(404, "sai", "Sai", decimals: 18, contract: "0x89d24a6b4ccb1b6faa2625fe562bdd9a23260359"),
        token(405, "tusd", "TrueUSD", decimals: 18, contract: "0x0000000000085d4780b73119b644ae5ecd22b376"),
        token(
            406,
            "busd",
            "Binance USD",
            decimals: 18,
            contract: "0x4fabb145d64652a948d72533023f6e7a623c7c53"
        ),
        token(
            407,
            "gusd",
            "Gemini dollar",
            decimals: 2,
            contract: "0x056fd409e1d7a124bd7017459dfea2f387b6d5cd"
        ),
        token(
            408,
            "usdp",
            "Pax Dollar",
            decimals: 18,
            contract: "0x8e870d67f660d95d5be530380d0ec0bd388289e1"
        ),
        token(
            409,
            "pyusd",
            "PayPal USD",
            decimals: 6,
            contract: "0x6c3ea9036406852006290770bedfcaba0e23a0e8"
        ),
        token(410, "eurc", "Euro Coin", decimals: 6, contract: "0x1abaea1f7c830bd89acc67ec4af516284b1bc33c"),
        token(411, "frax", "Frax", decimals: 18, contract: "0x853d955acef822db058eb8505911ed77f175b99e"),
        token(
            412,
            "lusd",
            "Liquity USD",
            decimals: 18,
            contract: "0x5f98805a4e8be255a32880fdec7f6728c6568ba0"
        ),
        token(
            413,
            "usde",
            "Ethena USDe",
            decimals: 18,
            contract: "0x4c9edd5852cd905f086c759e8383e09bff1e68b3"
        ),
        token(
            414,
            "wbtc",
            "Wrapped Bitcoin",
            decimals: 8,
            contract: "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599"
        ),
        token(
            415,
            "weth",
            "Wrapped Ether",
            decimals: 18,
            contract: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
        ),
        token(416, "tbtc", "tBTC", decimals: 18, contract: "0x18084fba666a33d37592fa2633fd49a74dd93a88"),
        token(
            417,
            "cbbtc",
            "Coinbase Wrapped BTC",
            decimals: 8,
            contract: "0xcbb7c0000ab88b473b1f5afd9ef808440eed33bf"
        ),
        token(
            418,
            "steth",
            "Lido staked Ether",
            decimals: 18,
            contract: "0xae7ab96520de3a18e5e111b5eaab095312d7fe84"
        ),
        token(
            419,
            "wsteth",
            "Wrapped Lido staked Ether",
            decimals: 18,
            contract: "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0"
        ),
        token(
            420,
            "reth",
            "Rocket Pool Ether",
            decimals: 18,
            contract: "0xae78736cd615f374d3085123a210448e74fc6393"
        ),
        token(
            421,
            "cbeth",
            "Coinbase Wrapped Staked ETH",
            decimals: 18,
            contract: "0xbe9895146f7af43049ca1c1ae358b0541ea49704"
        ),
        token(422, "paxg", "PAX Gold", decimals: 18, contract: "0x45804880de22913dafe09f4980848ece6ecbaf78"),
        token(
            423,
            "xaut",
            "Tether Gold",
            decimals: 6,
            contract: "0x68749665ff8d2d112fa859aa293f07a622782f38"
        ),
        token(424, "rep", "Augur", decimals: 18, contract: "0x1985365e9f78359a9b6ad760e32412f4a445e862"),
    ]
}

extension BuiltInAssets {
    /// All other tokens, numbers 425 to 699.
    ///
    /// Those without contract have their home on a chain other than Ethereum.
    internal static let tokens: [Asset] = [
        token(425, "link", "Chainlink", decimals: 18, contract: "0x514910771af9ca656af840dff83e8264ecf986ca"),
        token(426, "uni", "Uniswap", decimals: 18, contract: "0x1f9840a85d5af5bf1d1762f925bdaddc4201f984"),
        token(427, "aave", "Aave", decimals: 18, contract: "0x7fc66500c84a76ad7e9c93437bfc5ac33e2ddae9"),
        token(428, "mkr", "Maker", decimals: 18, contract: "0x9f8f72aa9304c8b593d555f12ef6589cc3a579a2"),
        token(429, "comp", "Compound", decimals: 18, contract: "0xc00e94cb662c3520282e6f5717214004a7f26888"),
        token(430, "snx", "Synthetix", decimals: 18, contract: "0xc011a73ee8576fb46f5e1c5751ca3b9fe0af2a6f"),
        token(
            431,
            "yfi",
            "yearn.finance",
            decimals: 18,
            contract: "0x0bc529c00c6401aef6d220be8c6ea1667f6ad93e"
        ),
        token(
            432,
            "sushi",
            "SushiSwap",
            decimals: 18,
            contract: "0x6b3595068778dd592e39a122f4f5a5cf09c90fe2"
        ),
        token(433, "crv", "Curve DAO", decimals: 18, contract: "0xd533a949740bb3306d119cc777fa900ba034cd52"),
        token(434, "bal", "Balancer", decimals: 18, contract: "0xba100000625a3754423978a60c9317c58a424e3d"),
        token(435, "1inch", "1inch", decimals: 18, contract: "0x111111111117dc0aa78b770fa6a738034120c302"),
        token(436, "ldo", "Lido DAO", decimals: 18, contract: "0x5a98fcbea516cf06857215779fd812ca3bef1b32"),
        token(
            437,
            "rpl",
            "Rocket Pool",
            decimals: 18,
            contract: "0xd33526068d116ce69f19a9ee46f0bd304f21a51f"
        ),
        token(
            438,
            "cvx",
            "Convex Finance",
            decimals: 18,
            contract: "0x4e3fbd56cd56c3e72c1403e103b45db9da5b9d2b"
        ),
        token(439, "uma", "UMA", decimals: 18, contract: "0x04fa0d235c4abf4bcf4787af4cf447de572ef828"),
        token(440, "bnt", "Bancor", decimals: 18, contract: "0x1f573d6fb3f13d689ff844b4ce37794d79a7ff1c"),
        token(
            441,
            "knc",
            "Kyber Network Crystal",
            decimals: 18,
            contract: "0xdefa4e8a7bcba345f687a2f1456f5edd9ce97202"
        ),
        token(442, "zrx", "0x", decimals: 18, contract: "0xe41d2489571d322189246dafa5ebde1f4699f498"),
        token(443, "lrc", "Loopring", decimals: 18, contract: "0xbbbbca6a901c926f240b89eacb641d8aec7aeafd"),
        token(444, "ren", "Ren", decimals: 18, contract: "0x408e41876cccdc0f92210600ef50372656052a38"),
        token(
            445,
            "band",
            "Band Protocol",
            decimals: 18,
            contract: "0xba11d00c5f74255f56a5e366f4f77f5a186d7f55"
        ),
        token(446, "gno", "Gnosis", decimals: 18, contract: "0x6810e776880c02933d47db1b9fc05908e5386b96"),
        token(
            447,
            "ens",
            "Ethereum Name Service",
            decimals: 18,
            contract: "0xc18360217d8f7ab5e7c516566761ea12ce7f9d72"
        ),
        token(448, "dydx", "dYdX", decimals: 18, contract: "0x92d6c1e31e14520e676a687f0a93788b716beff5"),
        token(449, "ondo", "Ondo", decimals: 18, contract: "0xfaba6f8e4a5e8ab82f62fe7c39859fa577269be3"),
        token(450, "ena", "Ethena", decimals: 18, contract: "0x57e114b691db790c35207b2e685d4a43181e6061"),
        token(
            451,
            "bat",
            "Basic Attention Token",
            decimals: 18,
            contract: "0x0d8775f648430679a709e98d2b0cb6250d2887ef"
        ),
        token(452, "grt", "The Graph", decimals: 18, contract: "0xc944e90c64b2c07662a292be6244bdf05cda44a7"),
        token(
            453,
            "matic",
            "Polygon (MATIC)",
            decimals: 18,
            contract: "0x7d1afa7b718fb893db30a3abc0cfc608aacfebb0"
        ),
        token(
            454,
            "pol",
            "Polygon Ecosystem Token",
            decimals: 18,
            contract: "0x455e53cbb86018ac2b8092fdcd39d8444affc3f6"
        ),
        token(
            455,
            "omg",
            "OMG Network",
            decimals: 18,
            contract: "0xd26114cd6ee289accf82350c8d8487fedb8a0c07"
        ),
        token(
            456,
            "imx",
            "Immutable X",
            decimals: 18,
            contract: "0xf57e7e7c23978c3caec3c3548e3d615c346e79ff"
        ),
        token(457, "qnt", "Quant", decimals: 18, contract: "0x4a220e6096b25eadb88358cb44068a3248254675"),
        token(458, "inj", "Injective", decimals: 18, contract: "0xe28b3b32b6c345a34ff64674606124dd5aceca30"),
        token(
            459,
            "skl",
            "SKALE Network",
            decimals: 18,
            contract: "0x00c83aecc790e8a4453e5dd3b0b4b3680501a7a7"
        ),
        token(460, "ankr", "Ankr", decimals: 18, contract: "0x8290333cef9e6d528dd5618fb97a76f268f3edd4"),
        token(461, "nu", "NuCypher", decimals: 18, contract: "0x4fe83213d56308330ec302a8bd641f1d0113a4cc"),
        token(
            462,
            "keep",
            "Keep Network",
            decimals: 18,
            contract: "0x85eee30c52b0b379b046fb0f85f4f3dc3009afec"
        ),
        token(463, "amp", "Amp", decimals: 18, contract: "0xff20817765cb7f73d4bde2e66e067e58d11095c2"),
        token(464, "storj", "Storj", decimals: 8, contract: "0xb64ef51c888972c908cfacf59b47c1afbc0ab8ac"),
        token(465, "nmr", "Numeraire", decimals: 18, contract: "0x1776e1f26f98b1a5df9cd347953a26dd3cb46671"),
        token(466, "oxt", "Orchid", decimals: 18, contract: "0x4575f41308ec1483f3d399aa9a2826d74da13deb"),
        token(
            467,
            "ocean",
            "Ocean Protocol",
            decimals: 18,
            contract: "0x967da4048cd07ab37855c090aaf366e4ce1b9f48"
        ),
        token(468, "fet", "Fetch.ai", decimals: 18, contract: "0xaea46a60368a7bd060eec7df8cba43b7ef41ad85"),
        token(469, "rndr", "Render", decimals: 18, contract: "0x6de037ef9ad2725eb40118bb1702ebb27e4aeb24"),
        token(470, "lpt", "Livepeer", decimals: 18, contract: "0x58b6a8a3302369daec383334672404ee733ab239"),
        token(471, "cvc", "Civic", decimals: 8, contract: "0x41e5560054824ea6b0732e656e3ad64e20e94e45"),
        token(
            472,
            "gnt",
            "Golem (old)",
            decimals: 18,
            contract: "0xa74476443119a942de498590fe1f2454d7d4ac0d"
        ),
        token(473, "glm", "Golem", decimals: 18, contract: "0x7dd9c5cba05e151c895fde1cf355c9a1d5da6429"),
        token(474, "rlc", "iExec RLC", decimals: 9, contract: "0x607f4c5bb672230e8672085532f7e901544a7375"),
        token(475, "snt", "Status", decimals: 18, contract: "0x744d70fdbe2ba4cf95131626614a1763df805b9e"),
        token(476, "ctsi", "Cartesi", decimals: 18, contract: "0x491604c0fdf08347dd1fa4ee062a822a5dd06b5d"),
        token(477, "mln", "Enzyme", decimals: 18, contract: "0xec67005c4e498ec7f55e092bd1d35cbc47c91892"),
        token(478, "nexo", "Nexo", decimals: 18, contract: "0xb62132e35a6c13ee1ee0f84dc5d40bad8d815206"),
        token(479, "cel", "Celsius", decimals: 4, contract: "0xaaaebe6fe48e54f431b0c390cfaf0b017d09d42d"),
        token(
            480,
            "leo",
            "UNUS SED LEO",
            decimals: 18,
            contract: "0x2af5d2ad76741191d15dfe7bf6ac92d4bd912ca3"
        ),
        token(481, "ftt", "FTX Token", decimals: 18, contract: "0x50d1c9771902476076ecfc8b2a83ad6b9355a4c9"),
        token(482, "okb", "OKB", decimals: 18, contract: "0x75231f58b43240c9718dd58b4967c5114342a86c"),
        token(
            483,
            "mana",
            "Decentraland",
            decimals: 18,
            contract: "0x0f5d2fb29fb7d3cfee444a200298f468908cc942"
        ),
        token(
            484,
            "sand",
            "The Sandbox",
            decimals: 18,
            contract: "0x3845badade8e6dff049820680d1f14bd3903a5d0"
        ),
        token(485, "enj", "Enjin Coin", decimals: 18, contract: "0xf629cbd94d3791c9250152bd8dfbdf380e2a3b9c"),
        token(
            486,
            "axs",
            "Axie Infinity",
            decimals: 18,
            contract: "0xbb0e17ef65f82ab018d8edd776e8dd940327b28b"
        ),
        token(487, "gala", "Gala", decimals: 8, contract: "0xd1d2eb1b1e90b638588728b4130137d262c87cae"),
        token(488, "chz", "Chiliz", decimals: 18, contract: "0x3506424f91fd33084466f402d5d97f05f8e3b4af"),
        token(489, "ape", "ApeCoin", decimals: 18, contract: "0x4d224452801aced8b2f0aebe155379bb5d594381"),
        token(490, "ilv", "Illuvium", decimals: 18, contract: "0x767fe9edc9e0df98e07454847909b5e959d7ca0e"),
        token(491, "blur", "Blur", decimals: 18, contract: "0x5283d291dbcf85356a21ba090e6db59121208b44"),
        token(492, "audio", "Audius", decimals: 18, contract: "0x18aaa7115705e8be94bffebde57af9bfc265b998"),
        token(493, "shib", "Shiba Inu", decimals: 18, contract: "0x95ad61b0a150d79219dcf64e1e6cc01f0b64c4ce"),
        token(494, "pepe", "Pepe", decimals: 18, contract: "0x6982508145454ce325ddbe47a25d4ec3d2311933"),
        token(495, "floki", "Floki", decimals: 9, contract: "0xcf0c122c6b73ff809c693db761e7baebe62b6a2e"),
        token(496, "wld", "Worldcoin", decimals: 18, contract: "0x163f8c2467924be0ae7b5347228cabf260318753"),
        token(497, "arb", "Arbitrum", decimals: 18),
        token(498, "op", "Optimism", decimals: 18),
        token(499, "cake", "PancakeSwap", decimals: 18),
        token(500, "jup", "Jupiter", decimals: 6),
        token(501, "bonk", "Bonk", decimals: 5),
        token(502, "wif", "dogwifhat", decimals: 6),
        token(503, "trump", "Official Trump", decimals: 6),
        token(504, "render", "Render (on Solana)", decimals: 8),
        token(505, "aero", "Aerodrome Finance", decimals: 18),
        token(506, "gmx", "GMX", decimals: 18),
        token(507, "strk", "Starknet", decimals: 18),
        token(508, "zk", "ZKsync", decimals: 18),
        token(509, "pyth", "Pyth Network", decimals: 6),
        token(510, "jto", "Jito", decimals: 9),
    ]
}
