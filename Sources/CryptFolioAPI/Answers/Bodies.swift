import JSON
import Money
import MoneyJSON
import Services
import Time

/// The bodies of CryptFolio's answers in the form of one revision, keys in the documented order.
struct Bodies: Sendable {
    let revision: CryptFolioRevision

    /// A value of an answer.
    func one(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 1024)
        write(&json)
        return json.finish()
    }

    /// A list: bare, or in an object under its name, as the revision has it.
    func list<Element>(
        _ name: StaticString,
        _ elements: some Sequence<Element>,
        capacity: Int = 1024,
        _ write: (inout JSONWriter, Element) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        if revision.wrapsLists {
            json.beginObject()
            json.key(name)
        }
        json.beginArray()
        for element in elements {
            json.beginObject()
            write(&json, element)
            json.endObject()
        }
        json.endArray()
        if revision.wrapsLists { json.endObject() }
        return json.finish()
    }
}

extension JSONWriter {
    /// Writes an instant in the form of a revision, or null.
    mutating func time(_ time: Timestamp?, _ revision: CryptFolioRevision) {
        guard let time else { return null() }
        string { revision.render(time, into: &$0) }
    }

    /// Writes a member that is an instant.
    mutating func member(_ name: StaticString, _ time: Timestamp?, _ revision: CryptFolioRevision) {
        key(name)
        self.time(time, revision)
    }

    /// Writes a member that is a text or null.
    mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        string(orNull: text)
    }

    /// Writes a member that is an amount, with at least one decimal, or null.
    mutating func member(_ name: StaticString, _ amount: Amount?) {
        key(name)
        self.amount(amount, minimumDecimals: 1)
    }

    /// Writes a member that is a whole number or null.
    mutating func member(_ name: StaticString, _ number: Int64?) {
        key(name)
        if let number { integer(number) } else { null() }
    }

    /// Writes a member that is true or false.
    mutating func member(_ name: StaticString, _ truth: Bool) {
        key(name)
        bool(truth)
    }

    /// Writes a currency by title and code.
    mutating func currencyObject(_ asset: Asset) {
        beginObject()
        member("title", asset.title)
        member("code", asset.code)
        endObject()
    }

    /// Writes the member that says what a row is of: a code, or title and code.
    mutating func currency(_ asset: Asset, _ revision: CryptFolioRevision) {
        key("currency")
        switch revision {
        case .r2018_01: string(asset.code)
        case .r2019_03: currencyObject(asset)
        }
    }
}

// MARK: - Portfolios

extension Bodies {
    func portfolios(_ portfolios: [TrackedPortfolio]) -> [UInt8] {
        var json = JSONWriter(capacity: portfolios.count * 400)
        json.beginArray()
        for portfolio in portfolios {
            json.beginObject()
            head(of: portfolio, to: &json)
            json.member("currencies", Int64(portfolio.currencies.count))
            json.member("accounts", Int64(portfolio.accounts.count))
            json.member("addresses", Int64(portfolio.addresses.count))
            json.member("offsets", Int64(portfolio.offsets.count))
            foot(of: portfolio, to: &json)
            json.endObject()
        }
        json.endArray()
        return json.finish()
    }

    func portfolio(_ portfolio: TrackedPortfolio) -> [UInt8] {
        let rows = portfolio.accounts.count + portfolio.addresses.count + portfolio.offsets.count
        var json = JSONWriter(capacity: 512 + rows * 400)
        json.beginObject()
        head(of: portfolio, to: &json)
        json.array("currencies", portfolio.currencies) { json, asset in json.currencyObject(asset) }
        json.objects("accounts", portfolio.accounts) { json, account in self.account(account, to: &json) }
        json.objects("addresses", portfolio.addresses) { json, address in
            self.addressRow(address, to: &json)
        }
        json.objects("offsets", portfolio.offsets) { json, offset in self.offsetRow(offset, to: &json) }
        foot(of: portfolio, to: &json)
        json.endObject()
        return json.finish()
    }

