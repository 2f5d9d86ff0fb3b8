import Crypto
import JSON
import TestSupport
import Testing

@testable import Chains

@Suite("Base 58") private struct Base58Tests {
    @Test func `the published rows go there and back`() throws {
        let rows = try #require(try Vectors.load("base58").array)
        #expect(rows.count >= 12)
        for row in rows {
            let hex = try #require(row[0]?.string)
            let bytes = try #require(Hex.decode(hex))
            let text = try #require(row[1]?.string)
            #expect(Base58.encode(bytes) == text)
            #expect(Base58.decode(text) == bytes)
        }
    }

    @Test(arguments: ["0", "O", "I", "l", "1 1", "é", "1\u{0}", "٣", String(repeating: "1", count: 257)])
    func `what is no digit or too long is refused`(text: String) {
        #expect(Base58.decode(text) == nil)
        #expect(throws: text.count > 256 ? AddressTextError.tooLong : .character) {
            try Base58Check.decode(text)
        }
    }

    @Test(arguments: 1...40) func `random bytes come back, with and without a checksum`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for count in 0...60 {
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Leading zeros are written in another way than the rest.
            for place in 0..<min(count, Int(seed) % 4) { bytes[place] = 0 }
            #expect(Base58.decode(Base58.encode(bytes)) == bytes)
            #expect(try Base58Check.decode(Base58Check.encode(bytes)) == bytes)
        }
    }

    @Test func `too few bytes for a checksum are told apart from a wrong one`() {
        for text in ["", "1", "2g", "111"] {
            #expect(throws: AddressTextError.tooShort) { try Base58Check.decode(text) }
        }
        #expect(throws: AddressTextError.checksum) { try Base58Check.decode("1111") }
    }
}

@Suite("Bech32") private struct Bech32Tests {
    @Test(arguments: [("bip173", Bech32.Variant.bech32), ("bip350", .bech32m)])
    func `the published valid texts are read and written again`(name: String, variant: Bech32.Variant) throws
    {
        let texts = try #require(try Vectors.load(name)["valid_strings"]?.array).compactMap(\.string)
        #expect(texts.count == 7)
        for text in texts {
            let parts = try Bech32(text)
            #expect(parts.variant == variant)
            #expect(parts.text == text.lowercased())
        }
    }

    @Test(arguments: ["bip173", "bip350"]) func `the published invalid texts are refused`(name: String) throws
    {
        let rows = Vectors.rows(try Vectors.load(name), "invalid_strings", "string", "why")
        #expect(rows.count >= 12)
        for row in rows {
            #expect(throws: AddressTextError.self, "\(row[1])") { try Bech32(row[0]) }
        }
    }

