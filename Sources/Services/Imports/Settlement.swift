import Importing
import Ledger
import Money
import Storage

/// Keeps to one place where an exchange's trades settle their fiat, over all files of an account.
///
/// Whether the fiat of a Coinbase account lies inside it depends on the file: only one with rows of the fiat wallet
/// itself shows it. A later export may have such rows where an earlier one had none; its trades are the same trades
/// all the same and must be known again. So the first import decides, and the others follow it.
struct Settlement {
    /// The currencies that earlier imports keep inside the account.
    private var inside: Set<String> = []
    /// Those that they settle outside.
    private var outside: Set<String> = []

    init(_ survey: ImportSurvey, _ snapshot: UserSnapshot) {
        guard survey.format == .coinbase else { return }
        let accounts = snapshot.accounts.values.filter { survey.accounts.contains($0.name) }.map(\.id)
        let slots = Set(accounts.compactMap { snapshot.book.accounts.firstIndex(of: $0) }.map(UInt32.init))
        var left: [UInt32: String] = [:]
        for (slot, id) in snapshot.book.assets.enumerated() {
            guard let asset = snapshot.registry.asset(id), asset.kind == .fiat else { continue }
            if survey.assets.contains(asset.code) { left[UInt32(slot)] = asset.code }
        }
        guard !slots.isEmpty, !left.isEmpty else { return }
        for index in 0..<snapshot.book.count where !left.isEmpty {
            let row = snapshot.book.row(at: index)
            guard row.kind == .trade, let incoming = row.incoming, let outgoing = row.outgoing else {
                continue
            }
            guard slots.contains(incoming.account) || slots.contains(outgoing.account) else { continue }
            for leg in [incoming, outgoing] {
                guard let code = left.removeValue(forKey: leg.asset) else { continue }
                if leg.isOutside { outside.insert(code) } else { inside.insert(code) }
            }
        }
    }

    /// The survey as the earlier imports want it, and what the user should know of that.
    func settle(_ survey: ImportSurvey) -> (survey: ImportSurvey, findings: [ImportFinding]) {
        var settled = survey
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
