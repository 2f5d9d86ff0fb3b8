public import Money
public import Time

/// Values holdings at many instants in one walk over the prices of each asset.
///
/// The value at an instant is the sum over the ways that its prices take to the currency: the exact products of amounts and
/// prices are added up for each way in 256 bits and rounded half-even once. Ways are chosen as `Valuer` does.
public struct ValueSweep {
    private let valuer: Valuer
    private let currency: AssetID
    private let times: [Int64]
    private var groups: [[AssetID]: Int] = [:]
    private var tails: [[AssetID]] = []
    private var sums: [[WideSum]] = []
    /// What one series prices, added up at the end for all assets at once.
    private var walks: [[SeriesWalk]] = []
    /// What is converted by itself, since its first price is divided by.
    private var single: [Int128] = []
    private var isStale: [Bool]
    private var unpriced: [UInt16]
    private var unpricedAssets: [AssetID] = []
    private var isOutOfRange = false

    /// A sweep over instants in order.
    public init(_ times: [Timestamp], in currency: AssetID, _ valuer: Valuer) {
        self.valuer = valuer
        self.currency = currency
        self.times = times.map(\.microseconds)
        isStale = Array(repeating: false, count: times.count)
        unpriced = Array(repeating: 0, count: times.count)
    }

    /// Adds what is held of one asset; each asset is to be added once.
    public mutating func add(_ runs: HoldingRuns) {
        guard runs.runs.contains(where: { $0.amount != 0 }) else { return }
        if runs.asset == currency {
            let group = group(of: [currency])
            forEachRun(runs) { sweep, places, amount in
                let product = WideSum(amount, times: UInt128(Amount.one.raw))
                for place in places { sweep.add(product, group, place) }
            }
        } else if let plain = PlainWay(from: runs.asset, to: currency, since: times.first, valuer) {
            addPlain(runs, plain)
        } else {
            addChosen(runs)
        }
    }

    /// The values.
    ///
    /// - Throws: `MoneyError.overflow` when a value reaches 10²⁰ units.
    public consuming func finish() throws(MoneyError) -> ValueSeries {
        for group in tails.indices { addWalks(of: group) }
        guard !isOutOfRange else { throw .overflow }
        var values = [Amount](repeating: .zero, count: times.count)
        for place in single.indices { values[place] = try Amount(raw: single[place]) }
        for (group, tail) in tails.enumerated() {
            if tail.count == 1 {
                try close(group, into: &values)
            } else {
                try close(group, over: tail, into: &values)
            }
        }
        return ValueSeries(
            values: values,
            isStale: isStale,
            unpriced: unpriced,
            unpricedAssets: unpricedAssets
        )
    }

    private func close(_ group: Int, into values: inout [Amount]) throws(MoneyError) {
        let divisor = UInt128(Amount.one.raw)
        for place in values.indices where !sums[group][place].isZero {
            guard let value = sums[group][place].divided(by: divisor) else { throw .overflow }
            values[place] = try values[place].adding(value)
        }
    }

    /// Leads the sums of a group on over its further hops; what is stale there makes the value stale.
    private mutating func close(
        _ group: Int,
        over tail: [AssetID],
        into values: inout [Amount]
    ) throws(MoneyError) {
        var hops = zip(tail, tail.dropFirst()).compactMap { HopCursor($0, $1, valuer) }
        let one = UInt128(Amount.one.raw)
        for place in values.indices where !sums[group][place].isZero {
            // The way was taken because each of its hops has a price then.
            let steps = hops.indices.compactMap { hops[$0].step(asOf: times[place]) }
            if steps.contains(where: \.isStale) { isStale[place] = true }
            let sum = sums[group][place]
            let value: Amount?
            if steps.count == 1 {
                let price = UInt128(steps[0].price)
                value = steps[0].isInverted ? sum.divided(by: price) : sum.scaled(by: price, over: one * one)
            } else {
                var numerators: [UInt128] = []
                var denominators = [one]
                for step in steps { step.append(to: &numerators, over: &denominators) }
                value = sum.scaled(by: numerators, over: denominators)
            }
            guard let value else { throw .overflow }
            values[place] = try values[place].adding(value)
        }
    }

    // MARK: Sums

