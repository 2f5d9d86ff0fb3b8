/// A named type of a schema, by its place in the schema's table.
public struct TypeID: Hashable, Sendable {
    /// The place in the table.
    public let index: Int

    internal init(_ index: Int) {
        self.index = index
    }
}

extension TypeID {
    /// `String`, in every schema.
    public static let string = TypeID(0)
    /// `Int`, in every schema.
    public static let int = TypeID(1)
    /// `Float`, in every schema.
    public static let float = TypeID(2)
    /// `Boolean`, in every schema.
    public static let boolean = TypeID(3)
    /// `ID`, in every schema.
    public static let id = TypeID(4)
}
