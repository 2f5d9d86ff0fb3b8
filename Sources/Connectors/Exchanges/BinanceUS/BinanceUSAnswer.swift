import HTTPClient
import JSON

/// Reads Binance.US's answers: what went wrong is an object with `code` and `msg`.
///
/// Source: docs.binance.us, "Error codes" and "Rate limits".
enum BinanceUSAnswer {
    /// What an answer says.
    enum Reading {
        case value(JSONValue)
        /// The request's time is too far from the venue's.
        case wrongTime
    }

    /// Reads an answer.
    ///
    /// - Throws: `ConnectorError`.
    static func read(
        _ response: IncomingResponse,
        limits: VenueLimits
    ) throws(ConnectorError) -> Reading {
        if response.status == 418 {
            throw .rateLimited(retryAfterSeconds: PacedClient.retryAfter(response))
        }
        if (400...499).contains(response.status) {
            guard let code = code(of: response) else { throw .status(response.status, "") }
            if code == -1021 { return .wrongTime }
            throw meaning(of: code, response)
        }
        return .value(try VenueAnswer.read(response, name: "Binance.US", limits: limits))
    }

    private static func code(of response: IncomingResponse) -> Int64? {
        guard response.body.count <= 4096 else { return nil }
        // An answer that is no such object, such as a page of a gate before the venue, has no code.
        return (try? JSONReader.parse(response.body))?["code"]?.integer
    }

    private static func meaning(of code: Int64, _ response: IncomingResponse) -> ConnectorError {
        switch code {
        case -2014, -2008, -1022: .notAuthorized("Binance.US")
        case -2015:
            .notPermitted(
                "Binance.US does not accept the key, or not from this address, or it may not read"
            )
        case -1003, -1015: .rateLimited(retryAfterSeconds: PacedClient.retryAfter(response))
        case -1000, -1001, -1006, -1007, -1016: .status(503, "Binance.US is not available")
        default: .unknown("Binance.US refuses the request with error \(code)")
        }
    }
}
