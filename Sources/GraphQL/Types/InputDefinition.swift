/// An argument of a field or directive, or a field of an input object.
public struct InputDefinition: Sendable {
    /// Its name.
    public let name: String
    /// What it is for.
    public let description: String?
    /// Its type.
    public let type: TypeReference
    /// The value it has when none is given, as it would be written.
    public let defaultValue: InputValue?
    /// Why it should no longer be used; nil while it may be.
    public let deprecation: String?

    /// A definition from its parts.
    public init(
        name: String,
        description: String? = nil,
        type: TypeReference,
        defaultValue: InputValue? = nil,
        deprecation: String? = nil
    ) {
        self.name = name
        self.description = description
        self.type = type
        self.defaultValue = defaultValue
        self.deprecation = deprecation
    }

    /// Whether a value must be given: never null, and without a default.
    public var isRequired: Bool {
        type.isNonNull && defaultValue == nil
    }
}

/// A field of an object or interface.
public struct FieldDefinition: Sendable {
    /// Its name.
    public let name: String
    /// What it tells.
    public let description: String?
    /// Its arguments in the order of their definition.
    public let arguments: [InputDefinition]
    /// Its type.
    public let type: TypeReference
    /// Why it should no longer be used; nil while it may be.
    public let deprecation: String?

    /// A definition from its parts.
    public init(
        name: String,
        description: String? = nil,
        arguments: [InputDefinition] = [],
        type: TypeReference,
        deprecation: String? = nil
    ) {
        self.name = name
        self.description = description
        self.arguments = arguments
        self.type = type
        self.deprecation = deprecation
    }

    /// The argument of that name, if there is one.
    public func argument(_ name: String) -> InputDefinition? {
        arguments.first { $0.name == name }
    }
}

/// Something with a name, as lists of definitions need it.
public protocol NamedDefinition: Sendable {
    /// Its name.
    var name: String { get }
}

extension InputDefinition: NamedDefinition {}
extension FieldDefinition: NamedDefinition {}

/// Definitions in their order, found by name.
public struct Definitions<Definition: NamedDefinition>: RandomAccessCollection, Sendable {
    private let all: [Definition]
    private let places: [String: Int]

    /// Definitions in their order; of two with one name the first is found.
    public init(_ all: [Definition]) {
        self.all = all
        places = Dictionary(
            all.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The first place, which is 0.
    public var startIndex: Int { 0 }
    /// The number of definitions.
    public var endIndex: Int { all.count }

    /// The definition at a place.
    public subscript(position: Int) -> Definition { all[position] }

    /// The definition of that name, if there is one.
    public subscript(name: String) -> Definition? {
        places[name].map { all[$0] }
    }

    /// The place of the definition of that name, if there is one.
    public func place(of name: String) -> Int? {
        places[name]
    }

    /// The names in their order.
    public var names: [String] { all.map(\.name) }
}
