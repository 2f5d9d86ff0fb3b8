import Crypto

/// One of the public APIs, or the pages of a browser; a credential opens its own alone.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// bitcain's portfolio API.
    case bitcain
    /// CryptFolio's API.
    case cryptfolio
    /// TrustVault's user portfolio.
    case trustvault
    /// CoinBTR's exchange.
    case coinbtr
    /// The pages where users sign in and manage keys.
    case pages

    /// The kinds of credential that open it when their text is shown, with what the text begins with.
    var kinds: [(name: String, prefix: String)] {
        switch self {
        case .bitcain:
            [(Workspace.tokenKind, Workspace.tokenPrefix), (Workspace.accessKind, Workspace.tokenPrefix)]
        case .cryptfolio:
            [
                (Workspace.grantedKind, Workspace.grantedPrefix),
                (Workspace.clientKind, Workspace.grantedPrefix), ("cryptfolio.key", "cfk"),
            ]
        case .trustvault: [("trustvault.key", "cft")]
        case .coinbtr: [("coinbtr.token", "cfv")]
        case .pages: [("pages.session", "cfs")]
        }
    }

    /// Whether a text may be one of its credentials, by form and checksum alone.
    func mayTake(_ token: String) -> Bool {
        kinds.contains { TokenText.looksRight(token, prefix: $0.prefix) }
    }
}
