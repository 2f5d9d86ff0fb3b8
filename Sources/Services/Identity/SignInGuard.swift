import Crypto
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

/// How an attempt to sign in ended.
public enum SignInVerdict: Hashable, Sendable {
    /// The password was right: the failures of its account are forgotten.
    case proven
    /// The password was wrong: a failure.
    case wrong
    /// The password was not compared, since something else failed: counts for nothing.
    case unknown
}

/// Slows down guessing of passwords: counts failures by account and by address.
///
/// An account that failed too often waits a second, then twice as long after each further failure, up to the window.
/// Nobody is locked out for good, and tokens that were given out go on working. Unknown accounts are counted like known
/// ones. Failures alone count; attempts under way take up what is left of the failures, so that many at once gain
/// nothing, and who comes beyond that is asked to come again a second later. Memory is bounded by two generations: when
/// the younger one is full the older one is forgotten. Accounts are kept as digests, so long names take no more of it.
public final class SignInGuard: Sendable {
    private struct Counter {
        /// When attempts failed, or were made where all count, the oldest first; no more than the limit of them.
        var times: [Int64] = []
        /// Attempts whose end is not known yet.
        var underWay = 0
        /// Until when the account waits, and how long the last wait was, in seconds.
        var waitsUntil: Int64 = 0
        var wait: Int64 = 0

        mutating func end() { underWay = max(0, underWay - 1) }
    }

    private struct Table<Key: Hashable & Sendable> {
        var young: [Key: Counter] = [:]
        var old: [Key: Counter] = [:]

        subscript(key: Key) -> Counter {
            young[key] ?? old[key] ?? Counter()
        }

        mutating func set(_ counter: Counter, for key: Key, generation: Int) {
            if young[key] == nil, young.count >= generation {
                old = young
                young = [:]
            }
            old[key] = nil
            young[key] = counter
        }
    }

    private struct State {
        var accounts = Table<Digest256>()
        var addresses = Table<String>()
        var signUps = Table<String>()
    }

    private let limits: SignInLimits
    private let state = Mutex(State())

    /// A guard that has counted nothing yet.
    public init(limits: SignInLimits = SignInLimits()) {
        self.limits = limits
    }

    /// What stands for an account in memory, however long its name is.
    static func key(_ account: String) -> Digest256 { Digest.sha256(Array(account.utf8)) }

    /// Begins an attempt to sign in; the seconds to wait when it may not be made now, else nil: then it has to be settled.
    public func begin(account: String, address: String, at time: Timestamp) -> Int? {
        let (now, key) = (time.seconds, Self.key(account))
        return state.withLock { state in
            var from = fresh(state.addresses[address], now, limits.windowSeconds)
            if from.times.count >= limits.failuresPerAddress, let first = from.times.first {
                return Int(max(1, first + limits.windowSeconds - now))
            }
            var counter = fresh(state.accounts[key], now, limits.windowSeconds)
            if counter.waitsUntil > now { return Int(counter.waitsUntil - now) }
            // Who waited before has one attempt at a time.
            let left = counter.wait > 0 ? 1 : max(1, limits.failuresPerAccount - counter.times.count)
            guard counter.underWay < left, from.underWay < limits.failuresPerAddress - from.times.count else {
                return 1
            }
            counter.underWay += 1
            from.underWay += 1
            state.accounts.set(counter, for: key, generation: limits.keysMax / 2)
            state.addresses.set(from, for: address, generation: limits.keysMax / 2)
            return nil
        }
    }

    /// Ends an attempt that `begin` let be made.
    public func settle(_ verdict: SignInVerdict, account: String, address: String, at time: Timestamp) {
        let (now, key) = (time.seconds, Self.key(account))
        state.withLock { state in
            var counter = fresh(state.accounts[key], now, limits.windowSeconds)
            var from = fresh(state.addresses[address], now, limits.windowSeconds)
            counter.end()
            from.end()
            switch verdict {
            case .proven: counter = Counter(underWay: counter.underWay)
            case .unknown: break
            case .wrong:
                counter.times.append(now)
                if counter.wait > 0 || counter.times.count >= limits.failuresPerAccount {
                    // As many as the limit are kept, however many come.
                    if counter.times.count > limits.failuresPerAccount { counter.times.removeFirst() }
                    counter.wait = min(max(1, counter.wait * 2), limits.windowSeconds)
                    counter.waitsUntil = now + counter.wait
                }
                from.times.append(now)
            }
            state.accounts.set(counter, for: key, generation: limits.keysMax / 2)
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