    @Test func `each fault has its name`() {
        let faults: [(String, AddressTextError)] = [
            ("", .noPrefix), ("pzry9x0s0muk", .noPrefix), ("1pzry9x0s0muk", .noPrefix),
            ("li1dgmt3", .tooShort), ("x1b4n0q5v", .character), ("A12uel5l", .mixedCase),
            ("a12uel5m", .checksum), ("ä12uel5l", .character), ("a12uel5l ", .character),
            ("a" + String(repeating: "q", count: 90), .tooLong),
        ]
        for (text, error) in faults { #expect(throws: error, "\(text)") { try Bech32(text) } }
    }

    @Test(arguments: 1...30) func `random values come back in both variants`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for count in 0...80 {
            let values = (0..<count).map { _ in UInt8.random(in: 0...31, using: &random) }
            for variant in [Bech32.Variant.bech32, .bech32m] {
                let parts = Bech32(prefix: "a1b", values: values, variant: variant)
                #expect(try Bech32(parts.text) == parts)
                #expect(try Bech32(parts.text.uppercased()) == parts)
            }
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Bech32.join(Bech32.split(bytes)) == bytes)
        }
    }

    /// The checksum finds up to four changed characters in texts of up to 90 (BIP 173).
    @Test(arguments: 1...20) func `up to four changed characters are noticed`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
        let values = (0..<40).map { _ in UInt8.random(in: 0...31, using: &random) }
        let text = Array(Bech32(prefix: "bc", values: values, variant: .bech32).text.utf8)
        for _ in 0..<200 {
            var changed = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 3..<text.count, using: &random)
                changed[place] = letters[Int.random(in: 0..<32, using: &random)]
            }
            let again = String(decoding: changed, as: UTF8.self)
            guard changed != text else { continue }
            let variant = (try? Bech32(again))?.variant
            #expect(variant != .bech32, "\(again)")
        }
    }

    @Test func `parts that no text has stop the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = Bech32(prefix: "", values: [], variant: .bech32)
        }
        await #expect(processExitsWith: .failure) {
            _ = Bech32(prefix: "BC", values: [], variant: .bech32)
        }
        await #expect(processExitsWith: .failure) {
            _ = Bech32(prefix: "bc", values: [32], variant: .bech32)
        }
        await #expect(processExitsWith: .failure) {
            _ = Bech32(prefix: "bc", values: [UInt8](repeating: 0, count: 82), variant: .bech32)
        }
    }
}

@Suite("Addresses and scripts") private struct AddressTests {
    @Test func `each row's script gives its text and the text its target`() throws {
        let rows = Vectors.rows(try Vectors.load("addresses"), "rows", "network", "address", "script")
        #expect(rows.count == 57)
        #expect(Set(rows.map { $0[0] }) == Set(BitcoinNetwork.all.map(\.title)))
        for row in rows {
            let network = try #require(BitcoinNetwork.all.first { $0.title == row[0] })
            let script = try #require(Hex.decode(row[2]))
            let target = try #require(Self.target(of: script))
            let address = try #require(BitcoinAddress(target, on: network))
            #expect(address.text == row[1])
            #expect(address.script == script)
        }
    }

    /// The target that an output script names, read apart from the code that writes scripts.
    private static func target(of script: [UInt8]) -> BitcoinAddress.Target? {
        switch (script.count, script.first) {
        case (25, 0x76): .keyHash(Array(script[3..<23]))
        case (23, 0xA9): .scriptHash(Array(script[2..<22]))
        case (4..., 0): .witness(version: 0, program: Array(script[2...]))
        case (4..., let first?) where (0x51...0x60).contains(first):
            .witness(version: first - 0x50, program: Array(script[2...]))
        default: nil
        }
    }

    @Test(arguments: ["bip173", "bip350"])
    func `the published addresses give their scripts`(name: String) throws {
        let rows = Vectors.rows(try Vectors.load(name), "valid_addresses", "address", "scriptPubKey")
        #expect(rows.count >= 6)
        for row in rows {
            let parts = try Bech32(row[0])
            let version = try #require(parts.values.first)
            // From version 1 on BIP 350 took the place of BIP 173.
            guard name == "bip350" || version == 0 else { continue }
            let network: BitcoinNetwork = parts.prefix == "bc" ? .bitcoin : .bitcoinTest
            let program = try #require(Bech32.join(Array(parts.values.dropFirst())))
            let address = try #require(
                BitcoinAddress(.witness(version: version, program: program), on: network)
            )
            #expect(Hex.encode(address.script) == row[1])
            #expect(address.text == row[0].lowercased())
        }
    }

    @Test func `targets of other lengths are none`() {
        for count in [0, 1, 19, 21, 32] {
            let bytes = [UInt8](repeating: 7, count: count)
            #expect(BitcoinAddress(.keyHash(bytes), on: .bitcoin) == nil)
            #expect(BitcoinAddress(.scriptHash(bytes), on: .litecoin) == nil)
        }
        for count in [0, 1, 41] {
            let program = [UInt8](repeating: 7, count: count)
            #expect(BitcoinAddress(.witness(version: 1, program: program), on: .bitcoin) == nil)
        }
        let program = [UInt8](repeating: 7, count: 32)
        #expect(BitcoinAddress(.witness(version: 17, program: program), on: .bitcoin) == nil)
        #expect(BitcoinAddress(.witness(version: 0, program: Array(program[..<21])), on: .bitcoin) == nil)
        // Dogecoin has no witness programs.
        #expect(BitcoinAddress(.witness(version: 0, program: program), on: .dogecoin) == nil)
    }

    @Test func `EIP-55 gives the published case`() throws {
        for text in Vectors.mixedCase {
            let bytes = try #require(Hex.decode(String(text.dropFirst(2))))
            #expect(EthereumAddress(bytes)?.text == text)
            #expect(EthereumAddress(bytes)?.lowercased == text.lowercased())
        }
        // Two whose letters are all capital and two whose letters are all small, as EIP-55 has them.
        for text in [
            "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
            "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
        ] {
            #expect(try EthereumAddress(text).text == text)
        }
        #expect(EthereumAddress([1, 2, 3]) == nil)
    }

    @Test func `every letter whose case is turned breaks EIP-55`() throws {
        for text in Vectors.mixedCase {
            let letters = text.utf8.enumerated().filter { $0.offset > 1 && $0.element >= 65 }.map(\.offset)
            try #require(letters.count >= 10)
            for place in letters {
                var bytes = Array(text.utf8)
                bytes[place] ^= 0x20
                let turned = String(decoding: bytes, as: UTF8.self)
                #expect(throws: AddressTextError.checksum, "\(turned)") { try EthereumAddress(turned) }
            }
        }
    }

    @Test func `networks have the numbers that tell them apart`() {
        for network in BitcoinNetwork.all {
            #expect(network.keyHashPrefix != network.scriptHashPrefix)
            #expect(network.extendedPublicPrefix != network.extendedPrivatePrefix)
            #expect(network.coinType == (network.purpose == .main ? network.coinType : 1))
            #expect(BitcoinNetwork.main(network.chain)?.purpose == .main)
        }
        #expect(BitcoinNetwork.main(.ethereum) == nil)
        #expect(EthereumNetwork.main.chainID == 1 && EthereumNetwork.sepolia.chainID == 11_155_111)
        let mains = BitcoinNetwork.all.filter { $0.purpose == .main }
        #expect(Set(mains.flatMap { [$0.keyHashPrefix, $0.scriptHashPrefix] }).count == 6)
    }
}
