import Importing
import Ledger
import Money
import Storage
import Time
import Venues

/// Tells entries to come that the ledger has already from another source: the same event by file and by a venue's API.
///
/// * One whose id a live entry of the account has from the **same** sort of source is left to the import, which compares whole
///   contents; from a venue it is known, as its id alone says so. So it is from a file whose ids are the venue's own.
/// * Of Binance.US's fills file and API know the same order, and different numbers: one is known when an entry of the same order
///   from the other moves the same amount of the same asset the same way within two seconds; so are all of an order of which one
///   source tells the sum at a time among theirs. An order may be filled in equal parts for hours, and what the other source
///   told of it last time is kept nowhere, so the order alone does not say which part is meant.
/// * Else one is known when an entry from the **other** sort of source moves the same amount of the same asset the same way
///   within two seconds. Each entry stands for one event, so that two alike are two. Where both have ids that can be
///   compared, different ids are different events, however alike.
struct KnownMovements {
    private struct Key: Hashable {
        let asset: AssetID
        let amount: Amount
        let isIn: Bool
    }

    private struct Place {
        let time: Timestamp
        let entry: EntryID
        /// Whether its id can be compared with that of an entry to come.
        let isNamed: Bool
    }

    /// An entry of an order that the other of file and API told.
    private struct Fill {
        let entry: EntryID
        let time: Timestamp
        let amounts: [Side: Amount]
    }

    /// A leg without its amount.
    private struct Side: Hashable {
        let asset: AssetID
        let isIn: Bool
    }

    private let format: ImportFormat
    private let assets: AssetRegistry
    private var references: Set<String> = []
    /// The ids of entries from other sources that have the venue's own ids.
    private var sharedReferences: Set<String> = []
    /// The entries by their ids.
    private var entries: [String: EntryID] = [:]
    private var places: [Key: [Place]] = [:]
    /// The fills of orders by the orders' numbers.
    private var orders: [Substring: [Fill]] = [:]
    /// Orders of which an entry tells the sum of all that is to come.
    private var wholeOrders: Set<Substring> = []
    private var taken: Set<EntryID> = []
    /// How many were known.
    private(set) var count = 0

    /// What a user's ledger has for an account, against entries of one format.
    init(_ movements: [StoredMovement], format: ImportFormat, assets: AssetRegistry) {
        self.format = format
        self.assets = assets
        for movement in movements {
            let isOther = KnownMovements.isOther(movement.format, than: format)
            let isShared = isOther && format.sharesIDs(with: movement.format)
            if !movement.reference.isEmpty {
                entries[movement.reference] = movement.entry
                if format.isVenue || !isOther { references.insert(movement.reference) }
                if isShared { sharedReferences.insert(movement.reference) }
            }
            guard isOther else { continue }
            var amounts: [Side: Amount] = [:]
            if let leg = movement.incoming { amounts[Side(asset: leg.asset, isIn: true)] = leg.amount }
            if let leg = movement.outgoing { amounts[Side(asset: leg.asset, isIn: false)] = leg.amount }
            if isShared, ImportFormat(rawValue: movement.format)?.isVenue != format.isVenue,
                let order = format.order(of: movement.reference)
            {
                orders[order, default: []].append(
                    Fill(entry: movement.entry, time: movement.time, amounts: amounts)
                )
            }
            let place = Place(
                time: movement.time,
                entry: movement.entry,
                isNamed: isShared && BinanceReference.isShared(movement.reference)
            )
            for (side, amount) in amounts {
                places[Key(asset: side.asset, amount: amount, isIn: side.isIn), default: []].append(place)
            }
        }
    }

    /// Whether an entry of a format can tell an event that another format tells too: a venue's streams do among themselves,
    /// files among themselves are compared by the import.
    private static func isOther(_ stored: String, than format: ImportFormat) -> Bool {
        guard !format.isVenue else { return stored != format.name }
        return ImportFormat(rawValue: stored)?.isVenue ?? false
    }

