import Foundation
import Ledger
import TestSupport

/// Files that tests import.
enum Histories {
    static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,"
        + "account,to_account,exchange,group,comment,reference,lot"

    /// A file from rows.
    static func file(_ rows: [String]) -> String {
        header + "\n" + rows.map { $0 + "\n" }.joined()
    }

    /// A purchase of one thousandth more for each number, a second apart.
    static func purchase(_ number: Int, asset: String = "BTC", reference: String = "") -> String {
        "\(instant(number)),trade,\(1 + number / 1000).\(1000 + number % 1000)1,\(asset),\(100 + number % 7),USD,,,,,"
            + "Kraken,,,,,\(reference),"
    }

    /// An instant for a number: seconds from the start of 2020.
    static func instant(_ number: Int) -> String {
        let date = Date(timeIntervalSince1970: 1_577_836_800 + Double(number))
        return date.formatted(.iso8601)
    }

    /// The small history of the golden files: every effect on lots once.
    static let small = file([
        "2023-01-02T10:00:00Z,trade,1,BTC,20000,USD,10,USD,20000,USD,Kraken,,Kraken,,,K-1,",
        "2023-01-03T10:00:00Z,trade,2,BTC,42000,USD,21,USD,42000,USD,Kraken,,Kraken,,,K-2,",
        "2023-02-02T10:00:00Z,transfer,0.4999,BTC,0.5,BTC,,,,,Kraken,Ledger,,,to the safe,,",
        "2023-03-02T10:00:00Z,staking,0.1,ETH,,,,,180,USD,Kraken,,,,,,",
        "2023-04-02T10:00:00Z,trade,10000,USD,0.4,BTC,5,USD,10000,USD,Kraken,,,,\"he said \"\"sell\"\"\",,",
        "2023-05-02T10:00:00.25Z,trade,8,ETH,0.6,BTC,0.001,BTC,16000,USD,Kraken,,,,,,",
        "2023-06-02T10:00:00Z,withdrawal,,,1,ETH,,,,,Kraken,,,,,,",
        "2023-06-03T10:00:00Z,deposit,0.999,ETH,,,,,,,Bitstamp,,,,,,",
        "2023-07-01T00:00:00Z,deposit,0.01,BTC,,,,,,,Elsewhere,,,,,,",
        "2024-01-15T10:00:00Z,gift_out,,,0.01,BTC,,,,,Ledger,,,,for Ada,,",
        "2024-02-29T23:59:59.999999Z,spend,,,0.05,ETH,,,120,USD,Kraken,,,,,,",
        "2024-03-01T00:00:00Z,airdrop,1000,DOGE,,,,,,,Kraken,,,,,,",
    ])

    /// Prices for the small history.
    static let prices = """
        date,asset,price_usd
        2022-12-31,BTC,16500
        2023-02-01,BTC,23700.5
        2023-03-01,ETH,1663.25
        2024-01-14,BTC,41800
        2024-02-28,ETH,3385.1
        2024-02-29,DOGE,0.1183
        2024-05-31,BTC,67500
        2024-05-31,ETH,3760.123456789012345678

        """

    /// A history of all kinds with every field in use somewhere, oldest first.
    static func random(seed: UInt64, rows count: Int) -> String {
        var random = SplitMix64(seed: seed)
        var rows: [String] = []
        var second = 0
        let kinds = EntryKind.allCases.sorted { $0.rawValue < $1.rawValue }
        for number in 0..<count {
            second += Int.random(in: 0...3, using: &random) * 1000
            // Each kind comes at least once when there are enough rows.
            let kind = number < kinds.count ? kinds[number] : kinds.randomElement(using: &random) ?? .trade
            rows.append(row(kind, second: second, &random))
        }
        return file(rows)
    }

    private static func row(_ kind: EntryKind, second: Int, _ random: inout SplitMix64) -> String {
        let coins = ["BTC", "ETH", "DOGE", "XQZ1", "USDC"]
        func side(_ rule: LegRule, _ assets: [String]) -> (String, String) {
            let isThere =
                switch rule {
                case .required: true
                case .optional: true
                case .forbidden: false
                }
            guard isThere else { return ("", "") }
            return (amount(&random), assets.randomElement(using: &random) ?? "BTC")
        }
        var outgoing = side(kind.rule.outgoing, coins)
        var incoming = side(kind.rule.incoming, coins + ["USD"])
        var fee = Bool.random(using: &random) ? (amount(&random), "BNB") : ("", "")
        if kind == .transfer {
            incoming = ("", "")
            outgoing = (amount(&random), "BTC")
            fee = ("", "")
        }
        let value = Bool.random(using: &random) ? (amount(&random), "USD") : ("", "")
        let texts = ["", "a,b", "say \"\"x\"\"", "zwei\nZeilen", "=1+1", "'quoted", "-5", "ä€𝄞", " blank "]
        func text() -> String {
            let chosen = texts.randomElement(using: &random) ?? ""
            return chosen.isEmpty ? "" : "\"\(chosen)\""
        }
        let account = ["Kraken", "Ledger", "Bitstamp"].randomElement(using: &random) ?? "Kraken"
        let toAccount = kind == .transfer ? (account == "Ledger" ? "Kraken" : "Ledger") : ""
        // The same for the same second, so that the rows stay in order.
        let fraction = second % 3000 == 0 ? "" : ".25"
        let time = instant(second).dropLast() + fraction + "Z"
        return [
            String(time), kind.name, incoming.0, incoming.1, outgoing.0, outgoing.1, fee.0, fee.1, value.0,
            value.1, account, toAccount, text(), text(), text(), text(), text(),
        ].joined(separator: ",")
    }

    private static func amount(_ random: inout SplitMix64) -> String {
        let whole = Int.random(in: 0...99_999, using: &random)
        let places = Int.random(in: 0...18, using: &random)
        var digits = ""
        for _ in 0..<places { digits += String(Int.random(in: 0...9, using: &random)) }
        // Never zero: a leg of nothing is another row.
        return digits.isEmpty ? "\(whole + 1)" : "\(whole + 1).\(digits)"
    }
}
