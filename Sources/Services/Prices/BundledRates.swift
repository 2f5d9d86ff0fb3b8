import CAssets
import Money
import Time
import Valuation

/// The exchange rates that ship inside the program: the European Central Bank's reference rates.
enum BundledRates {
    /// The rates, read when one is first asked for; all data folders of a process share them.
    static let deferred = DeferredPrices(source: .bundled) {
        let bytes = unsafe UnsafeBufferPointer(start: coffer_ecb_rates(), count: coffer_ecb_rates_size())
        return unsafe parse(Span(_unsafeElements: bytes))
    }

    /// Reads the rates if nobody has.
    static func warmUp() {
        _ = deferred.book
    }

    /// Reads the wide table that the build embeds; a table that is not one stops the program: it is our own.
    ///
    /// One look at each byte, and nothing is copied: commands are short.
    static func parse(_ bytes: Span<UInt8>) -> PriceBook {
        var cells = TableCells()
        var pairs: [PricePair] = []
        _ = cells.next(in: bytes)
        while !cells.isAtLineEnd {
            let code = cells.next(in: bytes)
            guard let id = AssetRegistry.builtIn.id(code: text(bytes.extracting(code)).lowercased()) else {
                preconditionFailure("the embedded rates name only built-in currencies")
            }
            pairs.append(PricePair(base: id, quote: .usd))
        }
        var columns = [[PricePoint]](repeating: [], count: pairs.count)
        // A line has about two hundred bytes.
        for place in columns.indices { columns[place].reserveCapacity(bytes.count / 128) }
        while cells.nextLine(in: bytes) {
            do {
                let day = try Timestamp.parse(bytes.extracting(cells.next(in: bytes)))
                let time = PriceResolution.day.effectiveTime(of: day)
                for place in columns.indices {
                    let cell = cells.next(in: bytes)
                    guard !cell.isEmpty else { continue }
                    let price = try Amount.parse(bytes.extracting(cell))
                    precondition(price.isPositive, "the embedded rates are above zero")
                    columns[place].append(PricePoint(time: time, price: price))
                }
            } catch {
                preconditionFailure("the embedded rates are well formed: \(error)")
            }
            precondition(cells.isAtLineEnd, "every line of the embedded rates has a cell for each currency")
        }
        var series: [PricePair: PriceSeries] = [:]
        for (pair, points) in zip(pairs, columns) where !points.isEmpty { series[pair] = PriceSeries(points) }
        return PriceBook(series, source: .bundled)
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        var text = ""
        for place in bytes.indices { text.unicodeScalars.append(UnicodeScalar(bytes[place])) }
        return text
    }
}

/// Finds the cells of a table without quotes, one after the other.
private struct TableCells {
    private var position = 0
    /// Whether the line that was begun has no further cell.
    private(set) var isAtLineEnd = false

    /// Where the next cell of the line lies.
    mutating func next(in bytes: Span<UInt8>) -> Range<Int> {
        precondition(!isAtLineEnd, "a line of the embedded rates has too few cells")
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte != UInt8(ascii: ",") else { return start..<(position - 1) }
            guard byte != UInt8(ascii: "\n") else {
                isAtLineEnd = true
                return start..<(position - 1)
            }
        }
        isAtLineEnd = true
        return start..<position
    }

    /// Goes to the next line; false at the end of the table.
    mutating func nextLine(in bytes: Span<UInt8>) -> Bool {
        isAtLineEnd = false
        return position < bytes.count
    }
}
