import Money
import Testing

@Suite("Asset codes")
private struct AssetCodeTests {
    @Test(arguments: [
        ("BTC", "btc"), ("eth2", "eth2"), ("$PAC", "$pac"),
        ("a.b_c$d@e*f~g#h:i/j+k-l", "a.b_c$d@e*f~g#h:i/j+k-l"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "abcdefghijklmnopqrstuvwxyz0123456789"), ("1INCH", "1inch"),
    ])
    func `a code is brought to lower case`(text: String, expected: String) {
        #expect(AssetCode.normalize(text) == expected)
        #expect(AssetCode.normalize(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        "", " ", "b tc", "btc ", "ВТС", "ＢＴＣ", "é", "a,b", "a\"b", "a\u{0}", "a\n", "a(b)", "a%",
    ])
    func `other bytes make no code`(text: String) {
        #expect(AssetCode.normalize(text) == nil)
        #expect(AssetRegistry.builtIn.id(code: Array(text.utf8).span) == nil)
    }

    @Test func `a code has at most 64 bytes`() {
        #expect(AssetCode.normalize(String(repeating: "X", count: 64)) == String(repeating: "x", count: 64))
        #expect(AssetCode.normalize(String(repeating: "X", count: 65)) == nil)
    }
}

@Suite("Built-in assets")
private struct BuiltInAssetsTests {
    private let all = BuiltInAssets.all

    @Test func `numbers and codes are unique, in order and below those of users`() {
        #expect(Set(all.map(\.id)).count == all.count)
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(all.map(\.id) == all.map(\.id).sorted())
        #expect(all.allSatisfy { $0.id.raw >= 1 && $0.id.raw < AssetID.firstOfUsers })
    }

    @Test func `currencies and commodities have numbers up to 100, coins and tokens from 101`() {
        for asset in all {
            let isMoney = asset.kind == .fiat || asset.kind == .commodity
            #expect((asset.id.raw <= 100) == isMoney, "\(asset.code)")
        }
    }

    @Test func `codes are normalised and titles filled`() {
        for asset in all {
            #expect(AssetCode.normalize(asset.code) == asset.code)
            #expect(!asset.title.isEmpty)
            #expect(asset.displayCode.lowercased() == asset.code)
        }
    }

    @Test func `decimals are those an amount can hold`() {
        #expect(all.allSatisfy { (0...Amount.scale).contains($0.decimals) })
        #expect(all.filter { $0.kind == .fiat }.allSatisfy { $0.decimals <= 3 })
    }

