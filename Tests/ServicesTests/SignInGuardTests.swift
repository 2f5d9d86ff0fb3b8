@testable import Services
import Testing
import Time

private func second(_ number: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + number) }

extension SignInGuard {
    /// Makes an attempt and ends it; the seconds to wait where it may not be made.
    fileprivate func attempt(
        _ account: String,
        _ address: String = "x",
        at time: Timestamp,
        _ verdict: SignInVerdict = .wrong
    ) -> Int? {
        if let wait = begin(account: account, address: address, at: time) { return wait }
        settle(verdict, account: account, address: address, at: time)
        return nil
    }
}

@Suite("The guard of sign-ins")
private struct SignInGuardTests {
    @Test func `waits double up to a quarter of an hour`() {
        let limiter = SignInGuard()
        var now: Int64 = 0
        for _ in 0..<10 { #expect(limiter.attempt("a", at: second(now)) == nil) }
        var waits: [Int] = []
        for _ in 0..<12 {
            let wait = limiter.attempt("a", at: second(now)) ?? 0
            waits.append(wait)
            now += Int64(wait)
            #expect(limiter.attempt("a", at: second(now)) == nil)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
        #expect(limiter.attempt("b", at: second(now)) == nil)
    }

    @Test func `an hour later everything is forgotten, and a clock set back makes nothing last longer`() {
        let limiter = SignInGuard()
        for _ in 0..<10 { _ = limiter.attempt("a", at: second(0)) }
        #expect(limiter.attempt("a", at: second(0)) == 1)
        for _ in 0..<10 { #expect(limiter.attempt("a", at: second(3600)) == nil) }
        #expect(limiter.attempt("a", at: second(-86_400)) == nil)
    }

    @Test func `a hundred failures of one address are enough, whatever the accounts`() {
        let limiter = SignInGuard()
        for number in 0..<100 {
            #expect(limiter.attempt("a\(number)", at: second(Int64(number))) == nil)
        }
        #expect(limiter.attempt("a100", at: second(100)) == 800)
        #expect(limiter.attempt("a100", "y", at: second(100)) == nil)
        #expect(limiter.attempt("a100", at: second(900)) == nil)
    }

    @Test func `what succeeds counts for nothing`() {
        let limiter = SignInGuard()
        for number in 0..<1000 {
            #expect(limiter.attempt("a", at: second(Int64(number) / 100), .proven) == nil)
        }
        for _ in 0..<1000 { #expect(limiter.attempt("b", at: second(10), .unknown) == nil) }
    }

    @Test func `a right password forgets the failures of its account, and nothing else does`() {
        let limiter = SignInGuard()
        for verdict in [SignInVerdict.unknown, .proven] {
            for _ in 0..<9 { #expect(limiter.attempt("a", at: second(0)) == nil) }
            #expect(limiter.attempt("a", at: second(0), verdict) == nil)
            #expect(limiter.attempt("a", at: second(0)) == nil)
            #expect(limiter.attempt("a", at: second(0), .proven) == (verdict == .proven ? nil : 1))
            #expect(limiter.attempt("a", at: second(1), .proven) == nil)
        }
    }

    @Test func `attempts under way keep others out for a second at most, and for no longer than they last`() {
        let limiter = SignInGuard()
        for number in 0..<100 {
            #expect(limiter.begin(account: "a\(number)", address: "x", at: second(0)) == nil)
        }
        #expect(limiter.begin(account: "b", address: "x", at: second(0)) == 1)
        #expect(limiter.attempt("b", "y", at: second(0), .proven) == nil)
        limiter.settle(.proven, account: "a0", address: "x", at: second(0))
        #expect(limiter.begin(account: "b", address: "x", at: second(0)) == nil)
        for number in 1..<100 {
            limiter.settle(.proven, account: "a\(number)", address: "x", at: second(1))
        }
        for _ in 0..<200 { #expect(limiter.attempt("b", at: second(1), .proven) == nil) }
    }

    @Test func `many attempts at once make no more failures than one after the other`() {
        let limiter = SignInGuard()
        func burst(_ time: Timestamp) -> Int {
            let made = (0..<50).count { _ in limiter.begin(account: "a", address: "x", at: time) == nil }
            for _ in 0..<made { limiter.settle(.wrong, account: "a", address: "x", at: time) }
            return made
        }
        #expect(burst(second(0)) == 10)
        #expect(burst(second(0)) == 0)
        // Later one for each wait: of 1 second, of 2, of 4.
        #expect((1...7).map { burst(second($0)) } == [1, 0, 1, 0, 0, 0, 1])
    }

    @Test func `a flood of names forgets nobody who was just counted`() {
        var limits = SignInLimits()
        limits.keysMax = 100
        limits.failuresPerAddress = 1_000_000
        let limiter = SignInGuard(limits: limits)
        for _ in 0..<10 { _ = limiter.attempt("a", at: second(0)) }
        for number in 0..<49 { _ = limiter.attempt("n\(number)", at: second(0)) }
        #expect(limiter.attempt("a", at: second(0)) == 1)
    }

    @Test func `a name of any length takes 32 bytes and has a counter of its own`() {
        let long = String(repeating: "x", count: 4096)
        for name in ["", "a", long] {
            #expect(MemoryLayout.size(ofValue: SignInGuard.key(name)) == 32)
            #expect(SignInGuard.key(name) == SignInGuard.key(name))
        }
        let limiter = SignInGuard()
        for _ in 0..<10 { _ = limiter.attempt(long, at: second(0)) }
        #expect(limiter.attempt(long, at: second(0)) == 1)
        #expect(limiter.attempt(long + "y", at: second(0)) == nil)
    }
}
