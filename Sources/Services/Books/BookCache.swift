import CostBasis
public import Ledger
public import Money
public import Storage
import Synchronization
import Time

/// What reads work on: one user's Book with the names of its accounts and assets.
public struct UserSnapshot: Sendable {
    /// Whose.
    public let user: UserID
    /// The history.
    public let book: Book
    /// The built-in assets and the user's own.
    public let registry: AssetRegistry
    /// The user's accounts by number.
    public let accounts: [AccountID: AccountRecord]
    /// Changes with every change of what is here.
    public let version: Int
}

/// The Books in memory, loaded when first asked for, kept up to date by writes, dropped when unused for longest.
///
/// A reader gets an immutable snapshot. New entries wait in a list that the next reader folds in, so a write costs
/// the same whatever the length of the history.
final class BookCache: Sendable {
    private let load: @Sendable (UserID) throws -> BookContent
    private let bytesMax: Int
    private let shelves = Mutex<[UserID: BookShelf]>([:])
    private let uses = Atomic<UInt64>(0)

    init(bytesMax: Int, load: @escaping @Sendable (UserID) throws -> BookContent) {
        self.bytesMax = bytesMax
        self.load = load
    }

    /// The Books of a data folder.
    convenience init(_ database: Database, bytesMax: Int) {
        self.init(bytesMax: bytesMax) { user in
            let book = try database.loadBook(of: user)
            return try database.read { connection throws(StorageError) in
                var accounts: [AccountID: AccountRecord] = [:]
                for account in try connection.accounts(of: user) { accounts[account.id] = account }
                return BookContent(
                    book: book,
                    registry: try connection.registry(of: user),
                    accounts: accounts
                )
            }
        }
    }

    /// The user's shelf, an empty one when the user was not asked for before.
    func shelf(of user: UserID) -> BookShelf {
        shelves.withLock { shelves in
            if let shelf = shelves[user] { return shelf }
            let shelf = BookShelf(user: user)
            shelves[user] = shelf
            return shelf
        }
    }

    /// The snapshot if it is in memory; never blocks on the database.
    func loaded(_ user: UserID) -> UserSnapshot? {
        let shelf = shelf(of: user)
        shelf.lastUse.store(uses.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed)
        return shelf.snapshot()
    }

    /// The snapshot; the first call for a user loads it and blocks for that.
    func snapshot(of user: UserID) throws -> UserSnapshot {
        if let ready = loaded(user) { return ready }
        let shelf = shelf(of: user)
        // The lock makes callers who need the same Book wait for one load instead of loading it several times.
        let snapshot = try shelf.loading.withLock { _ in
            while true {
                if let ready = shelf.snapshot() { return ready }
                let generation = shelf.beginLoad()
                let content = try load(user)
                if let snapshot = shelf.finishLoad(content, generation: generation) { return snapshot }
            }
        }
        evict(keeping: user)
        return snapshot
    }

    /// Drops the Books that were unused for longest until the rest fits.
    private func evict(keeping kept: UserID) {
        let all = shelves.withLock { Array($0.values) }
        var total = all.reduce(0) { $0 + $1.bytes }
        for shelf in all.sorted(by: {
            $0.lastUse.load(ordering: .relaxed) < $1.lastUse.load(ordering: .relaxed)
        }) {
            guard total > bytesMax else { return }
            guard shelf.user != kept else { continue }
            total -= shelf.makeRoom()
        }
    }
}

/// What is loaded for one user.
struct BookContent: Sendable {
    var book: Book
    var registry: AssetRegistry
    var accounts: [AccountID: AccountRecord]
}

/// The numbers of accounts by name, as they were before some deletion of an account and after another.
struct KnownAccounts: Sendable {
    /// Counts the deletions.
    var epoch = 0
    var byName: [String: AccountID] = [:]
}

