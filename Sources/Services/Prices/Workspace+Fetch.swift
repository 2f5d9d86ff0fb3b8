import Connectors
public import Money
import Storage
import Synchronization
public import Time
import Valuation

/// What is to be fetched.
public struct PriceFetchRequest: Sendable {
    /// The code of one asset; nil for all that stand in the journal.
    public var asset: String?
    /// The service; nil for those of the asset's order.
    public var source: String?
    /// The start of the closes; nil for where the last fetch ended, or the asset's first entry.
    public var from: Timestamp?
    /// Their end; nil for now.
    public var to: Timestamp?
    /// The seconds of one close: a day, an hour or a minute.
    public var step: Int64 = 86_400

    /// All assets, from where the last fetch ended.
    public init() {}
}

/// What fetching one pair came to.
public struct PriceFetchResult: Hashable, Sendable {
    /// The code of what is priced.
    public let base: String
    /// The code of what it is counted in.
    public let quote: String
    /// The service that was asked.
    public let source: String
    /// The closes that came.
    public let closes: Int
    /// The latest price, or nil when none was asked for or came.
    public let spot: Amount?
    /// The instant before which the service has nothing, or nil.
    public let limitedFrom: Timestamp?
    /// What went wrong, or nil.
    public let error: String?
}

/// What a fetch came to.
public struct PriceFetchOutcome: Sendable {
    /// Each pair and service that was asked, in order.
    public internal(set) var results: [PriceFetchResult] = []
    /// Assets that none of the services can be asked for, by code.
    public internal(set) var unserved: [String] = []
}

extension Workspace {
    /// Fetches prices now, whether or not they are due.
    ///
    /// Blocks on the network. A service that fails is told in the result, and the next one of the asset's order is
    /// asked.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`.
    public func fetchPrices(
        _ request: PriceFetchRequest = PriceFetchRequest(),
        progress: (_ done: Int, _ total: Int?) -> Void = { _, _ in }
    ) throws -> PriceFetchOutcome {
        let services = try services()
        guard !services.isEmpty else { throw PriceServiceError.noneOn }
        if let name = request.source, !services.contains(where: { $0.name == name }) {
            throw PriceServiceError.unknownService(name)
        }
        return try fetching.withLock { _ in
            var run = try FetchRun(self, services, request)
            if let code = request.asset { try run.keepOnly(code) }
            return try run.perform(isForced: true, progress)
        }
    }

    /// Fetches the prices that are due; none when no service is turned on.
    ///
    /// Blocks on the network; to be called on a thread of its own, about once a minute. Cheap when nothing is due.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`.
    @discardableResult
    public func fetchDuePrices() throws -> PriceFetchOutcome {
        let services = try services()
        guard !services.isEmpty else { return PriceFetchOutcome() }
        return try fetching.withLock { nextLook in
            // Looking which assets there are is one pass over the journal.
            if let next = nextLook, next > now() { return PriceFetchOutcome() }
            var run = try FetchRun(self, services, PriceFetchRequest())
            let outcome = try run.perform(isForced: false) { _, _ in }
            nextLook = run.nextDue
            return outcome
        }
    }

    private func services() throws -> [any PriceSource] {
        guard !configuration.priceServices.names.isEmpty else { return [] }
        return try priceServices.withLock { kept in
            if let kept { return kept.sources }
            let made = try PriceServices(configuration.priceServices)
            kept = made
            return made.sources
        }
    }
}

/// One round of fetching.
private struct FetchRun {
    private let workspace: Workspace
    private let services: [any PriceSource]
    private let request: PriceFetchRequest
    private let now: Timestamp
    private var wanted: [Wanted] = []
    private var records: [PriceSeriesKey: PriceFetch] = [:]
    private var outcome = PriceFetchOutcome()

    /// A pair that prices are wanted of, and the services to be asked in order.
    private struct Wanted {
        let base: Asset
        let quote: Asset
        let since: Timestamp
        let sources: [any PriceSource]
    }

    /// The longest wait after failures, in seconds.
    private static let waitMax: Int64 = 86_400

