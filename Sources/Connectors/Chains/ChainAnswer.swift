import HTTPClient
import JSON
import Money
import Time

/// Reads the answers of a chain's service, or says what else came.
enum ChainAnswer {
    /// The body of a success; a redirect is refused, since an address is told to the named service alone.
    ///
    /// - Throws: `ConnectorError.notAuthorized`, `unknown`, `status` or `malformed`.
    static func body(
        _ response: IncomingResponse,
        name: String,
        limits: ChainLimits
    ) throws(ConnectorError) -> [UInt8] {
        switch response.status {
        case 200...299: break
        case 300...399: throw .malformed("a redirect, which is not followed")
        case 401, 403: throw .notAuthorized(name)
        case 404: throw .unknown("\(name) does not know what was asked for")
        default: throw .status(response.status, "")
        }
        guard response.body.count <= limits.answerBytesMax else {
            throw .malformed("more than \(limits.answerBytesMax) bytes")
        }
        return response.body
    }

    /// The JSON of a success.
    ///
    /// - Throws: as `body`.
    static func json(
        _ response: IncomingResponse,
        name: String,
        limits: ChainLimits
    ) throws(ConnectorError) -> JSONValue {
        let bytes = try body(response, name: name, limits: limits)
        do throws(JSONError) {
            let bounds = JSONLimits(
                depth: 16,
                elements: limits.answerElementsMax,
                // A witness may hold a whole block.
                stringBytes: limits.answerBytesMax,
                numberDigits: 60
            )
            return try JSONReader.parse(bytes, limits: bounds)
        } catch {
            throw .malformed("no JSON: \(error)")
        }
    }

    /// The greatest height that a block may have; at one block a second some thirty years.
    static let heightMax: Int64 = 1_000_000_000
}

/// Reads the members of an object and names what is not as documented.
struct ChainFields {
    let value: JSONValue
    /// What the object is, for messages: `row 3 of the transactions`.
    let name: String

    /// An inner object.
    func object(_ key: String) throws(ConnectorError) -> ChainFields {
        guard let member = value[key], member.object != nil else { throw fault(key, "no object") }
        return ChainFields(value: member, name: name)
    }

    /// The elements of an array.
    func list(_ key: String) throws(ConnectorError) -> [JSONValue] {
        guard let list = value[key]?.array else { throw fault(key, "no list") }
        return list
    }

    /// A count from zero on.
    func count(_ key: String) throws(ConnectorError) -> Int64 {
        guard let count = value[key]?.integer, (0...1_000_000_000).contains(count) else {
            throw fault(key, "no count")
        }
        return count
    }

    /// A truth value.
    func truth(_ key: String) throws(ConnectorError) -> Bool {
        guard let truth = value[key]?.bool else { throw fault(key, "neither true nor false") }
        return truth
    }

    /// An id or a hash: 64 hexadecimal digits, in small letters.
    func hash(_ key: String) throws(ConnectorError) -> String {
        guard let text = value[key]?.string, text.utf8.count == 64,
            text.utf8.allSatisfy({ ChainUnits.digit($0) != nil })
        else { throw fault(key, "no hash") }
        return text.lowercased()
    }

    /// A number of smallest units from zero on, digit for digit.
    func units(_ key: String) throws(ConnectorError) -> Int128 {
        guard let text = value[key]?.number, let units = ChainUnits.units(text) else {
            throw fault(key, "no amount in smallest units")
        }
        return units
    }

    /// The instant of a block, between Bitcoin's first and the year 2200.
    func time(_ key: String) throws(ConnectorError) -> Timestamp {
        guard let seconds = value[key]?.integer, (1_230_768_000..<7_258_118_400).contains(seconds) else {
            throw fault(key, "no time of a block")
        }
        return Timestamp(seconds: seconds)
    }

    /// The height of a block.
    func height(_ key: String) throws(ConnectorError) -> Int64 {
        guard let height = value[key]?.integer, (0...ChainAnswer.heightMax).contains(height) else {
            throw fault(key, "no height of a block")
        }
        return height
    }

    /// The refusal of a member.
    func fault(_ key: String, _ what: String) -> ConnectorError {
        .malformed("\(name): \(key) is \(what)")
    }
}

/// Counts of a chain's smallest unit.
enum ChainUnits {
    /// The digits of the largest count that is taken; 30 of them are below 2¹⁰⁰.
    private static let digitsMax = 30

    /// The count of a decimal text, or nil when it has a sign, a point or an exponent, or too many digits.
    static func units(_ text: String) -> Int128? {
        guard (1...digitsMax).contains(text.utf8.count) else { return nil }
        var units: Int128 = 0
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            units = units * 10 + Int128(byte - UInt8(ascii: "0"))
        }
        return units
    }

    /// The value of a hexadecimal digit, or nil.
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The amount of a count of units with so many decimals, or nil when it reaches 10²⁰.
    static func amount(_ units: Int128, decimals: Int) -> Amount? {
        precondition((0...Amount.scale).contains(decimals), "an asset has 0 to 18 decimals")
        var factor: Int128 = 1
        for _ in decimals..<Amount.scale { factor *= 10 }
        let (raw, overflow) = units.multipliedReportingOverflow(by: factor)
        // The reason is only that it is too large, which the caller says.
        return overflow ? nil : try? Amount(raw: raw)
    }
}
