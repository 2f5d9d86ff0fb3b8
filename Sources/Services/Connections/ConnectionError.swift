public import Connectors
public import Storage

/// Why a connection was refused: the caller's fault or the key file's; never holds a secret.
public enum ConnectionError: Error, Hashable, Sendable {
    /// No connection of the user has this number.
    case unknown(String)
    /// The venue is none that can be connected.
    case unknownVenue(String)
    /// The label is empty, too long or has control characters.
    case badLabel
    /// The account of this name has a connection already, or belongs to another venue.
    case taken(String)
    /// The user has as many connections as there may be.
    case tooMany(Int)
    /// The name and secret are no credentials.
    case credentials(VenueCredentialsError)
    /// The key or the secret is longer than any.
    case credentialsTooLong
    /// The key file cannot be used.
    case keyFile(KeyFileError)
    /// The stored credentials do not open with the right key: the row was changed.
    case damaged(Int64)
    /// The connection is being read just now.
    case underWay(Int64)
    /// The pages asked for are not 1 to 25.
    case pages(Int)
}

extension ConnectionError: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .unknown(let number): "there is no connection \(number); coffer connections list shows them"
        case .unknownVenue(let venue):
            "\(venue) is no venue that can be connected; Coffer knows "
                + ConnectableVenue.allCases.map(\.name).joined(separator: ", ")
        case .badLabel:
            "a label has 1 to \(ConnectionLimits.labelBytesMax) bytes and no control characters"
        case .taken(let name):
            "the account \(name) is connected already or belongs to another venue; choose another --label"
        case .tooMany(let limit): "there are \(limit) connections already, and there may be no more"
        case .credentials(let error): error.description
        case .credentialsTooLong:
            "a key has at most \(ConnectionLimits.keyBytesMax) bytes and a secret \(ConnectionLimits.secretBytesMax)"
        case .keyFile(let error): error.description
        case .damaged(let number):
            "the credentials of connection \(number) do not open: the row was changed; remove it and add it again"
        case .underWay(let number): "connection \(number) is being read just now; try again in a moment"
        case .pages(let count): "\(count) pages cannot be asked for; expected 1 to 25"
        }
    }
}
