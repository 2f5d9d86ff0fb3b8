import GraphQL
import Ledger
import Money
import Services
import Time

/// The part of the schema about the places where holdings are.
enum SubWalletSchema {
    /// Adds the types; gives the list of sub-wallets.
    static func add(
        to schema: SchemaBuilder<Visitor>,
        _ balances: ObjectBuilder<BalanceList>
    ) -> ObjectBuilder<SubWalletPage> {
        let chain = schema.object(
            "BlockchainSubWallet",
            of: SubWalletSource.self,
            "An address on a public chain."
        )
        let account = schema.object(
            "AccountSubWallet",
            of: SubWalletSource.self,
            "An account at a venue, an imported file or balances that the owner stated."
        )
        let (asChain, asAccount) = (chain.member, account.member)
        let wallet = schema.interface(
            "SubWallet",
            of: SubWalletSource.self,
            "A place where assets are held."
        ) {
            $0.wallet.chain == nil ? asAccount($0) : asChain($0)
        }
        wallet.field("address", .string, description: "The address, where it is one.")
        wallet.field("name", .string, description: "What its owner calls it.")
        wallet.field("subWalletId", .required(.string), description: "Its number.")
        wallet.field("createdAt", .string, description: "When it was made.")
        wallet.field("updatedAt", .string, description: "When its owner changed it last.")
        wallet.field("balances", balances.required, description: "What it holds now, by code.")
        for object in [chain, account] {
            object.implements(wallet)
            object.field("address", .string) { $0.wallet.chain?.address }
            object.field("name", .string) { $0.wallet.title }
            object.field("subWalletId", .required(.string)) { String($0.wallet.id.raw) }
            object.field("createdAt", .string) { SubWalletSchema.text($0.wallet.created) }
            object.field("updatedAt", .string) { SubWalletSchema.text($0.wallet.updated) }
            object.field("balances", balances.required) { $0.balances }
        }
        chain.field("chain", .string, description: "The chain's coin.") { $0.wallet.chain?.coin.displayCode }
        chain.field("publicKey", .string, description: "Always null: an address alone is known.") { _ in nil }
        chain.field("trustVaultPublicKeySignature", .string, description: "Always null: no key is held here.")
        { _ in nil }
        account.field("venue", .string, description: "The venue in lower case, where there is one.") {
            $0.wallet.venue.isEmpty ? nil : $0.wallet.venue
        }

        let page = schema.object(
            "SubWalletConnection",
            of: SubWalletPage.self,
            "Some of the sub-wallets."
        )
        page.field("items", .required(.list(wallet.required)), description: "By number.") { $0.items }
        page.field("nextToken", .string, description: "Asks for the next ones; null after the last.") {
            $0.nextToken
        }
        return page
    }

    private static func text(_ time: Timestamp) -> String {
        var bytes: [UInt8] = []
        time.renderMilliseconds(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A sub-wallet with what its amounts are converted by.
struct SubWalletSource: Sendable {
    let wallet: SubWallet
    let balances: BalanceList
}

/// Some sub-wallets.
struct SubWalletPage: Sendable {
    let items: [SubWalletSource]
    let nextToken: String?

    /// How much of an operation's cost they are.
    var cost: Int { items.reduce(items.count) { $0 + $1.balances.held.count } }
}
