import Glibc

/// How often a service may be asked, and what is done when it fails.
public struct Pacing: Hashable, Sendable {
    /// The least time between the starts of two requests, in milliseconds.
    public var gapMilliseconds: Int64
    /// How often one request is tried in all.
    public var attempts: Int
    /// The wait before the second try, in milliseconds; it doubles with each further one, with jitter.
    public var firstWaitMilliseconds: Int64
    /// The longest wait, in milliseconds; a service that asks for more ends the request.
    public var waitMillisecondsMax: Int64
    /// The failed requests in a row after which a service is left alone.
    public var failuresToPause: Int
    /// How long it is left alone, in milliseconds.
    public var pauseMilliseconds: Int64

    /// What a service that counts weights allows; nil where it counts none.
    public var allowance: Allowance?

    /// A counter that each request raises by its weight and that sinks by itself, as services keep one of each caller.
    public struct Allowance: Hashable, Sendable {
        /// What the counter may reach.
        public var weightMax: Int64
        /// By how much it sinks in a second, in thousandths.
        public var milliPerSecond: Int64

        /// A counter from its two figures, both above zero.
        public init(weightMax: Int64, milliPerSecond: Int64) {
            precondition(weightMax > 0 && milliPerSecond > 0, "a counter that never sinks allows nothing")
            self.weightMax = weightMax
            self.milliPerSecond = milliPerSecond
        }
    }

    /// A pace; the defaults are one request a second, four tries, and a minute's rest after five failures.
    public init(
        gapMilliseconds: Int64 = 1_000,
        attempts: Int = 4,
        firstWaitMilliseconds: Int64 = 1_000,
        waitMillisecondsMax: Int64 = 30_000,
        failuresToPause: Int = 5,
        pauseMilliseconds: Int64 = 60_000,
        allowance: Allowance? = nil
    ) {
        self.gapMilliseconds = gapMilliseconds
        self.attempts = attempts
        self.firstWaitMilliseconds = firstWaitMilliseconds
        self.waitMillisecondsMax = waitMillisecondsMax
        self.failuresToPause = failuresToPause
        self.pauseMilliseconds = pauseMilliseconds
        self.allowance = allowance
    }
}

/// The clock that requests are paced by, and the waiting; tests bring their own.
public struct PaceClock: Sendable {
    /// Milliseconds that only grow.
    public let now: @Sendable () -> Int64
    /// Waits so many milliseconds; blocks.
    public let sleep: @Sendable (_ milliseconds: Int64) -> Void
    /// A random number, for jitter.
    public let random: @Sendable () -> UInt64

    /// A clock from its parts.
    public init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (_ milliseconds: Int64) -> Void,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The computer's own clock.
    public static let system: PaceClock = {
        let start = ContinuousClock.now
        return PaceClock(
            now: { Int64((ContinuousClock.now - start) / .milliseconds(1)) },
            sleep: { milliseconds in
                var rest = timespec(
                    tv_sec: Int(milliseconds / 1_000),
                    tv_nsec: Int(milliseconds % 1_000 * 1_000_000)
                )
                var left = timespec()
                // A signal only cuts the wait short by what is slept again.
                while unsafe nanosleep(&rest, &left) != 0 && errno == EINTR { rest = left }
            },
            random: { UInt64.random(in: 0...UInt64.max) }
        )
    }()
}