    @Test func `contracts are lower-case addresses of tokens, each once`() {
        let contracts = all.compactMap(\.contract)
        #expect(Set(contracts).count == contracts.count)
        for asset in all {
            guard let contract = asset.contract else { continue }
            #expect(asset.kind == .token)
            #expect(contract.utf8.count == 42 && contract.hasPrefix("0x"))
            #expect(
                contract.dropFirst(2).utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) },
                "\(asset.code)"
            )
        }
    }

    @Test func `there are enough of each kind and none unknown`() {
        let kinds = Dictionary(grouping: all, by: \.kind).mapValues(\.count)
        #expect(kinds[.fiat, default: 0] >= 30)
        #expect(kinds[.cryptocurrency, default: 0] + kinds[.token, default: 0] >= 150)
        #expect(kinds[.commodity] == 2)
        #expect(kinds[.unknown] == nil)
    }

    @Test(
        arguments: [
            ("btc", "Bitcoin", AssetKind.cryptocurrency, 8, nil),
            ("usd", "United States dollar", .fiat, 2, nil),
            ("ltc", "Litecoin", .cryptocurrency, 8, nil),
            ("rep", "Augur", .token, 18, "0x1985365e9f78359a9b6ad760e32412f4a445e862"),
            ("jpy", "Japanese yen", .fiat, 0, nil),
            ("krw", "South Korean won", .fiat, 0, nil),
            ("xau", "Gold (troy ounce)", .commodity, 4, nil),
            ("usdc", "USD Coin", .token, 6, "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"),
        ] as [(String, String, AssetKind, Int, String?)]
    )
    func `assets that others rely on are as they expect`(
        code: String,
        title: String,
        kind: AssetKind,
        decimals: Int,
        contract: String?
    ) throws {
        let asset = try #require(AssetRegistry.builtIn.asset(code: code))
        #expect(asset.title == title && asset.kind == kind)
        #expect(asset.decimals == decimals && asset.contract == contract)
    }

    @Test func `the numbers in the database stay what they are`() {
        let fixed =
            ["usd": 1, "eur": 2, "gbp": 3, "jpy": 4, "xau": 90, "xag": 91, "btc": 101, "eth": 102]
            as [String: UInt32]
        for (code, number) in fixed { #expect(AssetRegistry.builtIn.id(code: code)?.raw == number) }
        #expect(AssetID.usd.raw == 1 && AssetID.eur.raw == 2 && AssetID.gbp.raw == 3)
        #expect(AssetID.btc.raw == 101 && AssetID.eth.raw == 102)
        // The last of each table: one put in between would shift it.
        #expect(all.last { $0.kind == .cryptocurrency }?.id.raw == 189)
        #expect(AssetRegistry.builtIn.id(code: "rep")?.raw == 424)
        #expect(AssetRegistry.builtIn.id(code: "jto")?.raw == 510)
    }

    @Test(arguments: [
        "btc ltc xrp doge xmr xlm usdt eth eos bnb trx link etc bch ada usdc avax sol dot uni",
        "sgd sek pln nzd nok krw jpy hkd gbp eur dkk czk chf cad aud try cny mxn brl inr aed usd",
        "usdc usdt dai eth2 matic pol atom algo xtz grt comp cgld celo nu amp fet shib pepe arb op",
    ])
    func `the assets of the price tables and of common exports are known`(codes: String) {
        for code in codes.split(separator: " ").map(String.init) {
            #expect(AssetRegistry.builtIn.asset(code: code) != nil, "\(code)")
        }
    }
}

@Suite("The registry of assets")
private struct AssetRegistryTests {
    private let own = Asset(
        id: AssetID(raw: 70_000),
        code: "a-very-long-code",
        title: "Mine",
        kind: .unknown,
        decimals: 18,
        contract: nil
    )

    @Test func `every asset is found by number, code and bytes of either case`() {
        let registry = AssetRegistry.builtIn
        for asset in registry.all {
            #expect(registry.asset(asset.id) == asset)
            #expect(registry.asset(code: asset.code) == asset)
            #expect(registry.id(code: Array(asset.code.utf8).span) == asset.id)
            #expect(registry.id(code: Array(asset.displayCode.utf8).span) == asset.id)
        }
        #expect(registry.all == BuiltInAssets.all)
    }

    @Test func `an added asset is known to that registry alone`() {
        var registry = AssetRegistry.builtIn
        registry.add(own)
        #expect(registry.asset(own.id) == own)
        #expect(registry.id(code: Array("A-Very-Long-Code".utf8).span) == own.id)
        #expect(registry.displayCode(own.id) == "A-VERY-LONG-CODE")
        #expect(AssetRegistry.builtIn.asset(own.id) == nil)
        #expect(AssetRegistry.builtIn.displayCode(own.id) == "#70000")
        #expect(registry.id(code: Array("no-such-code".utf8).span) == nil)
        #expect(registry.id(code: Array("nosuch".utf8).span) == nil)
    }

    @Test func `a number or code taken, or not normalised, stops the program`() async {
        await #expect(processExitsWith: .failure) {
            var registry = AssetRegistry.builtIn
            registry.add(Asset(id: .btc, code: "new", title: "", kind: .unknown, decimals: 0, contract: nil))
        }
        await #expect(processExitsWith: .failure) {
            var registry = AssetRegistry.builtIn
            registry.add(
                Asset(
                    id: AssetID(raw: 70_000),
                    code: "btc",
                    title: "",
                    kind: .unknown,
                    decimals: 0,
                    contract: nil
                )
            )
        }
        await #expect(processExitsWith: .failure) {
            var registry = AssetRegistry.builtIn
            registry.add(
                Asset(
                    id: AssetID(raw: 70_000),
                    code: "NEW",
                    title: "",
                    kind: .unknown,
                    decimals: 0,
                    contract: nil
                )
            )
        }
    }
}