    private func head(of portfolio: TrackedPortfolio, to json: inout JSONWriter) {
        json.member("id", portfolio.number)
        json.member("title", portfolio.title)
        json.member("created_at", portfolio.created, revision)
        json.member("updated_at", portfolio.updated, revision)
        json.member("balances_last_updated", portfolio.balancesUpdated, revision)
        json.member("histories_last_updated", portfolio.historiesUpdated, revision)
        json.member("converted_balances_last_updated", portfolio.convertedBalancesUpdated, revision)
        json.member("converted_histories_last_updated", portfolio.convertedHistoriesUpdated, revision)
    }

    private func foot(of portfolio: TrackedPortfolio, to json: inout JSONWriter) {
        if revision == .r2019_03 { json.member("source", portfolio.source) }
    }

    // MARK: Rows of balances and transactions

    func balances(_ rows: [BalanceRow]) -> [UInt8] {
        list("balances", rows, capacity: 64 + rows.count * 120) { json, row in
            json.currency(row.currency, revision)
            json.member("balance", row.balance)
            json.member("balance_at", row.time, revision)
            json.member("source", row.source)
        }
    }

    /// Rows of converted balances; what has no price, or an old one, is named in the row.
    func converted(_ rows: [BalanceRow]) -> [UInt8] {
        list("balances", rows, capacity: 64 + rows.count * 140) { json, row in
            json.currency(row.currency, revision)
            json.member("balance", row.balance)
            json.member("balance_at", row.time, revision)
            json.member("source", row.source)
            if !row.unpriced.isEmpty {
                json.array("unpriced", row.unpriced) { json, asset in json.string(asset.code) }
            }
            if row.isStale { json.member("stale", true) }
        }
    }

