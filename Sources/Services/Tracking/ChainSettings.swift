public import Chains
public import Connectors
public import Crypto
public import HTTPClient

/// Who is asked about addresses on public chains, and how often.
///
/// Whoever is asked learns every address, so nobody is asked unless the operator names someone.
public struct ChainSettings: Sendable {
    /// Where each chain's service is: Esplora's API for Bitcoin's family, JSON-RPC for Ethereum.
    public var urls: [Chain: String] = [:]
    /// What a provider of Ethereum nodes wants behind the address as the last part of the path; nil for nothing.
    public var ethereumKey: Secret?
    /// The time between two readings of an address, in seconds.
    public var refreshEverySeconds: Int64 = 600
    /// The proxy for requests to the services; nil for none.
    public var proxy: String?
    /// The program's version, which the services are told.
    public var version = "0"
    /// What requests are sent by; nil for the network.
    public var transport: (any HTTPTransport)?
    /// The pace of requests to a service; nil for the usual one.
    public var pacing: Pacing?
    /// The clock of that pace.
    public var clock = PaceClock.system

    /// The usual settings, which name nobody.
    public init() {}

    /// The name of the setting that says where a chain's service is.
    public static func settingName(of chain: Chain) -> String { "chains.\(chain.code)_url" }

    /// Whether a text is an address that a chain's service may have: encrypted or on this computer.
    public static func isAddress(_ text: String) -> Bool {
        // Why it is none is said by the form that the setting has.
        (try? ChainURL(text)) != nil
    }
}

/// The named bounds of reading addresses.
enum RefreshLimits {
    /// Calls for the history of one address that one reading makes; the rest is read by the next one.
    static let callsPerReading = 5
    /// Addresses that one round reads.
    static let addressesPerRound = 200
    /// The wait before the rest of a long history is read, in seconds.
    static let restSeconds: Int64 = 5
    /// The first wait after a failed reading, in seconds; it doubles with each.
    static let firstRetrySeconds: Int64 = 30
    /// The longest wait after failed readings, in seconds.
    static let retrySecondsMax: Int64 = 6 * 3600
    /// The longest wait that a service may ask for, in seconds.
    static let askedSecondsMax: Int64 = 24 * 3600
    /// The wait where no service is named, in seconds.
    static let unsetSeconds: Int64 = 300
    /// The wait where a currency has no chain that is known, in seconds.
    static let unknownChainSeconds: Int64 = 24 * 3600
    /// How long one look at a chain's newest block serves, in seconds.
    static let tipSeconds: Int64 = 60
    /// Bytes of the error that is kept with an address.
    static let errorBytesMax = 500
    /// Tokens that are looked for at one address.
    static let assetsMax = 400
    /// Calls for tokens that one reading makes, where some of their contracts do not answer.
    static let tokenCallsMax = 32
}
