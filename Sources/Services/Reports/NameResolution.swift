import CostBasis
import Ledger
import Money
import Storage
import Time

/// A name in an entry's lot text that no acquisition has.
struct UnknownName: Hashable, Sendable {
    let entry: EntryID
    let time: Timestamp
    let asset: AssetID
    let name: String
}

/// What the lot texts of entries stand for.
struct NameResolution: Sendable {
    var named: NamedLots = [:]
    /// Names without an acquisition beside others that have one; where no name has any the engine tells.
    var unknown: [UnknownName] = []

    /// The most acquisitions that one entry may name.
    static let acquisitionsMax = 10_000
}

extension Workspace {
    /// The lots that a user's entries name, by what their texts say now.
    ///
    /// Blocks.
    ///
    /// - Throws: `StorageError`.
    func nameResolution(of snapshot: UserSnapshot) throws(StorageError) -> NameResolution {
        if let fileNames { return fileNames.resolution(in: snapshot.book) }
        return try database.read { connection throws(StorageError) in
            let texts = try connection.lotTexts(of: snapshot.user)
            guard !texts.isEmpty else { return NameResolution() }
            let wanted = texts.map { LotNames.Wanted(entry: $0.entry, names: LotNames.names(in: $0.text)) }
            let references = try connection.entries(
                of: snapshot.user,
                withReferences: Set(wanted.flatMap(\.names))
            )
            var names = LotNames(snapshot.book, wanted, references: references)
            return names.resolve()
        }
    }
}

/// Finds the acquisitions that names stand for: a reference, else a lot's id, else an instant.
struct LotNames {
    /// The names that one entry gives.
    struct Wanted {
        let entry: EntryID
        let names: [String]
    }

    private struct Key: Hashable {
        let asset: AssetID
        let name: String
    }

    private let book: Book
    private let wanted: [Wanted]
    private let references: [String: [EntryID]]
    /// The places in the Book of all entries that matter.
    private var places: [EntryID: Int] = [:]
    /// Names that were looked up already.
    private var known: [Key: [EntryID]] = [:]

    init(_ book: Book, _ wanted: [Wanted], references: [String: [EntryID]]) {
        self.book = book
        self.wanted = wanted
        self.references = references
        var matter = Set(wanted.map(\.entry))
        for entries in references.values { matter.formUnion(entries) }
        for names in wanted { matter.formUnion(names.names.compactMap(LotNames.entry(ofLot:))) }
        book.forEachRowView { view in
            if matter.contains(view.id) { places[view.id] = view.index }
        }
    }

    /// The names in a text, which have semicolons between them.
    static func names(in text: String) -> [String] {
        text.split(separator: ";").compactMap { piece in
            let start = piece.drop { $0 == " " }
            guard let last = start.lastIndex(where: { $0 != " " }) else { return nil }
            return String(start[...last])
        }
    }

    /// The entry of a lot's id such as `17.in`; nil for other texts.
    static func entry(ofLot text: String) -> EntryID? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, LegSide.allCases.contains(where: { $0.name == parts[1] }),
            parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(parts[0])
        else { return nil }
        return EntryID(raw: number)
    }

    /// Everything that the entries name.
    mutating func resolve() -> NameResolution {
        var resolution = NameResolution()
        for names in wanted {
            guard let place = places[names.entry] else { continue }
            let row = book.row(at: place)
            // A purchase pays with money, which has no lots; what it names is its own affair.
            guard let leg = row.outgoing ?? row.fee else { continue }
            let asset = book.assets[Int(leg.asset)]
            var found: [EntryID] = []
            var missing: [UnknownName] = []
            for name in names.names {
                let entries = acquisitions(of: asset, called: name)
                let free = NameResolution.acquisitionsMax - found.count
                // Most entries name one lot; the list is then shared and not copied.
                if found.isEmpty { found = entries } else { found += entries.prefix(max(0, free)) }
                guard entries.isEmpty || entries.count > free else { continue }
                missing.append(UnknownName(entry: row.id, time: row.time, asset: asset, name: name))
            }
            resolution.named[names.entry] = found
            if !found.isEmpty { resolution.unknown += missing }
        }
        return resolution
    }

    private mutating func acquisitions(of asset: AssetID, called name: String) -> [EntryID] {
        let key = Key(asset: asset, name: name)
        if let entries = known[key] { return entries }
        let entries = find(asset, name)
        known[key] = entries
        return entries
    }

    private func find(_ asset: AssetID, _ name: String) -> [EntryID] {
        func acquired(_ entries: [EntryID]) -> [EntryID] {
            entries.compactMap { places[$0] }.sorted().filter { acquires(asset, at: $0) }
                .prefix(NameResolution.acquisitionsMax).map { book.row(at: $0).id }
        }
        if let entries = references[name] {
            let found = acquired(entries)
            if !found.isEmpty { return found }
        }
        if let entry = LotNames.entry(ofLot: name) { return acquired([entry]) }
        // A text that is no instant names nothing; why does not matter.
        guard let time = try? Timestamp.parse(name) else { return [] }
        var found: [EntryID] = []
        var place = book.firstIndex(inSecondOf: time)
        while place < book.count, found.count < NameResolution.acquisitionsMax {
            let row = book.row(at: place)
            guard row.time.seconds == time.seconds else { break }
            if row.time == time, acquires(asset, at: place) { found.append(row.id) }
            place += 1
        }
        return found
    }

    private func acquires(_ asset: AssetID, at place: Int) -> Bool {
        guard let leg = book.row(at: place).incoming else { return false }
        return book.assets[Int(leg.asset)] == asset
    }
}
