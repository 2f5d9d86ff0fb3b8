import Money
import Time

/// The rates of one day.
struct ECBDay: Hashable, Sendable {
    let day: Day
    /// Units of a currency, by its code in capitals, for one euro.
    let rates: [String: Amount]
}

/// Reads the European Central Bank's XML: elements `Cube` with a time, and within them `Cube` with currency and rate.
///
/// Only what is needed of XML: tags with attributes; no entities, no text, no document type.
enum ECBDocument {
    private static let daysMax = 20_000
    private static let ratesMax = 100

    /// The days in order.
    ///
    /// - Throws: `ConnectorError.malformed`.
    static func parse(_ bytes: [UInt8]) throws(ConnectorError) -> [ECBDay] {
        var scanner = TagScanner(bytes)
        var days: [ECBDay] = []
        var day: Day?
        var rates: [String: Amount] = [:]
        var isClosed = false
        while let tag = try scanner.next() {
            if tag.name == "/gesmes:Envelope" { isClosed = true }
            if tag.name == "/Cube", let open = day {
                days.append(ECBDay(day: open, rates: rates))
                (day, rates) = (nil, [:])
                guard days.count <= daysMax else { throw .malformed("more than \(daysMax) days") }
            }
            guard tag.name == "Cube" else { continue }
            if let text = tag.attributes["time"] {
                guard day == nil, let date: Day = try? Day.parse(text) else {
                    throw .malformed("a day is no date")
                }
                day = date
            } else if let code = tag.attributes["currency"], let rate = tag.attributes["rate"] {
                guard day != nil else { throw .malformed("a rate without a day") }
                guard rates[code] == nil else { throw .malformed("two rates of \(PriceAnswer.reason(code))") }
                // `N/A` stands where there is none.
                if rate == "N/A" { continue }
                rates[code] = try PriceAnswer.price(rate, "a rate")
                guard rates.count <= ratesMax else { throw .malformed("more than \(ratesMax) currencies") }
            }
        }
        guard isClosed, day == nil else { throw .malformed("the document is cut off") }
        let sorted = days.sorted { $0.day < $1.day }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.day == right.day {
            throw .malformed("two lists of \(left.day)")
        }
        return sorted
    }
}

/// One tag of XML.
private struct Tag {
    let name: String
    let attributes: [String: String]
}

/// Walks over the tags of an XML text.
private struct TagScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next tag, or nil at the end.
    mutating func next() throws(ConnectorError) -> Tag? {
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        guard position < bytes.count else { return nil }
        position += 1
        guard position < bytes.count, bytes[position] != UInt8(ascii: "!") else {
            throw .malformed("XML of another kind")
        }
        let name = word()
        guard !name.isEmpty else { throw .malformed("a tag without a name") }
        var attributes: [String: String] = [:]
        while true {
            skipBlanks()
            guard position < bytes.count else { throw .malformed("the document is cut off") }
            let byte = bytes[position]
            if byte == UInt8(ascii: ">") {
                position += 1
                return Tag(name: name, attributes: attributes)
            }
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") {
                position += 1
                continue
            }
            let key = word()
            attributes[key] = try value(of: key)
        }
    }

    private mutating func value(of key: String) throws(ConnectorError) -> String {
        skipBlanks()
        guard !key.isEmpty, position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
            throw .malformed("an attribute without a value")
        }
        position += 1
        skipBlanks()
        guard position < bytes.count,
            bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
        else { throw .malformed("an attribute without quotes") }
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote { position += 1 }
        guard position < bytes.count, position - start <= 256 else {
            throw .malformed("an attribute that does not end")
        }
        defer { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func word() -> String {
        let start = position
        while position < bytes.count, position - start < 64, !isBlank(bytes[position]),
            bytes[position] != UInt8(ascii: ">"), bytes[position] != UInt8(ascii: "="),
            bytes[position] != UInt8(ascii: "/") || position == start
        {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
