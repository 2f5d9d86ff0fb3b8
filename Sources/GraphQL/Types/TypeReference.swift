/// A type as fields and arguments have it: a named type in any number of lists, each level with or without `!`.
public struct TypeReference: Hashable, Sendable {
    /// The named type inside all lists.
    public let named: TypeID
    /// How many lists are around the named type.
    public let listDepth: Int
    /// One bit per level, the named type's lowest: set where the level is never null.
    private let nonNullLevels: UInt64

    /// The most lists that may be around a named type.
    public static let listDepthMax = 63

    /// A named type that may be null.
    public init(_ named: TypeID) {
        self.init(named: named, listDepth: 0, nonNullLevels: 0)
    }

    private init(named: TypeID, listDepth: Int, nonNullLevels: UInt64) {
        self.named = named
        self.listDepth = listDepth
        self.nonNullLevels = nonNullLevels
    }

    /// Whether the outermost level is never null.
    public var isNonNull: Bool {
        nonNullLevels >> UInt64(listDepth) & 1 == 1
    }

    /// Whether this is a list that may be null; with `!` around it, ask `nullable` first.
    public var isList: Bool {
        listDepth > 0 && !isNonNull
    }

    /// The same type with `!`; it stays as it is when it has one.
    public var nonNull: TypeReference {
        TypeReference(
            named: named,
            listDepth: listDepth,
            nonNullLevels: nonNullLevels | 1 << UInt64(listDepth)
        )
    }

    /// The same type without its outermost `!`.
    public var nullable: TypeReference {
        TypeReference(
            named: named,
            listDepth: listDepth,
            nonNullLevels: nonNullLevels & ~(1 << UInt64(listDepth))
        )
    }

    /// A list of this type, or nil beyond `listDepthMax`.
    public var list: TypeReference? {
        guard listDepth < TypeReference.listDepthMax else { return nil }
        return TypeReference(named: named, listDepth: listDepth + 1, nonNullLevels: nonNullLevels)
    }

    /// The type of the elements when this is a list, with or without `!`; nil when it is none.
    public var element: TypeReference? {
        guard listDepth > 0 else { return nil }
        let levels = nonNullLevels & ((1 << UInt64(listDepth)) - 1)
        return TypeReference(named: named, listDepth: listDepth - 1, nonNullLevels: levels)
    }

    /// The type within the outermost wrapper, `!` or list; nil for a named type alone.
    public var inner: TypeReference? {
        isNonNull ? nullable : element
    }
}
