import Importing
import Ledger
import Money
import Storage

/// Turns the names of a file into the numbers of a user's accounts and assets, making those that are new.
struct NameResolver: Sendable {
    private(set) var accounts: [String: AccountID] = [:]
    private(set) var assets: [String: AssetID] = [:]
    /// Accounts that were made.
    private(set) var newAccounts: [AccountRecord] = []
    /// Assets that were registered, since no registry knew them.
    private(set) var newAssets: [Asset] = []
    /// Codes that would be registered by an import that changes something.
    private(set) var unknownAssets: Set<String> = []

    /// Finds names; what is unknown gets a number that nothing stored has, for a dry run.
    init(
        _ survey: ImportSurvey,
        registry: AssetRegistry,
        accounts known: [AccountRecord]
    ) {
        for account in known { accounts[account.name] = account.id }
        var free = UInt32.max - 1
        for name in survey.accounts where accounts[name] == nil {
            accounts[name] = AccountID(raw: free)
            free -= 1
        }
        free = UInt32.max - 1
        for code in survey.assets {
            if let id = registry.id(code: code) {
                assets[code] = id
            } else {
                assets[code] = AssetID(raw: free)
                unknownAssets.insert(code)
                free -= 1
            }
        }
    }

    /// Finds names and makes what is new, within a transaction.
    init(
        _ survey: ImportSurvey,
        of user: UserID,
        making transaction: WriteTransaction,
        knownAccounts: [String: AccountID] = [:]
    ) throws(StorageError) {
        accounts = knownAccounts
        if !survey.accounts.allSatisfy({ accounts[$0] != nil }) {
            try readAccounts(survey, user, transaction)
        }
        try readAssets(survey, user, transaction)
    }

    private mutating func readAccounts(
        _ survey: ImportSurvey,
        _ user: UserID,
        _ transaction: WriteTransaction
    ) throws(StorageError) {
        for account in try transaction.connection.accounts(of: user) { accounts[account.name] = account.id }
        for name in survey.accounts where accounts[name] == nil {
            accounts[name] = try transaction.account(
                of: user,
                name: name,
                venue: NameResolver.venue(of: name, survey.format)
            )
            if let made = try transaction.connection.account(of: user, name: name) {
                newAccounts.append(made)
            }
        }
    }

    private mutating func readAssets(
        _ survey: ImportSurvey,
        _ user: UserID,
        _ transaction: WriteTransaction
    ) throws(StorageError) {
        var own: [String: AssetID] = [:]
        var isOwnRead = false
        for code in survey.assets {
            if let id = AssetRegistry.builtIn.id(code: code) {
                assets[code] = id
                continue
            }
            if !isOwnRead {
                for asset in try transaction.connection.assets(of: user) { own[asset.code] = asset.id }
                isOwnRead = true
            }
            if let id = own[code] {
                assets[code] = id
            } else {
                let made = try transaction.registerAsset(of: user, code: code)
                assets[code] = made.id
                newAssets.append(made)
                unknownAssets.insert(code)
            }
        }
    }

    /// The venue of an account that a file names: the format's own, or the account's name.
    static func venue(of account: String, _ format: ImportFormat) -> String {
        (format.venue ?? ConnectableVenue.titled(account))?.name ?? account.lowercased()
    }

    /// The row of a draft; its id is its place within the import.
    func row(_ draft: DraftEntry, place: Int64) -> ImportRow {
        ImportRow(
            entry: NameResolver.entry(draft, place: place, asset: id(ofAsset:), account: id(ofAccount:)),
            texts: EntryTexts(
                reference: draft.reference,
                exchange: draft.exchange,
                group: draft.group,
                comment: draft.comment,
                lot: draft.lot
            )
        )
    }

    /// The code of a number for people.
    func displayCode(of asset: AssetID) -> String {
        assets.first { $0.value == asset }?.key.uppercased() ?? "asset \(asset.raw)"
    }

    /// The entry of a draft with the numbers that names have; its id is its place within the import.
    ///
    /// Names are asked for in the order of the draft: of what comes in, of what goes out, of the fee, of the value.
    static func entry(
        _ draft: DraftEntry,
        place: Int64,
        asset: (String) -> AssetID,
        account: (String) -> AccountID
    ) -> Entry {
        func leg(_ leg: DraftLeg) -> Leg {
            let holder: AccountID? =
                switch leg.account {
                case .outside: nil
                case .named(let name): account(name)
                }
            return Leg(amount: leg.amount, asset: asset(leg.asset), account: holder)
        }
        return Entry(
            id: EntryID(raw: place),
            time: draft.time,
            kind: draft.kind,
            incoming: draft.incoming.map(leg),
            outgoing: draft.outgoing.map(leg),
            fee: draft.fee.map(leg),
            value: draft.value.map { AssetAmount(amount: $0.amount, asset: asset($0.asset)) },
            event: draft.event
        )
    }

    private func id(ofAccount name: String) -> AccountID {
        guard let id = accounts[name] else {
            preconditionFailure("the survey names every account of the file")
        }
        return id
    }

    private func id(ofAsset code: String) -> AssetID {
        guard let id = assets[code] else { preconditionFailure("the survey names every asset of the file") }
        return id
    }
}
