import Connectors
import Importing

/// A venue whose accounts can be connected.
public enum ConnectableVenue: String, Hashable, Sendable, CaseIterable {
    /// Coinbase.
    case coinbase
    /// Kraken.
    case kraken
    /// Binance.US.
    case binanceUS = "binanceus"

    /// The word for it in lower case, as accounts have it.
    public var name: String { rawValue }

    /// The name that people know it by, which its accounts have unless another is given.
    public var title: String {
        switch self {
        case .coinbase: "Coinbase"
        case .kraken: "Kraken"
        case .binanceUS: "Binance.US"
        }
    }

    /// The venue that is known by a title, in letters of any case; nil for none.
    static func titled(_ text: String) -> ConnectableVenue? {
        allCases.first { $0.title.lowercased() == text.lowercased() }
    }

    /// What the venue calls the open part of its credentials.
    public var keyWords: String {
        switch self {
        case .coinbase: "key name"
        case .kraken, .binanceUS: "API key"
        }
    }

    /// What the venue calls the secret part.
    public var secretWords: String {
        switch self {
        case .coinbase, .kraken: "private key"
        case .binanceUS: "secret key"
        }
    }

    /// Whether the venue's credentials have a passphrase.
    public var hasPassphrase: Bool { false }

    /// The layout that entries of a reading have.
    func format(_ scope: ExchangeScope) -> ImportFormat {
        switch (self, scope) {
        case (.coinbase, .ledger): .coinbaseLedger
        case (.coinbase, .trades): .coinbaseTrades
        case (.kraken, .ledger): .krakenLedger
        case (.kraken, .trades): .krakenTrades
        case (.binanceUS, .ledger): .binanceUSLedger
        case (.binanceUS, .trades): .binanceUSTrades
        }
    }

    /// What the import of a reading is called.
    func importName(_ scope: ExchangeScope) -> String {
        name + (scope == .ledger ? " ledger" : " trades")
    }

    /// The pace of requests to the venue.
    var pacing: Pacing {
        switch self {
        case .coinbase: CoinbaseSource.pacing
        case .kraken: KrakenSource.pacing
        case .binanceUS: BinanceUSSource.pacing
        }
    }

    /// Checks the form of credentials; nothing is asked of the venue.
    ///
    /// - Throws: `VenueCredentialsError`.
    func check(_ credentials: VenueCredentials) throws(VenueCredentialsError) {
        switch self {
        case .coinbase: _ = try ConnectableVenue.coinbase(credentials)
        case .kraken: _ = try KrakenCredentials(credentials)
        case .binanceUS: _ = try BinanceUSCredentials(credentials)
        }
    }

    static func coinbase(
        _ credentials: VenueCredentials
    ) throws(VenueCredentialsError) -> CoinbaseCredentials {
        do throws(CoinbaseCredentialsError) {
            return try CoinbaseCredentials(keyName: credentials.key, secret: credentials.secret)
        } catch {
            throw .coinbase(error)
        }
    }
}

extension ConnectionSettings {
    /// Where a venue's API is.
    func url(of venue: ConnectableVenue) -> String {
        switch venue {
        case .coinbase: coinbaseURL
        case .kraken: krakenURL
        case .binanceUS: binanceUSURL
        }
    }
}

extension Workspace {
    /// The venues whose accounts can be connected, in the order they are offered.
    public static let connectableVenues = ConnectableVenue.allCases
}
