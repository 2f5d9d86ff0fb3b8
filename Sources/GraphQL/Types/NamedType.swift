/// A type with a name.
public struct NamedType: Sendable {
    /// Its name.
    public let name: String
    /// What it is.
    public let description: String?
    /// Which sort of type it is, with its members.
    public let body: Body

    /// The sorts of types.
    public enum Body: Sendable {
        /// A leaf written as one value.
        case scalar(ScalarType)
        /// A type with fields.
        case object(ObjectType)
        /// Fields that several types have.
        case interface(ObjectType)
        /// One of several objects.
        case union([TypeID])
        /// One of several words.
        case enumeration(Definitions<EnumValue>)
        /// Fields that go in.
        case inputObject(InputObjectType)
    }

    /// A type from its parts.
    public init(name: String, description: String? = nil, body: Body) {
        self.name = name
        self.description = description
        self.body = body
    }
}

/// What a scalar takes, beyond its name.
public struct ScalarType: Sendable {
    /// The address of the text that defines it.
    public let specifiedBy: String?
    /// Which values it takes.
    public let input: Input

    /// How a scalar judges values that come in.
    public enum Input: Sendable {
        /// 32-bit integers.
        case int
        /// Numbers.
        case float
        /// Strings.
        case string
        /// Truth values.
        case boolean
        /// Strings and integers.
        case id
        /// Whatever the closure takes; what it returns is the argument's value, what it throws the reason.
        case custom(@Sendable (InputValue) throws(ScalarRefusal) -> InputValue)
    }

    /// A scalar from its parts; one of one's own takes everything unless told otherwise.
    public init(specifiedBy: String? = nil, input: Input = .custom { value throws(ScalarRefusal) in value }) {
        self.specifiedBy = specifiedBy
        self.input = input
    }
}

/// Why a scalar does not take a value.
public struct ScalarRefusal: Error, Hashable, Sendable {
    /// The reason, for people.
    public let message: String

    /// A refusal from its reason.
    public init(_ message: String) {
        self.message = message
    }
}

/// The members of an object or interface.
public struct ObjectType: Sendable {
    /// The interfaces that it implements.
    public let interfaces: [TypeID]
    /// Its fields.
    public let fields: Definitions<FieldDefinition>

    /// The members from their lists.
    public init(interfaces: [TypeID] = [], fields: [FieldDefinition]) {
        self.interfaces = interfaces
        self.fields = Definitions(fields)
    }
}

/// One value of an enum.
public struct EnumValue: NamedDefinition {
    /// The value.
    public let name: String
    /// What it means.
    public let description: String?
    /// Why it should no longer be used; nil while it may be.
    public let deprecation: String?

    /// A value from its parts.
    public init(name: String, description: String? = nil, deprecation: String? = nil) {
        self.name = name
        self.description = description
        self.deprecation = deprecation
    }
}

/// The members of an input object.
public struct InputObjectType: Sendable {
    /// Its fields.
    public let fields: Definitions<InputDefinition>

    /// The members from their list.
    public init(fields: [InputDefinition]) {
        self.fields = Definitions(fields)
    }
}

extension NamedType {
    /// Whether it is a scalar or an enum.
    public var isLeaf: Bool {
        switch body {
        case .scalar, .enumeration: true
        case .object, .interface, .union, .inputObject: false
        }
    }

    /// Whether it is selected from: an object, interface or union.
    public var isComposite: Bool {
        switch body {
        case .object, .interface, .union: true
        case .scalar, .enumeration, .inputObject: false
        }
    }

    /// Whether its objects are found out at run time: an interface or union.
    public var isAbstract: Bool {
        switch body {
        case .interface, .union: true
        case .object, .scalar, .enumeration, .inputObject: false
        }
    }

    /// Whether it is an object.
    public var isObject: Bool {
        if case .object = body { true } else { false }
    }

    /// Whether arguments and variables may have it.
    public var isInput: Bool {
        switch body {
        case .scalar, .enumeration, .inputObject: true
        case .object, .interface, .union: false
        }
    }

    /// Whether fields may have it.
    public var isOutput: Bool {
        if case .inputObject = body { false } else { true }
    }

    /// Its own fields when it is an object or interface; nil otherwise.
    public var fields: Definitions<FieldDefinition>? {
        switch body {
        case .object(let members), .interface(let members): members.fields
        case .union, .scalar, .enumeration, .inputObject: nil
        }
    }

    /// The interfaces that it implements.
    public var interfaces: [TypeID] {
        switch body {
        case .object(let members), .interface(let members): members.interfaces
        case .union, .scalar, .enumeration, .inputObject: []
        }
    }

    /// Its values when it is an enum; nil otherwise.
    public var enumValues: Definitions<EnumValue>? {
        if case .enumeration(let values) = body { values } else { nil }
    }

    /// Its members when it is an input object; nil otherwise.
    public var inputObject: InputObjectType? {
        if case .inputObject(let members) = body { members } else { nil }
    }
}
