public import Ledger
public import Time

import Money

/// An entry as the store keeps it, with its texts.
public struct StoredEntry: Hashable, Sendable {
    /// The entry.
    public let entry: Entry
    /// Its texts.
    public let texts: EntryTexts
    /// The import that brought it.
    public let importID: ImportID
}

/// An entry with what is known of the import that brought it.
public struct BroughtEntry: Hashable, Sendable {
    /// The entry with its texts.
    public let stored: StoredEntry
    /// The name of the import's format.
    public let format: String
    /// When the import was committed.
    public let brought: Timestamp
}

/// A place in the order of entries: behind the entry of this time and number.
public struct EntryPlace: Hashable, Sendable {
    /// The entry's time.
    public let time: Timestamp
    /// The entry's number.
    public let id: EntryID

    /// A place from its parts.
    public init(time: Timestamp, id: EntryID) {
        self.time = time
        self.id = id
    }

    /// The place of an entry.
    public init(_ entry: Entry) {
        self.init(time: entry.time, id: entry.id)
    }
}

/// The direction in which entries are listed.
public enum EntryOrder: Hashable, Sendable {
    /// The earliest first.
    case oldestFirst
    /// The latest first.
    case newestFirst
}

/// A state of one user's journal: two are the same exactly when no entry came or went in between.
public struct JournalMark: Hashable, Sendable {
    fileprivate let imports: Int64
    fileprivate let committed: Int64
    fileprivate let lastVoid: Int64
}

extension Connection {
    /// The present state of a user's journal.
    public func journalMark(of user: UserID) throws(StorageError) -> JournalMark {
        let id = SQLValue.integer(user.raw)
        return JournalMark(
            imports: try first(
                "SELECT count(*) FROM imports WHERE user = ? AND state = 'committed'",
                [id]
            ) { $0.integer(0) } ?? 0,
            committed: try first(
                "SELECT coalesce(max(seal), 0) FROM imports WHERE user = ? AND state = 'committed'",
                [id]
            ) { $0.integer(0) } ?? 0,
            lastVoid: try first("SELECT coalesce(max(id), 0) FROM voids WHERE user = ?", [id]) {
                $0.integer(0)
            } ?? 0
        )
    }

    /// Calls the body with a user's live entries in order of time and number, each proven by its digest.
    ///
    /// `after` begins behind a place, which pages through long lists; the body returns false to stop.
    ///
    /// - Throws: `StorageError.Kind.tampered` and other errors of the store.
    public func forEachEntry(
        of user: UserID,
        after place: EntryPlace? = nil,
        order: EntryOrder = .oldestFirst,
        _ body: (StoredEntry) throws(StorageError) -> Bool
    ) throws(StorageError) {
        let reader = try EntryReader(self, user: user)
        let sql =
            switch order {
            case .oldestFirst:
                "user = ?1 AND time >= ?2 AND NOT (time = ?2 AND id <= ?3) ORDER BY time, id"
            case .newestFirst:
                "user = ?1 AND time <= ?2 AND NOT (time = ?2 AND id >= ?3) ORDER BY time DESC, id DESC"
            }
        let isUp = order == .oldestFirst
        try withStatement("SELECT \(EntryReader.columns) FROM entries WHERE \(sql)") {
            statement throws(StorageError) in
            statement.bind(1, user.raw)
            statement.bind(2, place?.time.microseconds ?? (isUp ? .min : .max))
            statement.bind(3, place?.id.raw ?? (isUp ? .min : .max))
            while try statement.step("reading entries") {
                guard reader.isLive(statement) else { continue }
                let stored = StoredEntry(
                    entry: try reader.read(statement),
                    texts: reader.texts(statement),
                    importID: ImportID(raw: statement.integer(3))
                )
                guard try body(stored) else { return }
            }
        }
    }

    /// A page of a user's live entries.
    public func entries(
        of user: UserID,
        after place: EntryPlace? = nil,
        order: EntryOrder = .oldestFirst,
        limit: Int
    ) throws(StorageError) -> [StoredEntry] {
        var page: [StoredEntry] = []
        guard limit > 0 else { return page }
        try forEachEntry(of: user, after: place, order: order) { stored in
            page.append(stored)
            return page.count < limit
        }
        return page
    }

