import Ledger
import Money

/// A part of a lot as the engine keeps it: 48 bytes.
///
/// What is left of it lies in its pool, and at the end in a `LotRest`.
///
/// Always quantity − remaining = Σ quantities used of this row, and cost − remainingCost = Σ costs used of it: what
/// moves to another place takes its quantity and cost along.
struct LotRow {
    var quantity: Int128
    var cost: Int128
    /// The place in the Book of the entry that acquired it; also the order of acquisition.
    let entry: UInt32
    /// The account's slot, or `BookLeg.outside`.
    var account: UInt32
    let asset: UInt32
    /// The tax day from which the time of holding counts: that of the acquisition, or earlier after a wash sale.
    var day: Int32
}

/// What is left of a row that was used in part; of the others it is everything or nothing.
struct LotRest {
    let remaining: Int128
    let cost: Int128
    let row: UInt32
}

/// What is left of all rows that were used in part.
struct LotRests: Sendable {
    /// In the order of the rows.
    private let frozen: [LotRest]
    /// What changed since, by row.
    private var changed: [UInt32: LotRest] = [:]

    init(_ rests: [LotRest]) {
        frozen = rests
    }

    /// What is left of a row, or nil when that is what the row says.
    subscript(row: UInt32) -> LotRest? {
        if !changed.isEmpty, let rest = changed[row] { return rest }
        let place = frozen.partitioningIndex { $0.row >= row }
        return place < frozen.count && frozen[place].row == row ? frozen[place] : nil
    }

    /// Takes a part off a row, for good or with the row's own quantity and cost, which are given as they were before.
    mutating func take(_ part: TakenPart, of lot: LotRow, forGood: Bool) {
        guard let rest = self[part.row] ?? (forGood ? lot.rest(part.row) : nil) else { return }
        changed[part.row] = LotRest(
            remaining: rest.remaining - part.quantity,
            cost: rest.cost - part.cost,
            row: part.row
        )
    }

    /// Adds to the cost of what is left of a row; one that is whole says so itself.
    mutating func add(_ cost: Int128, to row: UInt32) {
        guard let rest = self[row] else { return }
        changed[row] = LotRest(remaining: rest.remaining, cost: rest.cost + cost, row: row)
    }
}

extension LotRow {
    /// All of a row that is whole.
    func rest(_ row: UInt32) -> LotRest { LotRest(remaining: quantity, cost: cost, row: row) }
}

/// What else is known of a lot, in one byte.
struct LotTags {
    var bits: UInt8

    /// Leg (bits 0–1), place (bits 2–3), assumed (4), lacking a price (5), stale (6), nothing left (7).
    init(side: LegSide, place: LotPlace = .held, isAssumed: Bool = false, worth: WorthTags = WorthTags()) {
        bits = side.rawValue | place.rawValue << 2
        if isAssumed { bits |= 0x10 }
        if worth.lacksPrice { bits |= 0x20 }
        if worth.isStale { bits |= 0x40 }
    }

    var side: LegSide { LegSide(rawValue: bits & 3) ?? .incoming }
    var place: LotPlace {
        get { LotPlace(rawValue: bits >> 2 & 3) ?? .held }
        set { bits = bits & ~0x0C | newValue.rawValue << 2 }
    }
    var isAssumed: Bool { bits & 0x10 != 0 }
    var lacksPrice: Bool { bits & 0x20 != 0 }
    var isStale: Bool { bits & 0x40 != 0 }
    var isUsedUp: Bool { bits & 0x80 != 0 }
    mutating func setUsedUp() { bits |= 0x80 }
    /// Takes over what was missing or stale for a further acquisition of the same lot.
    mutating func join(_ other: LotTags) { bits |= other.bits & 0x60 }
    /// The same for a row of which something is left.
    var opened: LotTags {
        var tags = self
        tags.bits &= 0x7F
        return tags
    }
}

/// The row that a disposal used, and why: 4 bytes.
struct UsedLot {
    private var bits: UInt32

    /// Rows are below 2²⁹; the rule lies in the bits above.
    @inline(__always)
    init(_ row: UInt32, _ rule: MatchRule) {
        precondition(row < 1 << 29, "rows are numbered with 29 bits")
        bits = row | UInt32(rule.rawValue) << 29
    }

