/// Finds the known name that a mistyped one was probably meant to be.
public enum NearestName {
    /// The nearest known name, or nil when none is near enough to be worth saying.
    ///
    /// Near is an edit distance of at most a third of the longer word, or a prefix of at least two letters.
    /// Upper and lower case count as equal, and so do `-`, `_` and `.`. Of two equally near names the first in the list wins.
    public static func suggest(_ text: String, among known: [String]) -> String? {
        let wanted = folded(text)
        guard !wanted.isEmpty, wanted.count <= Limits.suggestionBytesMax else { return nil }
        var best: (name: String, distance: Int)?
        for name in known {
            let candidate = folded(name)
            let isPrefix = wanted.count >= 2 && candidate.starts(with: wanted)
            let distance = isPrefix ? 1 : editDistance(wanted, candidate)
            let allowed = isPrefix ? 1 : max(1, max(wanted.count, candidate.count) / 3)
            guard distance <= allowed, distance < min(wanted.count, candidate.count) else { continue }
            if let current = best, current.distance <= distance { continue }
            best = (name, distance)
        }
        return best?.name
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
    ///
    /// This is the variant of Damerau and Levenshtein that edits no part twice. Complexity: the product of the lengths.
    public static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard !left.isEmpty else { return right.count }
        guard !right.isEmpty else { return left.count }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            current.reserveCapacity(right.count + 1)
            for column in 1...right.count {
                let same = left[row - 1] == right[column - 1]
                var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
                let isSwap =
                    row > 1 && column > 1 && left[row - 1] == right[column - 2]
                    && left[row - 2] == right[column - 1]
                if isSwap { cost = min(cost, beforeLast[column - 2] + 1) }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }

    /// The bytes of a word in lower case and with one separator.
    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"), UInt8(ascii: "."): UInt8(ascii: "-")
            default: byte
            }
        }
    }
}
