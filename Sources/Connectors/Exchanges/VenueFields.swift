import JSON
import Money
import Time

/// Reads the members of a venue's object and names what is not as documented.
struct VenueFields {
    let value: JSONValue
    /// What the object is, for messages: `row 3 of the transactions of BTC`.
    let name: String
    let limits: VenueLimits

    /// A text that is an id: 1 to so many visible ASCII characters.
    func id(_ key: String) throws(ConnectorError) -> String {
        guard let text = value[key]?.string, VenueFields.isID(text, limits) else {
            throw fault(key, "no id")
        }
        return text
    }

    static func isID(_ text: String, _ limits: VenueLimits) -> Bool {
        (1...limits.idBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
    }

    /// A word, or nil when it is not there.
    func word(_ key: String) throws(ConnectorError) -> String? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let text = member.string, text.utf8.count <= limits.idBytesMax else {
            throw fault(key, "no word")
        }
        return text
    }

    /// An instant.
    func time(_ key: String) throws(ConnectorError) -> Timestamp {
        guard let text = value[key]?.string, text.utf8.count <= 40, text.utf8.count > 10,
            // Only whether it is an instant matters; the reason would quote a text of the venue.
            let time = try? Timestamp.parse(text)
        else { throw fault(key, "no instant") }
        return time
    }

    /// An instant as seconds since 1970 with up to six decimals that count; further ones are cut.
    func unixTime(_ key: String) throws(ConnectorError) -> Timestamp {
        guard let text = value[key]?.number ?? value[key]?.string, text.utf8.count <= 40 else {
            throw fault(key, "no instant")
        }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : "0"
        guard let seconds = Int64(parts[0]), (1...253_402_300_799).contains(seconds), !decimals.isEmpty,
            decimals.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw fault(key, "no instant") }
        var micros: Int64 = 0
        for place in 0..<6 {
            let digit = decimals.utf8.dropFirst(place).first.map { Int64($0) - 0x30 } ?? 0
            micros = micros * 10 + digit
        }
        return Timestamp(microseconds: seconds * 1_000_000 + micros)
    }

    /// An instant as milliseconds since 1970.
    func millisecondTime(_ key: String) throws(ConnectorError) -> Timestamp {
        guard let milliseconds = value[key]?.integer, (1...253_402_300_799_999).contains(milliseconds) else {
            throw fault(key, "no instant")
        }
        return Timestamp(microseconds: milliseconds * 1_000)
    }

    /// A number, in quotes or not, exactly.
    func amount(_ key: String) throws(ConnectorError) -> Amount {
        guard let text = value[key]?.string ?? value[key]?.number else { throw fault(key, "no number") }
        return try amount(text, key)
    }

    private func amount(_ text: String, _ key: String) throws(ConnectorError) -> Amount {
        guard text.utf8.count <= 80 else { throw fault(key, "no number that Coffer counts") }
        do throws(MoneyError) {
            return try Amount.parseScientific(text)
        } catch {
            switch error {
            case .tooManyDecimals: throw fault(key, "a number with more than 18 decimals")
            case .outOfRange, .overflow: throw fault(key, "a number of 10^20 or more")
            default: throw fault(key, "no number")
            }
        }
    }

    /// A price, which may have more decimals than amounts and is rounded half-even then.
    func price(_ key: String) throws(ConnectorError) -> Amount {
        guard let text = value[key]?.string ?? value[key]?.number, text.utf8.count <= 80,
            // Whatever the reason, it is no price.
            let read = try? Amount.parseRounding(text), !read.amount.isNegative
        else { throw fault(key, "no price") }
        return read.amount
    }

    /// An amount with its currency, signed; nil when it is not there.
    func money(_ key: String) throws(ConnectorError) -> (amount: Amount, asset: String)? {
        guard let member = value[key], !member.isNull else { return nil }
        let inner = VenueFields(value: member, name: name, limits: limits)
        guard let code = member["currency"]?.string, let asset = AssetCode.normalize(code) else {
            throw fault(key, "no currency")
        }
        guard let text = member["amount"]?.string ?? member["amount"]?.number else {
            throw fault(key, "no amount")
        }
        return (try inner.amount(text, key), asset)
    }

    /// An inner object, or nil when it is not there.
    func object(_ key: String) throws(ConnectorError) -> VenueFields? {
        guard let member = value[key], !member.isNull else { return nil }
        guard member.object != nil else { throw fault(key, "no object") }
        return VenueFields(value: member, name: name, limits: limits)
    }

    /// A text for people, cut to a bound and freed of control characters; empty when it is not there.
    func note(_ key: String) -> String {
        guard let text = value[key]?.string else { return "" }
        var kept = ""
        for scalar in text.unicodeScalars {
            guard kept.utf8.count < limits.noteBytesMax else { break }
            kept.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return kept
    }

    /// The elements of an array.
    func rows(_ key: String) throws(ConnectorError) -> [JSONValue] {
        guard let rows = value[key]?.array else { throw fault(key, "no list") }
        guard rows.count <= limits.rowsPerPage * 3 else {
            throw fault(key, "a list of more than \(limits.rowsPerPage * 3) rows")
        }
        return rows
    }

    /// The refusal of a member.
    func fault(_ key: String, _ what: String) -> ConnectorError {
        .malformed("\(name): \(key) is \(what)")
    }
}
