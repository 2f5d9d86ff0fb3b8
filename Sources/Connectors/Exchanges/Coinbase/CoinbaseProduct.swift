import Ledger
import Money
import Time
import Venues

/// A pair that is traded, such as BTC-USD.
struct CoinbaseProduct {
    /// What is bought and sold, in lower case.
    let base: String
    /// What it is paid in, in lower case.
    let quote: String

    /// A product from its id.
    ///
    /// - Throws: `ConnectorError.malformed` when the id is not two codes with a dash between them.
    init(_ id: String, _ fields: VenueFields) throws(ConnectorError) {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = AssetCode.normalize(String(parts[0])),
            let quote = AssetCode.normalize(String(parts[1])), base != quote
        else { throw fields.fault("product_id", "no pair such as BTC-USD") }
        self.base = base
        self.quote = quote
    }

    /// The trade of a fill: quote = size × price, rounded half-even to 18 decimals where it has more.
    ///
    /// - Throws: `ConnectorError.malformed` for sizes below or at zero and for a product that is out of range.
    func fill(
        id: String,
        time: Timestamp,
        isSale: Bool,
        size: Amount,
        price: Amount,
        commission: Amount,
        _ fields: VenueFields
    ) throws(ConnectorError) -> ExchangeEvent {
        guard size.isPositive else { throw fields.fault("size", "not above zero") }
        let paid: Amount
        do throws(MoneyError) {
            paid = try size.multiplied(by: price)
        } catch {
            throw fields.fault("price", "one whose product with the size is 10^20 or more")
        }
        let moved = ExchangeMoney(amount: size, asset: base)
        let payment = ExchangeMoney(amount: paid, asset: quote)
        let leg = paid.isZero ? nil : payment
        return ExchangeEvent(
            id: id,
            time: time,
            kind: .trade,
            incoming: isSale ? leg : moved,
            outgoing: isSale ? moved : leg,
            fee: commission.isZero ? nil : ExchangeMoney(amount: commission.magnitude, asset: quote),
            value: payment
        )
    }
}
