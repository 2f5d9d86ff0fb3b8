import Services

/// The words in which keys and rights are shown.
extension AccessKeyKind {
    /// The API that a key is for.
    var title: String {
        switch self {
        case .bitcain: "bitcain token"
        case .cryptfolio: "CryptFolio API key"
        case .trustvault: "TrustVault key"
        case .cointracking: "CoinTracking key and secret"
        case .coinbtr: "CoinBTR token"
        }
    }

    /// How a program shows it.
    var usage: Markup {
        switch self {
        case .bitcain: "Sent as <code>Authorization: Bearer TOKEN</code> to <code>/api/v1/portfolio</code>."
        case .cryptfolio:
            """
            Sent as <code>X-API-KEY: KEY</code> or <code>?api_key=KEY</code>. It only reads; what writes asks for access as \
            an <a href="/oauth/applications">application</a>.
            """
        case .trustvault: "Sent as <code>x-api-key: KEY</code> to <code>/graphql</code>. It only reads."
        case .cointracking:
            "The key is sent openly, the secret signs each call. The plan decides how many calls there are."
        case .coinbtr:
            "Sent as <code>Authorization: Token KEY</code>. A bot that only looks needs no more than reading."
        }
    }

    /// The word for the secret part.
    var secretTitle: String {
        switch self {
        case .bitcain, .coinbtr: "Token"
        case .cryptfolio, .trustvault: "Key"
        case .cointracking: "Secret"
        }
    }

    /// The word in addresses and forms.
    var word: String { String(rawValue.prefix { $0 != "." }) }

    /// The rights that a fresh form has on.
    var standardRights: [String] {
        switch self {
        case .bitcain: ["read", "write"]
        case .cryptfolio: ["read", "info"]
        case .trustvault, .coinbtr: ["read"]
        case .cointracking: ["free"]
        }
    }

    /// What a right means.
    func words(for right: String) -> String {
        switch (self, right) {
        case (.cointracking, "free"): "Free: no calls"
        case (.cointracking, "pro"): "Pro: 20 calls an hour"
        case (.cointracking, "expert"): "Expert: 20 calls an hour"
        case (.cointracking, "unlimited"): "Unlimited: 60 calls an hour"
        case (_, "read"): "Read balances, entries and reports"
        case (_, "write"): "Write: import, change and delete"
        case (_, "info"): "Read your name and e-mail address"
        case (_, "trade"): "Trade: place orders and take them back"
        case (_, "withdraw"): "Withdraw: send money out"
        default: right
        }
    }
}

extension TokenScope {
    /// What a scope lets an application do, to a person.
    var words: String {
        switch self {
        case .public: "See what is public: currencies and rates"
        case .info: "See your name and e-mail address"
        case .read: "Read your portfolios, balances, transactions and histories"
        case .write: "Add and change portfolios, addresses, accounts and offsets"
        case .delete: "Delete portfolios, addresses, accounts and offsets"
        case .admin: "Do everything that you can, managing users included where you may"
        case .trade: "Place orders and take them back"
        case .withdraw: "Send money out"
        }
    }
}
