import Crypto
import Ledger
import Money
import Testing
import Time

@testable import Storage

@Suite("Users, credentials, accounts, assets, prices", .temporaryFolder) private struct RecordTests {
    @Test func `users are found by every name they have`() throws {
        let sample = try Sample()
        let added = try sample.database.writeAndWait { transaction in
            try transaction.addUser(
                name: "Bob",
                email: "Bob@example.org",
                passwordHash: "h",
                role: .admin,
                currency: "eur",
                timeZone: "Europe/Berlin"
            )
        }
        let found = try sample.database.read { connection throws(StorageError) in
            [
                try connection.user(added.id), try connection.user(uuid: added.uuid),
                try connection.user(email: "bob@EXAMPLE.org"), try connection.users().last,
            ]
        }
        #expect(found == [added, added, added, added])
        #expect(added.currency == "eur" && added.role == .admin && added.email == "Bob@example.org")
        let taken = storageError {
            try sample.database.writeAndWait { _ = try $0.addUser(name: "B", email: "BOB@example.org") }
        }
        #expect(taken?.kind == .constraint)
        #expect("\(try #require(taken))".contains("BOB@") == false)
        try sample.database.writeAndWait { try $0.setPasswordHash("new", of: added.id) }
        let hash = try sample.database.read { connection throws(StorageError) in
            try connection.passwordHash(of: added.id)
        }
        #expect(hash == "new")
        let missing = storageError {
            try sample.database.writeAndWait { try $0.setPasswordHash("x", of: UserID(raw: 99)) }
        }
        #expect(missing?.kind == .notFound)
    }

