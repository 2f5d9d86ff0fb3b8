public import Chains
public import Connectors
public import Crypto
public import HTTPClient
import Synchronization

/// Which services public chains are read from, and how; the default is none.
///
/// A service's operator learns each address that is asked about. So nobody is asked before the owner names somebody.
public struct ChainSettings: Sendable {
    /// Where the services are: Esplora's API for chains of Bitcoin's family, a node's JSON-RPC for Ethereum.
    ///
    /// Addresses of a chain without one are kept and checked, but not polled.
    public var urls: [Chain: String] = [:]
    /// What the provider of the Ethereum node wants behind its address as the last part of the path.
    public var ethereumKey: Secret?
    /// The time between two readings of an address, in seconds.
    public var refreshEverySeconds: Int64 = 600
    /// The first wait after a failed reading, in seconds; it doubles with each.
    public var firstRetrySeconds: Int64 = 30
    /// The longest wait after failed readings, in seconds.
    public var retrySecondsMax: Int64 = 6 * 3600
    /// The longest wait that a service may ask for, in seconds.
    public var askedSecondsMax: Int64 = 24 * 3600
    /// Addresses that one round reads.
    public var addressesPerRound = 200
    /// Calls for the history of one address that one reading makes; the rest is read by the next one.
    public var callsPerReading = 5
    /// The proxy for requests to these services; nil for none.
    public var proxy: String?
    /// The program's version, which services are told.
    public var version = "0"
    /// What requests are sent by; nil for the network.
    public var transport: (any HTTPTransport)?
    /// The pace of requests to a service; nil for the usual one of its kind.
    public var pacing: Pacing?
    /// The clock of that pace.
    public var clock = PaceClock.system
    /// What is taken from a service.
    public var limits = ChainLimits()

    /// Transactions of an address that are read in all.
    public var transactionsMax: Int64 {
        get { limits.transactionsMax }
        set { limits.transactionsMax = newValue }
    }

    /// No services.
    public init() {}

    /// Whether a text is an address that a service may have: encrypted or on this computer, with a path or none.
    public static func isAddress(_ text: String) -> Bool {
        // Why it is none is said by the form that the setting has.
        (try? ChainURL(text)) != nil
    }

    /// Whether a text can be the key of an Ethereum node's provider.
    public static func isKey(_ text: String) -> Bool { EthereumSource.isKey(text) }

    /// The name of the setting with a chain's service.
    public static func setting(_ chain: Chain) -> String { "chains.\(chain.title.lowercased())_url" }

    /// Why addresses of a chain are not polled, in words for a person; nil where a service is named.
    public func reasonNotPolled(_ chain: Chain) -> String? {
        guard urls[chain] == nil else { return nil }
        return "No service for \(chain.title) is named in \(ChainSettings.setting(chain)), "
            + "so the address is kept and not polled"
    }
}

/// The services of a workspace, each made when it is first asked for, so that its pace holds for all who ask.
struct ChainServices {
    private let settings: ChainSettings
    private var made: [Chain: any ChainSource] = [:]

    init(_ settings: ChainSettings) {
        self.settings = settings
    }

    /// The service of a chain; nil where none is named.
    ///
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for an address or a key that is none.
    mutating func source(_ chain: Chain) throws(ConnectorError) -> (any ChainSource)? {
        if let source = made[chain] { return source }
        guard let text = settings.urls[chain] else { return nil }
        let url: ChainURL
        let transport: any HTTPTransport
        do throws(TransportError) {
            url = try ChainURL(text)
            if let given = settings.transport { transport = given } else { transport = try network(url) }
        } catch {
            throw .transport(error)
        }
        let usual = chain == .ethereum ? EthereumSource.pacing : EsploraSource.pacing
        let client = PacedClient(transport, pacing: settings.pacing ?? usual, clock: settings.clock)
        let source: any ChainSource =
            chain == .ethereum
            ? try EthereumSource(
                url: url,
                key: settings.ethereumKey,
                client: client,
                limits: settings.limits
            )
            : EsploraSource(chain, url: url, client: client, limits: settings.limits)
        made[chain] = source
        return source
    }

    private func network(_ url: ChainURL) throws(TransportError) -> any HTTPTransport {
        var limits = CurlTransport.Limits()
        limits.bodyBytesMax = settings.limits.answerBytesMax
        limits.timeoutMilliseconds = 30_000
        return try CurlTransport(
            baseURLs: [url.text],
            version: settings.version,
            proxy: settings.proxy,
            limits: limits
        )
    }
}

extension Workspace {
    /// The service that addresses of a chain are asked about at; nil where the owner named none.
    ///
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for an address or a key that is none.
    func chainSource(_ chain: Chain) throws(ConnectorError) -> (any ChainSource)? {
        try chainServices.withLock { services throws(ConnectorError) in
            var known = services ?? ChainServices(configuration.chains)
            defer { services = known }
            return try known.source(chain)
        }
    }
}
