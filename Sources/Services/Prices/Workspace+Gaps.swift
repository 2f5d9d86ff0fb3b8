import Money
import Storage
public import Time
import Valuation

/// Days without a price, one after the other.
public struct PriceGap: Hashable, Sendable {
    /// The first of them.
    public let from: Day
    /// The last of them.
    public let to: Day
    /// How many there are; of exchange rates only Monday to Friday count.
    public let days: Int
}

/// The gaps of one series.
public struct PriceGapRow: Hashable, Sendable {
    /// The code of what is priced.
    public let base: String
    /// The code of what it is counted in.
    public let quote: String
    /// The name of the source.
    public let source: String
    /// The days with a price.
    public let present: Int
    /// The gaps in order.
    public let gaps: [PriceGap]

    /// The days without a price.
    public var missing: Int { gaps.reduce(0) { $0 + $1.days } }
}

/// What is missing among prices.
public struct PriceGapReport: Hashable, Sendable {
    /// The first day looked at, or nil for each series' own first day.
    public let from: Day?
    /// The last day looked at.
    public let to: Day
    /// The series with gaps, by pair and source.
    public let rows: [PriceGapRow]
    /// The codes of assets of the journal from which no price leads to the dollar.
    public let unpriced: [String]
}

extension Workspace {
    /// The days on which series have no price.
    ///
    /// A day has a price when one counts from an instant after its start up to its end: its close does. Days are UTC.
    /// Without a start each series is looked at from its first day on, without an end up to yesterday. Blocks.
    ///
    /// - Throws: `PriceServiceError`, `StorageError`, `WorkspaceError.invertedRange`.
    public func priceGaps(
        asset code: String? = nil,
        from: Timestamp? = nil,
        to: Timestamp? = nil
    ) throws -> PriceGapReport {
        let book = try priceBook()
        let wanted = try code.map { Set(try assets(named: $0).map(\.id)) }
        let yesterday = now().day.advanced(byDays: -1)
        let end = min(to.map { $0.advanced(byMicroseconds: -1).day } ?? yesterday, yesterday)
        if let from, from.day > end {
            throw WorkspaceError.invertedRange(from: from.description, to: end.description)
        }
        let own = try database.read { connection throws(StorageError) in try connection.everyonesAssets() }
        let codes = Dictionary(uniqueKeysWithValues: own.map { ($0.id, $0.displayCode) })
        func name(_ id: AssetID) -> String { codes[id] ?? AssetRegistry.builtIn.displayCode(id) }
        var rows: [PriceGapRow] = []
        for pair in book.pairs where wanted.map({ $0.contains(pair.base) || $0.contains(pair.quote) }) ?? true
        {
            let isFiat = AssetRegistry.builtIn.isFiat(pair.base) && AssetRegistry.builtIn.isFiat(pair.quote)
            for sourced in book.series(of: pair) {
                // Prices set by hand stand for themselves.
                if sourced.source == .manual { continue }
                // The bundled rates of past currencies end where the currencies did.
                if wanted == nil, sourced.source == .bundled { continue }
                guard let scan = GapScan(sourced.series, from: from?.day, through: end, weekdaysOnly: isFiat),
                    !scan.gaps.isEmpty
                else { continue }
                rows.append(
                    PriceGapRow(
                        base: name(pair.base),
                        quote: name(pair.quote),
                        source: sourced.source.name,
                        present: scan.present,
                        gaps: scan.gaps
                    )
                )
            }
        }
        return PriceGapReport(
            from: from?.day,
            to: end,
            rows: rows,
            unpriced: try unpricedAssets(among: wanted)
        )
    }

    /// The codes of assets of the journal from which no price leads to the dollar, at any time.
    ///
    /// Blocks; one pass over the journal.
    ///
    /// - Throws: `StorageError`.
    public func unpricedAssets() throws -> [String] {
        try unpricedAssets(among: nil)
    }

    private func unpricedAssets(among wanted: Set<AssetID>?) throws -> [String] {
        let valuer = Valuer(
            book: try priceBook(),
            settings: configuration.valuation,
            isFiat: { AssetRegistry.builtIn.isFiat($0) }
        )
        let (own, first) = try database.read { connection throws(StorageError) in
            (try connection.everyonesAssets(), try connection.firstEntries())
        }
        let codes = Dictionary(uniqueKeysWithValues: own.map { ($0.id, $0.displayCode) })
        let missing = first.keys.sorted().filter {
            (wanted?.contains($0) ?? true) && valuer.firstTime(from: $0, to: .usd) == nil
        }
        return Set(missing.map { codes[$0] ?? AssetRegistry.builtIn.displayCode($0) }).sorted()
    }
}

/// Finds the days of a series without a price.
private struct GapScan {
    private(set) var gaps: [PriceGap] = []
    private(set) var present = 0

    /// Nil for a series without points.
    init?(_ series: PriceSeries, from: Day?, through end: Day, weekdaysOnly: Bool) {
        guard let first = series.first else { return nil }
        var next = from ?? GapScan.day(of: first)
        series.forEachPoint { point in
            let day = GapScan.day(of: point)
            guard day >= next, day <= end else { return }
            present += 1
            add(next.number..<day.number, weekdaysOnly)
            next = day.advanced(byDays: 1)
        }
        if next <= end { add(next.number..<(end.number + 1), weekdaysOnly) }
    }

    private mutating func add(_ days: Range<Int32>, _ weekdaysOnly: Bool) {
        let counted = days.filter { !weekdaysOnly || !GapScan.isWeekend($0) }
        guard let first = counted.first, let last = counted.last else { return }
        gaps.append(PriceGap(from: Day(number: first), to: Day(number: last), days: counted.count))
    }

    /// The day whose close a price may be.
    private static func day(of point: PricePoint) -> Day {
        point.time.advanced(byMicroseconds: -1).day
    }

    /// Day 0 was a Thursday.
    private static func isWeekend(_ number: Int32) -> Bool {
        let weekday = (number % 7 + 7) % 7
        return weekday == 2 || weekday == 3
    }
}
