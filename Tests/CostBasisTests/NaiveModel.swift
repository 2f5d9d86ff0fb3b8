import CostBasis
import Ledger
import Money
import Time

/// A slow engine written from the rules alone: one list of parts, searched from the start each time.
final class NaiveModel {
    final class Part {
        let id: String
        let order: Int
        var serial: Int
        var asset: AssetID
        var place: String
        var quantity: Amount
        var cost: Amount
        let day: Int32
        var isWhole = true

        init(
            id: String,
            order: Int,
            serial: Int,
            asset: AssetID,
            place: String,
            quantity: Amount,
            cost: Amount,
            day: Int32
        ) {
            self.id = id
            self.order = order
            self.serial = serial
            self.asset = asset
            self.place = place
            self.quantity = quantity
            self.cost = cost
            self.day = day
        }
    }

    let settings: LotSettings
    let prices: PriceList
    var parts: [Part] = []
    var disposals: [String] = []
    var income: [String] = []
    var problems: [String] = []
    var acquiredCost = Amount.zero
    private var serial = 0
    private var order = 0
    private var entry = Entry(id: EntryID(raw: 0), time: .earliest, kind: .trade)

    init(settings: LotSettings, prices: PriceList) {
        self.settings = settings
        self.prices = prices
    }

    func apply(_ entry: Entry, order: Int) throws {
        self.entry = entry
        self.order = order
        let coinsOut = coins(entry.outgoing)
        let coinsIn = coins(entry.incoming)
        switch entry.kind.rule.lots {
        case .exchange:
            let value = coinsOut != nil || coinsIn != nil ? try exchangeValue(coinsOut, coinsIn) : .zero
            let fee =
                coinsOut != nil || coinsIn != nil || coins(entry.fee) != nil ? try feeValue(value) : .zero
            if let leg = coinsOut { try dispose(leg, "out", value.subtracting(fee), .taxable) }
            if let leg = coinsIn { acquire(leg, coinsOut == nil ? try value.adding(fee) : value) }
            if let leg = coins(entry.fee) { try dispose(leg, "fee", fee, .taxable) }
        case .move:
            guard let out = coinsOut, let into = coinsIn else { return try networkFees(into: nil) }
            try networkFees(into: try transfer(out, into))
        case .transit:
            let road = entry.kind.rule.contra == .collateral ? "collateral" : "transit"
            var last: Part?
            if let leg = coinsOut {
                last = try move(leg.amount, leg.asset, from: place(leg), to: road, assumed: "out")
            }
            if let leg = coinsIn {
                last = try move(leg.amount, leg.asset, from: road, to: place(leg), assumed: "in")
            }
            try networkFees(into: last)
        case .incomeAtValue, .acquireAtValue, .acquireAtZero:
            try receive(coinsIn)
        case .disposeAtValue, .disposeAtCost:
            let isTaxable = entry.kind.rule.lots == .disposeAtValue
            let value = isTaxable ? try coinsOut.map { try single($0) } ?? .zero : .zero
            let fee = (isTaxable && coinsOut != nil) || coins(entry.fee) != nil ? try feeValue(value) : .zero
            if let leg = coinsOut {
                try dispose(
                    leg,
                    "out",
                    isTaxable ? value.subtracting(fee) : .zero,
                    isTaxable ? .taxable : .atCost
                )
            }
            if let leg = coins(entry.fee) { try dispose(leg, "fee", fee, .taxable) }
        case .carryOver, .none: break
        }
    }

    private func receive(_ coinsIn: Leg?) throws {
        guard let leg = entry.incoming else { return }
        let isSomething = leg.amount.isPositive
        let effect = entry.kind.rule.lots
        var value = Amount.zero
        if isSomething, effect != .acquireAtZero, coinsIn != nil || effect == .incomeAtValue {
            value = try single(leg)
        }
        let fee = coinsIn != nil || coins(entry.fee) != nil ? try feeValue(value) : .zero
        if isSomething, effect == .incomeAtValue { income.append("\(entry.id.raw) \(leg.amount) \(value)") }
        if let leg = coinsIn { acquire(leg, try value.adding(fee)) }
        if let leg = coins(entry.fee) { try dispose(leg, "fee", fee, .taxable) }
    }

    // MARK: Values

    private func coins(_ leg: Leg?) -> Leg? {
        guard let leg, leg.amount.isPositive, !isFiat(leg.asset) else { return nil }
        return leg
    }

    private func worth(_ amount: Amount, _ asset: AssetID) -> Amount? {
        asset == settings.currency ? amount : prices.value(of: amount, asset: asset, at: entry.time)?.amount
    }

    private func exchangeValue(_ out: Leg?, _ into: Leg?) throws -> Amount {
        if let value = entry.value, value.asset == settings.currency { return value.amount }
        for leg in [entry.outgoing, entry.incoming] {
            if let leg, leg.asset == settings.currency { return leg.amount }
        }
        if let value = entry.value, let worth = worth(value.amount, value.asset) { return worth }
        for leg in [entry.outgoing, entry.incoming] {
            if let leg, isFiat(leg.asset), let worth = worth(leg.amount, leg.asset) { return worth }
        }
        for leg in [out, into] {
            if let leg, let worth = worth(leg.amount, leg.asset) { return worth }
        }
        if let leg = out ?? into { problems.append("\(entry.id.raw) missing_price \(leg.amount)") }
        missing = true
        return .zero
    }

