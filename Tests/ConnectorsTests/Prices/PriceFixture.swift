import HTTPClient
import Money
import TestSupport
import Testing
import Time

@testable import Connectors

/// A client of a server on this computer that never waits.
func pricesClient(_ server: LoopbackServer) throws -> PacedClient {
    PacedClient(
        try CurlTransport(baseURLs: [server.base], version: "test"),
        pacing: Pacing(gapMilliseconds: 0, attempts: 2, failuresToPause: 100),
        clock: TestClock().pace()
    )
}

func time(_ text: String) throws -> Timestamp { try Timestamp.parse(text) }

/// All prices of a query as `time price`.
func fetchAll(_ source: any PriceSource, _ query: PriceQuery, now: Timestamp) throws -> [String] {
    var lines: [String] = []
    _ = try source.fetch(query, now: now) { page in
        lines += page.map { "\($0.time) \($0.price)" }
    }
    return lines
}

func query(
    _ pair: String,
    _ interval: PriceInterval,
    _ from: String,
    _ to: String
) throws -> PriceQuery {
    let codes = pair.split(separator: "/").map(String.init)
    return PriceQuery(
        base: codes[0],
        quote: codes[1],
        interval: interval,
        from: try time(from),
        to: try time(to)
    )
}

/// What a service throws for an answer.
func failure(_ body: () throws -> Void) -> ConnectorError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ConnectorError
    }
}

/// A made-up close that differs from period to period: whole units and hundredths.
func close(_ seconds: Int64, _ step: Int64) -> String {
    let number = seconds / step
    return "\(40_000 + number % 9_973).\(10 + number % 9 * 10 + 1)"
}
