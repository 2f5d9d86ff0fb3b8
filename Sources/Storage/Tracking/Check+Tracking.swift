import Ledger
import Money

extension CheckRun {
    /// Addresses and offsets: each belongs to an account of its kind, and what an offset states is what the journal says.
    mutating func checkTracking() throws(StorageError) {
        let stray = try connection.rows(
            """
            SELECT 'address.account', 'the address of account ' || d.account || ' has no account of its kind'
                FROM addresses d WHERE NOT EXISTS (SELECT 1 FROM accounts a
                    WHERE a.id = d.account AND a.user = d.user AND a.kind = 'address' AND a.deleted IS NULL)
            UNION ALL SELECT 'address.missing', 'account ' || a.id || ' is an address without one'
                FROM accounts a JOIN users u ON u.id = a.user
                WHERE a.kind = 'address' AND a.deleted IS NULL AND u.deleted IS NULL
                    AND NOT EXISTS (SELECT 1 FROM addresses d WHERE d.account = a.id)
            UNION ALL SELECT 'offset.account', 'a balance of account ' || o.account || ' has no offset'
                FROM offset_balances o WHERE NOT EXISTS (SELECT 1 FROM accounts a
                    WHERE a.id = o.account AND a.kind = 'offset' AND a.deleted IS NULL)
            UNION ALL SELECT 'account.portfolio', 'account ' || a.id || ' is in a portfolio that is deleted or another user''s'
                FROM accounts a JOIN portfolios p ON p.id = a.portfolio JOIN users u ON u.id = a.user
                WHERE a.deleted IS NULL AND u.deleted IS NULL AND (p.deleted IS NOT NULL OR p.user <> a.user)
            UNION ALL SELECT 'portfolio.currency', 'portfolio ' || c.portfolio || ' is reported in asset ' || c.asset
                    || ', which is not there'
                FROM portfolio_currencies c JOIN portfolios p ON p.id = c.portfolio
                WHERE c.asset >= 65536 AND NOT EXISTS
                    (SELECT 1 FROM assets s WHERE s.id = c.asset AND s.user = p.user)
            """
        ) { ($0.text(0), $0.text(1)) }
        for (code, message) in stray { find(code, message) }
        try checkOffsets()
    }

    private struct Place: Hashable {
        let account: Int64
        let asset: Int64
    }

    private mutating func checkOffsets() throws(StorageError) {
        var sums: [Place: Int128] = [:]
        try connection.withStatement(
            """
            SELECT in_account, in_asset, in_amount, out_account, out_asset, out_amount
            FROM entries e JOIN imports i ON i.id = e.import
            WHERE i.format = 'offset' AND i.state = 'committed'
                AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.entry = e.id)
            """
        ) { row throws(StorageError) in
            while try row.step("checking offsets") {
                for (column, sign) in [(Int32(0), Int128(1)), (3, -1)] where !row.isNull(column + 2) {
                    let place = Place(account: row.integer(column), asset: row.integer(column + 1))
                    sums[place, default: 0] += sign * (try row.amount(column + 2).raw)
                }
            }
        }
        let stated = try connection.rows("SELECT account, asset, balance FROM offset_balances") {
            row throws(StorageError) in
            (Place(account: row.integer(0), asset: row.integer(1)), try row.amount(2).raw)
        }
        for (place, balance) in stated {
            let sum = sums.removeValue(forKey: place) ?? 0
            if sum != balance {
                find(
                    "offset.balance",
                    "offset \(place.account) states another balance of asset \(place.asset)"
                )
            }
        }
        for (place, sum) in sums.sorted(by: {
            ($0.key.account, $0.key.asset) < ($1.key.account, $1.key.asset)
        })
        where sum != 0 {
            find(
                "offset.balance",
                "offset \(place.account) does not state asset \(place.asset), which it holds"
            )
        }
    }
}
