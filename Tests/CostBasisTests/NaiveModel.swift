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
        /// Quantity and cost at the acquisition.
        var basis: (quantity: Amount, cost: Amount)

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
            basis = (quantity, cost)
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

    /// The open parts at the end.
    func finish() throws -> [Part] {
        if method.sharesCosts { try spread() }
        return parts.filter { $0.quantity.isPositive }
    }

    init(settings: LotSettings, prices: PriceList) {
        self.settings = settings
        self.prices = prices
    }

    func apply(_ entry: Entry, order: Int) throws {
        self.entry = entry
        self.order = order
        let before = method
        method =
            settings.changes.filter { $0.from <= entry.time.day }.max { $0.from < $1.from }?.method
            ?? settings.method
        if before.sharesCosts { try spread() }
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

    private func open(_ asset: AssetID, _ place: String) -> [Part] {
        parts.filter { $0.asset == asset && $0.place == place && $0.quantity.isPositive }
            .sorted { ($0.order, $0.serial) < ($1.order, $1.serial) }
    }

    private func isAway(_ place: String) -> Bool { place == "transit" || place == "collateral" }

    /// The part that goes next; coins on the way go by age.
    private func next(_ asset: AssetID, _ place: String) -> Part? {
        let open = open(asset, place)
        switch isAway(place) ? .fifo : method {
        case .fifo, .average, .acb, .s104, .specific: return open.first
        case .lifo: return open.last
        case .hifo: return open.first { part in !open.contains { isCheaper(part, $0) } }
        case .lofo: return open.first { part in !open.contains { isCheaper($0, part) } }
        }
    }

    private func isCheaper(_ left: Part, _ right: Part) -> Bool {
        let one = left.basis.cost.raw.multipliedFullWidth(by: right.basis.quantity.raw)
        let other = right.basis.cost.raw.multipliedFullWidth(by: left.basis.quantity.raw)
        return (one.high, one.low) < (other.high, other.low)
    }

    private var method = LotMethod.fifo

    /// Gives every part of an average pool its share of the pool's cost, the oldest first.
    private func spread() throws {
        for place in Set(parts.map(\.place)) where !isAway(place) {
            for asset in Set(parts.map(\.asset)) {
                let open = open(asset, place)
                let total = try sum(open)
                var so = Amount.zero
                var given = Amount.zero
                for part in open {
                    so = try so.adding(part.quantity)
                    let upTo = try total.cost.multiplied(by: so, dividedBy: total.quantity)
                    part.cost = try upTo.subtracting(given)
                    given = upTo
                }
            }
        }
    }

    private func sum(_ parts: [Part]) throws -> (quantity: Amount, cost: Amount) {
        try parts.reduce((.zero, .zero)) { (try $0.0.adding($1.quantity), try $0.1.adding($1.cost)) }
    }

    /// Takes coins out of a place: which parts, how much of each and at what cost.
    private func take(
        _ quantity: Amount,
        _ asset: AssetID,
        _ place: String
    ) throws -> [(Part, Amount, Amount)] {
        let open = open(asset, place)
        let total = try sum(open)
        let isAverage = method.sharesCosts && !isAway(place)
        let taken = min(quantity, total.quantity)
        var taking: [(Part, Amount, Amount)] = []
        var left = taken
        var given = Amount.zero
        while left.isPositive, let part = next(asset, place) {
            let amount = min(left, part.quantity)
            left = try left.subtracting(amount)
            var cost = try share(part, amount)
            if isAverage {
                let all = try total.cost.multiplied(by: taken, dividedBy: total.quantity)
                let upTo = try all.multiplied(by: try taken.subtracting(left), dividedBy: taken)
                cost = try upTo.subtracting(given)
                given = upTo
            }
            part.quantity = try part.quantity.subtracting(amount)
            part.cost = try part.cost.subtracting(cost)
            taking.append((part, amount, cost))
        }
        guard isAverage, let first = self.open(asset, place).first else { return taking }
        for part in open { part.cost = .zero }
        first.cost = try total.cost.subtracting(given)
        return taking
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
        for (part, quantity, paid) in try take(leg.amount, leg.asset, place(leg)) {
            part.isWhole = false
            left = try left.subtracting(quantity)
            cost = try cost.adding(paid)
            uses += " \(part.id)=\(quantity)/\(paid)"
            terms.insert(part.day <= settings.longTerm.lastAcquired(disposed: entry.time.day).number)
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
        for (part, moved, cost) in try take(quantity, asset, from) {
            left = try left.subtracting(moved)
            if part.quantity.isZero, part.isWhole {
                part.quantity = moved
                part.cost = cost
                part.place = target
                last = part
                continue
            }
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
            new.basis = part.basis
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
