import CSodium

/// Comparison whose time does not tell where two secrets differ.
public enum ConstantTime {
    /// Whether both have the same bytes; the time depends on the length only.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return unsafe sodium_memcmp(left, right, left.count) == 0
    }
}
