import Synchronization

/// The number of a request: unique within a process, unlike those of another start.
public struct HTTPRequestID: Hashable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let value: UInt64

    /// The id of that number.
    public init(value: UInt64) {
        self.value = value
    }

    /// Characters of the text form.
    static let textLength = 13

    /// Thirteen characters of 0-9 and a-v, as sent in `X-Request-Id`.
    public var text: String {
        unsafe String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            unsafe render(into: UnsafeMutableRawBufferPointer(buffer))
            return Self.textLength
        }
    }

    /// The text form.
    public var description: String { text }

    /// Writes the text into the first thirteen bytes of a buffer.
    func render(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= Self.textLength, "the text of a request id needs thirteen bytes")
        for index in 0..<Self.textLength {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 5 * index)) & 31
            unsafe buffer[index] = digit < 10 ? 48 + digit : 87 + digit
        }
    }
}

/// Hands out request ids: a counter behind a mixing function, started at a random place.
final class HTTPRequestIDSource: Sendable {
    private let next: Atomic<UInt64>

    init(start: UInt64) {
        next = Atomic(start)
    }

    func make() -> HTTPRequestID {
        // The finaliser of SplitMix64 is a bijection: distinct counters stay distinct.
        var mixed = next.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return HTTPRequestID(value: mixed ^ (mixed >> 31))
    }
}
