import Importing
import Ledger
import Money
import Storage

/// Keeps to one place where an exchange's trades settle their fiat, over all files of an account.
///
/// Whether the fiat of a Coinbase account lies inside it depends on the file: only one with rows of the fiat wallet
/// itself shows it. A later export may have such rows where an earlier one had none; its trades are the same trades
/// all the same and must be known again. So the first import decides, and the others follow it.
struct Settlement: Sendable {
    /// Where trades of an account settle a currency.
    struct Place: Hashable, Sendable {
        let account: String
        let currency: String
    }

    /// Whether each place is inside the account, as far as earlier imports tell.
    private(set) var isInside: [Place: Bool] = [:]

    /// Whether the place of fiat depends on the file: not where the layout names it.
    static func matters(to survey: ImportSurvey) -> Bool { survey.format == .coinbase }

    /// What is known already; nil when the history must be looked at for one of the file's places.
    init?(_ survey: ImportSurvey, known: [Place: Bool]) {
        for place in Settlement.places(of: survey) {
            guard let inside = known[place] else { return nil }
            isInside[place] = inside
        }
    }

    /// What a history tells.
    init(_ survey: ImportSurvey, _ snapshot: UserSnapshot) {
        var accounts: [UInt32: String] = [:]
        for (slot, id) in snapshot.book.accounts.enumerated() {
            guard let name = snapshot.accounts[id]?.name, survey.accounts.contains(name) else { continue }
            accounts[UInt32(slot)] = name
        }
        var currencies: [UInt32: String] = [:]
        for (slot, id) in snapshot.book.assets.enumerated() {
            guard let asset = snapshot.registry.asset(id), snapshot.registry.isFiat(id) else { continue }
            if survey.assets.contains(asset.code) { currencies[UInt32(slot)] = asset.code }
        }
        guard !accounts.isEmpty, !currencies.isEmpty else { return }
        let wanted = accounts.count * currencies.count
        for index in 0..<snapshot.book.count where isInside.count < wanted {
            let row = snapshot.book.row(at: index)
            guard row.kind == .trade, let incoming = row.incoming, let outgoing = row.outgoing,
                let account = accounts[incoming.account] ?? accounts[outgoing.account]
            else { continue }
            for leg in [incoming, outgoing] {
                guard let currency = currencies[leg.asset] else { continue }
                let place = Place(account: account, currency: currency)
                if isInside[place] == nil { isInside[place] = !leg.isOutside }
            }
        }
    }

    private static func places(of survey: ImportSurvey) -> [Place] {
        let currencies = survey.assets.filter { AssetRegistry.builtIn.isFiat(code: $0) }
        return survey.accounts.flatMap { account in
            currencies.map { Place(account: account, currency: $0) }
        }
    }

    /// The survey as the earlier imports want it, and what the user should know of that.
    func settle(_ survey: ImportSurvey) -> (survey: ImportSurvey, findings: [ImportFinding]) {
        var settled = survey
        let inside = Set(isInside.filter { $0.value }.keys.map(\.currency))
        let outside = Set(isInside.filter { !$0.value }.keys.map(\.currency))
        settled.settle(inside: inside, outside: outside)
        let ignored = Set(survey.walletCurrencies).intersection(outside).sorted()
        let findings = ignored.map { code in
            ImportFinding(
                line: survey.headerLine,
                code: "settled_outside",
                found: code.uppercased(),
                expected: "trades that settle in the \(code.uppercased()) wallet",
                message:
                    "earlier imports settle \(code.uppercased()) outside the account, and this one follows them, "
                    + "so the wallet's balance is not complete; undo them and import this file instead to see it"
            )
        }
        return (settled, findings)
    }
}