/// One user's place in the cache.
final class BookShelf: Sendable {
    private struct State {
        var content: BookContent?
        var pending: [Entry] = []
        var isLoading = false
        /// Counts what makes a load that is under way worthless.
        var generation = 0
        var version = 0
        /// The greatest number among the entries loaded; nil until it is needed.
        var loadedThrough: EntryID?
        var report: (key: ReportKey, report: KeptLots)?
        /// What value histories walk, for a version of the Book.
        var columns: (version: Int, columns: HoldingColumns)?
        /// Accounts that are stored for certain, until one is deleted.
        var accountNumbers = KnownAccounts()
        /// Where trades of accounts settle fiat, as far as it was looked up; holds until an undo.
        var settlements: [Settlement.Place: Bool] = [:]
        /// Whether a venue's API brought entries; nil until it was looked up.
        var hasVenueEntries: Bool?

        /// The memory that this takes, roughly: a row takes about 100 bytes in a Book, and as much again as lots.
        var bytes: Int {
            ((content?.book.count ?? 0) + pending.count)
                * ((report == nil ? 100 : 200) + (columns == nil ? 0 : HoldingColumns.bytesPerEntry))
        }

        /// Lets go of everything loaded, also of a load that is under way.
        mutating func drop() {
            content = nil
            pending = []
            report = nil
            columns = nil
            generation += 1
        }

        /// The entries that wait for a reader, without those that the load has seen already.
        ///
        /// An entry is shown here a moment after its commit, and a load in between finds it by itself. Numbers are
        /// given in the order of commits, so the load has seen what is not above its greatest number.
        mutating func takePending(_ book: Book) -> [Entry] {
            let through = loadedThrough ?? book.greatestID
            loadedThrough = through
            defer { pending = [] }
            return pending.filter { $0.id > through }
        }
    }

    let user: UserID
    /// Keeps the sums of the history in range.
    let range = RangeGuard()
    let loading = Mutex(())
    let lastUse = Atomic<UInt64>(0)
    private let state = Mutex(State())

    init(user: UserID) {
        self.user = user
    }

    /// The memory that the shelf holds, roughly.
    var bytes: Int {
        state.withLock { $0.bytes }
    }

    /// The numbers of accounts that are stored for certain, by name; perhaps not of all.
    var accountNumbers: KnownAccounts {
        state.withLock { $0.accountNumbers }
    }

    /// Forgets the numbers of accounts; called within the commit that deletes one, so that no later one uses its number.
    func forgetAccounts() {
        state.withLock { state in
            state.accountNumbers = KnownAccounts(epoch: state.accountNumbers.epoch + 1)
        }
    }

    /// Where trades of accounts settle fiat, as far as it was looked up.
    var settlements: [Settlement.Place: Bool] {
        state.withLock { $0.settlements }
    }

    /// Whether a venue's API brought entries; nil until it was looked up.
    var hasVenueEntries: Bool? {
        get { state.withLock { $0.hasVenueEntries } }
        set { state.withLock { $0.hasVenueEntries = newValue } }
    }

    /// Keeps what a look at the history told.
    func note(_ settlement: Settlement) {
        guard !settlement.isInside.isEmpty else { return }
        state.withLock { $0.settlements.merge(settlement.isInside) { known, _ in known } }
    }

    /// Keeps the numbers of accounts that a commit used, unless one was deleted since.
    func note(_ numbers: KnownAccounts) {
        state.withLock { state in
            // Nothing to do for nearly all imports: they name the accounts that the ones before them named.
            guard numbers.epoch == state.accountNumbers.epoch,
                numbers.byName.count != state.accountNumbers.byName.count
            else { return }
            state.accountNumbers.byName.merge(numbers.byName) { known, _ in known }
        }
    }

    /// The version of what is loaded, or nil when nothing is.
    var loadedVersion: Int? {
        state.withLock { $0.content == nil ? nil : $0.version }
    }

