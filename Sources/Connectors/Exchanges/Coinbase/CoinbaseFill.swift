import JSON
import Ledger
import Money
import Time

/// One fill of the Advanced platform's history, turned into a row.
///
/// Where `size_in_quote` is set the size counts the quote asset, and what was bought or sold is size ÷ price, rounded to
/// eight decimals as the platform's wallets are.
enum CoinbaseFill {
    /// Reads one element of a page.
    ///
    /// - Throws: `ConnectorError.malformed` with the member that is not as documented.
    static func row(_ fields: VenueFields) throws(ConnectorError) -> ExchangeRow {
        let id = try fields.id("entry_id")
        let time = try fields.time("trade_time")
        let product = try CoinbaseProduct(try fields.id("product_id"), fields)
        let isSale: Bool
        switch try fields.id("side") {
        case "BUY": isSale = false
        case "SELL": isSale = true
        default: throw fields.fault("side", "neither BUY nor SELL")
        }
        let type = try fields.word("trade_type") ?? "FILL"
        guard type == "FILL" else {
            return ExchangeRow(
                id: id,
                time: time,
                cursor: nil,
                content: .nothing,
                remark:
                    "fill \(id) of \(time) is of type \(type.prefix(40)), which makes no entry; the ledger has it"
            )
        }
        let price = try fields.price("price")
        var size = try fields.amount("size")
        if fields.value["size_in_quote"]?.bool == true {
            do throws(MoneyError) {
                size = try size.divided(by: price).rounded(toDecimals: 8)
            } catch {
                throw fields.fault("size", "one that cannot be divided by the price")
            }
        }
        let event = try product.fill(
            id: id,
            time: time,
            isSale: isSale,
            size: size,
            price: price,
            commission: fields.value["commission"].map { $0.isNull } ?? true
                ? .zero : try fields.amount("commission"),
            fields
        )
        return ExchangeRow(id: id, time: time, cursor: nil, content: .event(event))
    }
}