    /// Lets entries stand for the events that they name, so that they stand for no other that is like them, and finds the orders
    /// whose sum an entry tells.
    mutating func reserve(_ drafts: [DraftEntry]) {
        var fills: [Substring: [DraftEntry]] = [:]
        for draft in drafts {
            if let entry = entries[draft.reference] { taken.insert(entry) }
            if let order = format.order(of: draft.reference), orders[order] != nil {
                fills[order, default: []].append(draft)
            }
        }
        for (order, fills) in fills where fills.count > 1 {
            guard let known = orders[order], known.count == 1, let sum = known.first else { continue }
            let sums = sum.amounts.keys.map { side in (side, total(fills.map { amounts(of: $0)[side] })) }
            guard sums.contains(where: { $1 != nil && $1 == sum.amounts[$0] }),
                KnownMovements.isAmong(sum.time, fills.map(\.time))
            else { continue }
            wholeOrders.insert(order)
            taken.insert(sum.entry)
        }
    }

    /// Whether the ledger has the draft; an entry that stands for it stands for no other afterwards.
    mutating func isKnown(_ draft: DraftEntry) -> Bool {
        if sharedReferences.contains(draft.reference) {
            count += 1
            return true
        }
        if !draft.reference.isEmpty, references.contains(draft.reference) {
            if format.isVenue { count += 1 }
            return format.isVenue
        }
        if isOfKnownOrder(draft) {
            count += 1
            return true
        }
        let isNamed = BinanceReference.isShared(draft.reference)
        let legs = [(draft.incoming, true), (draft.outgoing, false)].compactMap { leg, isIn in
            leg.map { (leg: $0, isIn: isIn, isFiat: assets.isFiat(code: $0.asset)) }
        }
        // Fiat counts only where nothing else moved: payments are rounded differently by different sources.
        let coins = legs.filter { !$0.isFiat }
        for (leg, isIn, _) in coins.isEmpty ? legs : coins {
            guard let asset = assets.id(code: leg.asset) else { continue }
            let found = places[Key(asset: asset, amount: leg.amount, isIn: isIn)]?.first { place in
                abs(place.time.seconds - draft.time.seconds) <= ConnectionLimits.secondsApartMax
                    && !taken.contains(place.entry) && !(isNamed && place.isNamed)
            }
            guard let found else { continue }
            taken.insert(found.entry)
            count += 1
            return true
        }
        return false
    }

    // MARK: Orders

    /// Whether an entry tells a fill of the same order that is the draft, or the fills of which the draft is the sum.
    private mutating func isOfKnownOrder(_ draft: DraftEntry) -> Bool {
        guard let order = format.order(of: draft.reference), let fills = orders[order] else { return false }
        if wholeOrders.contains(order) { return true }
        let amounts = amounts(of: draft)
        let free = fills.filter { !taken.contains($0.entry) }
        func apart(_ fill: Fill) -> Int64 { abs(fill.time.seconds - draft.time.seconds) }
        let alike = free.filter { fill in
            apart(fill) <= ConnectionLimits.secondsApartMax && amounts.contains { fill.amounts[$0] == $1 }
        }
        if let nearest = alike.min(by: { apart($0) < apart($1) }) {
            taken.insert(nearest.entry)
            return true
        }
        guard free.count > 1, KnownMovements.isAmong(draft.time, free.map(\.time)),
            amounts.contains(where: { side, amount in total(free.map { $0.amounts[side] }) == amount })
        else { return false }
        taken.formUnion(free.map(\.entry))
        return true
    }

    /// Whether a time lies among others, of which there is at least one, or at most so far before or behind all of them as times of
    /// one event may be apart.
    private static func isAmong(_ time: Timestamp, _ times: [Timestamp]) -> Bool {
        guard let first = times.min(), let last = times.max() else { return false }
        let margin = ConnectionLimits.secondsApartMax
        return (first.seconds - margin...last.seconds + margin).contains(time.seconds)
    }

