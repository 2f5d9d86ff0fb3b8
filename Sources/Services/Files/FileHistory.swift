import Importing
import Ledger
import Money
import Storage
import Time

/// The history of a file that is reported on without being stored.
struct FileHistory: Sendable {
    let content: BookContent
    let names: FileNames
}

/// What entries of a file name as their lots, and what they are called themselves.
struct FileNames: Sendable {
    /// A text of an entry.
    struct Text: Sendable {
        let entry: EntryID
        let time: Timestamp
        let text: String
    }

    private(set) var lots: [Text] = []
    private(set) var references: [Text] = []

    mutating func add(_ draft: DraftEntry, as entry: EntryID) {
        if !draft.lot.isEmpty { lots.append(Text(entry: entry, time: draft.time, text: draft.lot)) }
        guard !draft.reference.isEmpty else { return }
        references.append(Text(entry: entry, time: draft.time, text: draft.reference))
    }

    /// What the lot texts stand for.
    func resolution(in book: Book) -> NameResolution {
        let wanted = lots.sorted { ($0.time, $0.entry) < ($1.time, $1.entry) }
            .map { LotNames.Wanted(entry: $0.entry, names: LotNames.names(in: $0.text)) }
        let names = Set(wanted.flatMap(\.names))
        var found: [String: [EntryID]] = [:]
        for reference in references where names.contains(reference.text) {
            found[reference.text, default: []].append(reference.entry)
        }
        var resolver = LotNames(book, wanted, references: found)
        return resolver.resolve()
    }
}

/// Numbers for the names of a file, given as the names are met and put in the order of a data folder at the end.
struct MetNames {
    private var accounts: [String: AccountID] = [:]
    /// The account asked for last: most rows name the one of the row before, or one name twice.
    private var last: (name: String, number: AccountID)?
    private var assets: [String: AssetID] = [:]
    /// Assets that no registry knows, in the order met, with the line of the first row that names them.
    private(set) var unknown: [(code: String, line: Int)] = []

    mutating func account(_ name: String) -> AccountID {
        if let last, last.name == name { return last.number }
        let number = accounts[name] ?? AccountID(raw: UInt32(accounts.count + 1))
        accounts[name] = number
        last = (name, number)
        return number
    }

    mutating func asset(_ code: String, line: Int) -> AssetID {
        if let known = assets[code] { return known }
        let number: AssetID
        if let builtIn = AssetRegistry.builtIn.id(code: code) {
            number = builtIn
        } else {
            number = AssetID(raw: AssetID.firstOfUsers + UInt32(unknown.count))
            unknown.append((code, line))
        }
        assets[code] = number
        return number
    }

    /// The code of a number for people.
    func displayCode(of asset: AssetID) -> String {
        assets.first { $0.value == asset }?.key.uppercased() ?? "asset \(asset.raw)"
    }

    /// The Book with the numbers that importing the file into a new data folder would give, and what they mean.
    func content(_ builder: consuming BookBuilder, _ survey: ImportSurvey, at now: Timestamp) -> BookContent {
        var records: [AccountID: AccountRecord] = [:]
        var accountNumbers: [AccountID: AccountID] = [:]
        for (place, name) in survey.accounts.enumerated() {
            let number = AccountID(raw: UInt32(place + 1))
            if let met = accounts[name] { accountNumbers[met] = number }
            records[number] = AccountRecord(
                id: number,
                user: Workspace.fileOwner,
                portfolio: PortfolioID(raw: 1),
                name: name,
                venue: NameResolver.venue(of: name, survey.format),
                kind: "csv",
                created: now
            )
        }
        var registry = AssetRegistry.builtIn
        var assetNumbers: [AssetID: AssetID] = [:]
        for code in survey.assets where registry.id(code: code) == nil {
            let number = AssetID(raw: AssetID.firstOfUsers + UInt32(assetNumbers.count))
            // An asset without an entry keeps its place in the order all the same.
            assetNumbers[assets[code] ?? AssetID(raw: .max - number.raw)] = number
            registry.add(
                Asset(
                    id: number,
                    code: code,
                    title: code.uppercased(),
                    kind: .unknown,
                    decimals: 18,
                    contract: nil
                )
            )
        }
        let book = builder.finish(
            numberingAssets: { assetNumbers[$0] ?? $0 },
            accounts: { accountNumbers[$0] ?? $0 }
        )
        return BookContent(book: book, registry: registry, accounts: records)
    }
}