    /// What is there with everything that was written since, or nil when nothing is loaded.
    func snapshot() -> UserSnapshot? {
        state.withLock { state in
            guard var content = state.content else { return nil }
            if !state.pending.isEmpty {
                content.book = content.book.appending(state.takePending(content.book))
                state.content = content
            }
            return UserSnapshot(
                user: user,
                book: content.book,
                registry: content.registry,
                accounts: content.accounts,
                version: state.version
            )
        }
    }

    func beginLoad() -> Int {
        state.withLock { state in
            state.isLoading = true
            state.pending = []
            return state.generation
        }
    }

    /// Takes what was loaded, unless a change made it worthless meanwhile.
    func finishLoad(_ content: BookContent, generation: Int) -> UserSnapshot? {
        let isCurrent = state.withLock { state -> Bool in
            state.isLoading = false
            guard state.generation == generation else { return false }
            state.content = content
            state.loadedThrough = nil
            state.version += 1
            return true
        }
        return isCurrent ? snapshot() : nil
    }

    /// The most entries that wait for a reader; when more do, the Book is dropped and the next reader loads it.
    static let pendingMax = 65_536

    /// Takes entries that a commit made visible.
    func add(_ entries: [Entry]) {
        state.withLock { state in
            state.version += 1
            guard state.content != nil || state.isLoading else { return }
            state.pending += entries
            if state.pending.count > BookShelf.pendingMax { state.drop() }
        }
    }

    /// Takes accounts and assets that are new, when a Book is loaded.
    func add(accounts: [AccountRecord], assets: [Asset]) {
        state.withLock { state in
            state.version += 1
            // A load that is under way may have read the lists before the change.
            if state.isLoading { state.generation += 1 }
            guard var content = state.content else { return }
            for account in accounts { content.accounts[account.id] = account }
            for asset in assets where content.registry.asset(asset.id) == nil { content.registry.add(asset) }
            state.content = content
        }
    }

    /// Drops what is loaded and says how many bytes it held; a load that is under way goes on, as it holds none yet.
    func makeRoom() -> Int {
        state.withLock { state in
            guard state.content != nil else { return 0 }
            let bytes = state.bytes
            state.drop()
            state.version += 1
            return bytes
        }
    }

    /// Takes note of a change that answers show and that is not in the Book.
    func noteChange() {
        state.withLock { $0.version += 1 }
    }

    /// Forgets everything after an undo.
    func invalidate() {
        state.withLock { state in
            state.drop()
            state.settlements = [:]
            state.version += 1
        }
    }

    /// The lots computed last if they were computed with the same prices and settings, perhaps from an earlier Book.
    func report(alike key: ReportKey) -> (key: ReportKey, report: KeptLots)? {
        state.withLock { state in
            guard let kept = state.report, kept.key.isAlike(key) else { return nil }
            return kept
        }
    }

    /// The lots computed last by some settings, whatever has changed since.
    func lastReport(by settings: LotSettings, zone: String) -> KeptLots? {
        state.withLock { state in
            guard let kept = state.report, kept.key.settings == settings, kept.key.zone == zone else {
                return nil
            }
            return kept.report
        }
    }

    /// What value histories walk, where it was kept for that version of the Book.
    func columns(version: Int) -> HoldingColumns? {
        state.withLock { $0.columns?.version == version ? $0.columns?.columns : nil }
    }

    /// Keeps what value histories walk.
    func keep(_ columns: HoldingColumns, version: Int) {
        state.withLock { state in
            // Without a Book their memory would not be counted; of two the later one counts.
            guard state.content != nil, (state.columns?.version ?? version) <= version else { return }
            state.columns = (version, columns)
        }
    }

    /// Keeps computed lots.
    func keep(_ report: KeptLots, for key: ReportKey) {
        state.withLock { state in
            // Without a Book the memory of its lots would not be counted.
            if state.content != nil { state.report = (key, report) }
        }
    }
}

extension Book {
    /// The greatest number of an entry; 0 when there is none.
    fileprivate var greatestID: EntryID {
        var greatest = EntryID(raw: 0)
        forEachRow { greatest = max(greatest, $0.id) }
        return greatest
    }
}
