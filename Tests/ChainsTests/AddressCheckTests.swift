import Crypto
import JSON
import Money
import TestSupport
import Testing

@testable import Chains

@Suite("Checks of addresses") private struct AddressCheckTests {
    private func check(_ text: String, _ code: String) -> AddressOutcome {
        AddressCheck.check(text, currency: code)
    }

    @Test func `each chain's addresses are valid in their normal form`() throws {
        let rows = Vectors.rows(try Vectors.load("addresses"), "rows", "network", "address")
        for row in rows {
            guard let chain = Chain.allCases.first(where: { $0.title == row[0] }) else { continue }
            let outcome = check(row[1], chain.code)
            #expect(outcome.address?.text == row[1] && outcome.words == nil && !outcome.isInvalid)
            #expect(outcome.address?.asset == ChainAsset(coinOf: chain))
            #expect(check(" \t\(row[1])\r\n", chain.code) == outcome)
        }
        let capitals = "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"
        #expect(check(capitals, "btc").address?.text == capitals.lowercased())
    }

    @Test func `Base58 that begins as Bech32 would is still Base58`() {
        let text = "LTC1kkkkkkkkkkkkkkkkkkkkkkkkozRrEQ"
        #expect(check(text, "ltc").address?.text == text)
        #expect(check(text.dropLast() + "R", "ltc") == .wrongChecksum)
    }

