import HTTPClient
import JSON
import Money
import Time

/// What the answers of all price services have in common: reading them strictly.
enum PriceAnswer {
    /// What one answer may hold.
    enum Limits {
        /// Prices of one page.
        static let prices = 20_000
        /// Elements of one JSON text.
        static let elements = 200_000
        /// Characters of a service's own words in an error.
        static let reason = 120
    }

    /// The JSON of an answer.
    static func json(_ response: IncomingResponse) throws(ConnectorError) -> JSONValue {
        do {
            return try JSONReader.parse(response.body, limits: JSONLimits(elements: Limits.elements))
        } catch {
            throw .malformed("the body is no JSON")
        }
    }

    /// A price written as a JSON number or as text, digit for digit; beyond 18 decimals rounded half-even.
    static func price(_ value: JSONValue?, _ place: String) throws(ConnectorError) -> Amount {
        guard let text = value?.number ?? value?.string else { throw .malformed("\(place) is no number") }
        return try price(text, place)
    }

    /// A price from text; as the other.
    static func price(_ text: String, _ place: String) throws(ConnectorError) -> Amount {
        let amount: Amount
        do {
            amount = try Amount.parseRounding(text).amount
        } catch MoneyError.outOfRange {
            throw .malformed("\(place) is too large for a price")
        } catch {
            throw .malformed("\(place) is no number")
        }
        guard amount.isPositive else { throw .malformed("\(place) is not above zero") }
        return amount
    }

    /// Seconds since 1970 as a service writes them, between 1990 and 2200.
    static func seconds(_ value: JSONValue?, _ place: String) throws(ConnectorError) -> Int64 {
        guard let seconds = value?.integer, (631_152_000..<7_258_118_400).contains(seconds) else {
            throw .malformed("\(place) is no time")
        }
        return seconds
    }

    /// Prices in the order of time, one for an instant.
    ///
    /// - Throws: `malformed` for two different prices of one instant, and for too many.
    static func ordered(_ prices: [FetchedPrice]) throws(ConnectorError) -> [FetchedPrice] {
        guard prices.count <= Limits.prices else {
            throw .malformed("more than \(Limits.prices) prices in one answer")
        }
        var result: [FetchedPrice] = []
        result.reserveCapacity(prices.count)
        for price in prices.sorted(by: { $0.time < $1.time }) {
            guard let last = result.last, last.time == price.time else {
                result.append(price)
                continue
            }
            guard last.price == price.price else { throw .malformed("two prices for \(price.time)") }
        }
        return result
    }

    /// A service's own words without anything that could pass for our own.
    static func reason(_ text: String?) -> String {
        guard let text else { return "" }
        let plain = text.unicodeScalars.filter { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(plain.prefix(Limits.reason)))
    }

    /// A spot price's time: not later than now, a clock's error aside.
    static func checkSpot(_ time: Timestamp, now: Timestamp) throws(ConnectorError) -> Timestamp {
        guard time <= now.advanced(bySeconds: 300) else { throw .malformed("a price of the future") }
        return min(time, now)
    }
}

extension Timestamp {
    /// The start of the period of so many seconds that holds this instant.
    func floored(to seconds: Int64) -> Timestamp {
        let rest = self.seconds % seconds
        return Timestamp(seconds: self.seconds - (rest < 0 ? rest + seconds : rest))
    }

    /// The start of the first period of so many seconds that starts here or later.
    func raised(to seconds: Int64) -> Timestamp {
        let floor = floored(to: seconds)
        return floor == self ? floor : floor.advanced(bySeconds: seconds)
    }
}
