public import HTTPClient
import Synchronization
import Time

/// Requests to one service at its pace: a gap between requests, further tries with growing waits and jitter, what the
/// service asks for in `Retry-After`, and a rest after several failures in a row.
///
/// Safe to use from any thread; threads share the pace.
public final class PacedClient: Sendable {
    private struct State {
        /// The instant from which the next request may start, in milliseconds.
        var next: Int64 = 0
        var failures = 0
        /// Until when the service is left alone; zero when it is not.
        var pausedUntil: Int64 = 0
        /// The service's counter as it stood at `countedAt`, in thousandths of thousandths of its weight.
        var counter: Int64 = 0
        var countedAt: Int64 = 0
    }

    private let transport: any HTTPTransport
    private let pacing: Pacing
    private let clock: PaceClock
    private let state = Mutex(State())

    /// A client of one service.
    public init(_ transport: any HTTPTransport, pacing: Pacing = Pacing(), clock: PaceClock = .system) {
        self.transport = transport
        self.pacing = pacing
        self.clock = clock
    }

    /// Sends a request and gives the answer, whatever its status, unless another try could help and none does.
    ///
    /// Blocks. A request is tried again when no answer came or the status is 408, 429, 500, 502, 503 or 504; so only
    /// what may happen twice may be sent.
    ///
    /// - Parameters:
    ///   - weight: What the service's counter rises by, where the pace has one.
    ///   - again: Why an answer with a status of success should be tried again; nil when it should not.
    ///   - makeRequest: Makes the request of each try, so that a signature may carry its time.
    /// - Returns: The answer of the last try.
    /// - Throws: `ConnectorError.transport`, `.rateLimited`, `.paused`, `.status` from 500 on, or what `again` gave.
    public func send(
        weight: Int64 = 1,
        again: (IncomingResponse) -> ConnectorError? = { _ in nil },
        _ makeRequest: () throws(ConnectorError) -> OutgoingRequest
    ) throws(ConnectorError) -> IncomingResponse {
        try checkPause()
        var attempt = 1
        while true {
            waitForTurn(weight)
            var outcome = attemptOnce(try makeRequest())
            if case .answer(let response) = outcome, let error = again(response) {
                outcome = PacedClient.repeated(error)
            }
            switch outcome {
            case .answer(let response):
                state.withLock { ($0.failures, $0.pausedUntil) = (0, 0) }
                return response
            case .final(let error):
                noteFailure()
                throw error
            case .again(let error, let seconds):
                let wait = seconds.map { $0 * 1_000 } ?? backOff(attempt)
                guard attempt < pacing.attempts, wait <= pacing.waitMillisecondsMax else {
                    noteFailure()
                    throw error
                }
                clock.sleep(wait)
                attempt += 1
            }
        }
    }

    /// Sends a request that is the same in every try; as `send`.
    ///
    /// Blocks.
    ///
    /// - Throws: as `send`.
    public func get(
        _ url: String,
        headers: [OutgoingHeader] = []
    ) throws(ConnectorError) -> IncomingResponse {
        try send { () throws(ConnectorError) in OutgoingRequest(url: url, headers: headers) }
    }

    private enum Outcome {
        case answer(IncomingResponse)
        case again(ConnectorError, afterSeconds: Int64?)
        case final(ConnectorError)
    }

    private func attemptOnce(_ request: OutgoingRequest) -> Outcome {
        let response: IncomingResponse
        do throws(TransportError) {
            response = try transport.send(request)
        } catch {
            switch error {
            case .unreachable, .timedOut: return .again(.transport(error), afterSeconds: nil)
            case .refusedAddress, .notTrusted, .tooLarge, .malformed: return .final(.transport(error))
            }
        }
        switch response.status {
        case 429:
            let seconds = Self.retryAfter(response)
            return .again(.rateLimited(retryAfterSeconds: seconds), afterSeconds: seconds)
        case 408, 500, 502, 503, 504:
            return .again(.status(response.status, ""), afterSeconds: Self.retryAfter(response))
        case 505...: return .final(.status(response.status, ""))
        default: return .answer(response)
        }
    }

    private static func repeated(_ error: ConnectorError) -> Outcome {
        if case .rateLimited(let seconds) = error { return .again(error, afterSeconds: seconds) }
        return .again(error, afterSeconds: nil)
    }

    private func checkPause() throws(ConnectorError) {
        let now = clock.now()
        let rest = state.withLock { state -> Int64 in
            guard state.pausedUntil > now else { return 0 }
            return state.pausedUntil - now
        }
        if rest > 0 { throw .paused(seconds: (rest + 999) / 1_000) }
    }

    private func waitForTurn(_ weight: Int64) {
        let now = clock.now()
        let start = state.withLock { state -> Int64 in
            var start = max(now, state.next)
            if let allowance = pacing.allowance {
                start = max(start, PacedClient.count(weight, from: start, allowance, &state))
            }
            state.next = start + pacing.gapMilliseconds
            return start
        }
        if start > now { clock.sleep(start - now) }
    }

    /// Raises the counter for a request and gives the first instant at which it stays within its bound.
    ///
    /// A weight above the bound is taken for the bound, since no waiting would help it.
    private static func count(
        _ weight: Int64,
        from start: Int64,
        _ allowance: Pacing.Allowance,
        _ state: inout State
    ) -> Int64 {
        let (most, rate) = (allowance.weightMax * 1_000_000, allowance.milliPerSecond)
        let added = min(weight * 1_000_000, most)
        // A millisecond sinks it by as many millionths as a second does thousandths.
        let passed = min(max(0, start - state.countedAt), most / rate + 1)
        let counter = max(0, state.counter - passed * rate)
        let over = max(0, counter + added - most)
        let wait = (over + rate - 1) / rate
        state.counter = max(0, counter - wait * rate) + added
        state.countedAt = start + wait
        return start + wait
    }

    /// After a rest one failure is enough for the next one: the count stays where it was.
    private func noteFailure() {
        let now = clock.now()
        state.withLock { state in
            state.failures = min(state.failures + 1, pacing.failuresToPause)
            if state.failures >= pacing.failuresToPause {
                state.pausedUntil = now + pacing.pauseMilliseconds
            }
        }
    }

    /// Between half of the doubled wait and all of it.
    private func backOff(_ attempt: Int) -> Int64 {
        let full = min(
            pacing.firstWaitMilliseconds << min(attempt - 1, 20),
            pacing.waitMillisecondsMax
        )
        guard full > 1 else { return full }
        return full / 2 + Int64(clock.random() % UInt64(full - full / 2 + 1))
    }

    /// Seconds that the service asks to wait: a number, or an instant measured by the answer's own date.
    static func retryAfter(_ response: IncomingResponse) -> Int64? {
        guard let text = response.header("retry-after") else { return nil }
        if let seconds = Int64(text) { return (0...86_400).contains(seconds) ? seconds : nil }
        guard let then = httpDate(text), let now = response.header("date").flatMap(httpDate) else {
            return nil
        }
        return min(max(then - now, 0), 86_400)
    }

    /// Seconds since 1970 of a date such as `Wed, 21 Oct 2015 07:28:00 GMT` (RFC 9110, section 5.6.7).
    private static func httpDate(_ text: String) -> Int64? {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])),
            let date = Day(year: year, month: month + 1, day: day)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]),
            (0...60).contains(time[2])
        else { return nil }
        return date.start.seconds + time[0] * 3_600 + time[1] * 60 + time[2]
    }
}