    @Test(arguments: ["eth", "rep", "usdt", "dai"]) func `ether and tokens have Ethereum's addresses`(
        code: String
    )
        throws
    {
        for text in Vectors.mixedCase {
            for spelling in [text, text.lowercased(), "0x" + text.dropFirst(2).uppercased()] {
                let address = try #require(check(spelling, code).address)
                #expect(
                    address.text == text && address.asset.code == code && address.asset.chain == .ethereum
                )
            }
            #expect(check("0X" + text.dropFirst(2).uppercased(), code).address?.text == text)
        }
        #expect((ChainAsset(code: code)?.contract == nil) == (code == "eth"))
    }

    @Test func `every contract of the registry is an Ethereum address and its token is tracked`() throws {
        let tokens = BuiltInAssets.all.filter { $0.contract != nil }
        #expect(tokens.count > 50)
        for token in tokens {
            let contract = try #require(token.contract)
            #expect(check(contract, "eth").address != nil)
            #expect(ChainAsset(code: token.code)?.contract == contract)
            #expect(ChainAsset(code: token.code)?.decimals == token.decimals)
        }
        for chain in Chain.allCases {
            let asset = try #require(AssetRegistry.builtIn.asset(code: chain.code))
            #expect(asset.decimals == chain.decimals && asset.title == chain.title)
        }
    }

    /// What a person is told, word for word.
    private static let told: [(text: String, code: String, words: String)] = [
        ("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabB", "btc", "Invalid checksum"),
        ("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv", "btc", "Invalid checksum"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "eth", "Invalid checksum"),
        // A slip in the prefix, and Bech32 where Bech32m belongs.
        ("bd1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "btc", "Invalid checksum"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "btc", "Invalid checksum"),
        ("Lf48XedjbkDbjcUu8b58YgtF5jgpff6imo", "btc", "This is a Litecoin address"),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "btc", "This is a Litecoin address"),
        ("DQyGohGYpVsq1oyLh35PpRz5kf3qwZonzL", "ltc", "This is a Dogecoin address"),
        ("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", "doge", "This is a Bitcoin address"),
        ("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", "eth", "This is a Bitcoin address"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "btc", "This is an Ethereum address"),
        ("tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl", "btc", "This is a Bitcoin testnet address"),
        ("bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk", "btc", "This is a Bitcoin regtest address"),
        ("np2LXi1TkULYtnYXirir4qaNzXS8t4ZfKw", "doge", "This is a Dogecoin testnet address"),
        ("mkpZhYtJu2r87Js3pDiWJDmPte2NRZ8bJV", "btc", "This is an address of a test network"),
        ("2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2", "doge", "This is an address of a test network"),
        ("3MXCBypM4zHvZyVB5YkRhJBR23cG877dYm", "doge", "This is a Bitcoin address"),
        (
            "3MXCBypM4zHvZyVB5YkRhJBR23cG877dYm", "ltc",
            "This is a Bitcoin address, or a Litecoin address in its old form: that one is written "
                + "MTjLVsEK279MNUm5BRjmWwRpLkCiAFwL4Z today"
        ),
        ("XvX26gyoUoC8dkPKpLQ48CWGhruEdgjm5H", "btc", "This is a Dash address"),
        ("TVoPGVhdfp6VdyrNYijYnpWcnK4rm4N1Fd", "usdt", "This is a TRON address"),
        ("t1dhnGmk3VQm95SqdtstxQUvQ8BWdN9eTqb", "btc", "This is a Zcash address"),
        ("bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy", "btc", "This is a Bitcoin Cash address"),
        ("", "btc", "There is no address"), (" \n", "xrp", "There is no address"),
        (String(repeating: "1", count: 257), "btc", "An address is not longer than 256 bytes"),
        ("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWea0A", "btc", "This is no address: the character 0 at place 33"),
        ("my wallet", "btc", "This is no address: an unusual character at place 3"),
        ("1LqBGSKuX5yYUonjхT5qGfpUsXKYYWeabA", "btc", "This is no address: an unusual character at place 17"),
        (
            "bc1qcr8te4kr609gcawutmrzabj4xv80jy8z306fyu", "btc",
            "This is no address: the character b at place 26"
        ),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "eth",
            "This is no address: the character g at place 42"
        ),
        (
            "bc1qcr8te4kr609gcawutmrza0J4xv80jy8z306fyu", "btc",
            "This is no address: capitals and small letters are mixed"
        ),
        ("hello", "doge", "This is no address: the character l at place 3"),
        ("hey", "doge", "This is no address: it is too short or too long"),
        ("15Vb3bHX2NyK1QjzK126VvewoLZLFtxsQ", "btc", "This is no address: it is too short or too long"),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA", "eth",
            "This is no address: 38 digits behind 0x where an address has 40"
        ),
        ("0x", "eth", "This is no address: 0 digits behind 0x where an address has 40"),
        (
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "eth",
            "This is no address: an Ethereum address begins with 0x"
        ),
        (
            "cosmos1qmxrw6qdh5g3ztfcwm0et5l8mvws4eva2ga8urx", "btc",
            "This is no address that Coffer knows: it begins with cosmos1"
        ),
        (
            "2BkHietztDkkVWVVU7mi1hz6DsH7uPF4Azq", "btc",
            "This is no address that Coffer knows: its first byte belongs to no known chain"
        ),
        ("bc1gmk9yu", "btc", "This is no address: its witness program has a wrong version, length or end"),
        (
            "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "btc",
            "This is no address: its witness program has a wrong version, length or end"
        ),
        (
            "KwntMbt59tTsj8xqpqYqRRWufyjGunvhSyeMo3NTYpFYzZbXJ5Hp", "btc",
            "This is a private key, not an address; show it to nobody, and move what it holds if you did"
        ),
        (
            "6PRMJkRM5jmHTuv2EoWgVGr7oHDemPF6UVEz9dn7HXoChyXQYooqo3QhYZ", "bch",
            "This is a private key, not an address; show it to nobody, and move what it holds if you did"
        ),
        (
            "xpub661MyMwAqRbcEt9LLaHt3NBhf9cJfwa1eUuYjeyWBwq3CXn6PFtsePv6Ntm45DDVSk2DyRLkZeTwAaQapyeVKvmBbNb7bFbFNY3j9eVTn8K",
            "btc", "This is an extended public key, not an address"
        ),
        (
            "xprv9s21ZrQH143K2Q4sEYksgEEy77mpGUrAHFywwGZtdcJ4KjSwqiad6bbcXdjHdaAqLADmoL4R5jUUeVfF75vWGfVGW68XFdQQTN9iQPSufGF",
            "ltc",
            "This is a private key, not an address; show it to nobody, and move what it holds if you did"
        ),
        (
            "1ab42cc412b618bdea3a599e3c9bae199ebf030895b039e9db1e30dafb12b727", "eth",
            "This is no address: 64 digits, as a private key or a transaction has; show a private key to nobody"
        ),
        ("lnbc2500u1pvjluezpp5qqqsyq", "btc", "This is a Lightning invoice, not an address"),
        (
            "ltcmweb1qqvalhbnmwx5vctjqdq0v5wvfmqc0zddnc6ck5gfmnsf", "ltc",
            "This is a Litecoin MWEB address; its amounts are hidden, so that it cannot be tracked"
        ),
    ]

    @Test(arguments: told.indices) func `a person is told what is wrong`(index: Int) {
        let (text, code, words) = Self.told[index]
        let outcome = check(text, code)
        #expect(outcome.words == words)
        #expect(outcome.isInvalid && outcome.address == nil)
    }

    @Test(arguments: [
        ("usd", "USD has no addresses"), ("xau", "XAU has no addresses"),
        ("xrp", "Coffer cannot check or track addresses of XRP"),
        ("bch", "Coffer cannot check or track addresses of BCH"),
        ("nosuchcode", "Coffer cannot check or track addresses of NOSUCHCODE"),
    ])
    func `other currencies' addresses are kept unchecked`(code: String, words: String) {
        let outcome = check("rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH", code)
        #expect(outcome.words == words)
        #expect(!outcome.isInvalid && outcome.address == nil)
        #expect(check("two words", code) == .noAddress(.character(nil, place: 4)))
    }

    @Test(arguments: ["bip173", "bip350"])
    func `the published invalid addresses are refused, those with a wrong checksum as such`(
        name: String
    ) throws {
        let rows = Vectors.rows(try Vectors.load(name), "invalid_addresses", "address", "why")
        #expect(rows.count >= 10)
        for row in rows {
            let outcome = check(row[0], "btc")
            #expect(outcome.isInvalid, "\(row)")
            if row[1].hasPrefix("Invalid checksum") { #expect(outcome == .wrongChecksum, "\(row)") }
        }
    }

    @Test func `addresses of version 1 by BIP 173 have a wrong checksum since BIP 350`() throws {
        for row in Vectors.rows(try Vectors.load("bip173"), "valid_addresses", "address", "scriptPubKey") {
            let outcome = check(row[0], "btc")
            guard !row[1].hasPrefix("00") else {
                #expect(outcome.address != nil || outcome.words == "This is a Bitcoin testnet address")
                continue
            }
            #expect(outcome == .wrongChecksum)
        }
    }

    /// Every other character at every place of every address: one slip is always noticed.
    @Test func `no address with one other character is valid`() throws {
        let rows = Vectors.rows(try Vectors.load("addresses"), "rows", "network", "address")
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for row in rows {
            guard let chain = Chain.allCases.first(where: { $0.title == row[0] }) else { continue }
            let text = Array(row[1].utf8)
            for place in text.indices {
                for letter in letters where letter != text[place] {
                    var changed = text
                    changed[place] = letter
                    let again = String(decoding: changed, as: UTF8.self)
                    let outcome = check(again, chain.code)
                    #expect(outcome.isInvalid, "\(again)")
                }
            }
        }
    }

    @Test func `a slip within the digits is a wrong checksum and nothing else`() throws {
        let base58 = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
        let bech32 = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
        for (text, start, digits) in [
            ("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", 0, base58),
            ("LVuDpNCSSj6pQ7t9Pv6d6sUkLKoqDEVUnJ", 0, base58),
            ("ACGSvptF94ApULreVgQqwRoniczJBPTthU", 0, base58),
            ("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", 4, bech32),
            ("ltc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpj6zg2", 5, bech32),
        ] {
            let code =
                text.hasPrefix("l") || text.hasPrefix("L") ? "ltc" : text.hasPrefix("A") ? "doge" : "btc"
            for place in start..<text.utf8.count {
                for digit in digits where digit != Array(text.utf8)[place] {
                    var changed = Array(text.utf8)
                    changed[place] = digit
                    #expect(check(String(decoding: changed, as: UTF8.self), code) == .wrongChecksum)
                }
            }
        }
    }

    @Test(arguments: 1...40) func `nothing that is random stops the check or passes it`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let starts = [
            "", "0x", "bc1q", "BC1P", "ltc1", "1", "3", "D", "xpub", "6P", "bitcoincash:", "\u{202E}",
        ]
        for _ in 0..<400 {
            var bytes = Array((starts.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...120, using: &random) {
                let isPlain = Int.random(in: 0..<10, using: &random) > 0
                bytes.append(UInt8.random(in: isPlain ? 0x30...0x7A : 0...255, using: &random))
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for code in ["btc", "ltc", "doge", "eth", "rep"] {
                let outcome = check(text, code)
                #expect(outcome.isInvalid, "\(bytes)")
                // What is said is plain and holds nothing that a terminal or a page would act on.
                let words = outcome.words ?? ""
                #expect(words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }, "\(words)")
                #expect(words.utf8.count < 200)
            }
        }
    }

    @Test func `a text of a million characters is refused at once`() {
        for code in ["btc", "eth", "xrp"] {
            for letter in ["1", "é", " ", "🪙"] {
                let text = String(repeating: letter, count: 1_000_000)
                #expect(check(text, code) == .noAddress(.tooLong(limit: 256)))
            }
        }
    }
}
