/// The rooms and which way their arrows may point, as the architecture has it.
enum Rooms {
    /// The rooms by height; a room may import rooms below its own line only.
    static let layers: [[String]] = [
        [
            "CSQLite", "CSchema", "CSodium", "CMicroHTTPD", "CAssets", "CPostgreSQL", "CSecp256k1",
            "CCrypto", "CCurl",
        ],
        ["Time", "Money", "JSON", "Crypto", "HTTPServer", "HTTPClient", "CommandLine"],
        ["GraphQL", "Ledger", "MoneyJSON", "OpenAPI", "Chains"],
        ["Venues"],
        ["CostBasis", "Valuation", "Matching", "Importing", "Storage", "Connectors"],
        ["Services"],
        ["Dialects"],
        [
            "CryptFolioAPI", "BitcainAPI", "TrustVaultAPI", "CoinTrackingAPI", "CoinBTRAPI", "OperatorsAPI",
            "Dashboard", "OAuth", "Pages",
        ],
        ["coffer", "coffer-bench"],
    ]

    /// What a room must not know although the layers would let it.
    static let forbidden: [(from: String, to: Set<String>)] = [
        ("HTTPServer", ["Money", "Time", "Ledger", "JSON", "CommandLine"]),
        ("GraphQL", ["Money", "Ledger", "HTTPServer"]),
        ("JSON", ["Money", "HTTPServer"]),
        ("Ledger", ["JSON", "Crypto", "HTTPServer", "CommandLine"]),
        ("Chains", ["JSON", "HTTPServer", "HTTPClient", "CommandLine"]),
        ("CostBasis", ["JSON", "Crypto", "HTTPServer", "CommandLine"]),
        ("Valuation", ["Ledger", "JSON", "Crypto", "HTTPServer", "CommandLine"]),
        ("Venues", ["JSON", "Crypto", "HTTPServer", "HTTPClient", "CommandLine"]),
        ("Importing", ["Crypto", "HTTPServer", "CommandLine"]),
        ("Storage", ["HTTPServer", "CommandLine", "JSON"]),
        ("HTTPClient", ["Money", "Time", "JSON", "HTTPServer", "CommandLine"]),
        ("Connectors", ["HTTPServer", "CommandLine"]),
        ("Services", ["HTTPServer", "CommandLine"]),
        ("Dialects", ["Storage", "Connectors", "HTTPClient", "CommandLine", "Money", "JSON"]),
        ("BitcainAPI", ["Storage", "Connectors", "HTTPClient", "CommandLine"]),
        ("CryptFolioAPI", ["Storage", "Connectors", "HTTPClient", "CommandLine"]),
        ("OAuth", ["Storage", "Connectors", "HTTPClient", "Money", "CommandLine"]),
        ("OpenAPI", ["Money", "Time", "CommandLine"]),
        ("OperatorsAPI", ["Storage", "CommandLine"]),
        ("Pages", ["Storage", "Connectors", "HTTPClient", "Money", "JSON", "CommandLine"]),
    ]

    /// The C libraries and the one room that may import each.
    static let owners: [String: String] = [
        "CSQLite": "Storage", "CSchema": "Storage", "CSodium": "Crypto", "CMicroHTTPD": "HTTPServer",
        "CAssets": "Services", "CCurl": "HTTPClient", "CCrypto": "Crypto",
    ]

    /// The rooms that need nothing but the standard library.
    static let pure: Set<String> = [
        "Time", "Money", "Ledger", "Venues", "CostBasis", "Valuation", "Matching", "Importing", "GraphQL",
        "JSON", "MoneyJSON", "CommandLine", "Chains",
    ]

    /// The rooms in which every number may be money.
    static let exact: Set<String> = [
        "Money", "Ledger", "CostBasis", "Valuation", "Matching", "Importing", "Services", "Storage", "JSON",
        "MoneyJSON", "Connectors", "Venues", "CryptFolioAPI", "BitcainAPI", "TrustVaultAPI",
        "CoinTrackingAPI",
        "CoinBTRAPI",
        "OperatorsAPI",
        "Dashboard", "Chains",
    ]

    /// The programs, which may print.
    static let programs: Set<String> = ["coffer", "coffer-bench"]

    static func height(of room: String) -> Int? {
        layers.firstIndex { $0.contains(room) }
    }
}
