import HTTPClient
import Synchronization
import TestSupport
import Testing

@testable import Connectors

/// A transport that answers from a script; the last line is repeated.
final class ScriptedTransport: HTTPTransport {
    enum Line: Sendable {
        case status(Int, [OutgoingHeader] = [])
        case failure(TransportError)
    }

    private let lines: Mutex<[Line]>
    private let sent = Mutex<[OutgoingRequest]>([])

    init(_ lines: [Line]) { self.lines = Mutex(lines) }

    var requests: [OutgoingRequest] { sent.withLock { $0 } }

    func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
        sent.withLock { $0.append(request) }
        let line = lines.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        switch line {
        case .failure(let error): throw error
        case .status(let status, let headers):
            return IncomingResponse(status: status, headers: headers, body: [])
        }
    }
}

/// A clock that moves by being slept on.
final class TestClock: Sendable {
    private let time = Mutex<Int64>(0)
    private let waits = Mutex<[Int64]>([])

    var slept: [Int64] { waits.withLock { $0 } }

    func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

    func pace(random: UInt64 = 0) -> PaceClock {
        PaceClock(
            now: { self.time.withLock { $0 } },
            sleep: { milliseconds in
                self.waits.withLock { $0.append(milliseconds) }
                self.advance(milliseconds)
            },
            random: { random }
        )
    }
}

@Suite("Requests at a service's pace")
struct PacedClientTests {
    @Test("between two requests lies the gap")
    func gap() throws {
        let clock = TestClock()
        let client = PacedClient(
            ScriptedTransport([.status(200)]),
            pacing: Pacing(gapMilliseconds: 300),
            clock: clock.pace()
        )
        for _ in 0..<3 { _ = try client.get("https://example.com") }
        #expect(clock.slept == [300, 300])
        clock.advance(10_000)
        _ = try client.get("https://example.com")
        #expect(clock.slept == [300, 300])
    }

