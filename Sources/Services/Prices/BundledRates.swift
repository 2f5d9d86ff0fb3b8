import CAssets
import Money
import Time
import Valuation

/// The exchange rates that ship inside the program: the European Central Bank's reference rates.
enum BundledRates {
    /// A snapshot of prices that holds just these rates.
    static func load() -> PriceBook {
        let count = coffer_ecb_rates_size()
        let start = unsafe coffer_ecb_rates()
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        return parse(bytes)
    }

    /// Reads the wide table that the build embeds; a table that is not one stops the program: it is our own.
    static func parse(_ bytes: [UInt8]) -> PriceBook {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).makeIterator()
        let header = lines.next().map {
            $0.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        }
        let currencies = (header ?? []).dropFirst().map { cell -> AssetID in
            guard let code = AssetCode.normalize(Array(cell)), let id = AssetRegistry.builtIn.id(code: code)
            else {
                preconditionFailure("the embedded rates name only built-in currencies")
            }
            return id
        }
        var builder = PriceBookBuilder()
        while let line = lines.next() {
            let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            do {
                let stamp = try Timestamp.parse(Array(cells[0]))
                for (currency, cell) in zip(currencies, cells.dropFirst()) where !cell.isEmpty {
                    try builder.append(
                        pair: PricePair(base: currency, quote: .usd),
                        stamp: stamp,
                        resolution: .day,
                        price: try Amount.parse(Array(cell)),
                        source: .bundled
                    )
                }
            } catch {
                preconditionFailure("the embedded rates are well formed: \(error)")
            }
        }
        return builder.finish()
    }
}
