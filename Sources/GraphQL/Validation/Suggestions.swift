/// What might have been meant where a name is unknown.
internal enum Suggestions {
    /// The most names that a message tells.
    private static let namesMax = 5

    /// ` Did you mean 'a', 'b', or 'c'?`, or nothing when there is no name.
    static func words(_ names: [String], _ sort: String = "") -> String {
        let quoted = names.prefix(namesMax).map { "'\($0)'" }
        guard let last = quoted.last else { return "" }
        let list: String
        switch quoted.count {
        case 1: list = last
        case 2: list = "\(quoted[0]) or \(last)"
        default: list = quoted.dropLast().joined(separator: ", ") + ", or \(last)"
        }
        return " Did you mean \(sort.isEmpty ? "" : sort + " ")\(list)?"
    }

    /// The options that are near a name, the nearest first.
    static func nearest(to name: String, among options: [String]) -> [String] {
        var distance = LexicalDistance(to: name)
        let threshold = name.unicodeScalars.count * 4 / 10 + 1
        var near: [(name: String, distance: Int)] = []
        var seen: Set<String> = []
        for option in options where seen.insert(option).inserted {
            if let steps = distance.measure(option, within: threshold) { near.append((option, steps)) }
        }
        near.sort {
            $0.distance == $1.distance ? precedes($0.name, $1.name) : $0.distance < $1.distance
        }
        return near.map(\.name)
    }

    /// Whether a name comes before another one, runs of digits compared as numbers.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let left = NameParts(left)
        let right = NameParts(right)
        for (one, other) in zip(left.parts, right.parts) {
            if one.precedes(other) { return true }
            if other.precedes(one) { return false }
        }
        return left.parts.count < right.parts.count
    }
}

/// A name cut into runs of digits and what is between them; the first part is no digits, so it may be empty.
private struct NameParts {
    private(set) var parts: [Part] = []

    struct Part {
        let isNumber: Bool
        var bytes: [UInt8] = []

        func precedes(_ other: Part) -> Bool {
            if isNumber, other.isNumber {
                let own = bytes.drop { $0 == UInt8(ascii: "0") }
                let others = other.bytes.drop { $0 == UInt8(ascii: "0") }
                if own.count != others.count { return own.count < others.count }
                if !own.elementsEqual(others) { return own.lexicographicallyPrecedes(others) }
            }
            return bytes.lexicographicallyPrecedes(other.bytes)
        }
    }

    init(_ name: String) {
        var part = Part(isNumber: false)
        for byte in name.utf8 {
            let isDigit = byte &- UInt8(ascii: "0") <= 9
            if isDigit != part.isNumber {
                parts.append(part)
                part = Part(isNumber: isDigit)
            }
            part.bytes.append(byte)
        }
        parts.append(part)
        if part.isNumber { parts.append(Part(isNumber: false)) }
    }
}

/// How many characters must be added, removed, replaced or swapped to make one name of another; case counts one step.
private struct LexicalDistance {
    private let name: String
    private let lowercase: [Unicode.Scalar]

    init(to name: String) {
        self.name = name
        lowercase = Array(name.lowercased().unicodeScalars)
    }

    /// The distance of an option, or nil beyond the threshold.
    mutating func measure(_ option: String, within threshold: Int) -> Int? {
        if option == name { return 0 }
        let other = Array(option.lowercased().unicodeScalars)
        if other == lowercase { return 1 }
        let (long, short) = other.count < lowercase.count ? (lowercase, other) : (other, lowercase)
        guard long.count - short.count <= threshold else { return nil }
        var rows = Array(repeating: Array(0...short.count), count: 3)
        for row in 1...max(long.count, 1) where !long.isEmpty {
            let above = rows[(row - 1) % 3]
            var current = rows[row % 3]
            current[0] = row
            var smallest = row
            for column in 1..<(short.count + 1) {
                let isSame = long[row - 1] == short[column - 1]
                var cell = min(
                    above[column] + 1,
                    current[column - 1] + 1,
                    above[column - 1] + (isSame ? 0 : 1)
                )
                if row > 1, column > 1, long[row - 1] == short[column - 2], long[row - 2] == short[column - 1]
                {
                    cell = min(cell, rows[(row - 2) % 3][column - 2] + 1)
                }
                smallest = min(smallest, cell)
                current[column] = cell
            }
            rows[row % 3] = current
            if smallest > threshold { return nil }
        }
        let distance = rows[long.count % 3][short.count]
        return distance <= threshold ? distance : nil
    }
}
