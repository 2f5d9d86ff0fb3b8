import Money

/// Reads what Coinbase's notes say about the other side of a trade.
enum CoinbaseNote {
    /// The two sides of `Converted 0.00363125 BTC to 156.145683 XRP`.
    struct Conversion {
        let from: String
        let amount: Amount
        let to: String
    }

    /// The payment of `Bought 0.1 BTC for 6420.5 USDC on BTC-USDC at 64000 USDC/BTC`.
    struct Payment {
        /// What was paid or received in all, fees included.
        let amount: Amount
        let asset: String
        /// The price for one unit, where the note has it.
        let rate: Amount?
    }

    /// The conversion a note tells, or nil.
    static func conversion(_ note: String) -> Conversion? {
        let words = note.split(separator: " ")
        guard words.count >= 6,
            ["converted", "wrapped", "unwrapped", "migrated"].contains(words[0].lowercased()),
            words[3].lowercased() == "to", amount(words[1]) != nil,
            let from = AssetCode.normalize(String(words[2])),
            let received = amount(words[4]), received.isPositive,
            let to = AssetCode.normalize(String(words[5]))
        else { return nil }
        return Conversion(from: from, amount: received, to: to)
    }

    /// The payment a note tells, or nil.
    static func payment(_ note: String) -> Payment? {
        let words = note.split(separator: " ")
        guard words.count >= 6, ["bought", "sold"].contains(words[0].lowercased()),
            words[3].lowercased() == "for",
            let paid = amount(words[4]), let asset = AssetCode.normalize(String(words[5]))
        else { return nil }
        var rate: Amount?
        if words.count >= 10, words[6].lowercased() == "on", words[8].lowercased() == "at" {
            rate = amount(words[9])
        }
        return Payment(amount: paid, asset: asset, rate: rate)
    }

    /// A number in a note: a sign in front is passed over, and groups of three are taken where they are complete.
    ///
    /// Notes are always in English, so a comma can only group; nil where it does not, and for inexact numbers.
    private static func amount(_ word: Substring) -> Amount? {
        var bytes = Array(word.utf8)
        guard let first = bytes.firstIndex(where: { $0 &- UInt8(ascii: "0") <= 9 }), first <= 4 else {
            return nil
        }
        guard !bytes[..<first].contains(UInt8(ascii: "-")) else { return nil }
        bytes.removeFirst(first)
        if bytes.contains(UInt8(ascii: ",")) {
            let whole = bytes.prefix { $0 != UInt8(ascii: ".") }
            let groups = whole.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
                return nil
            }
            bytes = groups.flatMap { $0 } + bytes[whole.count...]
        }
        switch DecimalText.read(bytes.span, 0, bytes.count) {
        case .plain(let amount), .exponent(let amount): return amount
        case .rounded, .notANumber, .outOfRange: return nil
        }
    }
}
