import Testing

@testable import Crypto

@Suite("Signatures") private struct SigningTests {
    /// RFC 8032 section 7.1: secret, public key, message, signature.
    static let ed25519: [[String]] = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a",
        ],
    ]

    @Test(arguments: ed25519)
    func `Ed25519 gives the signatures of RFC 8032`(vector: [String]) throws {
        let parts = try vector.map { try #require(Hex.decode($0)) }
        let key = try Ed25519Key(parts[0])
        #expect(key.publicKey == parts[1])
        #expect(key.sign(parts[2]) == parts[3])
        #expect(Ed25519Key.verify(parts[3], of: parts[2], publicKey: parts[1]))
        let whole = try Ed25519Key(parts[0] + parts[1])
        #expect(whole.sign(parts[2]) == parts[3])
    }

    @Test func `every bit flip of an Ed25519 signature fails`() throws {
        let parts = try Self.ed25519[2].map { try #require(Hex.decode($0)) }
        for bit in 0..<512 {
            var signature = parts[3]
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Ed25519Key.verify(signature, of: parts[2], publicKey: parts[1]), "bit \(bit)")
        }
        #expect(!Ed25519Key.verify(Array(parts[3].dropLast()), of: parts[2], publicKey: parts[1]))
    }

    @Test func `an Ed25519 key of another length or with a foreign half is refused`() throws {
        let seed = try #require(Hex.decode(Self.ed25519[0][0]))
        #expect(throws: SigningKeyError.length(31)) { try Ed25519Key(Array(seed.dropLast())) }
        #expect(throws: SigningKeyError.length(0)) { try Ed25519Key([]) }
        #expect(throws: SigningKeyError.mismatch) { try Ed25519Key(seed + seed) }
    }

    /// RFC 6979 appendix A.2.5, the key on P-256.
    static let point =
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

    @Test(arguments: [
        (
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        (
            "test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
        ),
    ])
    func `ES256 accepts the signatures of RFC 6979 and no bit flip of them`(text: String, hex: String) throws
    {
        let point = try #require(Hex.decode(Self.point))
        let signature = try #require(Hex.decode(hex))
        let message = Array(text.utf8)
        #expect(ES256Key.verify(signature, of: message, publicKey: point))
        for bit in 0..<512 {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!ES256Key.verify(flipped, of: message, publicKey: point), "bit \(bit)")
        }
        #expect(!ES256Key.verify(signature, of: message + [0], publicKey: point))
        #expect(!ES256Key.verify([UInt8](repeating: 0, count: 64), of: message, publicKey: point))
        var foreign = point
        foreign[40] ^= 1
        #expect(!ES256Key.verify(signature, of: message, publicKey: foreign))
    }

    @Test(arguments: [SampleKeys.sec1, SampleKeys.pkcs8, SampleKeys.withParameters])
    func `an EC key is read in every form and signs what verifies`(pem: String) throws {
        let key = try ES256Key(pem: Secret(pem))
        #expect(Hex.encode(key.publicKey) == Self.point)
        let message = Array("GET api.coinbase.com/v2/accounts".utf8)
        for _ in 0..<64 {
            let signature = key.sign(message)
            #expect(signature.count == 64)
            #expect(ES256Key.verify(signature, of: message, publicKey: key.publicKey))
        }
    }

    @Test func `keys of other sorts are refused by name`() {
        #expect(throws: SigningKeyError.notP256) { try ES256Key(pem: Secret(SampleKeys.p384)) }
        #expect(throws: SigningKeyError.notAKey) { try ES256Key(pem: Secret(SampleKeys.underPassphrase)) }
        #expect(throws: SigningKeyError.notAKey) { try ES256Key(pem: Secret("")) }
        #expect(throws: SigningKeyError.notAKey) {
            try ES256Key(pem: Secret([UInt8](repeating: 0x2D, count: 9000)))
        }
        let cut = String(SampleKeys.sec1.prefix(120))
        #expect(throws: SigningKeyError.notAKey) { try ES256Key(pem: Secret(cut)) }
    }

    @Test func `a secret is told apart by its form`() throws {
        let escaped = "  " + SampleKeys.sec1.replacing("\n", with: "\\n") + "\r\n"
        #expect(try SigningKey(text: Secret(escaped)).algorithm == "ES256")
        let seed = try #require(Hex.decode(Self.ed25519[0][0]))
        let open = try #require(Hex.decode(Self.ed25519[0][1]))
        #expect(try SigningKey(text: Secret(Base64.encode(seed + open) + "\n")).algorithm == "EdDSA")
        #expect(try SigningKey(text: Secret(Base64.encode(seed))).algorithm == "EdDSA")
        #expect(throws: SigningKeyError.length(3)) { try SigningKey(text: Secret("AAAA")) }
        #expect(throws: SigningKeyError.notAKey) { try SigningKey(text: Secret("no key at all")) }
        #expect(throws: SigningKeyError.length(0)) { try SigningKey(text: Secret("")) }
    }

    @Test func `errors and descriptions hold nothing of a key`() throws {
        let key = try SigningKey(text: Secret(SampleKeys.sec1))
        #expect(!String(reflecting: key).contains("MHcCAQEE"))
        #expect(!"\(key)".contains("MHcCAQEE"))
        for error in [SigningKeyError.notAKey, .notP256, .length(5), .mismatch] {
            #expect(!error.description.isEmpty)
        }
    }

    // RFC 4231 test cases 1, 2 and 3.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
                + "be9d914eeb61f1702e696c203a126854"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
                + "caeab1a34d4a6b4b636e070a38bce737"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807"
                + "b946a337bee8942674278859e13292fb"
        ),
    ])
    func `HMAC gives the values of RFC 4231`(key: String, text: String, short: String, long: String) throws {
        let secret = Secret(try #require(Hex.decode(key)))
        let message = try #require(Hex.decode(text))
        #expect(Hex.encode(HMAC.sha256(message, key: secret)) == short)
        #expect(Hex.encode(HMAC.sha512(message, key: secret)) == long)
    }

    @Test func `HMAC takes an empty key and message`() {
        // As the command `openssl dgst -sha256 -hmac ''` has it.
        let empty = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(Hex.encode(HMAC.sha256([], key: Secret([UInt8]()))) == empty)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base 64 gives the values of RFC 4648`(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z===", "Zh==", "=Zg=", "Zm9v Zg==", "Zm-v", "Zm9vYmFy\n", "====",
    ])
    func `base 64 of a wrong form is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `all bytes survive base 64`() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
    }
}

