import CostBasis
import Foundation
import Importing
import Ledger
import Money
import Services
import Storage
import Time

/// Measurements that run in a process of their own, so that memory and caches of one do not blur the other.
///
/// Each prints lines of a name and a number.
enum Child {
    static let flag = "--child"

    /// Runs this program again for one measurement; its figures by name.
    static func measure(_ words: String...) throws -> [String: Double] {
        let output = try Tool.output(of: Tool.ownPath, [flag] + words)
        var figures: [String: Double] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let value = Double(words[1]) else {
                throw BenchError(message: "a measurement printed \(line)")
            }
            figures[String(words[0])] = value
        }
        return figures
    }

    static func perform(_ words: [String]) throws {
        switch words.first {
        case "import" where words.count == 3: try importFile(words[1], into: words[2])
        case "book" where words.count == 2: try loadBook(of: words[1])
        case "prices" where words.count == 2: try PricePart.measure(words[1], print)
        case "lots" where words.count == 4: try computeLots(words[1], size: words[2], scope: words[3])
        case "values" where words.count >= 3:
            let only = words.count > 3 ? words[3] : nil
            try ValuePart.measure(words[1], rounds: Int(words[2]) ?? 1, only: only, print: print)
        case "lots-append" where words.count == 2: try appendToLots(words[1])
        default: throw BenchError(message: "no such measurement: \(words.joined(separator: " "))")
        }
    }

    private static func print(_ name: String, _ value: Double) { Terminal.line("\(name) \(value)") }

    private static func importFile(_ path: String, into folder: String) throws {
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .writing)
        let owner = try workspace.user(named: nil)
        let (time, outcome) = try seconds {
            try workspace.importFile(
                ImportRequest(user: owner.id, fileName: "bench.csv"),
                source: { try FilePieces.source(path) },
                progress: { _, _ in }
            )
        }
        let statistics = workspace.writerStatistics
        print("seconds", time)
        print("inserted", Double(outcome.inserted))
        print("longest_commit_us", Double(statistics.longestCommitMicroseconds))
        print("longest_hold_us", Double(statistics.longestHoldMicroseconds))
        print("commits", Double(statistics.commits))
        workspace.close()
        print("peak_kib", Double(Memory.peak()))
    }

    private static func loadBook(of folder: String) throws {
        let workspace = try Workspace.open(WorkspaceConfiguration(folder: folder), access: .reading)
        let owner = try workspace.user(named: nil)
        let database = try Database.openReadOnly(folder: folder)
        let before = Memory.resident()
        let (time, book) = try seconds { try database.loadBook(of: owner.id) }
        let after = Memory.resident()
        print("seconds", time)
        print("entries", Double(book.count))
        print("bytes", Double((after - before) * 1024))
        print("peak_kib", Double(Memory.peak()))
        let last = book.entry(at: book.count - 1)
        let next = Entry(
            id: EntryID(raw: last.id.raw + 1),
            time: last.time.advanced(bySeconds: 1),
            kind: last.kind,
            incoming: last.incoming,
            outgoing: last.outgoing,
            fee: last.fee,
            value: last.value
        )
        var appends: [Double] = []
        for _ in 0..<100 {
            let (time, longer) = seconds { book.appending([next]) }
            precondition(longer.count == book.count + 1, "one entry was appended")
            appends.append(time)
        }
        print("append_seconds", median(appends))
    }

    /// The wallets of the generated history.
    private static let wallets = 10

    private static func settings(_ method: String, _ scope: String) throws -> LotSettings {
        let isWash = method == "wash"
        let method = isWash ? LotMethod.fifo : LotMethod.allCases.first { $0.name == method }
        guard let method, let scope = LotScope.allCases.first(where: { $0.name == scope }) else {
            throw BenchError(message: "lots takes a method, a size and a scope")
        }
        return LotSettings(method: method, scope: scope, washSales: isWash)
    }

    /// Appends one entry after another while readers keep what they had.
    private static func appendToLots(_ size: String) throws {
        guard let count = Int(size) else { throw BenchError(message: "a size is a number") }
        let rounds = 500
        let entries = History.entries(count + rounds, accounts: wallets)
        var book = Book(entries: Array(entries[..<count]))
        let live = LiveLots(book, isFiat: { $0 == .usd })
        var readers = [live.lots]
        var times: [Double] = []
        for entry in entries[count...] {
            let (time, lots) = seconds {
                book = book.appending([entry])
                return live.advanced(to: book)
            }
            times.append(time)
            readers.append(lots)
        }
        precondition(readers[0].book.count == count, "a reader keeps its snapshot")
        precondition(readers[rounds].disposalCount > readers[0].disposalCount, "disposals were appended")
        print("seconds", median(times))
        print("most_seconds", times.max() ?? 0)
    }

    private static func computeLots(_ method: String, size: String, scope: String) throws {
        guard let count = Int(size) else { throw BenchError(message: "a size is a number") }
        let settings = try settings(method, scope)
        let book = Book(entries: History.entries(count, accounts: wallets))
        let before = Memory.resident()
        Memory.forgetPeak()
        var times: [Double] = []
        var (disposals, problems) = (0, 0)
        var peak = 0
        // The least of many runs is what the program takes when nothing else disturbs it.
        for _ in 0..<max(15, min(100, 3_000_000 / count)) where times.reduce(0, +) < 10 {
            let (time, lots) = seconds { LotBook(book, settings: settings, isFiat: { $0 == .usd }) }
            if times.isEmpty { peak = Memory.peak() }
            times.append(time)
            (disposals, problems) = (lots.disposalCount, lots.problems.count)
        }
        print("seconds", times.min() ?? 0)
        print("median_seconds", median(times))
        print("disposals", Double(disposals))
        print("problems", Double(problems))
        print("peak_bytes", Double((peak - before) * 1024))
    }
}

/// A file in pieces, as an import takes it.
enum FilePieces {
    private static let pieceBytes = 262_144

    static func source(_ path: String) throws -> ByteSource {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw BenchError(message: "cannot read \(path)")
        }
        return {
            guard let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty else { return nil }
            return Array(piece)
        }
    }
}