    init(_ workspace: Workspace, _ services: [any PriceSource], _ request: PriceFetchRequest) throws {
        self.workspace = workspace
        self.services = services
        self.request = request
        now = workspace.now()
        let (first, orders, fetches, own) = try workspace.database.read { connection throws(StorageError) in
            (
                try connection.firstEntries(), try connection.priceOrders(), try connection.priceFetches(),
                try connection.everyonesAssets()
            )
        }
        for fetch in fetches { records[fetch.key] = fetch }
        var assets: [(Asset, Timestamp)] = []
        let ownByID = Dictionary(uniqueKeysWithValues: own.map { ($0.id, $0) })
        for (id, time) in first.sorted(by: { $0.key < $1.key }) {
            if let asset = AssetRegistry.builtIn.asset(id) {
                assets.append((asset, time))
            } else if let asset = ownByID[id],
                workspace.configuration.priceServices.coinGeckoIDs[asset.code] != nil
            {
                // A code of one's own means whatever its owner says, so it is asked for only under a named id.
                assets.append((asset, time))
            }
        }
        let registry = AssetRegistry.builtIn
        let oldest = first.values.min() ?? now
        for code in workspace.configuration.priceServices.currencies + ["usd"] {
            guard let asset = registry.asset(code: code), asset.kind == .fiat,
                !assets.contains(where: { $0.0.id == asset.id })
            else { continue }
            assets.append((asset, oldest))
        }
        for (asset, since) in assets { add(asset, since, orders) }
    }

    /// Fiat currencies are wanted in euros, all else in US dollars.
    private mutating func add(_ asset: Asset, _ since: Timestamp, _ orders: [AssetID: [String]]) {
        let registry = AssetRegistry.builtIn
        guard let usd = registry.asset(code: "usd"), let eur = registry.asset(code: "eur") else {
            preconditionFailure("the dollar and the euro are built in")
        }
        let isFiat = asset.kind == .fiat
        guard asset.id != eur.id else { return }
        let (base, quote) = isFiat ? (eur, asset) : (asset, usd)
        var able = services.filter {
            $0.mayServe(base: base.code, quote: quote.code) && ($0.name == "ecb") == isFiat
        }
        if asset.id.raw >= 65_536 { able = able.filter { $0.name == "coingecko" } }
        if let name = request.source { able = able.filter { $0.name == name } }
        let order = orders[asset.id] ?? []
        // Those that the owner's order names come first, in that order; a service that it leaves out comes after them.
        let named = order.compactMap { name in able.first { $0.name == name } }
        let sources = named + able.filter { source in !order.contains(source.name) }
        guard !sources.isEmpty else {
            outcome.unserved.append(asset.displayCode)
            return
        }
        wanted.append(Wanted(base: base, quote: quote, since: since, sources: sources))
    }

    /// Leaves one asset, which must be wanted.
    mutating func keepOnly(_ code: String) throws {
        let code = AssetCode.normalize(code) ?? code
        let isThere = AssetRegistry.builtIn.asset(code: code) != nil
        outcome.unserved = outcome.unserved.filter { $0.lowercased() == code }
        let kept = wanted.filter { ($0.base.code == "eur" ? $0.quote.code : $0.base.code) == code }
        if kept.isEmpty, outcome.unserved.isEmpty, let asset = AssetRegistry.builtIn.asset(code: code) {
            // An asset that nobody holds may be asked for as well.
            wanted = []
            add(asset, request.from ?? now.advanced(bySeconds: -86_400 * 365), [:])
            return
        }
        guard isThere || !kept.isEmpty || !outcome.unserved.isEmpty else {
            throw PriceServiceError.unknownAsset(code.uppercased())
        }
        wanted = kept
    }

    /// When something is due again, at most ten minutes from now, after which new assets are seen.
    var nextDue: Timestamp {
        let soon = now.advanced(bySeconds: 600)
        return records.values.compactMap(\.nextFetch).filter { $0 > now }.min().map { min($0, soon) } ?? soon
    }

