public import Crypto

/// What a venue gives to a user's program: a key that is shown openly and a secret, with some also a passphrase.
public struct VenueCredentials: Sendable {
    /// The key, or its name.
    public var key: String
    /// The secret that requests are signed with.
    public var secret: Secret
    /// The passphrase, at venues that have one.
    public var passphrase: Secret?

    /// Credentials from their parts.
    public init(key: String, secret: Secret, passphrase: Secret? = nil) {
        self.key = key
        self.secret = secret
        self.passphrase = passphrase
    }
}

/// Why a key and a secret are no credentials of a venue; never holds any of them.
public enum VenueCredentialsError: Error, Hashable, Sendable {
    /// Those of Coinbase.
    case coinbase(CoinbaseCredentialsError)
    /// The key has not the form that the venue's keys have.
    case key(venue: String, expected: String)
    /// The secret has not the form that the venue's secrets have.
    case secret(venue: String, expected: String)
}

extension VenueCredentialsError: CustomStringConvertible {
    /// What is wrong and what is expected.
    public var description: String {
        switch self {
        case .coinbase(let error): error.description
        case .key(let venue, let expected): "this is no API key of \(venue); expected \(expected)"
        case .secret(let venue, let expected): "this is no secret of \(venue); expected \(expected)"
        }
    }
}
