/// A cell of the row at hand: a range of the scanner's bytes, without the quotes around it.
struct Cell {
    var start: Int
    var end: Int
    /// Whether doubled quotes are inside.
    var escaped: Bool
    /// Whether a byte beyond ASCII is inside.
    var wide: Bool

    var isEmpty: Bool { start == end }
    var count: Int { end - start }
}

/// What is wrong with the form of a row, before its cells are looked at.
enum RowFault: Hashable {
    case strayQuote(column: Int)
    case textAfterQuote(column: Int)
    case carriageReturn(column: Int)
    case cellTooLarge(column: Int)
    case tooManyCells
    case unclosedQuote(column: Int)
}

/// A row as bytes with the ranges of its cells; valid until the next one is read.
struct CSVRow {
    var bytes: [UInt8] = []
    var cells: [Cell] = []
    /// The line of the file, from 1, where the row starts.
    var line = 1
    /// The range of the whole row in the bytes, without its line end.
    var start = 0
    var end = 0
    var fault: RowFault?

    /// Whether no cell holds anything.
    var isBlank: Bool {
        for cell in cells where !cell.isEmpty { return false }
        return fault == nil
    }

    /// A cell without blanks around it; an absent one is empty.
    func trimmed(_ index: Int) -> Cell {
        guard index < cells.count else { return Cell(start: 0, end: 0, escaped: false, wide: false) }
        var cell = cells[index]
        while cell.start < cell.end, bytes[cell.start] == 0x20 || bytes[cell.start] == 0x09 {
            cell.start += 1
        }
        while cell.end > cell.start, bytes[cell.end - 1] == 0x20 || bytes[cell.end - 1] == 0x09 {
            cell.end -= 1
        }
        return cell
    }
}

/// Reads rows of RFC 4180 from pieces of bytes, strictly, with bounded memory.
///
/// Lines end in LF or CRLF; a byte order mark is skipped; cells in quotes may hold line ends. A faulty row is given
/// with its fault and the next one is read from the following line, so that one pass finds all faults. The rows'
/// buffer is reused: what is kept must be copied.
struct CSVScanner {
    private(set) var row = CSVRow()
    /// While the header is looked for: bytes after which even an endless line is given up.
    var bytesToSearch: Int?
    private let source: ByteSource
    private let limits: ImportLimits
    private var next = 0
    private var nextLine = 1
    private var dropped = 0
    private var started = false
    private var ended = false

    /// Bytes asked for at once, so that a row split over tiny pieces is not scanned again for each of them.
    private static let refillBytes = 65_536

    init(source: @escaping ByteSource, limits: ImportLimits) {
        self.source = source
        self.limits = limits
    }

    /// Bytes before the end of the row at hand.
    var position: Int { dropped + next }

    /// Moves to the next row; false at the end.
    mutating func advance() throws -> Bool {
        if !started { try start() }
        while true {
            row.line = nextLine
            row.fault = nil
            switch try scan() {
            case .row: return true
            case .end: return false
            case .more:
                // The half row is scanned again when more bytes are there.
                nextLine = row.line
                try refill()
            case .tooLarge:
                try skipRow()
                return true
            }
        }
    }

    private mutating func start() throws {
        started = true
        try refill()
        if row.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
        if row.bytes.starts(with: [0xFF, 0xFE]) || row.bytes.starts(with: [0xFE, 0xFF]) {
            throw ImportError.notText(line: 1, reason: "it is in UTF-16")
        }
    }

    private mutating func refill() throws {
        if next > 0 {
            row.bytes.removeSubrange(0..<next)
            dropped += next
            next = 0
        }
        var added = 0
        while added < CSVScanner.refillBytes {
            guard let piece = try source() else {
                ended = true
                return
            }
            if row.bytes.isEmpty { row.bytes = piece } else { row.bytes.append(contentsOf: piece) }
            added += piece.count
        }
    }

    private enum Scan {
        case row
        case end
        case more
        case tooLarge
    }