    /// One live entry of a user, found by its time and number; nil when there is none.
    public func entry(of user: UserID, at place: EntryPlace) throws(StorageError) -> StoredEntry? {
        let reader = try EntryReader(self, user: user)
        return try first(
            "SELECT \(EntryReader.columns) FROM entries WHERE user = ? AND time = ? AND id = ?",
            [.integer(user.raw), .integer(place.time.microseconds), .integer(place.id.raw)]
        ) { statement throws(StorageError) in
            guard reader.isLive(statement) else { return nil }
            return StoredEntry(
                entry: try reader.read(statement),
                texts: reader.texts(statement),
                importID: ImportID(raw: statement.integer(3))
            )
        } ?? nil
    }

    /// The live entries at some places, in the order of the places; those that no longer count are left out.
    ///
    /// Each comes with the format and the time of the import that brought it.
    public func entries(
        of user: UserID,
        at places: [EntryPlace]
    ) throws(StorageError) -> [BroughtEntry] {
        guard !places.isEmpty else { return [] }
        let reader = try EntryReader(self, user: user)
        var found = [StoredEntry?](repeating: nil, count: places.count)
        // By time: a file may give very many rows one time, which must not be looked through for each of them.
        let byTime = Dictionary(grouping: places.indices) { places[$0].time }
        try withStatement("SELECT \(EntryReader.columns) FROM entries WHERE user = ? AND time = ?") {
            row throws(StorageError) in
            for (time, indices) in byTime {
                let wanted = Dictionary(indices.map { (places[$0].id.raw, $0) }) { first, _ in first }
                row.bind(1, user.raw)
                row.bind(2, time.microseconds)
                while try row.step("reading entries") {
                    guard let index = wanted[row.integer(2)], reader.isLive(row) else { continue }
                    found[index] = StoredEntry(
                        entry: try reader.read(row),
                        texts: reader.texts(row),
                        importID: ImportID(raw: row.integer(3))
                    )
                }
                row.rewind()
            }
        }
        var imports: [ImportID: (format: String, time: Timestamp)] = [:]
        var brought: [BroughtEntry] = []
        brought.reserveCapacity(found.count)
        for case let stored? in found {
            if imports[stored.importID] == nil {
                imports[stored.importID] = try first(
                    "SELECT format, coalesce(committed, created) FROM imports WHERE id = ?",
                    [.integer(stored.importID.raw)]
                ) { ($0.text(0), Timestamp(microseconds: $0.integer(1))) }
            }
            guard let (format, time) = imports[stored.importID] else { continue }
            brought.append(BroughtEntry(stored: stored, format: format, brought: time))
        }
        return brought
    }

    /// The live entries with a time in a half-open span, in order of time and number.
    func liveEntries(
        _ reader: EntryReader,
        user: UserID,
        from start: Int64,
        before end: Int64?
    ) throws(StorageError) -> [Entry] {
        let sql = "SELECT \(EntryReader.columns) FROM entries WHERE user = ? AND time >= ? AND time < ?"
        return try withStatement(sql) { statement throws(StorageError) in
            statement.bind(1, user.raw)
            statement.bind(2, start)
            statement.bind(3, end ?? .max)
            var entries: [Entry] = []
            entries.reserveCapacity(BookLoad.segmentRows)
            // Rows of one instant come in the order of their digests and are put in the order of their numbers.
            var groupStart = 0
            while try statement.step("reading entries") {
                guard reader.isLive(statement) else { continue }
                let entry = try reader.read(statement)
                if let last = entries.last, last.time != entry.time {
                    if entries.count - groupStart > 1 { entries[groupStart...].sort { $0.id < $1.id } }
                    groupStart = entries.count
                }
                entries.append(entry)
            }
            if entries.count - groupStart > 1 { entries[groupStart...].sort { $0.id < $1.id } }
            return entries
        }
    }
}
