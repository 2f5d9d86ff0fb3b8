import CSodium

/// A digest of 16 bytes, such as the one that identifies an entry's content.
public struct Digest128: Hashable, Sendable {
    /// The first eight bytes as a little-endian number.
    public let low: UInt64
    /// The last eight bytes as a little-endian number.
    public let high: UInt64

    /// The digest's length in bytes.
    public static let byteCount = 16

    /// A digest from its two halves.
    @inlinable
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// A digest from its bytes, or nil when there are not 16.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Digest128.byteCount else { return nil }
        self.init(low: littleEndian(bytes, at: 0), high: littleEndian(bytes, at: 8))
    }

    /// The bytes in order.
    public var bytes: [UInt8] { littleEndianBytes([low, high]) }
}

/// A digest of 32 bytes.
public struct Digest256: Hashable, Sendable {
    /// The bytes as four little-endian numbers.
    public let words: [4 of UInt64]

    /// The digest's length in bytes.
    public static let byteCount = 32

    /// The digest whose bytes are all zero, where a chain begins.
    public static let zero = Digest256(words: [0, 0, 0, 0])

    init(words: [4 of UInt64]) {
        self.words = words
    }

    /// A digest from its bytes, or nil when there are not 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Digest256.byteCount else { return nil }
        words = [
            littleEndian(bytes, at: 0), littleEndian(bytes, at: 8), littleEndian(bytes, at: 16),
            littleEndian(bytes, at: 24),
        ]
    }

    /// The bytes in order.
    public var bytes: [UInt8] { littleEndianBytes([words[0], words[1], words[2], words[3]]) }

    /// The bytes as 64 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// Two digests are equal when all bytes are.
    public static func == (left: Digest256, right: Digest256) -> Bool {
        left.words[0] == right.words[0] && left.words[1] == right.words[1] && left.words[2] == right.words[2]
            && left.words[3] == right.words[3]
    }

    /// Feeds the bytes to a hasher.
    public func hash(into hasher: inout Hasher) {
        for place in 0..<4 { hasher.combine(words[place]) }
    }
}

private func littleEndian(_ bytes: [UInt8], at start: Int) -> UInt64 {
    var word: UInt64 = 0
    for place in (start..<start + 8).reversed() { word = word << 8 | UInt64(bytes[place]) }
    return word
}

private func littleEndianBytes(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
}

/// The digests of whole byte strings.
public enum Digest {
    /// BLAKE2b with 128 bits (RFC 7693).
    public static func blake2b128(_ bytes: RawSpan) -> Digest128 {
        Crypto.start()
        var words: (UInt64, UInt64) = (0, 0)
        let result = unsafe bytes.withUnsafeBytes { input in
            unsafe withUnsafeMutableBytes(of: &words) { output in
                unsafe coffer_blake2b(output.baseAddress, Digest128.byteCount, input.baseAddress, input.count)
            }
        }
        precondition(result == 0, "a digest length of 16 is always allowed")
        return Digest128(low: UInt64(littleEndian: words.0), high: UInt64(littleEndian: words.1))
    }

    /// BLAKE2b with 128 bits (RFC 7693).
    public static func blake2b128(_ bytes: [UInt8]) -> Digest128 {
        unsafe blake2b128(bytes.span.bytes)
    }

    /// BLAKE2b with 256 bits (RFC 7693).
    public static func blake2b256(_ bytes: RawSpan) -> Digest256 {
        Crypto.start()
        return unsafe digest256 { output in
            unsafe bytes.withUnsafeBytes { input in
                unsafe coffer_blake2b(output, Digest256.byteCount, input.baseAddress, input.count)
            }
        }
    }

    /// BLAKE2b with 256 bits (RFC 7693).
    public static func blake2b256(_ bytes: [UInt8]) -> Digest256 {
        unsafe blake2b256(bytes.span.bytes)
    }

    /// SHA-256 (FIPS 180-4).
    public static func sha256(_ bytes: RawSpan) -> Digest256 {
        Crypto.start()
        return unsafe digest256 { output in
            unsafe bytes.withUnsafeBytes { input in
                unsafe crypto_hash_sha256(output, input.baseAddress, UInt64(input.count))
            }
        }
    }

    /// SHA-256 (FIPS 180-4).
    public static func sha256(_ bytes: [UInt8]) -> Digest256 {
        unsafe sha256(bytes.span.bytes)
    }

    static func digest256(_ fill: (UnsafeMutablePointer<UInt8>) -> Int32) -> Digest256 {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Digest256.byteCount) { buffer, initialized in
            if let base = buffer.baseAddress {
                let result = unsafe fill(base)
                precondition(result == 0, "a digest length of 32 is always allowed")
            }
            initialized = Digest256.byteCount
        }
        return Digest256(bytes) ?? .zero
    }
}

/// BLAKE2b of 256 bits over bytes that come piece by piece.
///
/// Finishing consumes it, so that no digest is taken twice by mistake.
@safe
public struct IncrementalDigest: ~Copyable {
    private let state: UnsafeMutableRawPointer

    /// A digest of nothing yet.
    public init() {
        Crypto.start()
        // The library wants its state on a 64-byte boundary.
        unsafe state = UnsafeMutableRawPointer.allocate(
            byteCount: crypto_generichash_statebytes(),
            alignment: 64
        )
        let result = unsafe coffer_blake2b_init(state, Digest256.byteCount)
        precondition(result == 0, "a digest length of 32 is always allowed")
    }

    deinit {
        unsafe state.deallocate()
    }

    /// Adds bytes.
    public mutating func update(_ bytes: RawSpan) {
        let result = unsafe bytes.withUnsafeBytes { input in
            unsafe coffer_blake2b_update(state, input.baseAddress, input.count)
        }
        precondition(result == 0, "adding bytes to an unfinished digest cannot fail")
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe update(bytes.span.bytes)
    }

    /// The digest of all bytes added.
    public consuming func finish() -> Digest256 {
        unsafe Digest.digest256 { output in
            unsafe coffer_blake2b_final(state, output, Digest256.byteCount)
        }
    }
}
