import Money

/// Reads money cells such as `€3343.11`, `-€597.49`, `249.73 USD`, `EUR 5`.
enum CoinbaseMoney {
    /// What a cell turned out to be.
    enum Reading {
        case empty
        case amount(Amount, DecimalText.Reading, currency: String?)
        case bad(DecimalText.Reading)
        /// The sign in the cell contradicts the row's currency.
        case otherCurrency(String)
    }

    /// The signs of currencies and what each may mean; `$` may be any dollar.
    private static let signs: [String: [String]] = [
        "€": ["eur"], "£": ["gbp"], "¥": ["jpy", "cny"], "$": [], "US$": ["usd"], "CA$": ["cad"],
        "C$": ["cad"],
        "A$": ["aud"], "NZ$": ["nzd"], "HK$": ["hkd"], "S$": ["sgd"], "R$": ["brl"], "MX$": ["mxn"],
        "₹": ["inr"],
        "₩": ["krw"], "₺": ["try"], "₽": ["rub"], "₴": ["uah"], "₱": ["php"], "฿": ["thb"], "₫": ["vnd"],
        "₪": ["ils"], "zł": ["pln"], "Kč": ["czk"], "Ft": ["huf"], "lei": ["ron"],
        "kr": ["sek", "nok", "dkk", "isk"],
        "kr.": ["dkk"], "NT$": ["twd"],
    ]

    /// Reads a cell; `currency` is the row's, if it names one.
    static func read(_ row: CSVRow, _ cell: Cell, currency: String?) -> Reading {
        guard !cell.isEmpty else { return .empty }
        let bytes = row.bytes.span
        var first = cell.start
        var last = cell.end
        while first < last, bytes[first] &- UInt8(ascii: "0") > 9 { first += 1 }
        while last > first, bytes[last - 1] &- UInt8(ascii: "0") > 9 { last -= 1 }
        guard first < last else { return .bad(.notANumber) }
        var mark: [UInt8] = []
        var negative = false
        for position in Array(cell.start..<first) + Array(last..<cell.end) {
            let byte = bytes[position]
            if byte == UInt8(ascii: "-"), position < first, !negative {
                negative = true
            } else if byte != 0x20, byte != 0xA0 || mark.last != 0xC2 {
                mark.append(byte)
            } else if byte == 0xA0 {
                // A no-break space, which spreadsheets put between number and sign.
                mark.removeLast()
            }
        }
        var named: String?
        if !mark.isEmpty {
            guard let meanings = meanings(mark) else { return .bad(.notANumber) }
            if let currency {
                guard meanings.isEmpty || meanings.contains(currency) else {
                    return .otherCurrency(meanings.joined(separator: " or ").uppercased())
                }
            }
            named = meanings.count == 1 ? meanings[0] : nil
        }
        let reading = DecimalText.read(bytes, first, last)
        switch reading {
        case .plain(let amount), .exponent(let amount), .rounded(let amount):
            return .amount(negative ? amount.negated : amount, reading, currency: named)
        case .notANumber, .outOfRange:
            return .bad(reading)
        }
    }

    /// The currencies that a sign or code may mean; empty for any, nil for none.
    private static func meanings(_ mark: [UInt8]) -> [String]? {
        guard let text = String(validating: mark, as: UTF8.self) else { return nil }
        if let known = signs[text] { return known }
        let isCode =
            (3...5).contains(mark.count)
            && mark.allSatisfy { byte in
                (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            }
        return isCode ? [text.lowercased()] : nil
    }
}
