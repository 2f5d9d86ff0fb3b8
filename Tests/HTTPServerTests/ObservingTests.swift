import Glibc
import HTTPServer
import Testing

@Suite("Access log and counters")
private struct ObservingTests {
    private func record(route: String, principal: String?) -> AccessRecord {
        let records = Recorder<AccessRecord>()
        var configuration = HTTPConfiguration()
        configuration.accessLog = { records.append($0) }
        let application = HTTPApplication(configuration: configuration, routers: testRouters())
        _ = application.respond(.get, route)
        return records.all[0]
    }

    @Test func `a record is one line with control bytes escaped and no query`() {
        let found = record(route: "/principal?secret=1", principal: nil)
        var line: [UInt8] = []
        found.render(into: &line)
        let text = String(decoding: line, as: UTF8.self)
        #expect(
            text.hasPrefix(
                "time=\(found.timeMicroseconds) id=\(found.requestID.text) remote=127.0.0.1 method=GET "
            )
        )
        #expect(text.contains(" route=principal status=204 bytes=0 us="))
        #expect(text.hasSuffix(#" principal=token\x207\x0a"# + "\n"))
        #expect(!text.contains("secret"))
    }

    @Test func `each answer is logged and counted once under its route`() throws {
        let records = Recorder<AccessRecord>()
        try withServer(change: { $0.accessLog = { records.append($0) } }) { server in
            let client = RawClient(port: server.port)
            for path in ["/hello", "/hello", "/echo/a/b", "/nope", "/dropped"] {
                client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = client.answer()
            }
            #expect(eventually { records.all.count == 5 })
            #expect(records.all.map(\.route) == ["hello", "hello", "echo", "-", "dropped"])
            #expect(records.all.map(\.status) == [200, 200, 200, 404, 500])
            #expect(records.all.map(\.bytesSent) == [14, 14, 16, 22, 34])
            let hello = try #require(server.metrics.routeCounts.first { $0.name == "hello" })
            #expect(hello.statusClasses == [0, 2, 0, 0, 0])
            #expect(hello.bytesSent == 28)
            #expect(hello.durations.reduce(0, +) == 2)
            #expect(server.metrics.routeCounts.last?.statusClasses == [0, 0, 0, 1, 0])
            #expect(server.metrics.connections == 1)
        }
    }

    @Test func `the log writes all lines in order and survives a stalled or closed descriptor`() throws {
        let sample = record(route: "/hello", principal: nil)
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        let log = ServerLog(descriptor: ends[1], queuedLinesMax: 100)
        // A pipe holds 64 KiB, far less than these lines, and nobody reads: recording must not wait for it.
        let clock = ContinuousClock()
        let spent = clock.measure {
            for _ in 0..<20_000 { log.record(sample) }
        }
        #expect(spent < .seconds(2))
        #expect(eventually { log.droppedLines > 0 })
        close(ends[0])
        log.close()
        close(ends[1])
        #expect(log.droppedLines > 10_000)
    }

    @Test func `closing the log writes what is queued`() throws {
        let sample = record(route: "/hello", principal: nil)
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        let log = ServerLog(descriptor: ends[1])
        for _ in 0..<50 { log.record(sample) }
        log.close()
        close(ends[1])
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(ends[0], $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            text += piece[..<count]
        }
        close(ends[0])
        #expect(text.count { $0 == 10 } == 50)
        #expect(log.droppedLines == 0)
    }
}

@Suite("Workers and rates")
private struct WorkTests {
    @Test func `a full pool refuses and goes on afterwards`() {
        let pool = WorkerPool(threads: 1, queuedMax: 2)
        let gate = Recorder<Int>()
        let done = Recorder<Int>()
        for number in 0..<3 {
            let isQueued = pool.submit {
                done.append(number)
                while gate.all.isEmpty { usleep(1_000) }
            }
            #expect(isQueued)
            if number == 0 { #expect(eventually { done.all == [0] }) }
        }
        #expect(!pool.submit {})
        gate.append(1)
        pool.stop()
        #expect(done.all == [0, 1, 2])
        #expect(!pool.submit {})
    }

    @Test func `a bucket gives its burst, then its rate, and says how long to wait`() {
        let limiter = RateLimiter(ratePerSecond: 10, burst: 3)
        for _ in 0..<3 { #expect(limiter.refusal(for: "a", atMicroseconds: 1_000_000) == nil) }
        #expect(limiter.refusal(for: "a", atMicroseconds: 1_000_000) == 1)
        #expect(limiter.refusal(for: "b", atMicroseconds: 1_000_000) == nil)
        #expect(limiter.refusal(for: "a", atMicroseconds: 1_099_999) == 1)
        #expect(limiter.refusal(for: "a", atMicroseconds: 1_150_000) == nil)
        #expect(limiter.refusal(for: "a", atMicroseconds: 0) == 1)
        let slow = RateLimiter(ratePerSecond: 0.01, burst: 1)
        #expect(slow.refusal(for: "a", atMicroseconds: 0) == nil)
        #expect(slow.refusal(for: "a", atMicroseconds: 0) == 100)
    }

    @Test func `the number of keys is bounded and a busy key is not forgotten by a few others`() {
        let limiter = RateLimiter(ratePerSecond: 1, burst: 1, keysMax: 100)
        #expect(limiter.refusal(for: "busy", atMicroseconds: 0) == nil)
        for key in 0..<1_000 {
            _ = limiter.refusal(for: "key \(key)", atMicroseconds: 0)
            #expect(limiter.keyCount <= 100)
            if key % 10 == 0 { #expect(limiter.refusal(for: "busy", atMicroseconds: 0) == 1) }
        }
    }
}
