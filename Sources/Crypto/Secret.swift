import CSodium

/// Bytes that must not be printed, such as a password; wiped from memory when nobody holds them any more.
///
/// The printed form is `***` in every description, dump and interpolation.
@safe
public final class Secret: @unchecked Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    // Unchecked: the memory is written in the initializer only.
    private let memory: UnsafeMutableRawBufferPointer

    /// A secret from bytes, which the caller should wipe.
    public init(_ bytes: [UInt8]) {
        unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        unsafe memory.copyBytes(from: bytes)
    }

    /// A secret from a text's UTF-8 bytes.
    public convenience init(_ text: String) {
        self.init(Array(text.utf8))
    }

    deinit {
        if let base = unsafe memory.baseAddress { unsafe sodium_memzero(base, memory.count) }
        unsafe memory.deallocate()
    }

    /// The number of bytes.
    public var count: Int { unsafe memory.count }

    /// Lends the bytes to the body.
    ///
    /// - Throws: what the body throws.
    public func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(memory)))
    }

    /// A copy of the bytes that the caller answers for.
    public func revealed() -> [UInt8] { unsafe Array(memory) }

    /// Always `***`.
    public var description: String { "***" }

    /// Always `***`.
    public var debugDescription: String { "***" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
