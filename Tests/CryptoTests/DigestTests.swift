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
