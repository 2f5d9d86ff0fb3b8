import Money
import Time

/// A layout of prices, found by the first row that is no banner.
enum PriceLayout {
    /// Coffer's own three.
    case plain(PlainPriceLayout)
    /// Rows of open, high, low and close.
    case candles(CandleLayout)
    /// One price of one asset in each row, at that instant.
    case snapshots(SnapshotLayout)
    /// A day in each row and a currency in each column.
    case wide(WideLayout)

    /// - Throws: `ImportError.unknownPriceLayout`, `.unknownPricePair`.
    init(first row: CSVRow, _ hint: PriceFileHint) throws(ImportError) {
        if let candles = try CandleLayout(withoutHeader: row, hint) {
            self = .candles(candles)
            return
        }
        let header = PriceHeader(row)
        if let plain = PlainPriceLayout(header) {
            self = .plain(plain)
        } else if let snapshots = try SnapshotLayout(header, row.line, hint) {
            self = .snapshots(snapshots)
        } else if let candles = try CandleLayout(header, row.line, hint) {
            self = .candles(candles)
        } else if let wide = WideLayout(header) {
            self = .wide(wide)
        } else {
            throw .unknownPriceLayout(
                line: row.line,
                firstLine: CellText.shown(row.bytes[row.start..<min(row.end, row.bytes.count)])
            )
        }
    }

    /// Whether a row is the address that some exports begin with.
    static func isBanner(_ row: CSVRow) -> Bool {
        guard row.line == 1, row.cells.count == 1 else { return false }
        let text = CellText.read(row, row.trimmed(0)).text.lowercased()
        return text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("www.")
    }

    /// Whether the first row names the columns.
    var hasHeader: Bool {
        guard case .candles(let candles) = self else { return true }
        return candles.hasHeader
    }

    /// The prices of a row of any layout but candles, whose step must be learned first.
    func parse(_ row: CSVRow) throws(PriceRowError) -> [PriceRow] {
        switch self {
        case .plain(let layout): [try layout.parse(row)]
        case .snapshots(let layout): [try layout.parse(row)]
        case .wide(let layout): try layout.parse(row)
        case .candles: preconditionFailure("candles are read with their step")
        }
    }
}

/// `snapped_at,price,market_cap,total_volume`, as CoinGecko's pages export them.
struct SnapshotLayout {
    private let time: Int
    private let price: Int
    private let cells: Int
    private let pair: PricePairName

    /// Nil when the header is another.
    init?(_ header: PriceHeader, _ line: Int, _ hint: PriceFileHint) throws(ImportError) {
        guard let time = header["snapped_at"], let price = header["price"] else { return nil }
        // Such files are called btc-usd-max.csv.
        let words = hint.fileName?.split(separator: ".").first?.split(separator: "-").map(String.init) ?? []
        let named = words.count >= 2 ? PricePairName(base: words[0], quote: words[1]) : nil
        guard let pair = hint.pair ?? named else { throw .unknownPricePair(line: line) }
        (self.time, self.price, self.pair) = (time, price, pair)
        cells = header.cells
    }

    func parse(_ row: CSVRow) throws(PriceRowError) -> PriceRow {
        try PriceCells.checkForm(row, cells)
        return PriceRow(
            line: row.line,
            stamp: try PriceCells.time(row, time, "snapped_at").0,
            period: .instant,
            base: pair.base,
            quote: pair.quote,
            price: try PriceCells.price(row, price, "price")
        )
    }
}

/// `Date,USD,JPY,…`, as the European Central Bank gives the euro's rates.
struct WideLayout {
    private let currencies: [(place: Int, code: String)]
    private let cells: Int

    /// Nil when the header is another.
    init?(_ header: PriceHeader) {
        guard header.names.first == "date", header.cells > 2 else { return nil }
        var currencies: [(Int, String)] = []
        for (place, name) in header.names.enumerated().dropFirst() {
            // Each line of the file ends with a comma.
            if name.isEmpty, place == header.cells - 1 { continue }
            guard name.utf8.count == 3, name != "eur", AssetRegistry.builtIn.isFiat(code: name) else {
                return nil
            }
            currencies.append((place, name))
        }
        self.currencies = currencies
        cells = header.cells
    }

    func parse(_ row: CSVRow) throws(PriceRowError) -> [PriceRow] {
        try PriceCells.checkForm(row, cells)
        let stamp = try PriceCells.time(row, 0, "date").0
        var rows: [PriceRow] = []
        for (place, code) in currencies {
            let text = CellText.read(row, row.trimmed(place)).text
            // The bank's own mark of a day without a rate.
            if text == "N/A" || text.isEmpty { continue }
            rows.append(
                PriceRow(
                    line: row.line,
                    stamp: stamp,
                    period: .day,
                    base: "eur",
                    quote: code,
                    price: try PriceCells.price(row, place, code)
                )
            )
        }
        return rows
    }
}

extension AssetRegistry {
    /// Whether a code is that of a built-in currency, or of one that the euro or another has replaced.
    fileprivate func isFiat(code: String) -> Bool {
        if let id = id(code: code) { return isFiat(id) }
        return ["cyp", "eek", "hrk", "ltl", "lvl", "mtl", "rol", "sit", "skk", "trl", "bgn", "rub"].contains(
            code
        )
    }
}

/// Finds two different prices of one pair for one instant in one file.
struct PriceTwins {
    private struct Key: Hashable {
        let base: String
        let quote: String
        let time: Timestamp
        let period: PricePeriod
    }

    private var known: [Key: (price: Amount, line: Int)] = [:]
    private var last: (key: Key, price: Amount, line: Int)?

    private static let keptMax = 1_000_000

    /// The error of a row whose instant has another price already.
    mutating func check(_ row: PriceRow) -> RowIssue? {
        let key = Key(base: row.base, quote: row.quote, time: row.stamp, period: row.period)
        defer { last = (key, row.price, row.line) }
        var twin = known[key]
        if twin == nil, let last, last.key == key { twin = (last.price, last.line) }
        guard let twin else {
            if known.count < PriceTwins.keptMax { known[key] = (row.price, row.line) }
            return nil
        }
        guard twin.price != row.price else { return nil }
        return RowIssue(
            line: row.line,
            column: nil,
            code: "two_prices",
            severity: .error,
            found: row.price.description,
            expected: "one price of \(row.base.uppercased()) in \(row.quote.uppercased()) for an instant",
            message: "line \(twin.line) has another price for \(row.stamp): \(twin.price)"
        )
    }
}