    /// Transactions, which the closure hands out one by one.
    func transactions(_ forEach: ((TransactionRow) -> Void) throws -> Void) rethrows -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        if revision.wrapsLists {
            json.beginObject()
            json.key("txns")
        }
        json.beginArray()
        try forEach { row in
            json.beginObject()
            json.currency(row.currency, revision)
            json.member("delta", row.delta)
            json.member("txn_at", row.time, revision)
            json.member("fee", row.fee)
            json.member("reference", row.reference)
            json.member("created_at", row.created, revision)
            json.member("updated_at", row.updated, revision)
            json.member("source", row.source)
            json.endObject()
        }
        json.endArray()
        if revision.wrapsLists { json.endObject() }
        return json.finish()
    }

    // MARK: Accounts

    func accounts(_ accounts: [TrackedAccount]) -> [UInt8] {
        list("accounts", accounts) { json, account in self.account(account, to: &json) }
    }

    func account(_ account: TrackedAccount) -> [UInt8] {
        one { json in
            json.beginObject()
            self.account(account, to: &json)
            json.endObject()
        }
    }

    private func account(_ account: TrackedAccount, to json: inout JSONWriter) {
        json.member("id", account.number)
        json.member("title", account.title)
        let type: String? = account.venue.isEmpty ? nil : account.venue
        switch revision {
        case .r2018_01:
            json.member("type", type)
            json.member("source", account.source)
            json.member("is_invalid", account.isInvalid)
            json.member("latest_error", account.latestError)
        case .r2019_03:
            json.key("wallet")
            if let type {
                json.beginObject()
                json.member("title", VenueName.title(of: type))
                json.member("code", type)
                json.endObject()
            } else {
                json.null()
            }
            json.member("valid", !account.isInvalid)
        }
        json.member("created_at", account.created, revision)
        json.member("updated_at", account.updated, revision)
        json.member("last_updated", account.synced, revision)
        json.member("txns_last_updated", account.transactionsSynced, revision)
        json.member("history_last_updated", account.historySynced, revision)
    }

    // MARK: Addresses

    func addresses(_ addresses: [TrackedAddress]) -> [UInt8] {
        list("addresses", addresses) { json, address in self.addressRow(address, to: &json) }
    }

    func address(_ address: TrackedAddress) -> [UInt8] {
        one { json in
            json.beginObject()
            addressRow(address, to: &json)
            if revision == .r2019_03 {
                json.member("valid", !address.isInvalid)
                json.member("created_at", address.created, revision)
                json.member("updated_at", address.updated, revision)
                json.member("txns_last_updated", address.transactionsRefreshed, revision)
                json.member("source", address.source)
            }
            json.endObject()
        }
    }

    private func addressRow(_ address: TrackedAddress, to json: inout JSONWriter) {
        json.member("id", address.number)
        json.member("title", address.title)
        switch revision {
        case .r2019_03:
            json.member("address", address.address)
            json.currency(address.currency, revision)
        case .r2018_01:
            json.currency(address.currency, revision)
            json.member("address", address.address)
            json.member("source", address.source)
            json.member("is_invalid", address.isInvalid)
            json.member("latest_error", address.latestError)
            json.member("created_at", address.created, revision)
            json.member("updated_at", address.updated, revision)
            json.member("last_updated", address.refreshed, revision)
            json.member("txns_last_updated", address.transactionsRefreshed, revision)
            json.member("balances_ready", address.isReady)
            json.member("next_update", address.nextRefresh, revision)
            json.objects("balances", address.balances) { json, balance in
                addressBalance(balance, to: &json)
            }
        }
    }

    func addressBalances(_ balances: [AddressBalance]) -> [UInt8] {
        list("balances", balances) { json, balance in addressBalance(balance, to: &json) }
    }

    private func addressBalance(_ balance: AddressBalance, to json: inout JSONWriter) {
        json.currency(balance.currency, revision)
        json.member("balance", balance.balance)
        switch revision {
        case .r2018_01:
            json.member("balance_at", balance.balanceTime, revision)
            json.member("sent", balance.sent)
            json.member("received", balance.received)
            // Misspelt on the wire.
            json.member("tranasctions", balance.transactions)
        case .r2019_03:
            json.member("transactions", balance.transactions)
            json.member("created_at", balance.balanceTime, revision)
            json.member("updated_at", balance.balanceTime, revision)
        }
        json.member("source", balance.source)
    }

    // MARK: Offsets

    func offsets(_ offsets: [TrackedOffset]) -> [UInt8] {
        list("offsets", offsets) { json, offset in offsetRow(offset, to: &json) }
    }

    func offset(_ offset: TrackedOffset) -> [UInt8] {
        one { json in
            json.beginObject()
            offsetRow(offset, to: &json)
            json.objects("balances", offset.balances) { json, balance in
                json.currency(balance.currency, revision)
                json.member("balance", balance.balance)
                json.member("created_at", balance.created, revision)
                json.member("updated_at", balance.updated, revision)
                json.member("source", balance.source)
            }
            json.endObject()
        }
    }

    private func offsetRow(_ offset: TrackedOffset, to json: inout JSONWriter) {
        json.member("id", offset.number)
        json.member("title", offset.title)
        json.member("created_at", offset.created, revision)
        json.member("updated_at", offset.updated, revision)
    }

    /// What an offset states, as rows of balances.
    func offsetBalances(_ offset: TrackedOffset) -> [UInt8] {
        list("balances", offset.balances) { json, balance in
            json.currency(balance.currency, revision)
            json.member("balance", balance.balance)
            json.member("balance_at", balance.updated, revision)
            json.member("source", balance.source)
        }
    }
}

/// The names of venues for people.
enum VenueName {
    private static let known: [String: String] = [
        "binance": "Binance", "binanceus": "Binance.US", "bitfinex": "Bitfinex", "bitstamp": "Bitstamp",
        "bittrex": "Bittrex", "coinbase": "Coinbase", "gemini": "Gemini", "kraken": "Kraken",
        "kucoin": "KuCoin", "okx": "OKX", "poloniex": "Poloniex",
    ]

    /// The name of a venue; one that is not known is called by its code.
    static func title(of code: String) -> String { known[code] ?? code }
}
