import GraphQL
import Money
import Services
import Time

/// An amount at a point, and what it is counted in.
struct AmountSource: Sendable {
    /// How `value` is written.
    enum Value: Sendable {
        case amount(Amount)
        /// No price leads there.
        case none

        func render(into bytes: inout [UInt8]) {
            switch self {
            case .amount(let amount): amount.render(into: &bytes)
            case .none: bytes.append(contentsOf: "NaN".utf8)
            }
        }
    }

    let holdings: HoldingPoints
    /// The place of the point.
    let place: Int
    let value: Value
    let currency: HoldingPoints.Currency
    /// When it was held, or the time of the rate used; nil without one.
    let time: Timestamp?

    /// The bytes of a code that are taken.
    static let codeBytesMax = 64

    /// The amount in another currency, by the rates at the point's time.
    func converted(to code: String) throws(GraphQLError) -> AmountSource {
        guard code.utf8.count <= AmountSource.codeBytesMax else {
            throw GraphQLError(
                "A currency's code has at most \(AmountSource.codeBytesMax) bytes.",
                code: "BAD_USER_INPUT"
            )
        }
        let currency = holdings.currency(code: code)
        func source(_ value: Value, _ time: Timestamp?) -> AmountSource {
            AmountSource(holdings: holdings, place: place, value: value, currency: currency, time: time)
        }
        guard case .amount(let amount) = value else { return source(.none, nil) }
        let found: (value: Amount, priceTime: Timestamp)?
        do throws(MoneyError) {
            found = try holdings.convert(amount, from: self.currency, to: currency, at: place)
        } catch {
            throw GraphQLError(
                "\(amount) \(self.currency.code) in \(currency.code) is beyond the range of amounts.",
                code: "OUT_OF_RANGE"
            )
        }
        guard let found else { return source(.none, nil) }
        return source(.amount(found.value), found.priceTime)
    }
}

/// All that was held at a point, by worth.
struct BalanceList: Sequence, Sendable {
    /// The balances, one by one.
    struct Iterator: IteratorProtocol {
        fileprivate let list: BalanceList
        fileprivate var place = 0

        mutating func next() -> AmountSource?? {
            guard place < list.held.count else { return nil }
            defer { place += 1 }
            let held = list.held[place]
            // No balance is null, though the schema has room for it.
            return .some(
                AmountSource(
                    holdings: list.holdings,
                    place: list.place,
                    value: .amount(held.amount),
                    currency: held.currency,
                    time: list.time
                )
            )
        }
    }

    let holdings: HoldingPoints
    let place: Int
    let time: Timestamp
    let held: [HoldingPoints.Held]

    func makeIterator() -> Iterator { Iterator(list: self) }
}

/// One point.
struct PointSource: Sendable {
    let holdings: HoldingPoints
    let place: Int

    var point: HoldingPoints.Point { holdings.points[place] }

    var total: AmountSource {
        AmountSource(
            holdings: holdings,
            place: place,
            value: .amount(point.total),
            currency: holdings.currency,
            time: point.time
        )
    }

    var balances: BalanceList {
        BalanceList(holdings: holdings, place: place, time: point.time, held: point.held)
    }

    /// The codes of what has no price.
    var unpriced: [String] { point.held.filter { $0.value == nil }.map(\.currency.code) }
}

/// All points, the newest first.
struct PointList: Sequence, Sendable {
    /// The points, one by one.
    struct Iterator: IteratorProtocol {
        fileprivate let holdings: HoldingPoints
        fileprivate var place = 0

        mutating func next() -> PointSource? {
            guard place < holdings.points.count else { return nil }
            defer { place += 1 }
            return PointSource(holdings: holdings, place: place)
        }
    }

    let holdings: HoldingPoints

    func makeIterator() -> Iterator { Iterator(holdings: holdings) }
}
