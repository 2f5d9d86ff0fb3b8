import CostBasis

/// The disposals of a report, each made when it is asked for: a history may have a million of them.
public struct DisposalList: RandomAccessCollection, Sendable {
    let computed: ComputedLots
    /// Their places among all disposals of the lots.
    let places: [Int32]

    /// The first place.
    public var startIndex: Int { 0 }
    /// The place behind the last.
    public var endIndex: Int { places.count }

    /// A disposal; O(its lots).
    public subscript(position: Int) -> DisposalView {
        computed.view(of: computed.lots.disposal(at: Int(places[position])))
    }
}

extension DisposalList: Equatable {
    /// Whether both list the same disposals.
    public static func == (left: DisposalList, right: DisposalList) -> Bool { left.elementsEqual(right) }
}
