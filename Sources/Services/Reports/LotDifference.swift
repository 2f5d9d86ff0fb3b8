import CostBasis
import Ledger
public import Money

/// What a computation of lots changed against the one before it.
public struct LotDifference: Sendable {
    /// What appeared, vanished or changed, by its id.
    public struct Items: Hashable, Sendable {
        /// In the order of ids; at most `listedMax`.
        public internal(set) var appeared: [String] = []
        /// In the order of ids; at most `listedMax`.
        public internal(set) var vanished: [String] = []
        /// In the order of ids; at most `listedMax`.
        public internal(set) var changed: [String] = []
        /// How many there are, listed or not.
        public internal(set) var count = 0

        /// The most ids of each sort that are listed.
        public static let listedMax = 1000
    }

    /// Sums over everything computed.
    public struct Totals: Hashable, Sendable {
        /// Parts of lots.
        public let lots: Int
        /// Disposals.
        public let disposals: Int
        /// What open lots cost.
        public let openCost: Amount
        /// What taxable disposals brought, those without a price left out.
        public let proceeds: Amount
        /// What these had cost.
        public let cost: Amount
        /// What was gained.
        public let gain: Amount
    }

    /// Lots, by ids such as `17.in`.
    public let lots: Items
    /// Disposals, by entry and leg such as `18.out`.
    public let disposals: Items
    /// The sums before.
    public let before: Totals
    /// The sums now.
    public let after: Totals

    /// Whether nothing differs.
    public var isEmpty: Bool { lots.count == 0 && disposals.count == 0 && before == after }

    init(from old: LotBook, to new: LotBook) throws(MoneyError) {
        lots = Items(try old.lotFaces(), try new.lotFaces())
        disposals = Items(old.disposalFaces(), new.disposalFaces())
        before = try old.totals()
        after = try new.totals()
    }
}

extension LotDifference.Items {
    /// What differs between two sets of things, each known by its id and told apart by what is seen of it.
    fileprivate init<Face: Equatable>(_ old: [LotID: Face], _ new: [LotID: Face]) {
        for id in Set(old.keys).union(new.keys).sorted() {
            switch (old[id], new[id]) {
            case (nil, .some): note(id, \.appeared)
            case (.some, nil): note(id, \.vanished)
            case (let before, let after): if before != after { note(id, \.changed) }
            }
        }
    }

    private mutating func note(_ id: LotID, _ list: WritableKeyPath<Self, [String]>) {
        count += 1
        if self[keyPath: list].count < Self.listedMax { self[keyPath: list].append(id.description) }
    }
}

/// What is seen of a lot over all of its parts.
private struct LotFace: Equatable {
    var quantity = Amount.zero
    var cost = Amount.zero
    var remaining = Amount.zero
    var remainingCost = Amount.zero
}

/// What is seen of a disposal; its index depends on those before it.
private struct DisposalFace: Equatable {
    let quantity: Amount
    let proceeds: Amount
    let cost: Amount
    let denied: Amount
    let lacksPrice: Bool
    let uses: [LotUse]
}

extension LotBook {
    fileprivate func lotFaces() throws(MoneyError) -> [LotID: LotFace] {
        var faces: [LotID: LotFace] = [:]
        for index in 0..<lotCount {
            let lot = lot(at: index)
            var face = faces[lot.id] ?? LotFace()
            face.quantity = try face.quantity.adding(lot.quantity)
            face.cost = try face.cost.adding(lot.cost)
            face.remaining = try face.remaining.adding(lot.remaining)
            face.remainingCost = try face.remainingCost.adding(lot.remainingCost)
            faces[lot.id] = face
        }
        return faces
    }

    fileprivate func disposalFaces() -> [LotID: DisposalFace] {
        var faces: [LotID: DisposalFace] = [:]
        for index in 0..<disposalCount {
            let disposal = disposal(at: index)
            faces[LotID(entry: disposal.entry, side: disposal.side)] = DisposalFace(
                quantity: disposal.quantity,
                proceeds: disposal.proceeds,
                cost: disposal.cost,
                denied: disposal.denied,
                lacksPrice: disposal.lacksPrice,
                uses: uses(ofDisposalAt: index)
            )
        }
        return faces
    }

    fileprivate func totals() throws(MoneyError) -> LotDifference.Totals {
        var open = Amount.zero
        for position in positions() { open = try open.adding(position.cost) }
        var (proceeds, cost, gain) = (Amount.zero, Amount.zero, Amount.zero)
        for year in years {
            proceeds = try proceeds.adding(year.proceeds)
            cost = try cost.adding(year.cost)
            gain = try gain.adding(year.gain)
        }
        return LotDifference.Totals(
            lots: lotCount,
            disposals: disposalCount,
            openCost: open,
            proceeds: proceeds,
            cost: cost,
            gain: gain
        )
    }
}
