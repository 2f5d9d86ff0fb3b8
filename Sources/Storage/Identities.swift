/// The number of a user.
public struct UserID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// A user's identity from its number.
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    public static func < (left: UserID, right: UserID) -> Bool {
        left.raw < right.raw
    }
}

/// The number of an import.
public struct ImportID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// An import's identity from its number.
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    public static func < (left: ImportID, right: ImportID) -> Bool {
        left.raw < right.raw
    }
}

/// The number of a portfolio.
public struct PortfolioID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// A portfolio's identity from its number.
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    public static func < (left: PortfolioID, right: PortfolioID) -> Bool {
        left.raw < right.raw
    }
}

/// The number of a credential.
public struct CredentialID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// A credential's identity from its number.
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    public static func < (left: CredentialID, right: CredentialID) -> Bool {
        left.raw < right.raw
    }
}

/// The number of an OAuth client.
public struct ClientID: Hashable, Comparable, Sendable {
    /// The number itself, from 1.
    public let raw: Int64

    /// A client's identity from its number.
    public init(raw: Int64) {
        self.raw = raw
    }

    /// Lower numbers come first.
    public static func < (left: ClientID, right: ClientID) -> Bool {
        left.raw < right.raw
    }
}
