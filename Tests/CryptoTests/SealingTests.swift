import Testing

@testable import Crypto

@Suite("Sealing") private struct SealingTests {
    let place = SealContext(table: "connections", row: 7, column: "sealed", user: 3, keyVersion: 1)

    // draft-irtf-cfrg-xchacha-03 appendix A.3.1.
    @Test func `XChaCha20-Poly1305 gives the published value`() throws {
        let key = try #require(SealingKey((0x80...0x9F).map { UInt8($0) }))
        let nonce = (0x40...0x57).map { UInt8($0) }
        let additional = try #require(Hex.decode("50515253c0c1c2c3c4c5c6c7"))
        let plain =
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
            + "sunscreen would be it."
        let expected =
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
            + "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            + "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
        let sealed = key.seal(Secret(plain), additional: additional, nonce: nonce)
        #expect(sealed.first == 1)
        #expect(Array(sealed[1...24]) == nonce)
        #expect(Hex.encode(sealed[25...]) == expected)
        #expect(try key.open(sealed, additional: additional).revealed() == Array(plain.utf8))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 64, 1000, 65_536])
    func `what is sealed opens at its place`(count: Int) throws {
        let key = SealingKey()
        let plain = SecureRandom.bytes(count)
        let sealed = key.seal(Secret(plain), place)
        #expect(sealed.count == count + SealingKey.overheadBytes)
        #expect(try key.open(sealed, place).revealed() == plain)
    }

    @Test func `a value that is too long stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let place = SealContext(table: "a", row: 1, column: "b", user: 1, keyVersion: 1)
            _ = SealingKey().seal(Secret([UInt8](repeating: 0, count: SealingKey.plainBytesMax + 1)), place)
        }
    }

    @Test func `two seals of one value share nothing`() {
        let key = SealingKey()
        let first = key.seal(Secret("the same"), place)
        let second = key.seal(Secret("the same"), place)
        #expect(first[1...24] != second[1...24])
        #expect(first[25...] != second[25...])
    }

    @Test func `every bit flip and every cut fails`() throws {
        let key = SealingKey()
        let sealed = key.seal(Secret("a secret of forty bytes, more or less.."), place)
        for bit in 0..<sealed.count * 8 {
            var flipped = sealed
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: bit < 8 ? SealError.malformed : .refused, "bit \(bit)") {
                try key.open(flipped, place)
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: SealError.self, "\(count) bytes") { try key.open(Array(sealed[..<count]), place) }
        }
        #expect(throws: SealError.refused) { try key.open(sealed + [0], place) }
    }

    @Test func `a value does not open anywhere else`() throws {
        let key = SealingKey()
        let sealed = key.seal(Secret("bound to its place"), place)
        var others = [SealContext](repeating: place, count: 6)
        others[0].table = "credentials"
        others[1].row = 8
        others[2].column = "seale"
        others[3].user = 4
        others[4].keyVersion = 2
        // The same letters in other fields: lengths keep them apart.
        others[5].table = "connectionss"
        others[5].column = "ealed"
        for other in others {
            #expect(throws: SealError.refused) { try key.open(sealed, other) }
        }
        #expect(throws: SealError.refused) { try SealingKey().open(sealed, place) }
        #expect(try key.open(sealed, place).count == 18)
    }

    @Test func `two users' or two rows' ciphertexts cannot be swapped`() throws {
        let key = SealingKey()
        var second = place
        second.row = 8
        second.user = 9
        let (mine, theirs) = (key.seal(Secret("mine"), place), key.seal(Secret("theirs"), second))
        #expect(throws: SealError.refused) { try key.open(theirs, place) }
        #expect(throws: SealError.refused) { try key.open(mine, second) }
    }

    @Test func `a key wraps another and its bytes are never shown`() throws {
        let outer = SealingKey()
        let inner = SealingKey()
        let wrapped = outer.seal(inner.revealed(), place)
        let again = try #require(SealingKey(try outer.open(wrapped, place).revealed()))
        let sealed = inner.seal(Secret("through two keys"), place)
        #expect(try again.open(sealed, place).revealed() == Array("through two keys".utf8))
        #expect("\(inner)" == "***")
        #expect(String(reflecting: inner).contains("***") || !String(reflecting: inner).contains("memory"))
        #expect(Mirror(reflecting: inner).children.isEmpty)
        #expect(SealingKey([1, 2, 3]) == nil)
    }
}