    /// Scans the row that starts at `next`; on `.row` the next one is `next`.
    private mutating func scan() throws(ImportError) -> Scan {
        let buffer = row.bytes
        let bytes = buffer.span
        let count = bytes.count
        let limit = limits.cellBytes
        row.cells.removeAll(keepingCapacity: true)
        row.start = next
        var position = next
        guard position < count else { return ended ? .end : .more }
        while true {
            var cell = Cell(start: position, end: position, escaped: false, wide: false)
            var seen: UInt8 = 0
            if position < count, bytes[position] == UInt8(ascii: "\"") {
                position += 1
                cell.start = position
                var lineFeeds = 0
                quoted: while true {
                    guard position < count else {
                        guard ended else {
                            return position - cell.start > limit ? tooLarge(cell) : .more
                        }
                        row.fault = row.fault ?? .unclosedQuote(column: row.cells.count)
                        break quoted
                    }
                    let byte = bytes[position]
                    if byte == UInt8(ascii: "\"") {
                        if position + 1 < count {
                            guard bytes[position + 1] == UInt8(ascii: "\"") else { break quoted }
                            cell.escaped = true
                            position += 1
                        } else if ended {
                            break quoted
                        } else {
                            return .more
                        }
                    } else if byte == 0x0A {
                        lineFeeds += 1
                    } else if byte == 0 {
                        throw zeroByte()
                    }
                    seen |= byte
                    position += 1
                    if position - cell.start > limit { return tooLarge(cell) }
                }
                nextLine += lineFeeds
                cell.end = position
                if position < count { position += 1 }
                if position < count, !CSVScanner.endsCell(bytes[position]) {
                    row.fault = row.fault ?? .textAfterQuote(column: row.cells.count)
                }
                let tail = position
                while position < count, !CSVScanner.endsCell(bytes[position]) { position += 1 }
                if position - tail > limit { return tooLarge(cell) }
                cell.wide = seen >= 0x80
                guard row.cells.count < limits.columns else { return tooMany(position) }
                row.cells.append(cell)
            } else {
                unquoted: while position < count {
                    let byte = bytes[position]
                    // Everything that means something in CSV is at or below the comma.
                    if byte <= UInt8(ascii: ",") {
                        switch byte {
                        case UInt8(ascii: ","), 0x0A: break unquoted
                        case 0x0D:
                            if position + 1 == count, !ended { break unquoted }
                            if position + 1 == count || bytes[position + 1] == 0x0A { break unquoted }
                            row.fault = row.fault ?? .carriageReturn(column: row.cells.count)
                        case UInt8(ascii: "\""): row.fault = row.fault ?? .strayQuote(column: row.cells.count)
                        case 0: throw zeroByte()
                        default: break
                        }
                    }
                    seen |= byte
                    position += 1
                }
                cell.end = position
                cell.wide = seen >= 0x80
                if position - cell.start > limit { return tooLarge(cell) }
                guard row.cells.count < limits.columns else { return tooMany(position) }
                row.cells.append(cell)
            }
            // What ends the cell?
            guard position < count else {
                guard ended else { return .more }
                row.end = position
                next = position
                return .row
            }
            switch bytes[position] {
            case UInt8(ascii: ","):
                position += 1
            case 0x0A:
                row.end = position
                next = position + 1
                nextLine += 1
                return .row
            default:
                // A carriage return: with its line feed it ends the row.
                guard position + 1 < count else {
                    guard ended else { return .more }
                    row.end = position
                    next = position + 1
                    return .row
                }
                if bytes[position + 1] == 0x0A {
                    row.end = position
                    next = position + 2
                    nextLine += 1
                    return .row
                }
                row.fault = row.fault ?? .carriageReturn(column: row.cells.count - 1)
                position += 1
            }
        }
    }

    private static func endsCell(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
    }

    private mutating func tooLarge(_ cell: Cell) -> Scan {
        row.fault = .cellTooLarge(column: row.cells.count)
        // Enough of the cell for a message; it is larger than that, since it is larger than the limit.
        let end = min(cell.start + 80, row.bytes.count)
        row.cells.append(Cell(start: cell.start, end: end, escaped: false, wide: true))
        row.end = end
        nextLine = row.line
        return .tooLarge
    }

    private mutating func tooMany(_ position: Int) -> Scan {
        row.fault = .tooManyCells
        row.end = position
        nextLine = row.line
        return .tooLarge
    }

    private func zeroByte() -> ImportError {
        .notText(line: row.line, reason: "there is a zero byte in it")
    }

    /// Drops the rest of a row that is too large, piece by piece, and keeps only the cells that were read.
    private mutating func skipRow() throws {
        let kept = Array(row.bytes[row.start..<row.end])
        let cells = row.cells.map { cell in
            Cell(
                start: cell.start - row.start,
                end: cell.end - row.start,
                escaped: cell.escaped,
                wide: cell.wide
            )
        }
        var inQuotes = false
        var previous = UInt8(ascii: ",")
        var position = row.start
        scan: while true {
            while position < row.bytes.count {
                let byte = row.bytes[position]
                position += 1
                if byte == 0 { throw zeroByte() }
                if byte == UInt8(ascii: "\"") {
                    if inQuotes {
                        inQuotes = false
                    } else if previous == UInt8(ascii: ",") || previous == byte {
                        inQuotes = true
                    }
                } else if byte == 0x0A {
                    nextLine += 1
                    if !inQuotes { break scan }
                }
                previous = byte
            }
            next = position
            if let bytesToSearch, dropped + position > bytesToSearch { break }
            if ended { break }
            try refill()
            position = next
        }
        if inQuotes { row.fault = .unclosedQuote(column: max(0, cells.count - 1)) }
        // What is kept gets a place of its own in front of what is still to be read.
        row.bytes.insert(contentsOf: kept, at: 0)
        next = position + kept.count
        dropped -= kept.count
        row.cells = cells
        row.start = 0
        row.end = kept.count
    }
}
