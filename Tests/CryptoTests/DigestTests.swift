import Testing

@testable import Crypto

@Suite("Digests") private struct DigestTests {
    // RFC 7693 appendix A is BLAKE2b-512 only; these are from the reference implementation `b2sum -l 256` and
    // Python's hashlib.blake2b, which is the authors' code.
    @Test(arguments: [
        ("", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
        ("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
    ])
    func `BLAKE2b-256 gives the reference values`(text: String, hex: String) {
        #expect(Digest.blake2b256(Array(text.utf8)).hex == hex)
    }

    @Test(arguments: [
        ("", "cae66941d9efbd404e4d88758ea67670"), ("abc", "cf4ab791c62b8d2b2109c90275287816"),
    ])
    func `BLAKE2b-128 gives the reference values`(text: String, hex: String) {
        #expect(Hex.encode(Digest.blake2b128(Array(text.utf8)).bytes) == hex)
    }

    // FIPS 180-4 examples of NIST.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the published values`(text: String, hex: String) {
        #expect(Digest.sha256(Array(text.utf8)).hex == hex)
    }

    @Test(arguments: [0, 1, 64, 127, 128, 129, 1000])
    func `pieces give the digest of the whole`(pieceSize: Int) {
        let whole = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var digest = IncrementalDigest()
        var place = 0
        while place < whole.count {
            let size = max(1, min(pieceSize, whole.count - place))
            digest.update(Array(whole[place..<place + size]))
            digest.update([])
            place += size
        }
        #expect(digest.finish() == Digest.blake2b256(whole))
    }

    @Test func `bytes come back from a digest`() {
        let digest = Digest.blake2b256([1, 2, 3])
        #expect(Digest256(digest.bytes) == digest)
        #expect(Digest256([1]) == nil)
        let short = Digest.blake2b128([1, 2, 3])
        #expect(Digest128(short.bytes) == short)
        #expect(Digest128([]) == nil)
        #expect(Digest256.zero.bytes == [UInt8](repeating: 0, count: 32))
    }
}

@Suite("Keccak") private struct KeccakTests {
    // The first two are on the page of the Keccak team; the others are selectors and topics that every Ethereum
    // client knows: transfer, balanceOf, and the event Transfer.
    @Test(arguments: [
        ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (
            "Transfer(address,address,uint256)",
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
        ),
    ])
    func `Keccak-256 gives the known values`(text: String, hex: String) {
        #expect(Digest.keccak256(Array(text.utf8)).hex == hex)
    }

    @Test(arguments: [("transfer(address,uint256)", "a9059cbb"), ("balanceOf(address)", "70a08231")])
    func `selectors of ERC-20 come out`(text: String, hex: String) {
        #expect(Digest.keccak256(Array(text.utf8)).hex.hasPrefix(hex))
    }

    // Python's hashlib.sha3_256 over the bytes i·31, around the block's length of 136.
    @Test(arguments: [
        (0, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"),
        (1, "5d53469f20fef4f8eab52b88044ede69c77a6a68a60728609fc4a65ff531e7d0"),
        (7, "b8442ff86c1bcc3426954ae426d961a4236f01701de11b6547395a669f99cc07"),
        (8, "fa9d01c4587a432c690354616c63c982fe762a0d129f0b1052fb42fc23434a28"),
        (135, "723355e02c111b19921ecbd0b5c2efb77e246cd392b1829ccf96da8bbbd83dbd"),
        (136, "51288d7e1a070f90c6003edda6a2ceeadf0d9847b04b55ff768eeb61d3a798af"),
        (137, "b3ad09aacb053a96d31b0fd700ed8dcae5d5a72db56a9480e60270dfe8e4eb93"),
        (271, "608438144b003aa66275f5049bfd19618327c6826ee47d38e55e46eab2a50cc9"),
        (272, "dd8c8fbe90698afb8a5b930ad52d1b5709fcedcc03755228f5ed4fed94e802e5"),
        (273, "efd2d0d3d9789be99454832b2ceadc1f6fb857c9265fd7ec48e5eb5a1e31735a"),
        (1000, "f24d8e746c04e894d31626c6342a32f5876b3d3ba16c6a16280090724ab324d6"),
    ])
    func `the same sponge with the other padding is SHA3-256`(count: Int, hex: String) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(unsafe KeccakSponge.digest(message.span.bytes, padding: .standard).hex == hex)
    }

    // FIPS 202 gives how to work them out; these are the first, one within and the last of Keccak's reference.
    @Test func `round constants come out of the register`() {
        #expect(KeccakSponge.roundConstants.count == 24)
        #expect(KeccakSponge.roundConstants[0] == 0x0000_0000_0000_0001)
        #expect(KeccakSponge.roundConstants[2] == 0x8000_0000_0000_808A)
        #expect(KeccakSponge.roundConstants[23] == 0x8000_0000_8000_8008)
    }
}

@Suite("Encodings") private struct EncodingTests {
    // RFC 4648 section 10, in the URL-safe alphabet without padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64url gives the published values`(text: String, encoded: String) {
        #expect(Base64URL.encode(Array(text.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 8", "é"])
    func `base64url refuses what it never writes`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `base64url uses minus and underscore`() {
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.decode("-_8") == [0xFB, 0xFF])
    }

    @Test func `hexadecimal goes there and back`() {
        #expect(Hex.encode([0, 0x9A, 0xFF]) == "009aff")
        #expect(Hex.decode("009AfF") == [0, 0x9A, 0xFF])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("٠٠") == nil)
    }

    @Test func `checksum gives the usual check value`() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of CRC algorithms.
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    }
}

@Suite("Text in addresses")
private struct PercentTextTests {
    @Test func `everything but letters, digits and four marks is escaped, or what is kept`() {
        let every = String(decoding: 0x20...0x7E as ClosedRange<UInt8>, as: UTF8.self)
        #expect(
            PercentText.encode(every)
                == "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40"
                + "ABCDEFGHIJKLMNOPQRSTUVWXYZ%5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D~"
        )
        #expect(PercentText.encode("ä\0/\n", keeping: [UInt8(ascii: "/")]) == "%C3%A4%00/%0A")
        #expect(PercentText.encode("") == "")
    }
}
