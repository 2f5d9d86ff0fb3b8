import CSodium

/// The room of hashes, random bytes, passwords and tokens, over libsodium.
public enum Crypto {
    /// Prepares the library once; further calls cost nothing.
    ///
    /// Every entry point of this room calls it.
    public static func start() {
        precondition(started, "libsodium could not be prepared: is the random source of the system missing?")
    }

    private static let started: Bool = sodium_init() >= 0
}
