public import HTTPClient

/// Sends requests to a stand-in without any socket.
public struct VenueTransport: HTTPTransport {
    private let venue: CoinbaseVenue
    private let base: String

    /// A transport to a venue that is taken for the server at an address.
    public init(_ venue: CoinbaseVenue, base: String) {
        self.venue = venue
        self.base = base
    }

    /// The venue's answer.
    public func send(_ request: OutgoingRequest) throws(TransportError) -> IncomingResponse {
        guard request.url.hasPrefix(base) else { throw .refusedAddress(request.url) }
        let answer = venue.answer(
            method: request.method,
            target: String(request.url.dropFirst(base.count)),
            host: String(base.drop { $0 != "/" }.dropFirst(2)),
            authorization: request.headers.first { $0.name == "authorization" }?.value
        )
        let headers = answer.headers.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return OutgoingHeader(parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
        }
        return IncomingResponse(status: answer.status, headers: headers, body: Array(answer.body.utf8))
    }
}
