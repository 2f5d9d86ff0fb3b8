import Chains
import Connectors
import HTTPClient
import Ledger
import Synchronization
import Time

/// The services of chains, made when they are first needed, and the addresses that are being read.
final class ChainDesk: Sendable {
    private struct State {
        var sources: [Chain: any ChainSource] = [:]
        var tips: [Chain: (tip: ChainTip, until: Timestamp)] = [:]
        var reading: Set<AccountID> = []
    }

    private let state = Mutex(State())

    /// Takes an address for reading; false while somebody else reads it.
    func begin(_ account: AccountID) -> Bool {
        state.withLock { $0.reading.insert(account).inserted }
    }

    /// Lets an address go.
    func end(_ account: AccountID) {
        state.withLock { _ = $0.reading.remove(account) }
    }

    /// The service of a chain; nil where none is named.
    ///
    /// - Throws: `ConnectorError` for a name that is no address, or where the network cannot be used at all.
    func source(of chain: Chain, _ settings: ChainSettings) throws(ConnectorError) -> (any ChainSource)? {
        if let known = state.withLock({ $0.sources[chain] }) { return known }
        guard let text = settings.urls[chain], !text.isEmpty, !chain.hasAccounts else { return nil }
        let made: any ChainSource
        do {
            let url = try ChainURL(text)
            let transport =
                try settings.transport
                ?? CurlTransport(
                    baseURLs: [url.text],
                    version: settings.version,
                    proxy: settings.proxy
                )
            made = ChainDesk.source(of: chain, url, transport, settings)
        } catch let error as TransportError {
            throw .transport(error)
        } catch {
            throw .unknown("\(error)")
        }
        // Of two that were made at once one is kept, so that all keep one pace.
        return state.withLock { state in
            if let known = state.sources[chain] { return known }
            state.sources[chain] = made
            return made
        }
    }

    private static func source(
        of chain: Chain,
        _ url: ChainURL,
        _ transport: any HTTPTransport,
        _ settings: ChainSettings
    ) -> any ChainSource {
        EsploraSource(
            chain,
            url: url,
            client: PacedClient(
                transport,
                pacing: settings.pacing ?? EsploraSource.pacing,
                clock: settings.clock
            )
        )
    }

    /// The newest block of a chain, looked up about once a minute.
    func tip(of source: any ChainSource, at time: Timestamp) throws(ConnectorError) -> ChainTip {
        if let known = state.withLock({ $0.tips[source.chain] }), known.until > time { return known.tip }
        let tip = try source.fetchTip()
        let until = time.advanced(bySeconds: RefreshLimits.tipSeconds)
        state.withLock { $0.tips[source.chain] = (tip, until) }
        return tip
    }
}
