import Connectors
public import Crypto
import HTTPClient

/// Which services prices are fetched from, and how; the default is none.
public struct PriceServiceSettings: Sendable {
    /// The names of the services that may be asked, the preferred one first; empty for none.
    public var names: [String] = []
    /// Other addresses of services, by name.
    public var urls: [String: String] = [:]
    /// The key of CoinGecko's demo or paid plan.
    public var coinGeckoKey: Secret?
    /// Whether the key is of a paid plan.
    public var coinGeckoIsPro = false
    /// CoinGecko's ids of asset codes in lower case, beside the known ones.
    public var coinGeckoIDs: [String: String] = [:]
    /// The proxy that the owner names, or nil.
    public var proxy: String?
    /// The time between two fetches of a pair, in seconds.
    public var everySeconds: Int64 = 3_600
    /// The currencies, in lower case, whose rates are fetched beside those of the journal.
    public var currencies: [String] = []
    /// The program's version, which services are told.
    public var version = "0"
    /// Whether requests are paced; tests turn it off.
    public var isPaced = true

    /// No services.
    public init() {}

    /// The names that `names` may have, in their usual order.
    public static let known = ["coinbase", "kraken", "coingecko", "ecb"]

    /// Whether a text is an address that a service may have.
    public static func isAddress(_ text: String) -> Bool {
        (try? Origin(text)) != nil && !text.contains("?") && !text.contains("#")
    }
}

/// The services of a workspace, made when first asked for, so that their paces hold for all who ask.
final class PriceServices: Sendable {
    let sources: [any PriceSource]

    /// - Throws: `PriceServiceError.badAddress`.
    init(_ settings: PriceServiceSettings) throws(PriceServiceError) {
        var sources: [any PriceSource] = []
        for name in settings.names { sources.append(try PriceServices.source(name, settings)) }
        self.sources = sources
    }

    private static func source(
        _ name: String,
        _ settings: PriceServiceSettings
    ) throws(PriceServiceError) -> any PriceSource {
        func client(_ pacing: Pacing, _ standard: String) throws(PriceServiceError) -> (PacedClient, String) {
            var url = settings.urls[name] ?? standard
            while url.hasSuffix("/") { url.removeLast() }
            var limits = CurlTransport.Limits()
            limits.bodyBytesMax = 16 << 20
            limits.timeoutMilliseconds = 20_000
            do {
                let transport = try CurlTransport(
                    baseURLs: [url],
                    version: settings.version,
                    proxy: settings.proxy,
                    limits: limits
                )
                let pace = settings.isPaced ? pacing : Pacing(gapMilliseconds: 0, attempts: 1)
                return (PacedClient(transport, pacing: pace), url)
            } catch {
                throw .badAddress(service: name, reason: ConnectorError.transport(error).description)
            }
        }
        switch name {
        case "coinbase":
            let (client, url) = try client(CoinbasePrices.pacing, CoinbasePrices.standardURL)
            return CoinbasePrices(client, url: url)
        case "kraken":
            let (client, url) = try client(KrakenPrices.pacing, KrakenPrices.standardURL)
            return KrakenPrices(client, url: url)
        case "coingecko":
            let isPro = settings.coinGeckoKey != nil && settings.coinGeckoIsPro
            let (client, url) = try client(
                CoinGeckoPrices.pacing,
                isPro ? CoinGeckoPrices.paidURL : CoinGeckoPrices.standardURL
            )
            let key = settings.coinGeckoKey.map { CoinGeckoPrices.Key($0, isPro: isPro) }
            return CoinGeckoPrices(client, url: url, key: key, ids: settings.coinGeckoIDs)
        case "ecb":
            let (client, url) = try client(ECBPrices.pacing, ECBPrices.standardURL)
            return ECBPrices(client, url: url)
        default: throw .unknownService(name)
        }
    }
}

/// Why prices cannot be fetched or kept as asked for: the caller's fault, said in words.
public enum PriceServiceError: Error, Hashable, Sendable {
    /// No service is turned on.
    case noneOn
    /// No service has this name, or it is not turned on.
    case unknownService(String)
    /// The address of a service is none that may be asked.
    case badAddress(service: String, reason: String)
    /// The name belongs to a service or to prices that are not imported.
    case reservedName(String)
    /// Nothing has prices under this name.
    case unknownSource(String, known: [String])
    /// Nobody has an asset of this code.
    case unknownAsset(String)
    /// An asset has no price in itself.
    case sameAsset(String)
    /// A price must be above zero.
    case notPositive(String)
    /// There is no such manual price.
    case noManualPrice(String)
    /// Prices of an asset lead to no other asset, or not yet at that instant.
    case noRate(from: String, to: String, reason: String)
}

extension PriceServiceError: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .noneOn:
            "no service of prices is turned on; name some with coffer config set prices.sources coinbase,ecb, "
                + "after which the codes of your assets leave this computer"
        case .unknownService(let name):
            "there is no service \(name), or it is not turned on; prices.sources may name "
                + PriceServiceSettings.known.joined(separator: ", ")
        case .badAddress(let service, let reason): "prices.\(service)_url: \(reason)"
        case .reservedName(let name):
            "\(name) is the name of prices that are not imported; choose another with --source"
        case .unknownSource(let name, let known):
            "there are no prices from \(name); known are \(known.joined(separator: ", "))"
        case .unknownAsset(let code): "nobody has an asset \(code)"
        case .sameAsset(let code): "\(code) has no price in itself"
        case .notPositive(let text): "\(text) is no price; a price is above zero"
        case .noManualPrice(let text):
            "there is no manual price of \(text); coffer prices status lists the series"
        case .noRate(let from, let to, let reason): "\(from) has no rate to \(to): \(reason)"
        }
    }
}