    private var missing = false

    private func single(_ leg: Leg) throws -> Amount {
        if let value = entry.value, let worth = worth(value.amount, value.asset) { return worth }
        if let worth = worth(leg.amount, leg.asset) { return worth }
        problems.append("\(entry.id.raw) missing_price \(leg.amount)")
        missing = true
        return .zero
    }

    private func feeValue(_ value: Amount) throws -> Amount {
        defer { missing = false }
        guard let fee = entry.fee, fee.amount.isPositive else { return .zero }
        let effect = entry.kind.rule.lots
        let valued = effect != .acquireAtZero && effect != .disposeAtCost
        if valued, !missing, !isFiat(fee.asset) {
            for leg in [entry.outgoing, entry.incoming] {
                if let leg, leg.asset == fee.asset, leg.amount.isPositive {
                    return try value.multiplied(by: fee.amount, dividedBy: leg.amount)
                }
            }
        }
        if let worth = worth(fee.amount, fee.asset) { return worth }
        problems.append("\(entry.id.raw) missing_price \(fee.amount)")
        return .zero
    }

    // MARK: Parts

    private func place(_ leg: Leg) -> String {
        let account = leg.account.map { "@\($0.raw)" } ?? "outside"
        return settings.scope == .universal ? "all" : account
    }

    private func add(
        _ id: String,
        _ asset: AssetID,
        _ place: String,
        _ quantity: Amount,
        _ cost: Amount
    ) -> Part {
        serial += 1
        let part = Part(
            id: id,
            order: order,
            serial: serial,
            asset: asset,
            place: place,
            quantity: quantity,
            cost: cost,
            day: entry.time.day.number
        )
        parts.append(part)
        return part
    }

    private func acquire(_ leg: Leg, _ cost: Amount) {
        acquiredCost = Amount(unchecked: acquiredCost.raw + cost.raw)
        _ = add("\(entry.id.raw).in", leg.asset, place(leg), leg.amount, cost)
    }

    private func oldest(_ asset: AssetID, _ place: String) -> Part? {
        parts.filter { $0.asset == asset && $0.place == place && $0.quantity.isPositive }
            .min { ($0.order, $0.serial) < ($1.order, $1.serial) }
    }

    private func share(_ part: Part, _ quantity: Amount) throws -> Amount {
        quantity == part.quantity
            ? part.cost : try part.cost.multiplied(by: quantity, dividedBy: part.quantity)
    }

    private func dispose(_ leg: Leg, _ side: String, _ proceeds: Amount, _ treatment: Treatment) throws {
        var left = leg.amount
        var cost = Amount.zero
        var uses = ""
        var terms: Set<Bool> = []
        while left.isPositive, let part = oldest(leg.asset, place(leg)) {
            let quantity = min(left, part.quantity)
            let paid = try share(part, quantity)
            part.quantity = try part.quantity.subtracting(quantity)
            part.cost = try part.cost.subtracting(paid)
            part.isWhole = false
            left = try left.subtracting(quantity)
            cost = try cost.adding(paid)
            uses += " \(part.id)=\(quantity)/\(paid)"
            terms.insert(entry.time.day.number - part.day > settings.longTermDays)
        }
        if left.isPositive {
            problems.append("\(entry.id.raw) missing_acquisition \(left)")
            terms.insert(false)
        }
        let brought = treatment == .taxable ? proceeds : cost
        let term = terms.count == 2 ? "mixed" : terms == [true] ? "long" : "short"
        disposals.append("\(entry.id.raw).\(side) \(leg.amount) \(brought) \(cost) \(term)\(uses)")
    }

    private func move(
        _ quantity: Amount,
        _ asset: AssetID,
        from: String,
        to target: String,
        assumed side: String
    ) throws -> Part? {
        var left = quantity
        var last: Part?
        while left.isPositive, let part = oldest(asset, from) {
            let moved = min(left, part.quantity)
            left = try left.subtracting(moved)
            if moved == part.quantity, part.isWhole {
                part.place = target
                last = part
                continue
            }
            let cost = try share(part, moved)
            part.quantity = try part.quantity.subtracting(moved)
            part.cost = try part.cost.subtracting(cost)
            serial += 1
            let new = Part(
                id: part.id,
                order: part.order,
                serial: serial,
                asset: asset,
                place: target,
                quantity: moved,
                cost: cost,
                day: part.day
            )
            parts.append(new)
            last = new
        }
        guard left.isPositive else { return last }
        problems.append("\(entry.id.raw) missing_acquisition \(left)")
        return add("\(entry.id.raw).\(side)", asset, target, left, .zero)
    }

    private func transfer(_ out: Leg, _ into: Leg) throws -> Part? {
        guard place(out) != place(into) else { return nil }
        return try move(out.amount, out.asset, from: place(out), to: place(into), assumed: "out")
    }

    private func networkFees(into last: Part?) throws {
        guard let leg = coins(entry.fee) else { return }
        guard settings.transferFees == .addedToCost else {
            var fee = Amount.zero
            if let worth = worth(leg.amount, leg.asset) {
                fee = worth
            } else {
                // Valued before anything moves.
                problems.append("\(entry.id.raw) missing_price \(leg.amount)")
            }
            return try dispose(leg, "fee", fee, .taxable)
        }
    }
}