    var row: Int { Int(bits & 0x1FFF_FFFF) }
    var rule: MatchRule { MatchRule(rawValue: UInt8(bits >> 29)) ?? .order }
}

/// A disposal as the engine keeps it: 32 bytes.
///
/// Asset, account and quantity are those of its leg in the Book; its cost is the sum of its uses' costs.
struct DisposalRow {
    var proceeds: Int128
    let entry: UInt32
    /// The first of its uses; they end where the next disposal's begin.
    let firstUse: UInt32
    let tags: DisposalTags

    /// What it took away: its leg, or of a transfer what left and did not arrive.
    func leg(in entry: BookRow) -> BookLeg {
        let side = tags.side
        guard let leg = side == .fee ? entry.fee : entry.outgoing else {
            preconditionFailure("a disposal has a leg")
        }
        guard side == .outgoing, entry.kind.rule.lots == .move else { return leg }
        guard let arrived = entry.incoming, arrived.asset == leg.asset else { return leg }
        return leg.less(arrived)
    }
}

/// A sum that few disposals have: a fee that is not a leg in the report's currency, or a loss that is denied.
struct DisposalSum {
    let amount: Int128
    let disposal: UInt32
}

/// How long all coins of a disposal were held.
enum HeldFor {
    case short, long, exempt, mixed
}

/// What else is known of a disposal, in two bytes.
struct DisposalTags {
    /// Leg (bits 0–1), treatment (2–3), any short (4), any long (5), lacking a price (6), stale (7), origin (8–10), fee (11),
    /// any exempt (12), any taxed by term (13).
    let bits: UInt16

    init(
        side: LegSide,
        treatment: Treatment,
        taken: Taken,
        hasFee: Bool,
        worth: WorthTags
    ) {
        var bits = UInt16(side.rawValue) | UInt16(treatment.rawValue) << 2
        if taken.anyShort { bits |= 0x10 }
        if taken.anyLong { bits |= 0x20 }
        if worth.lacksPrice { bits |= 0x40 }
        if worth.isStale { bits |= 0x80 }
        if hasFee { bits |= 0x800 }
        if taken.anyExempt { bits |= 0x1000 }
        if taken.anyTaxed { bits |= 0x2000 }
        self.bits = bits | UInt16(worth.origin.rawValue) << 8
    }

    /// How long the coins were held, for the sums of years.
    @inline(__always)
    var held: HeldFor {
        guard bits & 0x1000 == 0 else { return bits & 0x2000 == 0 ? .exempt : .mixed }
        return switch bits & 0x30 {
        case 0x30: .mixed
        case 0x20: .long
        default: .short
        }
    }

    var side: LegSide { LegSide(rawValue: UInt8(bits & 3)) ?? .outgoing }
    var treatment: Treatment { Treatment(rawValue: UInt8(bits >> 2 & 3)) ?? .taxable }
    var term: Term {
        switch (bits & 0x10 != 0, bits & 0x20 != 0) {
        case (true, true): .mixed
        case (false, true): .long
        default: .short
        }
    }
    /// Whether a fee was taken off the proceeds.
    var hasFee: Bool { bits & 0x800 != 0 }
    var worth: WorthTags {
        WorthTags(
            origin: ValueOrigin(rawValue: UInt8(bits >> 8 & 7)) ?? .none,
            isStale: bits & 0x80 != 0,
            lacksPrice: bits & 0x40 != 0
        )
    }
}

/// The part of a lot that a disposal used: 32 bytes.
struct UsePart {
    let quantity: Int128
    let cost: Int128
}

/// An income as the engine keeps it; the rest is in the Book.
struct IncomeRow {
    let value: Int128
    let entry: UInt32
    let origin: ValueOrigin
    let isStale: Bool
}

/// How a value was found.
struct WorthTags {
    var origin = ValueOrigin.none
    var isStale = false
    var lacksPrice = false
    /// Whether it is a leg in the report's currency at face value.
    var isOwnMoney = false
}

/// A value in the report's currency and how it was found.
struct Worth {
    var amount: Int128 = 0
    var tags = WorthTags()

    var isKnown: Bool { tags.origin != .missing }
}
