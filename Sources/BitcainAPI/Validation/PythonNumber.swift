import JSON

/// How Python writes a number that it has read from JSON.
///
/// Digits are kept as they came, however many: Python rounds to binary, which we never do.
enum PythonNumber {
    /// The number of a JSON text in Python's layout: integers as they are, all others with a point or an exponent of
    /// at least two digits, the exponent from 10¹⁶ on and below 10⁻⁴.
    static func layout(_ text: String) -> String {
        let isNegative = text.hasPrefix("-")
        let sign = isNegative ? "-" : ""
        let parts = text.lowercased().drop { $0 == "-" }
            .split(separator: "e", omittingEmptySubsequences: false)
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || mantissa.count == 2 else {
            return mantissa[0].allSatisfy { $0 == "0" } ? "0" : text
        }
        let fraction = mantissa.count == 2 ? String(mantissa[1]) : ""
        // An exponent beyond every number counts as one that is merely far beyond.
        let exponent = parts.count == 2 ? PythonNumber.exponent(parts[1]) : 0
        let all = String(mantissa[0]) + fraction
        let leading = all.prefix { $0 == "0" }.count
        var digits = Substring(all.dropFirst(leading))
        while digits.last == "0" { digits.removeLast() }
        guard !digits.isEmpty else { return sign + "0.0" }
        // The value is 0.DIGITS × 10^point.
        let point = mantissa[0].count - leading + exponent
        if point - 1 < -4 || point - 1 >= 16 { return sign + scientific(digits, point - 1) }
        return sign + plain(digits, point)
    }

    private static func exponent(_ text: Substring) -> Int {
        guard let value = Int(text) else { return text.hasPrefix("-") ? -1_000_000 : 1_000_000 }
        return max(-1_000_000, min(1_000_000, value))
    }

    private static func scientific(_ digits: Substring, _ exponent: Int) -> String {
        let rest = digits.dropFirst()
        let size = String(abs(exponent))
        return digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + (exponent < 0 ? "e-" : "e+")
            + (size.count < 2 ? "0" + size : size)
    }

    private static func plain(_ digits: Substring, _ point: Int) -> String {
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }
}

extension JSONWriter {
    /// Writes a value as Python does that has read it from JSON.
    mutating func pythonValue(_ value: JSONValue) {
        switch value {
        case .number(let text): number(text: PythonNumber.layout(text))
        case .array(let elements):
            beginArray()
            for element in elements { pythonValue(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                pythonValue(member.value)
            }
            endObject()
        default: self.value(value)
        }
    }
}
