/// Finds the known word that was probably meant.
enum Nearest {
    /// The words by their distance from a text, nearest first; equals in the order given.
    static func sorted(_ words: [String], to text: String) -> [String] {
        let target = Array(text.lowercased().utf8.prefix(64))
        return words.enumerated()
            .map {
                (
                    distance: distance(Array($0.element.lowercased().utf8), target), place: $0.offset,
                    word: $0.element
                )
            }
            .sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }
            .map(\.word)
    }

    /// The nearest of the words.
    static func word(_ words: [String], to text: String) -> String {
        sorted(words, to: text).first ?? ""
    }

    /// The least number of bytes to add, drop or change.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                current.append(
                    min(
                        previous[column + 1] + 1,
                        current[column] + 1,
                        previous[column] + (byte == other ? 0 : 1)
                    )
                )
            }
            previous = current
        }
        return previous.last ?? 0
    }
}