    /// Plays the counter as Kraken describes it and finds that it never goes above its bound.
    @Test("a service's counter is never raised above its bound", arguments: 0..<30 as Range<UInt64>)
    func allowance(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let clock = TestClock()
        let client = PacedClient(
            ScriptedTransport([.status(200)]),
            pacing: Pacing(
                gapMilliseconds: 0,
                allowance: Pacing.Allowance(weightMax: 14, milliPerSecond: 330)
            ),
            clock: clock.pace()
        )
        var (counter, at) = (0 as Int64, 0 as Int64)
        var weights: Int64 = 0
        for _ in 0..<60 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                clock.advance(Int64.random(in: 0...40_000, using: &random))
            }
            let weight = Int64.random(in: 1...3, using: &random)
            _ = try client.send(weight: weight) { () throws(ConnectorError) in
                OutgoingRequest(url: "https://example.com")
            }
            let now = clock.pace().now()
            counter = max(0, counter - (now - at) * 330) + weight * 1_000_000
            at = now
            weights += weight
            #expect(counter <= 14_000_000)
        }
        // And no longer than needed: in all that time the counter could hardly have sunk further.
        #expect(clock.slept.reduce(0, +) <= weights * 1_000_000 / 330)
    }

    @Test("an answer that says to come again is asked for again, as long as it says")
    func again() throws {
        let clock = TestClock()
        let transport = ScriptedTransport([.status(200), .status(200), .status(201)])
        let client = PacedClient(transport, pacing: Pacing(gapMilliseconds: 0), clock: clock.pace())
        let answer = try client.send(
            again: { $0.status == 200 ? .rateLimited(retryAfterSeconds: 7) : nil }
        ) { () throws(ConnectorError) in OutgoingRequest(url: "https://example.com") }
        #expect(answer.status == 201)
        #expect(clock.slept == [7_000, 7_000])
    }

    @Test("waits double, with jitter between half and all of them", arguments: [0, UInt64.max])
    func backOff(_ random: UInt64) throws {
        let clock = TestClock()
        let client = PacedClient(
            ScriptedTransport([.status(500), .failure(.timedOut), .status(503), .status(204)]),
            pacing: Pacing(gapMilliseconds: 0),
            clock: clock.pace(random: random)
        )
        #expect(try client.get("https://example.com").status == 204)
        #expect(clock.slept.count == 3)
        for (wait, full) in zip(clock.slept, [1_000, 2_000, 4_000] as [Int64]) {
            #expect((full / 2...full).contains(wait))
        }
    }

    @Test("what the service asks for is waited, unless it is too long")
    func retryAfter() throws {
        let clock = TestClock()
        let header = { (text: String) in [OutgoingHeader("retry-after", text)] }
        let client = PacedClient(
            ScriptedTransport([.status(429, header("7")), .status(200)]),
            pacing: Pacing(gapMilliseconds: 0),
            clock: clock.pace()
        )
        #expect(try client.get("https://example.com").status == 200)
        #expect(clock.slept == [7_000])
        let other = PacedClient(ScriptedTransport([.status(429, header("120"))]), clock: clock.pace())
        #expect(throws: ConnectorError.rateLimited(retryAfterSeconds: 120)) {
            try other.get("https://example.com")
        }
    }

    @Test("a date is measured by the answer's own date")
    func dates() {
        func seconds(_ retry: String, _ date: String?) -> Int64? {
            var headers = [OutgoingHeader("retry-after", retry)]
            if let date { headers.append(OutgoingHeader("date", date)) }
            return PacedClient.retryAfter(IncomingResponse(status: 429, headers: headers, body: []))
        }
        let date = "Wed, 21 Oct 2015 07:28:00 GMT"
        #expect(seconds("Wed, 21 Oct 2015 07:29:30 GMT", date) == 90)
        #expect(seconds("Wed, 21 Oct 2015 07:20:00 GMT", date) == 0)
        #expect(seconds("Wed, 21 Oct 2015 07:29:30 GMT", nil) == nil)
        for text in ["-1", "soon", "999999999999999999999", "Wed, 41 Oct 2015 07:28:00 GMT", ""] {
            #expect(seconds(text, date) == nil)
        }
    }

    @Test(
        "what another try cannot help is not tried again",
        arguments: [
            TransportError.refusedAddress("a"), .notTrusted("a"), .tooLarge(limit: 1), .malformed("a"),
        ]
    )
    func final(_ error: TransportError) {
        let transport = ScriptedTransport([.failure(error)])
        let client = PacedClient(transport, clock: TestClock().pace())
        #expect(throws: ConnectorError.transport(error)) { try client.get("https://example.com") }
        #expect(transport.requests.count == 1)
    }

    @Test(
        "statuses that answer the question are given as they are",
        arguments: [200, 301, 400, 401, 404, 422]
    )
    func answers(_ status: Int) throws {
        let client = PacedClient(ScriptedTransport([.status(status)]), clock: TestClock().pace())
        #expect(try client.get("https://example.com").status == status)
    }

    @Test("after several failures the service is left alone, and one success ends that")
    func pause() throws {
        let clock = TestClock()
        let transport = ScriptedTransport(
            [ScriptedTransport.Line](repeating: .failure(.timedOut), count: 3) + [.status(200)]
        )
        let client = PacedClient(
            transport,
            pacing: Pacing(gapMilliseconds: 0, attempts: 1, failuresToPause: 2, pauseMilliseconds: 60_000),
            clock: clock.pace()
        )
        for _ in 0..<2 {
            #expect(throws: ConnectorError.transport(.timedOut)) { try client.get("https://example.com") }
        }
        #expect(throws: ConnectorError.paused(seconds: 60)) { try client.get("https://example.com") }
        #expect(transport.requests.count == 2)
        clock.advance(60_000)
        #expect(throws: ConnectorError.transport(.timedOut)) { try client.get("https://example.com") }
        #expect(throws: ConnectorError.paused(seconds: 60)) { try client.get("https://example.com") }
        clock.advance(60_000)
        #expect(try client.get("https://example.com").status == 200)
        #expect(try client.get("https://example.com").status == 200)
    }

    @Test("a request is made anew for each try")
    func signatures() throws {
        let transport = ScriptedTransport([.status(503), .status(200)])
        let client = PacedClient(transport, clock: TestClock().pace())
        var number = 0
        _ = try client.send { () throws(ConnectorError) in
            number += 1
            return OutgoingRequest(url: "https://example.com/\(number)")
        }
        #expect(transport.requests.map(\.url) == ["https://example.com/1", "https://example.com/2"])
    }
}