    private mutating func addPlain(_ runs: HoldingRuns, _ way: PlainWay) {
        let group = group(of: way.tail)
        walks[group].append(
            SeriesWalk(runs, at: way.series, freshMicroseconds: way.freshMicroseconds)
        )
        let firstTime = way.series.first?.time.microseconds ?? .max
        var isPriced = false
        forEachRun(runs) { sweep, places, _ in
            guard !isPriced else { return }
            for place in places {
                isPriced = sweep.times[place] >= firstTime
                guard !isPriced else { return }
                sweep.noteUnpriced(runs.asset, place)
            }
        }
    }

    /// Adds up what was only noted so far.
    private mutating func addWalks(of group: Int) {
        guard !walks[group].isEmpty else { return }
        var column = SumColumn(sums: sums[group], isStale: isStale, times)
        // Held once only, so that adding in place copies nothing.
        sums[group] = []
        isStale = []
        column.add(&walks[group], times)
        if column.isOutOfRange { isOutOfRange = true }
        sums[group] = column.sums
        isStale = column.isStale
    }

    /// Adds an asset whose way must be chosen at each instant.
    private mutating func addChosen(_ runs: HoldingRuns) {
        var cursor = RateCursor(runs.asset, currency, valuer)
        forEachRun(runs) { sweep, places, amount in
            for place in places {
                guard let way = cursor.way(asOf: sweep.times[place]) else {
                    sweep.noteUnpriced(runs.asset, place)
                    continue
                }
                if way.isStale { sweep.isStale[place] = true }
                if way.hops[0].isInverted {
                    sweep.addSingle(amount, way, place)
                } else {
                    sweep.add(
                        WideSum(amount, times: UInt128(way.hops[0].price)),
                        sweep.group(of: way.path),
                        place
                    )
                }
            }
        }
    }

    private mutating func noteUnpriced(_ asset: AssetID, _ place: Int) {
        unpriced[place] &+= 1
        if unpricedAssets.last != asset { unpricedAssets.append(asset) }
    }

    private mutating func addSingle(_ amount: Int128, _ way: RateCursor.Way, _ place: Int) {
        if single.isEmpty { single = Array(repeating: 0, count: times.count) }
        if way.hops.count == 1 {
            // One price that is divided by: the amount's 18 decimals are the only factor.
            let product = WideSum(amount, times: UInt128(Amount.one.raw))
            guard let value = product.divided(by: UInt128(way.hops[0].price)) else {
                isOutOfRange = true
                return
            }
            return addSingle(value.raw, place)
        }
        var numerators = [amount.magnitude]
        var denominators: [UInt128] = []
        for hop in way.hops { hop.append(to: &numerators, over: &denominators) }
        guard let value = WideQuotient.rounded(numerators, over: denominators), value < UInt128(Amount.limit)
        else {
            isOutOfRange = true
            return
        }
        addSingle(amount < 0 ? -Int128(value) : Int128(value), place)
    }

    private mutating func addSingle(_ value: Int128, _ place: Int) {
        let (sum, overflow) = single[place].addingReportingOverflow(value)
        single[place] = sum
        if overflow { isOutOfRange = true }
    }

    @inline(__always)
    private mutating func add(_ product: WideSum, _ group: Int, _ place: Int) {
        sums[group][place].add(product)
        if !product.isSmall { isOutOfRange = true }
    }

    private mutating func group(of tail: [AssetID]) -> Int {
        if let known = groups[tail] { return known }
        groups[tail] = tails.count
        tails.append(tail)
        walks.append([])
        sums.append(Array(repeating: .zero, count: times.count))
        return tails.count - 1
    }

    /// Calls the body with each stretch of places over which the same amount, not zero, is held.
    private mutating func forEachRun(
        _ runs: HoldingRuns,
        _ body: (inout ValueSweep, Range<Int>, Int128) -> Void
    ) {
        let list = runs.runs
        for index in list.indices where list[index].amount != 0 {
            let end = index + 1 < list.count ? list[index + 1].start : times.count
            body(&self, list[index].start..<end, list[index].amount)
        }
    }
}

extension HopCursor.Step {
    /// Appends what an amount is multiplied with and divided by.
    func append(to numerators: inout [UInt128], over denominators: inout [UInt128]) {
        let (price, one) = (price.magnitude, UInt128(Amount.one.raw))
        numerators.append(isInverted ? one : price)
        denominators.append(isInverted ? price : one)
    }
}
