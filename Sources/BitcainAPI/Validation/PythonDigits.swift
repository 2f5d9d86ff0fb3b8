/// The forms of numbers that pydantic takes in texts.
enum PythonDigits {
    /// The longest text of a number that is looked at, in bytes.
    static let bytesMax = 4300

    /// A text without the white space around it.
    static func trimmed(_ text: String) -> Substring.UnicodeScalarView {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return Substring(scalars).unicodeScalars
    }

    /// The digits of a number with or without point and exponent in JSON's form, or nil when it is none.
    ///
    /// White space around it, a plus sign, single underscores between digits, `.5` and `5.` are in order.
    static func number(_ text: String) -> String? {
        guard text.utf8.count <= bytesMax, let plain = withoutUnderscores(trimmed(text)) else { return nil }
        var rest = plain[...]
        var sign = ""
        if let first = rest.first, first == "+" || first == "-" {
            if first == "-" { sign = "-" }
            rest.removeFirst()
        }
        let whole = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(whole.count)
        var fraction: Substring = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = rest.prefix { isDigit($0) }
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = ""
        if let mark = rest.first, mark == "e" || mark == "E" {
            rest.removeFirst()
            exponent = "e"
            if let first = rest.first, first == "+" || first == "-" {
                exponent.append(first)
                rest.removeFirst()
            }
            let digits = rest.prefix { isDigit($0) }
            guard !digits.isEmpty else { return nil }
            exponent += digits
            rest = rest.dropFirst(digits.count)
        }
        guard rest.isEmpty else { return nil }
        return sign + (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction)
            + exponent
    }

    /// Whether a text is Python's word for what is no finite number.
    static func isNotFinite(_ text: String) -> Bool {
        let word = String(trimmed(text)).lowercased()
        let plain = word.hasPrefix("+") || word.hasPrefix("-") ? word.dropFirst() : word[...]
        return ["nan", "snan", "inf", "infinity"].contains(plain)
    }

    /// What an integer's text says, cut to the range of `Int`; nil when it is none.
    ///
    /// White space around it, a sign, single underscores between digits and a fraction of zeros are in order.
    static func integer(_ text: String) -> Int? {
        guard let plain = withoutUnderscores(trimmed(text), beforePoint: true) else { return nil }
        var rest = plain[...]
        var isNegative = false
        if let first = rest.first, first == "+" || first == "-" {
            isNegative = first == "-"
            rest.removeFirst()
        }
        let whole = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(whole.count)
        guard !whole.isEmpty else { return nil }
        if !rest.isEmpty {
            guard rest.first == ".", rest.count > 1, rest.dropFirst().allSatisfy({ $0 == "0" }) else {
                return nil
            }
        }
        return Int((isNegative ? "-" : "") + whole) ?? (isNegative ? .min : .max)
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    /// The text without underscores that stand alone between digits; nil where one stands elsewhere.
    private static func withoutUnderscores(
        _ scalars: Substring.UnicodeScalarView,
        beforePoint: Bool = false
    ) -> String? {
        var text = ""
        var previous: Unicode.Scalar = " "
        var isAfterPoint = false
        for scalar in scalars {
            if scalar == "_" {
                guard isDigit(Character(previous)), !(beforePoint && isAfterPoint) else { return nil }
            } else {
                if previous == "_", !isDigit(Character(scalar)) { return nil }
                if scalar == "." { isAfterPoint = true }
                text.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return previous == "_" ? nil : text
    }
}
