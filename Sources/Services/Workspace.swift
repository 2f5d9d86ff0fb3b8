import Connectors
public import Crypto
public import Storage
import Synchronization
public import Time
public import Valuation

/// The number of a user, as the store gives it.
public typealias UserID = Storage.UserID

/// How a data folder is opened and what its reports and limits are.
public struct WorkspaceConfiguration: Sendable {
    /// The data folder.
    public var folder: String
    /// How old prices may be.
    public var valuation = ValuationSettings()
    /// Which services prices are fetched from.
    public var priceServices = PriceServiceSettings()
    /// The memory that Books and computed lots share, in bytes.
    public var cacheBytesMax = 512 << 20
    /// What one password hash costs.
    public var passwordCost = PasswordCost.standard
    /// How long the tokens of a sign-in live.
    public var signIn = SignInSettings()
    /// How long the sessions of a browser live.
    public var pageSessions = PageSessionSettings()
    /// How the OAuth server is set up.
    public var oauth = OAuthSettings()
    /// The bounds of portfolios.
    public var portfolios = PortfolioLimits()
    /// The bounds of what is tracked.
    public var tracking = TrackingLimits()
    /// How long to wait for another process that has the folder, in milliseconds.
    public var lockWaitMilliseconds = 10_000
    /// The clock; nil for the system's.
    public var now: (@Sendable () -> Timestamp)?
    /// The limits of the store.
    public var storage = StorageLimits.standard
    /// How venues are read.
    public var connections = ConnectionSettings()
    /// Which services public chains are read from.
    public var chains = ChainSettings()

    /// The usual configuration of a folder.
    public init(folder: String) {
        self.folder = folder
    }
}

/// The use cases of one data folder: what the command line and the dialects call.
///
/// Safe to use from any thread. Calls that may block say so; they belong on worker threads.
public final class Workspace: Sendable {
    /// Whether a workspace may change its folder.
    public enum Access: Sendable {
        /// Reads only, also while another process writes.
        case reading
        /// Reads and writes; one process at a time.
        case writing
    }

    let configuration: WorkspaceConfiguration
    /// Where everything is kept; nil when a file is reported on.
    private let store: Database?
    /// The names that the entries of a file give; nil in a data folder, which has its own.
    let fileNames: FileNames?
    let books: BookCache
    let prices: PriceShelf
    /// The services of prices, once they were asked for.
    let priceServices = Mutex<PriceServices?>(nil)
    /// Held by the one who fetches prices; the time before which nothing is due.
    let fetching = Mutex<Timestamp?>(nil)
    let sessions: SessionCache
    let keysUnderWay = KeysUnderWay()
    let venueClients = VenueClients()
    /// The services of public chains, once one was asked for.
    let chainServices = Mutex<ChainServices?>(nil)
    /// Whether readings of venues are to end after the page at hand.
    let areReadingsEnded = Atomic(false)
    /// The connections that are being read.
    let readings = Mutex<Set<VenueConnectionID>>([])
    /// How often the turns of a connection were doubled since they came to nothing.
    let turnDoublings = Mutex<[VenueConnectionID: Int]>([:])
    /// The addresses that are being read, and chains' newest blocks.
    let addressDesk = AddressDesk()
    let hashing = HashingDesk()
    /// The address that a server of this process listens on.
    let listeningIssuer = Mutex<String?>(nil)
    let now: @Sendable () -> Timestamp

    /// Whether this process may write.
    public let access: Access

    /// The store; asking for it where a file is reported on is our own fault and stops the program.
    var database: Database {
        guard let store else { preconditionFailure("a file is reported on without a data folder") }
        return store
    }

    /// Reads from the store, or without one where a file is reported on.
    func reading<Value>(
        _ body: (Connection?) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        guard let store else { return try body(nil) }
        return try store.read { connection throws(StorageError) in try body(connection) }
    }

    private init(_ configuration: WorkspaceConfiguration, access: Access, database: Database) {
        self.configuration = configuration
        self.access = access
        store = database
        fileNames = nil
        now = configuration.now ?? DatabaseOptions().now
        books = BookCache(database, bytesMax: configuration.cacheBytesMax)
        prices = PriceShelf(database)
        sessions = SessionCache()
    }

    /// A workspace over the history of a file and over prices that stand in no data folder.
    init(_ configuration: WorkspaceConfiguration, _ history: FileHistory, prices: PriceBook) {
        self.configuration = configuration
        access = .reading
        store = nil
        fileNames = history.names
        now = configuration.now ?? DatabaseOptions().now
        books = BookCache(bytesMax: configuration.cacheBytesMax) { _ in history.content }
        self.prices = PriceShelf { prices }
        sessions = SessionCache()
    }

    /// Opens a data folder; for writing it is made when it is not there, with one local owner.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`, or `WorkspaceError`.
    public static func open(_ configuration: WorkspaceConfiguration, access: Access) throws -> Workspace {
        Crypto.start()
        var options = DatabaseOptions()
        options.lockWaitMilliseconds = configuration.lockWaitMilliseconds
        options.limits = configuration.storage
        if let now = configuration.now { options.now = now }
        let database =
            switch access {
            case .reading: try Database.openReadOnly(folder: configuration.folder, options: options)
            case .writing: try Database.open(folder: configuration.folder, options: options)
            }
        let workspace = Workspace(configuration, access: access, database: database)
        if access == .writing { try workspace.ensureOwner() }
        return workspace
    }

    /// Writes what waits and closes the folder.
    ///
    /// Blocks.
    public func close() {
        store?.close()
    }

    /// The present instant by the workspace's clock.
    public var time: Timestamp { now() }

    /// Commits written through to the disk since the start.
    public var commitCount: Int { database.statistics.commits }

    /// Writes that these commits carried.
    public var writeCount: Int { database.statistics.jobs }

    /// What the writer did so far, for measuring.
    public var writerStatistics: WriterStatistics { database.statistics }
}
