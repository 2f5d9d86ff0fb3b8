import Testing

@testable import Crypto

@Suite("Secrets, tokens and random bytes") private struct SecretTests {
    @Test func `a secret is never printed`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        let texts = [
            "\(secret)", secret.description, secret.debugDescription, String(reflecting: secret), dumped,
        ]
        for text in texts {
            #expect(text.contains("***"))
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.revealed() == Array("hunter2".utf8))
        #expect(secret.withBytes { $0.byteCount } == 7)
        #expect(Secret("").withBytes { $0.byteCount } == 0)
    }

    @Test func `comparison sees length and every byte`() {
        #expect(ConstantTime.equal([], []))
        #expect(ConstantTime.equal([1, 2], [1, 2]))
        #expect(!ConstantTime.equal([1, 2], [1, 3]))
        #expect(!ConstantTime.equal([1, 2], [1]))
    }

    @Test func `a token is well formed and new each time`() {
        let token = TokenText.make(prefix: "cfb")
        #expect(token.hasPrefix("cfb_"))
        #expect(token.utf8.count == 3 + 1 + 43 + 1 + 6)
        #expect(TokenText.looksRight(token, prefix: "cfb"))
        #expect(!TokenText.looksRight(token, prefix: "cfa"))
        #expect(TokenText.make(prefix: "cfb") != token)
        #expect(TokenText.hash(token) == Digest.sha256(Array(token.utf8)))
    }

    @Test func `any changed character of a token is noticed`() {
        let token = Array(TokenText.make(prefix: "cfb").utf8)
        for place in token.indices {
            var changed = token
            changed[place] = token[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(!TokenText.looksRight(String(decoding: changed, as: UTF8.self), prefix: "cfb"))
        }
        #expect(!TokenText.looksRight("", prefix: "cfb"))
        #expect(!TokenText.looksRight("", prefix: ""))
    }

    @Test func `a token's prefix is checked`() async {
        await #expect(processExitsWith: .failure) { _ = TokenText.make(prefix: "Bad_") }
        await #expect(processExitsWith: .failure) { _ = TokenText.make(prefix: "") }
    }

    @Test func `random bytes differ and have the length asked for`() {
        for count in [0, 1, 16, 1023, 1024, 1025, 5000] { #expect(SecureRandom.bytes(count).count == count) }
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 { seen.insert(SecureRandom.bytes(16)) }
        #expect(seen.count == 1000)
        #expect((0..<1000).allSatisfy { _ in SecureRandom.number(below: 3) < 3 })
    }

    @Test func `impossible requests for random bytes stop the program`() async {
        await #expect(processExitsWith: .failure) { _ = SecureRandom.bytes(-1) }
        await #expect(processExitsWith: .failure) { _ = SecureRandom.number(below: 0) }
    }

    @Test func `a UUID says its version and variant`() {
        let text = Array(SecureRandom.uuid().utf8)
        #expect(text.count == 36)
        #expect([8, 13, 18, 23].allSatisfy { text[$0] == UInt8(ascii: "-") })
        #expect(text[14] == UInt8(ascii: "4"))
        #expect("89ab".utf8.contains(text[19]))
    }

    @Test func `a hardened process leaves no core file`() async {
        await #expect(processExitsWith: .success) {
            Crypto.start()
            #expect(ProcessHardening.setDumpable(false))
            #expect(!ProcessHardening.isDumpable)
            #expect(ProcessHardening.forbidCoreFiles())
            #expect(ProcessHardening.coreFileLimit == 0)
        }
    }
}

@Suite("Passwords") private struct PasswordTests {
    @Test func `the right password verifies and others do not`() throws {
        let hash = try PasswordHash.hash(Secret("correct horse"), cost: .floor)
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(PasswordHash.verify(Secret("correct horse"), against: hash))
        #expect(!PasswordHash.verify(Secret("Correct horse"), against: hash))
        #expect(!PasswordHash.verify(Secret(""), against: hash))
        #expect(!PasswordHash.needsRehash(hash, cost: .floor))
        #expect(PasswordHash.needsRehash(hash))
    }

    @Test func `an empty password can be hashed`() throws {
        let hash = try PasswordHash.hash(Secret(""), cost: .floor)
        #expect(PasswordHash.verify(Secret(""), against: hash))
    }

    // Made with the reference program: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 24 -e
    // (test.c of the reference implementation has the same tag for version 19).
    @Test func `a hash of the reference implementation verifies`() {
        let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(PasswordHash.verify(Secret("password"), against: hash))
        #expect(!PasswordHash.verify(Secret("passwore"), against: hash))
    }

    @Test func `a dummy costs as much and never verifies`() {
        let dummy = PasswordHash.dummy(cost: .floor)
        #expect(!PasswordHash.needsRehash(dummy, cost: .floor))
        let clock = ContinuousClock()
        var verified = true
        let time = clock.measure { verified = PasswordHash.verify(Secret("anything"), against: dummy) }
        #expect(!verified)
        // A text that is no hash is refused in microseconds; 19 MiB and two passes take tens of milliseconds.
        #expect(time > .milliseconds(5))
    }

    @Test func `too long passwords and broken hashes are refused`() {
        let long = Secret([UInt8](repeating: 65, count: PasswordHash.passwordBytesMax + 1))
        #expect(throws: PasswordError.tooLong) { try PasswordHash.hash(long, cost: .floor) }
        #expect(!PasswordHash.verify(long, against: PasswordHash.dummy()))
        #expect(!PasswordHash.verify(Secret("x"), against: ""))
        #expect(!PasswordHash.verify(Secret("x"), against: String(repeating: "x", count: 5000)))
        #expect(PasswordHash.needsRehash(""))
    }

    @Test func `a cost below the floor does not exist`() {
        #expect(PasswordCost(memoryMiB: 18, passes: 2) == nil)
        #expect(PasswordCost(memoryMiB: 19, passes: 1) == nil)
        #expect(PasswordCost(memoryMiB: 1025, passes: 2) == nil)
        #expect(PasswordCost(memoryMiB: 64, passes: 3) == .standard)
        #expect(PasswordCost(memoryMiB: 19, passes: 2) == .floor)
    }
}
