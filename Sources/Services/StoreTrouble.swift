import Storage

/// The world's fault, as a dialect has to know it: what was done and whether trying again may help.
public enum StoreTrouble: Hashable, Sendable {
    /// No room is left; nothing was done.
    case full
    /// Too much waits; nothing was done, and trying again in a moment helps.
    case busy
    /// Another import of the user is under way; nothing was done.
    case importUnderWay
    /// The store cannot be used now.
    case unavailable
    /// Something that should not happen.
    case internalFault

    /// Whether someone has to look into it: not what passes by itself.
    public var isFault: Bool {
        switch self {
        case .full, .unavailable, .internalFault: true
        case .busy, .importUnderWay: false
        }
    }

    /// The trouble behind an error, or nil when the error is not the store's.
    public init?(_ error: any Error) {
        guard let error = error as? StorageError else { return nil }
        switch error.kind {
        case .full: self = .full
        case .overloaded, .busy: self = .busy
        case .importUnderWay: self = .importUnderWay
        case .readOnly, .ioError, .closed: self = .unavailable
        default: self = .internalFault
        }
    }
}
