import JSON
import Money
import MoneyJSON
import Services
import Time

/// The bodies about currencies, exchanges and rates; those of all currencies are made once.
struct CurrencyBodies: Sendable {
    /// Which currencies a list has.
    enum Part: CaseIterable, Sendable {
        case all
        case cryptocurrencies
        case fiat
        case tokens

        func holds(_ asset: Asset) -> Bool {
            switch self {
            case .all: true
            case .cryptocurrencies: asset.kind == .cryptocurrency
            case .fiat: asset.kind == .fiat
            case .tokens: asset.isEthereumToken
            }
        }
    }

    private let revision: CryptFolioRevision
    private var lists: [Part: [UInt8]] = [:]

    /// When the table of built-in currencies was made.
    static let tableTime = Day(year: 2026, month: 11, day: 20)?.start

    init(_ revision: CryptFolioRevision) {
        self.revision = revision
        for part in Part.allCases { lists[part] = render(part) }
    }

    /// The list of a part, rendered already.
    func list(_ part: Part) -> [UInt8] { lists[part] ?? render(part) }

    private func render(_ part: Part) -> [UInt8] {
        let assets = AssetRegistry.builtIn.all.filter { part.holds($0) }
        var json = JSONWriter(capacity: assets.count * 300)
        json.beginObject()
        json.member("count", Int64(assets.count))
        json.array("currencies", assets) { json, asset in currency(asset, to: &json) }
        json.endObject()
        return json.finish()
    }

    /// Currencies of a portfolio, as the revision has lists.
    func list(_ assets: [Asset]) -> [UInt8] {
        var json = JSONWriter(capacity: assets.count * 300)
        if revision.wrapsLists {
            json.beginObject()
            json.array("currencies", assets) { json, asset in currency(asset, to: &json) }
            json.endObject()
        } else {
            json.beginArray()
            for asset in assets { currency(asset, to: &json) }
            json.endArray()
        }
        return json.finish()
    }

    func one(_ asset: Asset) -> [UInt8] {
        var json = JSONWriter(capacity: 300)
        currency(asset, to: &json)
        return json.finish()
    }

    /// A currency with its ten keys.
    private func currency(_ asset: Asset, to json: inout JSONWriter) {
        let isBuiltIn = asset.id.raw < AssetID.firstOfUsers
        let time = isBuiltIn ? CurrencyBodies.tableTime : nil
        json.beginObject()
        json.member("id", Int64(asset.id.raw))
        json.member("code", asset.code)
        json.member("title", asset.title)
        json.member("created_at", time, revision)
        json.member("updated_at", time, revision)
        json.member("is_cryptocurrency", asset.kind == .cryptocurrency)
        json.member("is_fiat", asset.kind == .fiat)
        json.member("is_ethereum_token", asset.isEthereumToken)
        json.member("ethereum_contract_address", asset.contract)
        json.key("source")
        json.null()
        json.endObject()
    }

    // MARK: Sources and rates

    func sources(_ name: StaticString, _ sources: [PublicPriceSource]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("count", Int64(sources.count))
        json.objects(name, sources) { json, source in members(of: source, to: &json) }
        json.endObject()
        return json.finish()
    }

    /// A source with the pairs that it has rates of.
    func source(_ source: PublicPriceSource, rates: [PublicRate]) -> [UInt8] {
        var json = JSONWriter(capacity: 200 + rates.count * 60)
        json.beginObject()
        members(of: source, to: &json)
        json.objects("pairs", rates) { json, rate in
            json.member("currency1", rate.base.code)
            json.member("currency2", rate.quote.code)
        }
        json.endObject()
        return json.finish()
    }

    private func members(of source: PublicPriceSource, to json: inout JSONWriter) {
        json.member("key", source.key)
        json.member("title", source.title)
        json.member("url", source.url)
        json.member("is_exchange", source.isExchange)
    }

    func rates(_ rates: [PublicRate]) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + rates.count * 240)
        json.beginArray()
        for rate in rates { self.rate(rate, to: &json) }
        json.endArray()
        return json.finish()
    }

    func rate(_ rate: PublicRate) -> [UInt8] {
        var json = JSONWriter(capacity: 240)
        self.rate(rate, to: &json)
        return json.finish()
    }

    private func rate(_ rate: PublicRate, to json: inout JSONWriter) {
        json.beginObject()
        json.member("exchange", rate.source.key)
        json.member("currency1", rate.base.code)
        json.member("currency2", rate.quote.code)
        json.member("last_trade", rate.price)
        // What no price source of ours tells.
        for name: StaticString in ["bid", "ask", "volume"] {
            json.key(name)
            json.null()
        }
        json.member("time", rate.time, revision)
        json.member("url", rate.source.url)
        json.endObject()
    }
}

extension Asset {
    /// Whether it is a token on Ethereum's chain.
    fileprivate var isEthereumToken: Bool { kind == .token && contract != nil }
}
