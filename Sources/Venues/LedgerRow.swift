public import Ledger
public import Money
public import Time

/// One row of a venue's ledger that tells an event in several rows, one for each asset that moved.
public struct LedgerRow: Hashable, Sendable {
    /// The venue's identity of the row.
    public var id: String
    /// What the rows of one event share.
    public var group: String
    /// When it happened.
    public var time: Timestamp
    /// The kind of the event when both sides are there.
    public var kind: EntryKind
    /// The asset's code in lower case.
    public var asset: String
    /// By how much the holding changed before fees, signed.
    public var amount: Amount
    /// What was paid on top in the same asset, never negative.
    public var fee: Amount
    /// The venue's words.
    public var note: String

    /// A row from its parts.
    public init(
        id: String,
        group: String,
        time: Timestamp,
        kind: EntryKind,
        asset: String,
        amount: Amount,
        fee: Amount,
        note: String = ""
    ) {
        self.id = id
        self.group = group
        self.time = time
        self.kind = kind
        self.asset = asset
        self.amount = amount
        self.fee = fee
        self.note = note
    }
}

/// The rows of one event, brought together.
///
/// One asset against another makes one event with the group's id. Where several assets went or came at once the rows
/// do not say which part of one was for which of the other, so each asset makes an event of its own with the id
/// `GROUP:ASSET`, and that is said. What went and came in the same asset, as when the venue exchanges its own tokens for
/// each other, moves nothing but the difference. An event has one fee; fees in further assets make events of their own
/// with the id `GROUP:fee:ASSET`.
public struct LedgerGroup: Sendable {
    /// The events, by id.
    public private(set) var events: [ExchangeEvent] = []
    /// What should be said about it, if anything.
    public private(set) var remark: String?

    private let rows: [LedgerRow]

    /// Joins the rows of one group, of which there is at least one.
    ///
    /// - Throws: `MoneyError.overflow` when a sum is out of range.
    public init(_ rows: [LedgerRow]) throws(MoneyError) {
        precondition(!rows.isEmpty, "a group has rows")
        self.rows = rows.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        try join()
    }

    /// Whether rows tell a whole event: something went and something came, or one of the sides was too small to count.
    public static func isWhole(_ rows: [LedgerRow]) -> Bool {
        let isIn = rows.contains { $0.amount.isPositive }
        let isOut = rows.contains { $0.amount.isNegative }
        return isIn && isOut || rows.count > 1 && (isIn || isOut) && rows.contains { $0.amount.isZero }
    }

    /// The events of rows whose other side never comes: something came in or went out, and where is not known.
    public static func alone(_ rows: [LedgerRow]) -> [ExchangeEvent] {
        rows.compactMap { $0.event($0.amount.isNegative ? .withdrawal : .deposit) }
    }

    private mutating func join() throws(MoneyError) {
        guard let first = rows.first else { return }
        let sums = try summed(\.amount)
        let moved = sums.filter { !$0.amount.isZero }
        var fees = try summed(\.fee).filter { !$0.amount.isZero }
            .map { ExchangeMoney(amount: $0.amount, asset: $0.asset) }
        let ins = moved.filter { $0.amount.isPositive }.map {
            ExchangeMoney(amount: $0.amount, asset: $0.asset)
        }
        let outs = moved.filter { $0.amount.isNegative }
            .map { ExchangeMoney(amount: $0.amount.magnitude, asset: $0.asset) }
        var made: [ExchangeEvent] = []
        if ins.count <= 1, outs.count <= 1 {
            if ins.count + outs.count > 0 {
                // With one side alone the other was too small to count, or of the same asset.
                let isSameAsset = sums.count == 1
                let kind = isSameAsset ? (ins.isEmpty ? .correctionOut : .correctionIn) : first.kind
                made.append(
                    event(first.group, kind, ins.first, outs.first, take(&fees, outs.first ?? ins.first))
                )
            }
        } else {
            for (money, isIn) in outs.map({ ($0, false) }) + ins.map({ ($0, true) }) {
                let place = fees.firstIndex { $0.asset == money.asset }
                let fee = place.map { fees.remove(at: $0) }
                let id = "\(first.group):\(money.asset)"
                made.append(event(id, first.kind, isIn ? money : nil, isIn ? nil : money, fee))
            }
            remark =
                "\(first.group) of \(first.time) exchanges several assets at once and does not say which for which; each "
                + "was read alone"
        }
        for fee in fees {
            made.append(event("\(first.group):fee:\(fee.asset)", .fee, nil, fee, nil))
        }
        events = made
    }

    /// Takes the fee in the asset of a leg, else the first.
    private func take(_ fees: inout [ExchangeMoney], _ leg: ExchangeMoney?) -> ExchangeMoney? {
        guard !fees.isEmpty else { return nil }
        return fees.remove(at: fees.firstIndex { $0.asset == leg?.asset } ?? 0)
    }

    private func event(
        _ id: String,
        _ kind: EntryKind,
        _ incoming: ExchangeMoney?,
        _ outgoing: ExchangeMoney?,
        _ fee: ExchangeMoney?
    ) -> ExchangeEvent {
        let fiat = [outgoing, incoming].compactMap { $0 }
            .first { AssetRegistry.builtIn.isFiat(code: $0.asset) }
        return ExchangeEvent(
            id: id,
            time: rows[0].time,
            kind: kind,
            incoming: incoming,
            outgoing: outgoing,
            fee: fee,
            value: kind == .trade && incoming != nil && outgoing != nil ? fiat : nil,
            note: rows.first { !$0.note.isEmpty }?.note ?? ""
        )
    }

    /// The sums by asset, by code.
    private func summed(
        _ field: KeyPath<LedgerRow, Amount>
    ) throws(MoneyError) -> [(asset: String, amount: Amount)] {
        var sums: [String: Amount] = [:]
        for row in rows { sums[row.asset] = try (sums[row.asset] ?? .zero).adding(row[keyPath: field]) }
        return sums.sorted { $0.key < $1.key }.map { (asset: $0.key, amount: $0.value) }
    }
}

extension LedgerRow {
    /// The event of this row alone; nil when nothing moved and nothing was paid.
    ///
    /// A row of a fee alone is an event of the fee's kind. `fee` is the kind of such an event.
    public func event(_ kind: EntryKind, fee feeKind: EntryKind = .fee) -> ExchangeEvent? {
        let paid = fee.isZero ? nil : ExchangeMoney(amount: fee, asset: asset)
        let moved = ExchangeMoney(amount: amount.magnitude, asset: asset)
        guard !amount.isZero else {
            return paid.map {
                ExchangeEvent(id: id, time: time, kind: feeKind, outgoing: $0, note: note)
            }
        }
        return ExchangeEvent(
            id: id,
            time: time,
            kind: kind,
            incoming: amount.isPositive ? moved : nil,
            outgoing: amount.isPositive ? nil : moved,
            fee: paid,
            note: note
        )
    }
}
