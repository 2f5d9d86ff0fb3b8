import CostBasis
import Ledger
import Money
import Time

let doge = AssetID(raw: 501)
let bnb = AssetID(raw: 502)

/// The fiat assets of all tests.
func isFiat(_ asset: AssetID) -> Bool { [.usd, .eur, .gbp].contains(asset) }

/// A history written as short texts: `1.5 btc@2` is an amount, an asset and an account, none for outside.
struct History {
    var entries: [Entry] = []
    private static let codes: [String: AssetID] = [
        "usd": .usd, "eur": .eur, "gbp": .gbp, "btc": .btc, "eth": .eth, "doge": doge, "bnb": bnb,
    ]

    mutating func add(
        _ time: String,
        _ kind: EntryKind,
        in incoming: String? = nil,
        out outgoing: String? = nil,
        fee: String? = nil,
        value: String? = nil
    ) throws {
        entries.append(
            Entry(
                id: EntryID(raw: Int64(entries.count + 1)),
                time: try Timestamp.parse(time),
                kind: kind,
                incoming: try incoming.map(History.leg),
                outgoing: try outgoing.map(History.leg),
                fee: try fee.map(History.leg),
                value: try value.map(History.leg).map { AssetAmount(amount: $0.amount, asset: $0.asset) }
            )
        )
    }

    /// Buys or sells for money.
    mutating func buy(_ time: String, _ coins: String, for money: String) throws {
        try add(time, .trade, in: coins, out: money)
    }

    mutating func sell(_ time: String, _ coins: String, for money: String) throws {
        try add(time, .trade, in: money, out: coins)
    }

    var book: Book { Book(entries: entries) }

    private struct BadText: Error {
        let text: String
    }

    private static func leg(_ text: String) throws -> Leg {
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { throw BadText(text: text) }
        let place = parts[1].split(separator: "@")
        guard let asset = codes[String(place[0])] else { throw BadText(text: text) }
        let account = place.count > 1 ? UInt32(place[1]).map { AccountID(raw: $0) } : nil
        return Leg(amount: try Amount.parse(String(parts[0])), asset: asset, account: account)
    }
}

/// A price list for tests: the worth of one unit, the same at all times.
struct PriceList: EntryValuer {
    var prices: [AssetID: Amount] = [:]
    var isStale = false

    init(_ prices: [AssetID: String] = [:], isStale: Bool = false) throws {
        for (asset, text) in prices { self.prices[asset] = try Amount.parse(text) }
        self.isStale = isStale
    }

    func value(of amount: Amount, asset: AssetID, at time: Timestamp) -> ValueQuote? {
        guard let price = prices[asset], let worth = try? amount.multiplied(by: price) else { return nil }
        return ValueQuote(amount: worth, priceTime: time, isStale: isStale)
    }
}

func amount(_ text: String) throws -> Amount { try Amount.parse(text) }

extension LotBook {
    var allDisposals: [Disposal] { (0..<disposalCount).map { disposal(at: $0) } }
    var allLots: [Lot] { (0..<lotCount).map { lot(at: $0) } }
    var allIncome: [Income] { (0..<incomeCount).map { income(at: $0) } }
    var codes: [String] { problems.map { "\($0.entry.raw) \($0.code.name) \($0.quantity)" } }

    /// Disposals as lines: entry, leg, quantity, proceeds, cost, term.
    var lines: [String] {
        allDisposals.map {
            "\($0.entry.raw).\($0.side.name) \($0.quantity) \($0.proceeds) \($0.cost) \($0.term.name)"
        }
    }

    /// Disposals as lines of their uses: lot, rule, quantity and cost.
    var matches: [[String]] {
        allDisposals.map { disposal in
            uses(ofDisposalAt: disposal.index).map { "\($0.lot) \($0.rule.name) \($0.quantity) \($0.cost)" }
        }
    }

    /// The gains of disposals, rounded to two decimals.
    var gains: [String] {
        get throws { try allDisposals.map { try $0.gain.rounded(toDecimals: 2).description } }
    }

    /// What all open lots of an asset hold and cost, the cost rounded to two decimals.
    func pool(_ asset: AssetID) throws -> String {
        guard let position = positions().first(where: { $0.asset == asset }) else { return "empty" }
        return "\(position.quantity) \(try position.cost.rounded(toDecimals: 2))"
    }

    /// Open lots as lines: id, account or place, remaining, cost.
    var open: [String] {
        openLots().map { lot in
            let place = lot.account.map { "@\($0.raw)" } ?? lot.place.rawText
            return "\(lot.id) \(place) \(lot.remaining) \(lot.remainingCost)"
        }
    }
}

extension LotPlace {
    fileprivate var rawText: String {
        switch self {
        case .held: "outside"
        case .transit: "transit"
        case .collateral: "collateral"
        }
    }
}
