import Money
import Time

/// A candle whose step is not known yet.
struct CandleRow {
    let line: Int
    let stamp: Timestamp
    let pair: PricePairName
    let close: Amount
}

/// Rows of open, high, low and close: exports of CryptoDataDownload, Yahoo and Kraken, and those like them.
///
/// The time opens the candle, and its close counts from the candle's end. How long a candle is comes from the reader,
/// the file's name, or the least distance between the first rows.
struct CandleLayout {
    /// The rows that the step is learned from; fewer in a shorter file.
    static let rowsToLearnFrom = 50

    private let time: Int
    private let isUnix: Bool
    private let symbol: Int?
    private let high: Int
    private let low: Int
    private let close: Int
    private let cells: Int
    private let pair: PricePairName?
    /// The two codes that the header's volumes are counted in.
    private let volumes: Set<String>
    /// Whether the first row names the columns.
    let hasHeader: Bool
    /// The seconds of a candle, when known.
    private(set) var step: Int64?

    /// The steps that exports have, in seconds: from a minute to a day, and a week.
    private static let steps: Set<Int64> = [
        60, 180, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800, 43_200, 86_400, 604_800,
    ]

    /// Nil when the header is another.
    init?(_ header: PriceHeader, _ line: Int, _ hint: PriceFileHint) throws(ImportError) {
        guard let high = header["high"], let low = header["low"], let close = header.first("close", "close*")
        else {
            return nil
        }
        let unix = header.first("unix", "unix timestamp", "timestamp", "time_unix", "open_time")
        guard let time = unix ?? header.first("date", "time", "datetime") else { return nil }
        (self.time, self.high, self.low, self.close) = (time, high, low, close)
        isUnix = unix != nil
        symbol = header.first("symbol", "pair")
        cells = header.cells
        hasHeader = true
        pair = hint.pair ?? CandleLayout.pair(inName: hint.fileName)
        volumes = Set(
            header.names.compactMap { name in
                name.hasPrefix("volume ") ? AssetCode.normalize(String(name.dropFirst(7))) : nil
            }
        )
        // Days alone can be told by their dates.
        step = hint.step ?? CandleLayout.step(inName: hint.fileName)
        guard symbol != nil || pair != nil else { throw .unknownPricePair(line: line) }
    }

    /// Kraken's files without a header; nil for another row.
    ///
    /// Their columns are time, open, high, low, close, maybe a mean, volume, trades.
    init?(withoutHeader row: CSVRow, _ hint: PriceFileHint) throws(ImportError) {
        guard row.fault == nil, (7...8).contains(row.cells.count), (try? PriceCells.unixTime(row, 0)) != nil
        else { return nil }
        (time, isUnix, symbol) = (0, true, nil)
        (high, low, close) = (2, 3, 4)
        cells = row.cells.count
        hasHeader = false
        volumes = []
        let stem = hint.fileName?.split(separator: ".").first.map(String.init)
        let words = stem?.split(separator: "_").map(String.init) ?? []
        pair = hint.pair ?? words.first.flatMap { PricePairName(kraken: $0) }
        let minutes = words.count == 2 ? Int64(words[1]) : nil
        step = hint.step ?? minutes.flatMap { CandleLayout.steps.contains($0 * 60) ? $0 * 60 : nil }
        guard pair != nil else { throw .unknownPricePair(line: row.line) }
    }

    func parse(_ row: CSVRow) throws(PriceRowError) -> CandleRow {
        try PriceCells.checkForm(row, cells)
        let stamp =
            isUnix ? try PriceCells.unixTime(row, time) : try PriceCells.time(row, time, "date").0
        let high = try PriceCells.price(row, high, "high")
        let low = try PriceCells.price(row, low, "low")
        let close = try PriceCells.price(row, close, "close")
        guard low <= close, close <= high else {
            throw PriceRowError(
                row,
                "close",
                "close_out_of_range",
                close.description,
                "a close from \(low) to \(high)",
                "the close \(close) does not lie between the low \(low) and the high \(high)"
            )
        }
        return CandleRow(line: row.line, stamp: stamp, pair: try pair(of: row), close: close)
    }

    /// The price of a candle whose step is known.
    func row(_ candle: CandleRow) throws(ImportError) -> PriceRow {
        guard let step else { throw .unknownPriceStep(line: candle.line) }
        return PriceRow(
            line: candle.line,
            stamp: candle.stamp,
            period: .span(step),
            base: candle.pair.base,
            quote: candle.pair.quote,
            price: candle.close
        )
    }

    /// Takes the least distance between neighbouring rows of one pair as the step, where it is one that exports have.
    mutating func learnStep(_ rows: [CandleRow]) {
        guard step == nil else { return }
        var least: Int64?
        for (left, right) in zip(rows, rows.dropFirst()) where left.pair == right.pair {
            let distance = abs(right.stamp.seconds - left.stamp.seconds)
            if distance > 0 { least = min(least ?? distance, distance) }
        }
        guard let least, CandleLayout.steps.contains(least) else { return }
        step = least
    }

    private func pair(of row: CSVRow) throws(PriceRowError) -> PricePairName {
        guard let symbol else {
            guard let pair else { preconditionFailure("a layout without a pair was refused") }
            return pair
        }
        let text = CellText.read(row, row.trimmed(symbol)).text
        guard let named = PricePairName(text) else {
            throw PriceRowError(
                row,
                "symbol",
                "bad_pair",
                text,
                "a pair such as BTC/USD",
                "\"\(CellText.shown(text.utf8))\" is no pair; write it as BTC/USD"
            )
        }
        if let pair, pair != named {
            throw PriceRowError(
                row,
                "symbol",
                "pair_mismatch",
                text,
                "\(pair.base.uppercased())/\(pair.quote.uppercased())",
                "the row is of \(CellText.shown(text.utf8)), the file of "
                    + "\(pair.base.uppercased())/\(pair.quote.uppercased()) by its name or --pair"
            )
        }
        if volumes.count == 2, volumes != [named.base, named.quote] {
            let codes = volumes.sorted().map { $0.uppercased() }.joined(separator: " and ")
            throw PriceRowError(
                row,
                "symbol",
                "pair_mismatch",
                text,
                "a pair of \(codes)",
                "the row is of \(CellText.shown(text.utf8)), the header's volumes of \(codes)"
            )
        }
        return named
    }

    /// The pair in names such as `Binance_BTCUSDT_d.csv`, `BTC-USD.csv`.
    private static func pair(inName name: String?) -> PricePairName? {
        guard let stem = name?.split(separator: ".").first.map(String.init) else { return nil }
        if let pair = PricePairName(stem), stem.contains("-") { return pair }
        let words = stem.split(separator: "_").map(String.init)
        guard words.count == 3 else { return nil }
        return PricePairName(words[1])
    }

    /// The step in names such as `Binance_BTCUSDT_1h.csv`.
    private static func step(inName name: String?) -> Int64? {
        guard let last = name?.split(separator: ".").first?.split(separator: "_").last else { return nil }
        switch last.lowercased() {
        case "d", "1d", "daily": return 86_400
        case "h", "1h", "hourly": return 3_600
        case "m", "1m", "minute", "1min": return 60
        default: return nil
        }
    }
}