    mutating func perform(
        isForced: Bool,
        _ progress: (_ done: Int, _ total: Int?) -> Void
    ) throws -> PriceFetchOutcome {
        for (place, pair) in wanted.enumerated() {
            progress(place, wanted.count)
            for source in pair.sources {
                let key = PriceSeriesKey(base: pair.base.id, quote: pair.quote.id, source: source.name)
                var record = records[key] ?? PriceFetch(key)
                if !isForced, let next = record.nextFetch, next > now {
                    // One that failed is passed over until its time; one that went well has nothing new yet.
                    if record.latestError != nil { continue }
                    break
                }
                let result = try fetch(pair, source, &record)
                outcome.results.append(result)
                let kept = record
                records[key] = record
                try workspace.database.writeAndWait { try $0.keepPriceFetch(kept) }
                if result.error == nil { break }
            }
        }
        progress(wanted.count, wanted.count)
        return outcome
    }

    private func fetch(
        _ pair: Wanted,
        _ source: any PriceSource,
        _ record: inout PriceFetch
    ) throws -> PriceFetchResult {
        var closes = 0
        var spot: FetchedPrice?
        var limitedFrom: Timestamp?
        var problem: ConnectorError?
        do {
            let step = PriceInterval(rawValue: request.step) ?? .day
            let from = request.from ?? (step == .day ? record.fetched : nil) ?? pair.since.day.start
            let query = PriceQuery(
                base: pair.base.code,
                quote: pair.quote.code,
                interval: step,
                from: from,
                to: request.to ?? now
            )
            if from < query.to {
                limitedFrom = try source.fetch(query, now: now) { page in
                    closes += page.count
                    try workspace.keepFetched(page, of: record.key)
                }
            }
            if request.to == nil {
                let latest = try source.fetchSpot(base: pair.base.code, quote: pair.quote.code, now: now)
                try workspace.keepFetched([latest], of: record.key)
                spot = latest
            }
            // Closes of days up to here are there; an earlier end leaves the mark where it was.
            if step == .day, request.to == nil { record.fetched = now.day.start }
        } catch let error as ConnectorError {
            problem = error
        }
        note(problem, in: &record)
        return PriceFetchResult(
            base: pair.base.displayCode,
            quote: pair.quote.displayCode,
            source: source.name,
            closes: closes,
            spot: spot?.price,
            limitedFrom: limitedFrom,
            error: problem?.description
        )
    }

    /// Puts off the next fetch: by the usual time, by what the service asks for, or by more with each failure.
    private func note(_ problem: ConnectorError?, in record: inout PriceFetch) {
        let every = workspace.configuration.priceServices.everySeconds
        record.latestError = problem?.description
        guard let problem else {
            record.failures = 0
            record.nextFetch = now.advanced(bySeconds: every)
            return
        }
        record.failures = min(record.failures + 1, 30)
        var wait = min(60 << Int64(min(record.failures, 12)), FetchRun.waitMax)
        switch problem {
        case .unknown: wait = FetchRun.waitMax
        case .rateLimited(let seconds?): wait = max(wait, min(seconds, FetchRun.waitMax))
        case .paused(let seconds): wait = max(wait, min(seconds, FetchRun.waitMax))
        default: break
        }
        record.nextFetch = now.advanced(bySeconds: wait)
    }
}

extension Workspace {
    /// Writes prices of one series and puts them into the snapshot.
    func keepFetched(_ prices: [FetchedPrice], of key: PriceSeriesKey) throws {
        try keepPrices(prices.map { Storage.PriceRow(time: $0.time, price: $0.price) }, of: key)
    }

    /// Writes prices of one series and puts them into the snapshot.
    func keepPrices(_ rows: [Storage.PriceRow], of key: PriceSeriesKey) throws {
        guard !rows.isEmpty else { return }
        var next = 0
        while next < rows.count {
            let part = rows[next..<min(next + 10_000, rows.count)]
            _ = try database.writeAndWait { try $0.storePrices(part, of: key) }
            next = part.endIndex
        }
        let orders = try database.read { connection throws(StorageError) in try connection.priceOrders() }
        let pair = PricePair(base: key.base, quote: key.quote)
        let origin = PricePreference(orders: orders).origin(of: key.source, pair: pair)
        try prices.update { book in
            var builder = PriceBookBuilder(on: book)
            for row in rows {
                try builder.append(
                    pair: pair,
                    stamp: row.time,
                    resolution: .spot,
                    price: row.price,
                    source: origin
                )
            }
            return builder.finish()
        }
    }
}
