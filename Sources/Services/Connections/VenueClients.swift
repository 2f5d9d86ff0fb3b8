import Connectors
import HTTPClient
import Synchronization

/// The clients of venues, one each, so that all connections to a venue keep its pace together.
struct VenueClients: Sendable {
    /// The numbers of Kraken's requests, over all its connections.
    let nonces = NonceCounter()
    /// How far Binance.US's clock is ahead.
    let binanceUSOffset = ClockOffset()
    private let clients = ClientList()

    private final class ClientList: Sendable {
        let clients = Mutex<[ConnectableVenue: PacedClient]>([:])
    }

    /// A venue's client, made when it is first needed.
    func client(of venue: ConnectableVenue, _ settings: ConnectionSettings) throws -> PacedClient {
        try clients.clients.withLock { clients in
            if let client = clients[venue] { return client }
            let made = PacedClient(
                try settings.transport
                    ?? CurlTransport(
                        baseURLs: [settings.url(of: venue)],
                        version: settings.version,
                        proxy: settings.proxy
                    ),
                pacing: settings.pacing ?? venue.pacing,
                clock: settings.clock
            )
            clients[venue] = made
            return made
        }
    }
}
