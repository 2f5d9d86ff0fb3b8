import Ledger
import Money
import Time

/// An entry that touches what is looked at, or holdings that got their first price.
struct FlowMovement: Sendable {
    /// What sort of movement it is.
    enum Kind: Sendable {
        case effect(FlowEffect)
        /// What was held when the first price came; it stands in the in leg.
        case firstPrice
    }

    /// One leg with whether it is looked at.
    struct Side: Sendable {
        let slot: Int
        let amount: Amount
        let isInside: Bool

        init(slot: Int, amount: Amount, isInside: Bool) {
            self.slot = slot
            self.amount = amount
            self.isInside = isInside
        }

        init?(_ leg: BookLeg?, _ inside: [Bool]) {
            guard let leg else { return nil }
            slot = Int(leg.asset)
            amount = leg.amount
            isInside = !leg.isOutside && inside[Int(leg.account)]
        }
    }

    let time: Timestamp
    let kind: Kind
    let incoming: Side?
    let outgoing: Side?
    let fee: Side?
}

/// Which entries are looked at: most of a history are exchanges and results within it, which are no flows.
struct MovementFilter {
    let inside: [Bool]
    let isPriced: [Bool]
    let wantsAll: Bool
    /// The effect of each kind by its number.
    private let effects = MovementFilter.effects

    private static let effects: [FlowEffect?] = (0...255).map { EntryKind(rawValue: $0)?.flowEffect }

    init(inside: [Bool], isPriced: [Bool], wantsAll: Bool) {
        (self.inside, self.isPriced, self.wantsAll) = (inside, isPriced, wantsAll)
    }

    /// The effect of an entry; nil for one that is not looked at.
    @inline(__always)
    private func effect(of row: borrowing BookRowView) -> FlowEffect? {
        guard let effect = effects[Int(row.kindNumber)] else { return nil }
        let (incoming, outgoing) = (row.incoming, row.outgoing)
        let (comes, goes) = (isInside(incoming), isInside(outgoing))
        guard comes || goes else { return nil }
        if wantsAll { return effect }
        let fee = row.fee
        guard fee == nil || isInside(fee) else { return effect }
        switch effect {
        case .capital: return effect
        case .result: return nil
        case .transfer: return comes && goes ? nil : effect
        case .exchange:
            guard comes, goes, let incoming, let outgoing else { return effect }
            return isPriced[Int(incoming.asset)] && isPriced[Int(outgoing.asset)] ? nil : effect
        }
    }

    /// The entry as a movement; nil for one that is not looked at.
    @inline(__always)
    func movement(_ row: borrowing BookRowView) -> FlowMovement? {
        guard let effect = effect(of: row) else { return nil }
        return FlowMovement(
            time: row.time,
            kind: .effect(effect),
            incoming: FlowMovement.Side(row.incoming, inside),
            outgoing: FlowMovement.Side(row.outgoing, inside),
            fee: FlowMovement.Side(row.fee, inside)
        )
    }

    @inline(__always)
    private func isInside(_ leg: BookLeg?) -> Bool {
        guard let leg, !leg.isOutside else { return false }
        return inside[Int(leg.account)]
    }
}