    @Test func `credentials are found by hash and end by revocation or time`() throws {
        let clock = TestClock()
        var options = DatabaseOptions()
        options.now = { clock.now }
        let sample = try Sample(options: options)
        let user = sample.user
        let hash = Digest.sha256([1])
        let draft = CredentialDraft(
            user: user,
            kind: "bitcain.token",
            label: "phone",
            publicID: "p",
            hash: hash,
            sealed: [1, 2],
            scopes: ["read", "write"],
            expires: Timestamp(seconds: 2_000_000_000)
        )
        let id = try sample.database.writeAndWait { try $0.addCredential(draft) }
        func stored() throws -> CredentialRecord {
            try #require(
                try sample.database.read { connection throws(StorageError) in
                    try connection.credential(hash: hash)
                }
            )
        }
        #expect(try stored().draft == draft)
        #expect(try stored().isUsable(at: Timestamp(seconds: 1_999_999_999)))
        #expect(try !stored().isUsable(at: Timestamp(seconds: 2_000_000_000)))
        try sample.database.writeAndWait { try $0.noteUse(of: [id]) }
        let used = try stored().lastUsed
        clock.advance(seconds: 30)
        try sample.database.writeAndWait { try $0.noteUse(of: [id]) }
        #expect(try stored().lastUsed == used)
        clock.advance(seconds: 31)
        try sample.database.writeAndWait { try $0.noteUse(of: [id]) }
        #expect(try stored().lastUsed == used?.advanced(bySeconds: 61))
        #expect(
            try sample.database.writeAndWait { try $0.revokeCredential(id, user: UserID(raw: 9)) } == false
        )
        #expect(try sample.database.writeAndWait { try $0.revokeCredential(id, user: user) })
        #expect(try sample.database.writeAndWait { try $0.revokeCredential(id, user: user) } == false)
        #expect(try !stored().isUsable(at: clock.now))
        let byPublicID = try sample.database.read { connection throws(StorageError) in
            try connection.credential(kind: "bitcain.token", publicID: "p")
        }
        #expect(byPublicID?.id == id)
        let twice = storageError { try sample.database.writeAndWait { _ = try $0.addCredential(draft) } }
        #expect(twice?.kind == .constraint)
    }

    @Test func `an account is made once and lies in the default portfolio`() throws {
        let sample = try Sample()
        let user = sample.user
        let again = try sample.database.writeAndWait { try $0.account(of: user, name: "Coinbase") }
        #expect(again == sample.account)
        let (accounts, portfolios) = try sample.database.read { connection throws(StorageError) in
            (try connection.accounts(of: user), try connection.portfolios(of: user))
        }
        #expect(accounts.map { $0.name } == ["Coinbase"])
        #expect(accounts.map { $0.portfolio } == [portfolios[0].id])
        #expect(portfolios.map { $0.isDefault } == [true])
        let upper = storageError {
            try sample.database.writeAndWait { _ = try $0.account(of: user, name: "B", venue: "Kraken") }
        }
        #expect(upper?.kind == .constraint)
        let second = storageError {
            try sample.database.writeAndWait {
                _ = try $0.addPortfolio(of: user, title: "P", isDefault: true)
            }
        }
        #expect(second?.kind == .constraint)
    }

    @Test func `assets of users begin at 65,536`() throws {
        let sample = try Sample()
        let user = sample.user
        let assets = try sample.database.writeAndWait { transaction in
            [
                try transaction.registerAsset(of: user, code: "foo"),
                try transaction.registerAsset(of: user, code: "bar", title: "Bar", kind: .token, decimals: 6),
                try transaction.registerAsset(of: user, code: "foo"),
            ]
        }
        #expect(assets.map { $0.id.raw } == [65_536, 65_537, 65_536])
        let stored = try sample.database.read { connection throws(StorageError) in
            try connection.assets(of: user)
        }
        #expect(stored == [assets[0], assets[1]])
    }

    @Test func `impossible assets stop the program`() async {
        await #expect(processExitsWith: .failure) {
            let transaction = WriteTransaction(
                connection: try Connection(path: ":memory:", mode: .readWrite),
                time: Timestamp(seconds: 0),
                limits: .standard
            )
            _ = try transaction.registerAsset(of: UserID(raw: 1), code: "FOO")
        }
        await #expect(processExitsWith: .failure) {
            let transaction = WriteTransaction(
                connection: try Connection(path: ":memory:", mode: .readWrite),
                time: Timestamp(seconds: 0),
                limits: .standard
            )
            _ = try transaction.registerAsset(of: UserID(raw: 1), code: "foo", decimals: 19)
        }
    }

    @Test func `prices come back as columns and are replaced by instant`() throws {
        let sample = try Sample()
        let btc = PriceSeriesKey(base: AssetID(raw: 1), quote: AssetID(raw: 2), source: "file")
        let eth = PriceSeriesKey(base: AssetID(raw: 3), quote: AssetID(raw: 2), source: "file")
        func price(_ second: Int64, _ amount: Int32) -> PriceRow {
            PriceRow(time: Timestamp(seconds: second), price: Amount(whole: amount))
        }
        let rows = [price(3, 30), price(1, 10), price(2, 20)]
        let more = [price(2, 20), price(3, 31)]
        let counts = try sample.database.writeAndWait { transaction in
            [
                try transaction.storePrices(rows[...], of: btc),
                try transaction.storePrices(more[...], of: btc),
                try transaction.storePrices(rows[...], of: eth),
            ]
        }
        #expect(counts == [3, 1, 3])
        func read(_ key: PriceSeriesKey) throws -> [PriceRow] {
            try sample.database.read { connection throws(StorageError) in
                var rows: [PriceRow] = []
                try connection.readPrices(of: key) { rows.append(PriceRow(time: $0, price: $1)) }
                return rows
            }
        }
        let keys = try sample.database.read { connection throws(StorageError) in
            try connection.priceSeries()
        }
        #expect(keys == [btc, eth])
        #expect(try read(btc) == [price(1, 10), price(2, 20), price(3, 31)])
        let removed = try sample.database.writeAndWait { transaction in
            try transaction.removePrices(
                of: btc,
                from: Timestamp(seconds: 2),
                before: Timestamp(seconds: 3)
            )
        }
        #expect(removed == 1)
        #expect(try read(btc) == [price(1, 10), price(3, 31)])
        #expect(try read(eth).count == 3)
    }

    @Test func `orders of sources and marks of fetches come back as they were kept`() throws {
        let sample = try Sample()
        let key = PriceSeriesKey(base: AssetID(raw: 101), quote: AssetID(raw: 2), source: "kraken")
        var fetch = PriceFetch(key)
        fetch.latestError = "no answer"
        fetch.failures = 3
        fetch.nextFetch = Timestamp(seconds: 9)
        let kept = fetch
        try sample.database.writeAndWait { transaction in
            try transaction.keepPriceOrder(["b", "a"], of: AssetID(raw: 101))
            try transaction.keepPriceOrder(["c"], of: AssetID(raw: 102))
            try transaction.keepPriceOrder([], of: AssetID(raw: 102))
            try transaction.keepPriceFetch(PriceFetch(key))
            try transaction.keepPriceFetch(kept)
        }
        let (orders, fetches) = try sample.database.read { connection throws(StorageError) in
            (try connection.priceOrders(), try connection.priceFetches())
        }
        #expect(orders == [AssetID(raw: 101): ["b", "a"]])
        #expect(fetches == [kept])
    }

    @Test func `an answer is kept once for each key and user`() throws {
        let sample = try Sample()
        let user = sample.user
        let answer = IdempotentAnswer(request: Digest.blake2b256([1]), status: 201, body: [])
        try sample.database.writeAndWait { try $0.keepAnswer(answer, key: "k", user: user) }
        let kept = try sample.database.read { connection throws(StorageError) in
            [
                try connection.keptAnswer(key: "k", user: user),
                try connection.keptAnswer(key: "l", user: user),
            ]
        }
        #expect(kept == [answer, nil])
        let twice = storageError {
            try sample.database.writeAndWait { try $0.keepAnswer(answer, key: "k", user: user) }
        }
        #expect(twice?.kind == .constraint)
        let gone = try sample.database.writeAndWait { try $0.forgetAnswers(before: .latest) }
        #expect(gone == 1)
    }
}
