/// The number of an asset: below 65,536 built in, from there on registered by one user.
public struct AssetID: Hashable, Comparable, Sendable {
    /// The number itself.
    public let raw: UInt32

    /// An asset's identity from its number.
    @inlinable
    public init(raw: UInt32) {
        self.raw = raw
    }

    /// The first number that is not built in but belongs to one user.
    public static let firstOfUsers: UInt32 = 65_536

    /// Lower numbers come first.
    @inlinable
    public static func < (left: AssetID, right: AssetID) -> Bool {
        left.raw < right.raw
    }
}

/// What sort of thing an asset is.
public enum AssetKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A coin with a chain of its own.
    case cryptocurrency = 1
    /// A token on another asset's chain.
    case token = 2
    /// Money of a state.
    case fiat = 3
    /// Gold, silver and the like, in troy ounces.
    case commodity = 4
    /// A code met in an import that the registry does not know.
    case unknown = 5

    /// The word for this kind in reports and files.
    public var name: String {
        switch self {
        case .cryptocurrency: "cryptocurrency"
        case .token: "token"
        case .fiat: "fiat"
        case .commodity: "commodity"
        case .unknown: "unknown"
        }
    }
}

/// Something that can be owned and counted.
public struct Asset: Hashable, Sendable {
    /// The identity in columns and postings.
    public let id: AssetID
    /// The lower-case code, which is the identity in texts.
    public let code: String
    /// The name for people.
    public let title: String
    /// What sort of thing it is.
    public let kind: AssetKind
    /// The decimals of its smallest unit, 0 to 18.
    public let decimals: Int
    /// The token's contract address, lower case with `0x`, where it is an Ethereum token.
    public let contract: String?

    /// An asset from all its parts.
    public init(id: AssetID, code: String, title: String, kind: AssetKind, decimals: Int, contract: String?) {
        self.id = id
        self.code = code
        self.title = title
        self.kind = kind
        self.decimals = decimals
        self.contract = contract
    }

    /// The code as people read it.
    public var displayCode: String { code.uppercased() }
}
