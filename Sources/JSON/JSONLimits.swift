/// What a reader takes before it refuses by name.
public struct JSONLimits: Hashable, Sendable {
    /// Containers within containers; the outermost counts as one.
    public let depth: Int
    /// Elements of all arrays and members of all objects together.
    public let elements: Int
    /// Bytes of one string or key in UTF-8, escapes resolved.
    public let stringBytes: Int
    /// Digits of one number, those of its fraction and exponent included.
    public let numberDigits: Int

    /// The deepest nesting that may be allowed: values are released recursively.
    public static let depthMax = 512

    /// Limits for requests: depth 32, 10,000 elements, strings of 64 KiB, numbers of 40 digits.
    public static let standard = JSONLimits()

    /// Limits that differ from the standard where given.
    public init(
        depth: Int = 32,
        elements: Int = 10_000,
        stringBytes: Int = 65_536,
        numberDigits: Int = 40
    ) {
        precondition((0...JSONLimits.depthMax).contains(depth), "a depth of 0 to \(JSONLimits.depthMax)")
        precondition(elements >= 0 && stringBytes >= 0 && numberDigits >= 1, "limits are not negative")
        self.depth = depth
        self.elements = elements
        self.stringBytes = stringBytes
        self.numberDigits = numberDigits
    }
}
