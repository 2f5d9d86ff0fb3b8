public import Connectors
public import HTTPClient

/// How venues are read, and where the key of their credentials is.
public struct ConnectionSettings: Sendable {
    /// The key file; nil for `secret.key` in the data folder.
    public var keyFile: String?
    /// Where Coinbase's API is.
    public var coinbaseURL = CoinbaseSource.standardURL
    /// Where Kraken's API is.
    public var krakenURL = KrakenSource.standardURL
    /// Where Binance.US's API is.
    public var binanceUSURL = BinanceUSSource.standardURL
    /// The time between two readings of a connection, in seconds.
    public var syncEverySeconds: Int64 = 3600
    /// Connections of one user.
    public var connectionsPerUser = 16
    /// Pages of one stream that one reading takes, where the caller names no bound.
    public var pagesPerSync = 200
    /// The first wait after a failed reading, in seconds; it doubles with each.
    public var firstRetrySeconds: Int64 = 60
    /// The longest wait after failed readings, in seconds.
    public var retrySecondsMax: Int64 = 6 * 3600
    /// The wait after the venue refused the credentials, in seconds: only the user can help then.
    public var refusedSeconds: Int64 = 24 * 3600
    /// The proxy for requests to venues; nil for none.
    public var proxy: String?
    /// The program's version, which venues are told.
    public var version = "0"
    /// What requests are sent by; nil for the network.
    public var transport: (any HTTPTransport)?
    /// The pace of requests to a venue; nil for the venue's own.
    public var pacing: Pacing?
    /// The clock of that pace.
    public var clock = PaceClock.system

    /// The usual settings.
    public init() {}

    /// Whether a text is an address that a venue may have: encrypted or on this computer, without a path.
    public static func isAddress(_ text: String) -> Bool {
        // Why it is none is said by the form that the setting has.
        (try? Origin(text)) != nil && VenueAddress.host(of: text) != nil
    }
}

/// The named bounds of connections.
public enum ConnectionLimits {
    /// Bytes of a label.
    public static let labelBytesMax = 64
    /// Bytes of a credential's text.
    public static let secretBytesMax = 8192
    /// Bytes of a key that is shown openly, or of its name.
    public static let keyBytesMax = 1024
    /// The pages that a backfill may be asked for.
    public static let backfillPages = 1...25
    /// Errors and remarks that one reading tells.
    public static let wordsMax = 50
    /// Bytes of the error that is kept with a connection.
    public static let errorBytesMax = 500
    /// Days after which a row that is still pending is passed over.
    static let pendingDays: Int64 = 30
    /// Days after which a row is taken without its other side.
    static let loneDays: Int64 = 1
    /// How long one connection is read in the background before the others have their turn.
    static let turn = Duration.seconds(30)
    /// How often a turn is doubled at most that was too short to get any further.
    static let turnDoublingsMax = 6
    /// The wait until a connection whose turn ended has its next one, in seconds.
    static let turnRestSeconds: Int64 = 1
    /// Due connections that are looked at to find the next one.
    static let dueMax = 100
    /// The longest wait that a venue may ask for, in seconds.
    static let askedSecondsMax: Int64 = 24 * 3600
    /// How far the times of one event may lie apart in two sources, in seconds.
    static let secondsApartMax: Int64 = 2
    /// How far apart the times of one event may be at a venue whose ids say that it is one, in seconds.
    static let secondsApartByIDMax: Int64 = 86_400
}
