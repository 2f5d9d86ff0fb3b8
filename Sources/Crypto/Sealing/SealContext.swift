/// Where a sealed value stands; it opens there and nowhere else.
public struct SealContext: Hashable, Sendable {
    /// The table.
    public var table: String
    /// The row's number.
    public var row: Int64
    /// The column.
    public var column: String
    /// Whose row it is.
    public var user: Int64
    /// The version of the key that seals it.
    public var keyVersion: Int64

    /// A place from its parts.
    public init(table: String, row: Int64, column: String, user: Int64, keyVersion: Int64) {
        self.table = table
        self.row = row
        self.column = column
        self.user = user
        self.keyVersion = keyVersion
    }

    /// The bytes that a seal is bound to: each text with its length before it, each number in eight bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func put(_ number: UInt64) {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        func put(_ text: String) {
            put(UInt64(text.utf8.count))
            bytes += Array(text.utf8)
        }
        put("coffer seal 1")
        put(table)
        put(UInt64(bitPattern: row))
        put(column)
        put(UInt64(bitPattern: user))
        put(UInt64(bitPattern: keyVersion))
        return bytes
    }
}

/// Why a sealed value does not open.
public enum SealError: Error, Hashable, Sendable {
    /// It is no sealed value, or one of a later form.
    case malformed
    /// The key, the place or a bit of it is not the one it was sealed with.
    case refused
}
