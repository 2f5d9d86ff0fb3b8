import Connectors

/// How far the last good address of an account was read, kept while the account has one that is none of its chain.
///
/// So a slip of the pen takes nothing away: what was known is known of that address, and goes on when it comes back.
struct SetAsideProgress: Hashable {
    /// The good address.
    let address: String
    /// How far it was read, in the form in the store.
    let progress: String

    init(address: String, progress: String) {
        self.address = address
        self.progress = progress
    }

    private static let word = "of "

    /// Reads the form in the store; nil for every other form.
    init?(_ text: String) {
        guard text.hasPrefix(SetAsideProgress.word) else { return nil }
        let rest = text.utf8.dropFirst(SetAsideProgress.word.utf8.count)
        guard let blank = rest.firstIndex(of: UInt8(ascii: " ")),
            let count = Int(String(rest[..<blank]) ?? ""),
            count >= 0, count <= rest[rest.index(after: blank)...].count
        else { return nil }
        let begin = rest.index(after: blank)
        let end = rest.index(begin, offsetBy: count)
        guard let address = String(rest[begin..<end]), let progress = String(rest[end...]) else { return nil }
        self.address = address
        self.progress = progress
    }

    /// The form in the store; the address is set off by its length, since unknown chains have any form.
    var text: String { SetAsideProgress.word + "\(address.utf8.count) " + address + progress }
}

/// How far the history of an address was read, and its form in the store.
struct AddressProgress: Hashable {
    /// A walk over the history that took too long for one reading.
    struct Walk: Hashable {
        /// The newest transaction that it met; known once the walk is finished.
        var top: ChainMark
        /// Where it goes on.
        var cursor: ChainCursor
    }

    /// The newest transaction that is known from a finished walk.
    var known: ChainMark?
    /// The walk that is not finished.
    var walk: Walk?

    init() {}

    /// Reads the form in the store; a text of another form stands for nothing read, and all is read again.
    init(_ text: String) {
        for line in text.split(separator: ";") {
            let words = line.split(separator: " ").map { String($0) }
            switch words.first {
            case "known": known = AddressProgress.mark(words)
            case "walk":
                guard words.count == 7, let top = AddressProgress.mark(Array(words.prefix(4))),
                    let height = Int64(words[5]), let count = Int64(words[6])
                else { continue }
                walk = Walk(top: top, cursor: ChainCursor(id: words[4], height: height, count: count))
            default: continue
            }
        }
    }

    private static func mark(_ words: [String]) -> ChainMark? {
        guard words.count == 4, let height = Int64(words[2]) else { return nil }
        return ChainMark(id: words[1], height: height, blockHash: words[3])
    }

    /// The form in the store.
    var text: String {
        var parts: [String] = []
        if let known { parts.append("known \(known.id) \(known.height) \(known.blockHash)") }
        if let walk {
            let (top, cursor) = (walk.top, walk.cursor)
            parts.append(
                "walk \(top.id) \(top.height) \(top.blockHash) \(cursor.id) \(cursor.height) \(cursor.count)"
            )
        }
        return parts.joined(separator: ";")
    }
}
