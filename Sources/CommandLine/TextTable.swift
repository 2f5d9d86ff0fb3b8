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
    private var rows: [[Cell]] = []

    /// A table without rows.
    public init(_ columns: [Column]) {
        precondition(!columns.isEmpty, "a table has a column")
        self.columns = columns
    }

    /// Adds a row with one cell for each column; control characters in it are replaced.
    public mutating func append(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has as many cells as the table has columns")
        rows.append(zip(cells, columns).map { Cell($0, column: $1) })
    }

    /// Whether no row has been added.
    public var isEmpty: Bool { rows.isEmpty }

    /// The table with its titles, two spaces between columns, no spaces at line ends.
    public func render() -> [UInt8] {
        var widths = columns.map { $0.title.unicodeScalars.count }
        var fractions = columns.map { _ in 0 }
        for (index, column) in columns.enumerated() {
            fractions[index] = rows.map { $0[index].fractionCount }.max() ?? 0
            let widest = rows.map { row in
                let cell = row[index]
                return column.alignment == .decimal
                    ? cell.count - cell.fractionCount + fractions[index] : cell.count
            }
            widths[index] = max(widths[index], widest.max() ?? 0)
        }
        var output: [UInt8] = []
        let titles = columns.map { Cell(title: $0.title) }
        for row in [titles] + rows {
            renderRow(row, isTitle: row == titles, widths: widths, fractions: fractions, into: &output)
        }
        return output
    }

    private func renderRow(
        _ row: [Cell],
        isTitle: Bool,
        widths: [Int],
        fractions: [Int],
        into output: inout [UInt8]
    ) {
        for (index, cell) in row.enumerated() {
            if index > 0 { output.append(contentsOf: "  ".utf8) }
            var after = 0
            switch columns[index].alignment {
            case .left: after = widths[index] - cell.count
            case .right: after = 0
            case .decimal: after = isTitle ? 0 : fractions[index] - cell.fractionCount
            }
            let before = widths[index] - cell.count - after
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: before))
            output.append(contentsOf: cell.text.utf8)
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: after))
        }
        while output.last == UInt8(ascii: " ") { output.removeLast() }
        output.append(UInt8(ascii: "\n"))
    }
}

/// One cell with its measures taken once.
private struct Cell: Hashable, Sendable {
    let text: String
    /// The characters of the whole cell.
    let count: Int
    /// The characters from the decimal point on; zero where there is none or it does not matter.
    let fractionCount: Int

    init(title: String) {
        text = title
        count = title.unicodeScalars.count
        fractionCount = 0
    }

    init(_ foreign: String, column: TextTable.Column) {
        var text = TerminalText.harmless(foreign)
        if let most = column.charactersMax, text.unicodeScalars.count > most {
            text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(most - 1))) + "…"
        }
        self.text = text
        count = text.unicodeScalars.count
        guard column.alignment == .decimal, let point = text.unicodeScalars.firstIndex(of: ".") else {
            fractionCount = 0
            return
        }
        fractionCount = text.unicodeScalars.distance(from: point, to: text.unicodeScalars.endIndex)
    }
}
