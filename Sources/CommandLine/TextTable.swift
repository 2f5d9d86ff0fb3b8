/// A table of aligned columns for a terminal.
public struct TextTable: Sendable {
    /// One column: its title and how its cells are aligned.
    public struct Column: Sendable, Hashable {
        /// How the cells of a column line up.
        public enum Alignment: Sendable, Hashable {
            /// At their first character.
            case left
            /// At their last character.
            case right
            /// At their decimal point; a cell without one counts as a whole number.
            case decimal
        }

        /// The words at the top of the column.
        public let title: String
        /// How the cells line up.
        public let alignment: Alignment
        /// The width beyond which a cell is cut, in characters; nil for none.
        public let charactersMax: Int?

        /// A column.
        public init(_ title: String, _ alignment: Alignment, charactersMax: Int? = nil) {
            precondition(charactersMax ?? 1 >= 1, "a column is at least one character wide")
            self.title = title
            self.alignment = alignment
            self.charactersMax = charactersMax
        }

        /// A column of words.
        public static func left(_ title: String, charactersMax: Int? = nil) -> Column {
            Column(title, .left, charactersMax: charactersMax)
        }

        /// A column that ends at one edge.
        public static func right(_ title: String) -> Column { Column(title, .right) }

        /// A column of numbers.
        public static func decimal(_ title: String) -> Column { Column(title, .decimal) }
    }

    /// The columns from left to right.
    public let columns: [Column]
    /// The texts of all cells one after the other, and their measures; a table may have a million rows.
    private var bytes: [UInt8] = []
    private var cells: [Cell] = []
    /// The widest of each column before the decimal point, and from it on.
    private var wholes: [Int]
    private var fractions: [Int]

    /// One cell with its measures in characters.
    private struct Cell {
        /// Where its text ends.
        let end: Int
        let count: Int
        /// The characters from the decimal point on; zero where there is none or it does not matter.
        let fractionCount: Int
    }

    /// The bytes that are given at once.
    private static let pieceBytes = 65_536

    /// A table without rows.
    public init(_ columns: [Column]) {
        precondition(!columns.isEmpty, "a table has a column")
        self.columns = columns
        wholes = columns.map { _ in 0 }
        fractions = columns.map { _ in 0 }
    }

    /// Adds a row with one cell for each column; control characters in it are replaced.
    public mutating func append(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has as many cells as the table has columns")
        for cell in cells { append(cell) }
    }

    /// Adds the next cell of a row; control characters in it are replaced.
    public mutating func append(_ text: String) {
        append(rendering: { $0.append(contentsOf: text.utf8) })
    }

    /// Adds the next cell of a row, whose text the closure appends as UTF-8; control characters in it are replaced.
    @inlinable
    public mutating func append(rendering render: (inout [UInt8]) -> Void) {
        let start = text.count
        render(&text)
        finishCell(from: start)
    }

    /// Whether no row has been added.
    public var isEmpty: Bool { cells.isEmpty }

    /// The texts, for the closure of `append(rendering:)` alone.
    @usableFromInline
    internal var text: [UInt8] {
        get { bytes }
        _modify { yield &bytes }
    }

    /// Measures the cell whose text was appended last.
    @usableFromInline
    internal mutating func finishCell(from start: Int) {
        let place = cells.count % columns.count
        let column = columns[place]
        var count = bytes.count - start
        var point = bytes.count
        var isPlain = true
        for index in start..<bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte >= 0x7F { isPlain = false }
            if byte == UInt8(ascii: "."), point == bytes.count { point = index }
        }
        var fraction = bytes.count - point
        if !isPlain || count > column.charactersMax ?? .max {
            var text = TerminalText.harmless(String(decoding: bytes[start...], as: UTF8.self))
            if let most = column.charactersMax, text.unicodeScalars.count > most {
                text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(most - 1))) + "…"
            }
            bytes.removeSubrange(start...)
            bytes.append(contentsOf: text.utf8)
            let scalars = text.unicodeScalars
            count = scalars.count
            let dot = scalars.firstIndex(of: ".")
            fraction = dot.map { scalars.distance(from: $0, to: scalars.endIndex) } ?? 0
        }
        if column.alignment != .decimal { fraction = 0 }
        cells.append(Cell(end: bytes.count, count: count, fractionCount: fraction))
        fractions[place] = max(fractions[place], fraction)
        wholes[place] = max(wholes[place], count - fraction)
    }

    /// The table with its titles, two spaces between columns, no spaces at line ends.
    public func render() -> [UInt8] {
        var output: [UInt8] = []
        render { output += $0 }
        return output
    }

    /// Gives the table in pieces of whole lines; as `render()`.
    ///
    /// - Throws: what the closure throws.
    public func render<Failure: Error>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        precondition(cells.count % columns.count == 0, "the last row has all its cells")
        // A title stands over whole and fraction together.
        let widths = columns.indices.map {
            max(wholes[$0] + fractions[$0], columns[$0].title.unicodeScalars.count)
        }
        var piece: [UInt8] = []
        for (place, column) in columns.enumerated() {
            let count = column.title.unicodeScalars.count
            let after = column.alignment == .left ? widths[place] - count : 0
            let before = widths[place] - count - after
            renderCell(column.title.utf8, place, before: before, after: after, into: &piece)
        }
        endLine(&piece)
        var start = 0
        var place = 0
        for cell in cells {
            let after =
                switch columns[place].alignment {
                case .left: widths[place] - cell.count
                case .right: 0
                case .decimal: fractions[place] - cell.fractionCount
                }
            let before = widths[place] - cell.count - after
            renderCell(bytes[start..<cell.end], place, before: before, after: after, into: &piece)
            start = cell.end
            place += 1
            guard place == columns.count else { continue }
            place = 0
            endLine(&piece)
            guard piece.count >= TextTable.pieceBytes else { continue }
            try write(piece)
            piece.removeAll(keepingCapacity: true)
        }
        if !piece.isEmpty { try write(piece) }
    }

    private func renderCell(
        _ text: some Collection<UInt8>,
        _ place: Int,
        before: Int,
        after: Int,
        into output: inout [UInt8]
    ) {
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: before + (place > 0 ? 2 : 0)))
        output.append(contentsOf: text)
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: after))
    }

    private func endLine(_ output: inout [UInt8]) {
        while output.last == UInt8(ascii: " ") { output.removeLast() }
        output.append(UInt8(ascii: "\n"))
    }
}