    private func amounts(of draft: DraftEntry) -> [Side: Amount] {
        var amounts: [Side: Amount] = [:]
        for (leg, isIn) in [(draft.incoming, true), (draft.outgoing, false)] {
            guard let leg, let asset = assets.id(code: leg.asset) else { continue }
            amounts[Side(asset: asset, isIn: isIn)] = leg.amount
        }
        return amounts
    }

    /// The sum; nil where one is absent or the sum is out of range, which is no amount that an entry has.
    private func total(_ amounts: [Amount?]) -> Amount? {
        var sum = Amount.zero
        for amount in amounts {
            guard let amount, let next = try? sum.adding(amount) else { return nil }
            sum = next
        }
        return sum
    }
}

extension ImportFormat {
    /// Whether entries of it come from a venue's API.
    var isVenue: Bool {
        switch self {
        case .coinbaseLedger, .coinbaseTrades, .krakenLedger, .krakenTrades, .binanceUSLedger,
            .binanceUSTrades:
            true
        case .coffer, .coinbase, .kraken, .binance, .binanceUS: false
        }
    }

    /// Whether files of it come from a venue that can be connected.
    var isVenueFile: Bool { !isVenue && self != .coffer }

    /// The venue that its entries are of; nil where a file names accounts of any.
    var venue: ConnectableVenue? {
        switch self {
        // What Binance exports has no ids, and Binance.US exported alike.
        case .coffer, .binance: nil
        case .coinbase, .coinbaseLedger, .coinbaseTrades: .coinbase
        case .kraken, .krakenLedger, .krakenTrades: .kraken
        case .binanceUS, .binanceUSLedger, .binanceUSTrades: .binanceUS
        }
    }

    /// The order that a reference of its venue names; nil where it names none.
    func order(of reference: String) -> Substring? {
        venue == .binanceUS ? BinanceReference.order(of: reference) : nil
    }

    /// Whether entries of another format have the same ids for the same events.
    ///
    /// Coinbase's files and API have ids of different forms, and so have its ledger and its fills.
    func sharesIDs(with other: String) -> Bool {
        guard let venue, venue != .coinbase else { return false }
        return ImportFormat(rawValue: other)?.venue == venue
    }
}

extension Workspace {
    /// What the ledger has from other sources for entries of an account in a span of time.
    ///
    /// Blocks.
    func knownMovements(
        of user: UserID,
        account: AccountID,
        format: ImportFormat,
        from: Timestamp,
        through: Timestamp
    ) throws(StorageError) -> KnownMovements {
        // What is known by its id may have another time there: when it was asked for, and when it was done.
        let margin =
            format.venue == .binanceUS
            ? ConnectionLimits.secondsApartByIDMax : ConnectionLimits.secondsApartMax
        return try database.read { connection throws(StorageError) in
            KnownMovements(
                try connection.movements(
                    of: user,
                    account: account,
                    from: max(.earliest, from.advanced(bySeconds: -margin)),
                    through: min(.latest, through.advanced(bySeconds: margin))
                ),
                format: format,
                assets: try connection.registry(of: user)
            )
        }
    }

    /// What the API brought of a venue's file's account; nil when that is nothing, or the file is of no venue.
    ///
    /// Blocks.
    func broughtByVenue(_ survey: ImportSurvey, of user: UserID) throws -> KnownMovements? {
        guard survey.format.isVenueFile, let name = survey.accounts.first, let from = survey.firstTime,
            let through = survey.lastTime
        else { return nil }
        let shelf = books.shelf(of: user)
        guard shelf.hasVenueEntries != false else { return nil }
        let venueFormats = ImportFormat.allCases.filter(\.isVenue).map(\.name)
        let (has, account) = try database.read { connection throws(StorageError) in
            (
                try connection.hasImports(of: user, formats: venueFormats),
                try connection.account(of: user, name: name)
            )
        }
        shelf.hasVenueEntries = has
        guard has, let account else { return nil }
        return try knownMovements(
            of: user,
            account: account.id,
            format: survey.format,
            from: from,
            through: through
        )
    }
}