/// The key of RFC 6979 appendix A.2.5 in the forms that key files have, and keys of other sorts.
enum SampleKeys {
    static let sec1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
        AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
        maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        -----END EC PRIVATE KEY-----
        """ + "\n"
    static let pkcs8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX
        Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth
        +mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ
        -----END PRIVATE KEY-----
        """ + "\n"
    static let withParameters = """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----

        """ + sec1
    static let p384 = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAAAAAAAAAAAAAAAAAA
        AAAAya+p2EW6dRZrXCFXZ7HWk05Qw9s26JsSe4piKxIPZyGhZANiAAQHwjDSC1rL
        hOJ1EkXP6mxmKJK8+EhqAYEnql4WBJpv3Yq1Mm0PabW3COtZWrTtbvZVd7DbO8vU
        oKhDBuAzbvZcO3mUn4c7WzTRtmj+60QUOiW/4HncS+w26C6HrmQkGek=
        -----END PRIVATE KEY-----
        """ + "\n"
    static let underPassphrase = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi/iFF00FX40AICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOGCzZkMvq+LHbcXbOlyDfEEgZC+
        YrNl4RlM4QQ5V29bulOtPDQOFsA/TDLkujJq3lKp+5DY3aJM+oiqrDXx4IOwfY1b
        H+KQDgAC/aRoJ5H33ESUVfaDOtjQ84R5Tec44hMvyBVIiDTWLSwBewGjUwb+uNxU
        29UGwzE6ZxpxTjM1ZgSqa88bEwljNQS343EirSqSB3LCV7NdBV+b0SY+JzqtldM=
        -----END ENCRYPTED PRIVATE KEY-----
        """ + "\n"
}
