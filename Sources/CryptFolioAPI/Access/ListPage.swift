import HTTPServer

/// The part of a long list that is wanted; without a choice all of it.
struct ListPage: Hashable, Sendable {
    /// The rows that are passed over.
    private(set) var offset = 0
    /// The rows that are shown at most; nil for all.
    private(set) var limit: Int?

    /// The most rows that can be asked for by number, and passed over.
    static let rowsMax = 1_000_000_000

    /// The part as a piece of a name; empty for all.
    var key: String { offset == 0 && limit == nil ? "" : ":\(offset)+\(limit ?? 0)" }

    /// Takes `limit` and `offset` of a query; what is wrong with them.
    mutating func read(_ request: HTTPRequest) -> String? {
        if let text = request.query("limit") {
            guard let number = ListPage.number(text), number > 0 else {
                return "limit must be a whole number from 1 to \(ListPage.rowsMax)"
            }
            limit = number
        }
        if let text = request.query("offset") {
            guard let number = ListPage.number(text) else {
                return "offset must be a whole number from 0 to \(ListPage.rowsMax)"
            }
            offset = number
        }
        return nil
    }

    /// A number of digits alone; nil for anything else.
    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text), number <= rowsMax
        else { return nil }
        return number
    }
}
