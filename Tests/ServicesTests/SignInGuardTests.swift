import Services
import Testing
import Time

private func second(_ number: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + number) }

@Suite("The guard of sign-ins")
private struct SignInGuardTests {
    @Test func `waits double up to a quarter of an hour`() {
        let limiter = SignInGuard()
        var now: Int64 = 0
        for _ in 0..<10 { #expect(limiter.begin(account: "a", address: "x", at: second(now)) == nil) }
        var waits: [Int] = []
        for _ in 0..<12 {
            let wait = limiter.begin(account: "a", address: "x", at: second(now)) ?? 0
            waits.append(wait)
            now += Int64(wait)
            #expect(limiter.begin(account: "a", address: "x", at: second(now)) == nil)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
        #expect(limiter.begin(account: "b", address: "x", at: second(now)) == nil)
    }

    @Test func `an hour later everything is forgotten, and a clock set back makes nothing last longer`() {
        let limiter = SignInGuard()
        for _ in 0..<10 { _ = limiter.begin(account: "a", address: "x", at: second(0)) }
        #expect(limiter.begin(account: "a", address: "x", at: second(0)) == 1)
        for _ in 0..<10 { #expect(limiter.begin(account: "a", address: "x", at: second(3600)) == nil) }
        #expect(limiter.begin(account: "a", address: "x", at: second(-86_400)) == nil)
    }

    @Test func `a hundred failures of one address are enough, whatever the accounts`() {
        let limiter = SignInGuard()
        for number in 0..<100 {
            #expect(limiter.begin(account: "a\(number)", address: "x", at: second(Int64(number))) == nil)
        }
        #expect(limiter.begin(account: "a100", address: "x", at: second(100)) == 800)
        #expect(limiter.begin(account: "a100", address: "y", at: second(100)) == nil)
        #expect(limiter.begin(account: "a100", address: "x", at: second(900)) == nil)
    }

    @Test func `what succeeds counts for nothing`() {
        let limiter = SignInGuard()
        for number in 0..<1000 {
            #expect(limiter.begin(account: "a", address: "x", at: second(Int64(number) / 100)) == nil)
            limiter.succeeded(account: "a", address: "x")
        }
        for _ in 0..<1000 {
            #expect(limiter.begin(account: "b", address: "x", at: second(10)) == nil)
            limiter.withdraw(account: "b", address: "x")
        }
    }

    @Test func `a flood of names forgets nobody who was just counted`() {
        var limits = SignInLimits()
        limits.keysMax = 100
        limits.failuresPerAddress = 1_000_000
        let limiter = SignInGuard(limits: limits)
        for _ in 0..<10 { _ = limiter.begin(account: "a", address: "x", at: second(0)) }
        for number in 0..<49 { _ = limiter.begin(account: "n\(number)", address: "x", at: second(0)) }
        #expect(limiter.begin(account: "a", address: "x", at: second(0)) == 1)
    }
}
