import Connectors
import Importing
import Ledger
import Money
import Storage
import Time

/// Tells events that the ledger has already, whatever source brought them.
///
/// * An event whose id a live entry of the account has is known. Ids of Coinbase's API are UUIDs, those of its CSV reports
///   are numbers of another form, so this finds events of the API, and of files where their ids agree.
/// * Else an event is known when an entry from another source moves the same amount of the same asset the same way
///   within two seconds. Each entry stands for one event, so that two alike are two.
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

    private var references: Set<String> = []
    private var places: [Key: [Place]] = [:]
    private var taken: Set<EntryID> = []
    private let assets: AssetRegistry

    /// What a user's ledger has for an account, against events of one format.
    init(_ movements: [StoredMovement], format: ImportFormat, assets: AssetRegistry) {
        self.assets = assets
        for movement in movements {
            if !movement.reference.isEmpty { references.insert(movement.reference) }
            guard movement.format != format.name else { continue }
            let place = Place(time: movement.time, entry: movement.entry)
            if let leg = movement.incoming {
                places[Key(asset: leg.asset, amount: leg.amount, isIn: true), default: []].append(place)
            }
            if let leg = movement.outgoing {
                places[Key(asset: leg.asset, amount: leg.amount, isIn: false), default: []].append(place)
            }
        }
    }

    /// Whether the event is known; an entry that stands for it stands for no other afterwards.
    mutating func isKnown(_ event: ExchangeEvent) -> Bool {
        if references.contains(event.id) { return true }
        // Fiat counts only where nothing else moved: payments are rounded differently by different sources.
        let legs = [(event.incoming, true), (event.outgoing, false)].compactMap { leg, isIn in
            leg.map { (money: $0, isIn: isIn, isFiat: assets.isFiat(code: $0.asset)) }
        }
        let coins = legs.filter { !$0.isFiat }
        for leg in coins.isEmpty ? legs : coins {
            guard let asset = assets.id(code: leg.money.asset) else { continue }
            let key = Key(asset: asset, amount: leg.money.amount, isIn: leg.isIn)
            let found = places[key]?.first { place in
                abs(place.time.seconds - event.time.seconds) <= ConnectionLimits.secondsApartMax
                    && !taken.contains(place.entry)
            }
            if let found {
                taken.insert(found.entry)
                return true
            }
        }
        return false
    }
}
