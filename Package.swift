// swift-tools-version: 6.3
import PackageDescription

let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error), .treatWarning("DeprecatedDeclaration", as: .warning),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// One room: a target under Sources/ whose arrows point only downwards.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: common)
}

/// The tests of one room.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies,
        exclude: exclude,
        resources: resources,
        swiftSettings: common
    )
}

let package = Package(
    name: "coffer",
    products: [.executable(name: "coffer", targets: ["coffer"])],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", providers: [.apt(["libmicrohttpd-dev"])]),
        .target(
            name: "CSchema",
            path: "Sources/Storage/Schema",
            exclude: [
                "0001_initial.sql", "0002_closed_years.sql", "0003_portfolios.sql", "0004_tracking.sql",
            ],
            cSettings: [.unsafeFlags(["-std=c2x"])]
        ),
        .target(name: "CGraphiQL", exclude: ["assets"], cSettings: [.unsafeFlags(["-std=c2x"])]),
        .target(name: "CAssets", exclude: ["ecb-rates.csv"], cSettings: [.unsafeFlags(["-std=c2x"])]),

        room("Time"),
        room("Money"),
        room("JSON"),
        room("GraphQL", ["JSON"]),
        room("MoneyJSON", ["JSON", "Money", "Time"]),
        room("Crypto", ["CSodium", "CCrypto"]),
        room("Chains", ["Crypto", "Money"]),
        room("Ledger", ["Money", "Time"]),
        room("CostBasis", ["Money", "Time", "Ledger"]),
        room("Valuation", ["Money", "Time"]),
        room("Venues", ["Money", "Time", "Ledger"]),
        room("Importing", ["Money", "Time", "Ledger", "Venues"]),
        room("Storage", ["CSQLite", "CSchema", "Crypto", "Money", "Time", "Ledger"], exclude: ["Schema"]),
        room("HTTPServer", ["CMicroHTTPD"]),
        room("HTTPClient", ["CCurl"]),
        room(
            "Connectors",
            ["HTTPClient", "Chains", "Crypto", "JSON", "MoneyJSON", "Money", "Time", "Ledger", "Venues"]
        ),
        room("CommandLine"),
        room(
            "Services",
            [
                "Storage", "Importing", "Connectors", "Venues", "HTTPClient", "Chains", "CostBasis",
                "Valuation",
                "Ledger",
                "Money",
                "Time", "Crypto",
                "CAssets",
            ]
        ),
        room("OpenAPI", ["HTTPServer", "JSON"]),
        room("Dialects", ["Services", "HTTPServer", "Time"]),
        room(
            "BitcainAPI",
            [
                "Dialects", "Services", "Importing", "Valuation", "HTTPServer", "MoneyJSON", "JSON", "Money",
                "Time", "Crypto",
            ]
        ),
        room(
            "CryptFolioAPI",
            [
                "Dialects", "Services", "HTTPServer", "MoneyJSON", "JSON", "Money", "Time", "Ledger",
                "Crypto",
            ]
        ),
        room(
            "TrustVaultAPI",
            [
                "Dialects", "Services", "HTTPServer", "GraphQL", "JSON", "Money", "Ledger", "Time", "Crypto",
                "Storage",
                "CGraphiQL",
            ]
        ),
        room("OAuth", ["Dialects", "Services", "HTTPServer", "JSON", "Time", "Crypto"]),
        room("OperatorsAPI", ["Services", "HTTPServer", "JSON", "Time", "Crypto"]),
        room("Pages", ["Services", "HTTPServer", "Crypto", "Time"]),
        .executableTarget(
            name: "coffer",
            dependencies: [
                "BitcainAPI", "CryptFolioAPI", "TrustVaultAPI", "GraphQL", "OAuth", "OperatorsAPI", "Pages",
                "OpenAPI", "HTTPServer",
                "Services", "CommandLine", "MoneyJSON",
                "JSON",
                "Money", "Time",
                "Ledger", "Chains", "CostBasis", "Valuation", "Importing", "Storage", "Crypto", "Connectors",
            ],
            swiftSettings: common
        ),

        .executableTarget(
            name: "coffer-bench",
            dependencies: [
                "Services", "TrustVaultAPI", "GraphQL", "HTTPServer", "CommandLine", "JSON", "Money", "Time",
                "Ledger",
                "CostBasis", "Importing", "Storage", "Valuation",
            ],
            swiftSettings: common
        ),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: common),
        .target(
            name: "VenueSupport",
            dependencies: ["TestSupport", "Chains", "Crypto", "JSON", "HTTPClient"],
            path: "Tests/VenueSupport",
            swiftSettings: common
        ),
        .target(
            name: "SchemaSupport",
            dependencies: ["HTTPServer", "OpenAPI", "JSON"],
            path: "Tests/SchemaSupport",
            swiftSettings: common
        ),
        tests("Time", []),
        tests("Money", [], exclude: ["Vectors"]),
        tests("JSON", []),
        tests(
            "GraphQL",
            ["JSON"],
            exclude: [
                "Differential/Schemas", "Differential/Documents", "Differential/Verdicts",
                "Differential/sdl.txt",
            ]
        ),
        tests("MoneyJSON", ["JSON", "Money", "Time"]),
        tests("Crypto", []),
        tests("Chains", ["Crypto", "Money", "JSON"], exclude: ["Vectors"]),
        tests("Ledger", ["Money", "Time"]),
        tests("CostBasis", ["Ledger", "Money", "Time"]),
        tests("Valuation", ["Money", "Time"], exclude: ["Oracle"]),
        tests("Venues", ["Ledger", "Money", "Time"]),
        tests("Importing", ["Ledger", "Money", "Time", "Venues"]),
        tests("Storage", ["Crypto", "Ledger", "Money", "Time"]),
        tests("HTTPServer", []),
        tests("HTTPClient", []),
        tests(
            "Connectors",
            [
                "VenueSupport", "Venues", "HTTPClient", "Chains", "Crypto", "JSON", "MoneyJSON", "Money",
                "Time",
                "Ledger",
            ]
        ),
        tests("CommandLine", [], resources: [.copy("Golden")]),
        tests(
            "Services",
            [
                "Storage", "Importing", "Connectors", "HTTPClient", "Chains", "CostBasis", "Valuation",
                "Ledger",
                "Money", "Time", "Crypto",
                "CAssets", "VenueSupport", "Venues",
            ]
        ),
        tests(
            "BitcainAPI",
            ["SchemaSupport", "Services", "HTTPServer", "JSON", "Money", "Time", "Crypto"],
            resources: [.copy("Golden"), .copy("Oracle")]
        ),
        tests("Dialects", ["Services", "Storage", "HTTPServer", "Time", "Crypto"]),
        tests(
            "CryptFolioAPI",
            [
                "SchemaSupport", "Services", "Storage", "HTTPServer", "JSON", "Money", "Time", "Crypto",
                "Ledger", "Dialects", "Chains", "Connectors", "VenueSupport",
            ],
            resources: [.copy("Golden")]
        ),
        tests(
            "TrustVaultAPI",
            [
                "SchemaSupport", "Services", "Storage", "Importing", "HTTPServer", "JSON", "Money", "Time",
                "Crypto",
            ],
            exclude: ["Golden"]
        ),
        tests("OpenAPI", ["SchemaSupport", "HTTPServer", "JSON"], exclude: ["Golden"]),
        tests(
            "OAuth",
            ["SchemaSupport", "Services", "Storage", "HTTPServer", "JSON", "Time", "Crypto"],
            exclude: ["Golden"]
        ),
        tests("OperatorsAPI", ["SchemaSupport", "Services", "HTTPServer", "JSON", "Time", "Crypto"]),
        tests("Pages", ["SchemaSupport", "Services", "HTTPServer", "Crypto", "Time"], exclude: ["Golden"]),
        .testTarget(
            name: "CofferTests",
            dependencies: [
                "TestSupport", "SchemaSupport", "BitcainAPI", "CryptFolioAPI", "TrustVaultAPI", "OAuth",
                "Services",
                "HTTPServer", "JSON", "Money",
                "Ledger",
                "CommandLine", "coffer", "VenueSupport", "Crypto", "Time",
            ],
            exclude: ["Golden", "Clients"],
            swiftSettings: common
        ),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: common),
    ]
)

// Coverage-guided fuzzers are built on demand alone, with the compiler's sanitizer: see docs/graphql-engine.md.
if Context.environment["COFFER_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "FuzzGraphQL",
            dependencies: ["GraphQL", "JSON"],
            path: "Tests/Fuzz/GraphQL",
            swiftSettings: common + [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer,address"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]
        )
    )
}
