/// A column of Coffer's own layout.
enum CofferColumn: Int, CaseIterable {
    case time, kind, inAmount, inAsset, outAmount, outAsset, feeAmount, feeAsset, value, valueAsset
    case account, toAccount, exchange, group, comment, reference, lot

    /// The word in the header.
    var name: String {
        switch self {
        case .time: "time"
        case .kind: "kind"
        case .inAmount: "in_amount"
        case .inAsset: "in_asset"
        case .outAmount: "out_amount"
        case .outAsset: "out_asset"
        case .feeAmount: "fee_amount"
        case .feeAsset: "fee_asset"
        case .value: "value"
        case .valueAsset: "value_asset"
        case .account: "account"
        case .toAccount: "to_account"
        case .exchange: "exchange"
        case .group: "group"
        case .comment: "comment"
        case .reference: "reference"
        case .lot: "lot"
        }
    }

    /// All names in the order of the export.
    static let names: [String] = CofferColumn.allCases.map(\.name)

    /// Whether a row of cells is the header of this layout: it has time or kind and three known names in all.
    static func isHeader(_ cells: [String]) -> Bool {
        let known = cells.filter { names.contains($0) }
        return (cells.contains("time") && cells.contains("kind"))
            || (known.count >= 3 && (cells.contains("time") || cells.contains("kind")))
    }
}

/// How a free text keeps a spreadsheet from reading it as a formula, without losing a character.
///
/// Writing puts an apostrophe before a text that begins with one of `= + - @`, a tab or an apostrophe. Reading takes
/// an apostrophe off when one of these follows it. So every written text comes back as it was, and a text typed by
/// hand such as `'tis` stays as it is.
enum FormulaGuard {
    /// Whether a text that begins with this byte is written with an apostrophe before it.
    static func isGuarded(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09,
            UInt8(ascii: "'"):
            true
        default: false
        }
    }
}

/// Where the legs of an entry are held, as one row of Coffer's layout can say it.
enum CofferPlacement {
    /// The account of a fee leg, which has no column of its own.
    ///
    /// It is where the out leg of the same asset is held, else where the in leg of the same asset is, else where the
    /// out leg is, else where the in leg is; a fee without other legs is at `account`.
    static func feeAccount(
        _ asset: String,
        incoming: DraftLeg?,
        outgoing: DraftLeg?,
        account: DraftAccount
    ) -> DraftAccount {
        if let outgoing, outgoing.asset == asset { return outgoing.account }
        if let incoming, incoming.asset == asset { return incoming.account }
        return outgoing?.account ?? incoming?.account ?? account
    }
}
