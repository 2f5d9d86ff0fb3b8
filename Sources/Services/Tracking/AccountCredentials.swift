public import Connectors
import Crypto

/// What a venue gives its customers to sign requests with.
public typealias AccountCredentials = VenueCredentials

extension Workspace {
    /// Credentials of their texts; an empty passphrase is none.
    public static func credentials(key: String, secret: String, passphrase: String?) -> AccountCredentials {
        VenueCredentials(
            key: key,
            secret: Secret(secret),
            passphrase: passphrase.flatMap { $0.isEmpty ? nil : Secret($0) }
        )
    }
}
