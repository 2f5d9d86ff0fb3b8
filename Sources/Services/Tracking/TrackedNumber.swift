public import Ledger
public import Storage

/// The number of a portfolio, as the store gives it.
public typealias PortfolioID = Storage.PortfolioID

/// The numbers of tracked things in texts: digits alone, without leading zeros.
public enum TrackedNumber {
    /// The portfolio of a number; nil when the text is none.
    public static func portfolio(_ text: String) -> PortfolioID? {
        number(text).map { PortfolioID(raw: $0) }
    }

    /// The account, address or offset of a number; nil when the text is none.
    public static func account(_ text: String) -> AccountID? {
        number(text).flatMap { UInt32(exactly: $0) }.map { AccountID(raw: $0) }
    }

    /// The user of a number; nil when the text is none.
    public static func user(_ text: String) -> UserID? {
        number(text).map { UserID(raw: $0) }
    }

    private static func number(_ text: String) -> Int64? {
        guard let first = text.utf8.first, first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(text)
    }
}

extension TrackedPortfolio {
    /// The number, also outside.
    public var number: Int64 { id.raw }
}

extension TrackedAccount {
    /// The number, also outside.
    public var number: Int64 { Int64(id.raw) }
}

extension TrackedAddress {
    /// The number, also outside.
    public var number: Int64 { Int64(id.raw) }
}

extension TrackedOffset {
    /// The number, also outside.
    public var number: Int64 { Int64(id.raw) }
}

extension UserInfo {
    /// The number, also outside.
    public var number: Int64 { id.raw }
}
