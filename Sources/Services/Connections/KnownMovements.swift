import Importing
import Ledger
import Money
import Storage
import Time

/// Tells entries to come that the ledger has already from another source: the same event by file and by a venue's API.
///
/// * One whose id a live entry of the account has from the **same** sort of source is left to the import, which compares whole
///   contents; from a venue it is known, as its id alone says so. So it is from a file whose ids are the venue's own.
/// * Else one is known when an entry from the **other** sort of source moves the same amount of the same asset the same way
///   within two seconds. Each entry stands for one event, so that two alike are two. Where both sources have the same ids,
///   different ids are different events, however alike.
struct KnownMovements {
    private struct Key: Hashable {
        let asset: AssetID
        let amount: Amount
        let isIn: Bool
    }

    private struct Place {
        let time: Timestamp
        let entry: EntryID
    }

    private let format: ImportFormat
    private let assets: AssetRegistry
    private var references: Set<String> = []
    /// The ids of entries from other sources that have the venue's own ids.
    private var sharedReferences: Set<String> = []
    /// The entries by their ids.
    private var entries: [String: EntryID] = [:]
    private var places: [Key: [Place]] = [:]
    private var taken: Set<EntryID> = []
    /// How many were known.
    private(set) var count = 0

    /// What a user's ledger has for an account, against entries of one format.
    init(_ movements: [StoredMovement], format: ImportFormat, assets: AssetRegistry) {
        self.format = format
        self.assets = assets
        for movement in movements {
            let isOther = KnownMovements.isOther(movement.format, than: format)
            if !movement.reference.isEmpty {
                entries[movement.reference] = movement.entry
                if format.isVenue || !isOther { references.insert(movement.reference) }
                if isOther, format.sharesIDs(with: movement.format) {
                    sharedReferences.insert(movement.reference)
                    continue
                }
            }
            guard isOther else { continue }
            let place = Place(time: movement.time, entry: movement.entry)
            if let leg = movement.incoming {
                places[Key(asset: leg.asset, amount: leg.amount, isIn: true), default: []].append(place)
            }
            if let leg = movement.outgoing {
                places[Key(asset: leg.asset, amount: leg.amount, isIn: false), default: []].append(place)
            }
        }
    }

    /// Whether an entry of a format can tell an event that another format tells too: a venue's streams do among themselves,
    /// files among themselves are compared by the import.
    private static func isOther(_ stored: String, than format: ImportFormat) -> Bool {
        guard !format.isVenue else { return stored != format.name }
        return ImportFormat(rawValue: stored)?.isVenue ?? false
    }

    /// Lets entries stand for the events that they name, so that they stand for no other that is like them.
    mutating func reserve(_ references: some Sequence<String>) {
        for reference in references {
            if let entry = entries[reference] { taken.insert(entry) }
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
        let legs = [(draft.incoming, true), (draft.outgoing, false)].compactMap { leg, isIn in
            leg.map { (leg: $0, isIn: isIn, isFiat: assets.isFiat(code: $0.asset)) }
        }
        // Fiat counts only where nothing else moved: payments are rounded differently by different sources.
        let coins = legs.filter { !$0.isFiat }
        for (leg, isIn, _) in coins.isEmpty ? legs : coins {
            guard let asset = assets.id(code: leg.asset) else { continue }
            let found = places[Key(asset: asset, amount: leg.amount, isIn: isIn)]?.first { place in
                abs(place.time.seconds - draft.time.seconds) <= ConnectionLimits.secondsApartMax
                    && !taken.contains(place.entry)
            }
            guard let found else { continue }
            taken.insert(found.entry)
            count += 1
            return true
        }
        return false
    }
}

extension ImportFormat {
    /// Whether entries of it come from a venue's API.
    var isVenue: Bool {
        switch self {
        case .coinbaseLedger, .coinbaseTrades, .krakenLedger, .krakenTrades, .binanceUSLedger,
            .binanceUSTrades:
            true
        case .coffer, .coinbase, .kraken: false
        }
    }

    /// Whether files of it come from a venue that can be connected.
    var isVenueFile: Bool { !isVenue && self != .coffer }

    /// The venue that its entries are of; nil where a file names accounts of any.
    var venue: ConnectableVenue? {
        switch self {
        case .coffer: nil
        case .coinbase, .coinbaseLedger, .coinbaseTrades: .coinbase
        case .kraken, .krakenLedger, .krakenTrades: .kraken
        case .binanceUSLedger, .binanceUSTrades: .binanceUS
        }
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
        let margin = ConnectionLimits.secondsApartMax
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
