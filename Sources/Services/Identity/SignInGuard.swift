import Synchronization
public import Time

/// The limits of signing in.
public struct SignInLimits: Hashable, Sendable {
    /// Failures of one account before it has to wait.
    public var failuresPerAccount = 10
    /// Failures from one address.
    public var failuresPerAddress = 100
    /// The time over which failures are counted, and the longest wait, in seconds.
    public var windowSeconds: Int64 = 900
    /// Sign-ups from one address.
    public var signUpsPerAddress = 5
    /// The time over which sign-ups are counted, in seconds.
    public var signUpWindowSeconds: Int64 = 3600
    /// The accounts and the addresses that are remembered at most.
    public var keysMax = 50_000

    /// The usual limits.
    public init() {}
}

/// Slows down guessing of passwords: counts failures by account and by address.
///
/// An account that failed too often waits a second, then twice as long after each further failure, up to the window.
/// Nobody is locked out for good, and tokens that were given out go on working. Unknown accounts are counted like known
/// ones. An attempt counts as failed from its beginning, so that many at once gain nothing; one that succeeds is taken
/// back. Memory is bounded by two generations: when the younger one is full the older one is forgotten.
public final class SignInGuard: Sendable {
    private struct Counter {
        /// When attempts that count were made, the oldest first; no more than the limit of them.
        var times: [Int64] = []
        /// Until when the account waits, and how long the last wait was, in seconds.
        var waitsUntil: Int64 = 0
        var wait: Int64 = 0
    }

    private struct Table {
        var young: [String: Counter] = [:]
        var old: [String: Counter] = [:]

        subscript(key: String) -> Counter {
            young[key] ?? old[key] ?? Counter()
        }

        mutating func set(_ counter: Counter, for key: String, generation: Int) {
            if young[key] == nil, young.count >= generation {
                old = young
                young = [:]
            }
            old[key] = nil
            young[key] = counter
        }
    }

    private struct State {
        var accounts = Table()
        var addresses = Table()
        var signUps = Table()
    }

    private let limits: SignInLimits
    private let state = Mutex(State())

    /// A guard that has counted nothing yet.
    public init(limits: SignInLimits = SignInLimits()) {
        self.limits = limits
    }

    /// Begins an attempt to sign in; the seconds to wait when it may not be made now, else nil.
    public func begin(account: String?, address: String, at time: Timestamp) -> Int? {
        let now = time.seconds
        return state.withLock { state in
            var from = fresh(state.addresses[address], now, limits.windowSeconds)
            if from.times.count >= limits.failuresPerAddress, let first = from.times.first {
                return Int(max(1, first + limits.windowSeconds - now))
            }
            if let account {
                var counter = fresh(state.accounts[account], now, limits.windowSeconds)
                if counter.waitsUntil > now { return Int(counter.waitsUntil - now) }
                counter.times.append(now)
                if counter.wait > 0 || counter.times.count >= limits.failuresPerAccount {
                    // As many as the limit are kept, however many come.
                    if counter.times.count > limits.failuresPerAccount { counter.times.removeFirst() }
                    counter.wait = min(max(1, counter.wait * 2), limits.windowSeconds)
                    counter.waitsUntil = now + counter.wait
                }
                state.accounts.set(counter, for: account, generation: limits.keysMax / 2)
            }
            from.times.append(now)
            state.addresses.set(from, for: address, generation: limits.keysMax / 2)
            return nil
        }
    }

    /// Takes an attempt back that succeeded, and forgets the failures of its account.
    public func succeeded(account: String?, address: String) {
        settle(account: account, address: address) { $0 = Counter() }
    }

    /// Takes an attempt back that was not made after all, since the server was busy.
    public func withdraw(account: String?, address: String) {
        settle(account: account, address: address) { counter in
            if !counter.times.isEmpty { counter.times.removeLast() }
        }
    }

    private func settle(account: String?, address: String, _ change: (inout Counter) -> Void) {
        state.withLock { state in
            if let account {
                var counter = state.accounts[account]
                change(&counter)
                state.accounts.set(counter, for: account, generation: limits.keysMax / 2)
            }
            var from = state.addresses[address]
            if !from.times.isEmpty { from.times.removeLast() }
            state.addresses.set(from, for: address, generation: limits.keysMax / 2)
        }
    }

    /// Counts a sign-up; the seconds to wait when there were too many, else nil.
    public func beginSignUp(address: String, at time: Timestamp) -> Int? {
        let now = time.seconds
        return state.withLock { state in
            var counter = fresh(state.signUps[address], now, limits.signUpWindowSeconds)
            if counter.times.count >= limits.signUpsPerAddress, let first = counter.times.first {
                return Int(max(1, first + limits.signUpWindowSeconds - now))
            }
            counter.times.append(now)
            state.signUps.set(counter, for: address, generation: limits.keysMax / 2)
            return nil
        }
    }

    /// The counter without what lies outside of the window; a clock that was set back makes nothing last longer.
    private func fresh(_ counter: Counter, _ now: Int64, _ window: Int64) -> Counter {
        var counter = counter
        counter.times.removeAll { $0 <= now - window || $0 > now }
        if counter.waitsUntil - now > window { counter.waitsUntil = 0 }
        // Who waited is trusted again after as long without a failure.
        if counter.waitsUntil <= now - window { counter.wait = 0 }
        return counter
    }
}
