import Ledger
import Money

/// The amounts of a history summed by asset, without their signs: what came into accounts, what left them, and fees.
///
/// While a sum is in the range of amounts, so is every balance and every total of that asset: over any accounts, in
/// any order of the entries, and after any undo.
struct Turnover: Sendable {
    /// Sums of assets with small numbers, by number; the built-in ones are among them.
    private var dense: [UInt128] = []
    private var sparse: [AssetID: UInt128] = [:]

    /// The numbers below which sums stand in the array.
    private static let denseMax: UInt32 = 1024

    /// The first sum that is out of range, as a count of 10⁻¹⁸ units.
    static let limit = UInt128(Amount.limit)

    /// Nothing yet.
    init() {}

    /// The sums of a Book.
    init(_ book: Book) {
        var sums = [UInt128](repeating: 0, count: book.assets.count)
        func add(_ leg: BookLeg?) {
            guard let leg, !leg.isOutside else { return }
            sums[Int(leg.asset)] = Turnover.sum(sums[Int(leg.asset)], leg.amount.raw.magnitude)
        }
        book.forEachRow { row in
            add(row.incoming)
            add(row.outgoing)
            add(row.fee)
        }
        for (slot, sum) in sums.enumerated() { self[book.assets[slot]] = sum }
    }

    /// The sum of an asset.
    private(set) subscript(asset: AssetID) -> UInt128 {
        get {
            guard asset.raw < Turnover.denseMax else { return sparse[asset] ?? 0 }
            return asset.raw < dense.count ? dense[Int(asset.raw)] : 0
        }
        set {
            guard asset.raw < Turnover.denseMax else {
                sparse[asset] = newValue
                return
            }
            while dense.count <= Int(asset.raw) { dense.append(0) }
            dense[Int(asset.raw)] = newValue
        }
    }

    /// Adds an amount; the sum.
    fileprivate mutating func add(_ amount: Amount, of asset: AssetID) -> UInt128 {
        let sum = Turnover.sum(self[asset], amount.raw.magnitude)
        self[asset] = sum
        return sum
    }

    /// These sums and others together; nil when one leaves the range.
    func adding(_ other: Turnover) -> Turnover? {
        var result = self
        for (number, sum) in other.dense.enumerated() where sum > 0 {
            let asset = AssetID(raw: UInt32(number))
            result[asset] = Turnover.sum(result[asset], sum)
            guard result[asset] < Turnover.limit else { return nil }
        }
        for (asset, sum) in other.sparse {
            result[asset] = Turnover.sum(result[asset], sum)
            guard result[asset] < Turnover.limit else { return nil }
        }
        return result
    }

    fileprivate static func sum(_ left: UInt128, _ right: UInt128) -> UInt128 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

/// What an import adds to the sums of a history.
struct AddedTurnover: Sendable {
    private let base: Turnover
    /// What was added so far.
    private(set) var added = Turnover()

    init(to base: Turnover) {
        self.base = base
    }

    /// Adds an entry; the asset whose sum left the range, if one did.
    mutating func add(_ entry: Entry) -> AssetID? {
        add(entry.incoming) ?? add(entry.outgoing) ?? add(entry.fee)
    }

    private mutating func add(_ leg: Leg?) -> AssetID? {
        guard let leg, leg.account != nil else { return nil }
        let sum = Turnover.sum(base[leg.asset], added.add(leg.amount, of: leg.asset))
        return sum < Turnover.limit ? nil : leg.asset
    }
}

/// An import would bring an asset's sum out of range; it changes nothing.
struct RangeRefusal: Error {
    let line: Int
    let asset: String

    /// What to tell about it.
    func report(to outcome: inout ImportOutcome) {
        outcome.refuse(
            line: line,
            code: "balance_out_of_range",
            found: asset,
            expected: "less than 10^20 units in all",
            message: "with line \(line) all amounts of \(asset) in the history together reach 10^20 units, "
                + "which Coffer does not count; nothing was imported: check the amounts, or leave the row out"
        )
    }
}
