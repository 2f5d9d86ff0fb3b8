import Crypto
public import Ledger
public import Time

/// A row that an import brings.
///
/// `entry.id` and `entry.event` count within the import, from 0 in the source's order; the journal adds the first
/// number of the range that it reserves for the import.
public struct ImportRow: Hashable, Sendable {
    /// The entry, with its id and event counted within the import.
    public var entry: Entry
    /// Its texts.
    public var texts: EntryTexts

    /// A row from its parts.
    public init(entry: Entry, texts: EntryTexts = EntryTexts()) {
        self.entry = entry
        self.texts = texts
    }
}

/// What became of a row.
public enum RowVerdict: Hashable, Sendable {
    /// It was new and has this number now.
    case inserted(EntryID)
    /// The same content is there already, as this entry.
    case exists(EntryID)
    /// It was new, and another import's entry of the same account, time and reference has other content.
    case insertedBeside(EntryID, conflicting: EntryID)

    /// The number of the entry that holds the row's content.
    public var entry: EntryID {
        switch self {
        case .inserted(let id), .exists(let id), .insertedBeside(let id, conflicting: _): id
        }
    }

    /// Whether the row was not there before.
    public var isNew: Bool {
        if case .exists = self { return false }
        return true
    }
}

/// What an import is made from, before it has a number.
public struct ImportDraft: Hashable, Sendable {
    /// Whose entries it brings.
    public var user: UserID
    /// The file's name as the user gave it; empty for single entries.
    public var fileName: String
    /// The name of the file's format.
    public var format: String
    /// The rows that were refused before they came here.
    public var refused: Int

    /// A draft from its parts.
    public init(
        user: UserID,
        fileName: String = "",
        format: String = "",
        refused: Int = 0
    ) {
        self.user = user
        self.fileName = fileName
        self.format = format
        self.refused = refused
    }
}

/// The stage of an import's life.
public enum ImportState: String, Hashable, Sendable, CaseIterable {
    /// Rows are still coming; nobody sees them yet.
    case open
    /// Its rows count.
    case committed
    /// Its rows no longer count, by a further record.
    case undone
    /// It was given up before it was committed; its rows are gone.
    case abandoned
}

/// An import as it is listed.
public struct ImportRecord: Hashable, Sendable {
    /// Its number.
    public let id: ImportID
    /// What it was made from.
    public let draft: ImportDraft
    /// The stage of its life.
    public let state: ImportState
    /// The rows that were new.
    public let inserted: Int
    /// The rows that were there already.
    public let existing: Int
    /// When it began.
    public let created: Timestamp
    /// When its rows became visible.
    public let committed: Timestamp?
    /// When it was undone.
    public let undone: Timestamp?
}

/// An open import: what its batches have to remember of each other.
///
/// Used by the writer's jobs only, one after the other. After a failed batch it must be abandoned.
public final class ImportSession: @unchecked Sendable {
    // Unchecked: the jobs that touch it run one after the other on the writer's thread.
    /// The import's number.
    public let id: ImportID
    /// Whose it is.
    public let user: UserID
    /// The number that is added to the rows' own.
    public let firstEntry: Int64
    /// The count of numbers reserved.
    public let reserved: Int
    var cursors: [Digest128: UInt32] = [:]
    var batches: Int64 = 0
    /// The batch that was written last.
    var lastBatch: SealedBatch?
    var lastEntry: Int64
    var inserted = 0
    var existing = 0
    /// Whether a batch may have been undone, so that what is remembered here is no longer true.
    var isBroken = false

    init(id: ImportID, user: UserID, firstEntry: Int64, reserved: Int) {
        self.id = id
        self.user = user
        self.firstEntry = firstEntry
        self.reserved = reserved
        lastEntry = firstEntry - 1
    }
}
