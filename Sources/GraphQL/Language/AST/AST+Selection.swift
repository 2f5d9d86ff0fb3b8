extension AST {
    /// `{ … }`: what is selected of an object, interface or union.
    public struct SelectionSet: Sendable {
        /// The selections in the order of the source.
        public let selections: [Selection]
        /// The byte of the brace.
        public let offset: Int

        /// A selection set from its selections.
        public init(selections: [Selection], offset: Int) {
            self.selections = selections
            self.offset = offset
        }
    }

    /// One selection.
    public enum Selection: Sendable {
        /// A field.
        case field(Field)
        /// `...Name`.
        case fragmentSpread(FragmentSpread)
        /// `... on Type { … }`.
        case inlineFragment(InlineFragment)

        /// The directives of the selection.
        public var directives: [Directive] {
            switch self {
            case .field(let node): node.directives
            case .fragmentSpread(let node): node.directives
            case .inlineFragment(let node): node.directives
            }
        }

        /// The byte at which the selection begins.
        public var offset: Int {
            switch self {
            case .field(let node): node.offset
            case .fragmentSpread(let node): node.offset
            case .inlineFragment(let node): node.offset
            }
        }
    }

    /// A field: `alias: name(arguments) @directives { … }`.
    public struct Field: Sendable {
        /// The name under which the answer holds it, when it is not the field's own.
        public let alias: Name?
        /// The field's name.
        public let name: Name
        /// Its arguments.
        public let arguments: [Argument]
        /// Its directives.
        public let directives: [Directive]
        /// What it selects of its value.
        public let selectionSet: SelectionSet?

        /// A field from its parts.
        public init(
            alias: Name?,
            name: Name,
            arguments: [Argument],
            directives: [Directive],
            selectionSet: SelectionSet?
        ) {
            self.alias = alias
            self.name = name
            self.arguments = arguments
            self.directives = directives
            self.selectionSet = selectionSet
        }

        /// The byte at which it begins: at its alias or its name.
        public var offset: Int { (alias ?? name).offset }

        /// The key of the field in the answer: its alias or its name.
        public var responseKey: String { (alias ?? name).text }
    }

    /// `...Name @directives`.
    public struct FragmentSpread: Sendable {
        /// The fragment's name.
        public let name: Name
        /// Its directives.
        public let directives: [Directive]
        /// The byte of the dots.
        public let offset: Int

        /// A spread from its parts.
        public init(name: Name, directives: [Directive], offset: Int) {
            self.name = name
            self.directives = directives
            self.offset = offset
        }
    }

    /// `... on Type @directives { … }`.
    public struct InlineFragment: Sendable {
        /// The type it applies to; none means the type around it.
        public let typeCondition: NamedType?
        /// Its directives.
        public let directives: [Directive]
        /// What it selects.
        public let selectionSet: SelectionSet
        /// The byte of the dots.
        public let offset: Int

        /// An inline fragment from its parts.
        public init(
            typeCondition: NamedType?,
            directives: [Directive],
            selectionSet: SelectionSet,
            offset: Int
        ) {
            self.typeCondition = typeCondition
            self.directives = directives
            self.selectionSet = selectionSet
            self.offset = offset
        }
    }

    /// An argument: `name: value`.
    public struct Argument: Sendable {
        /// Its name.
        public let name: Name
        /// Its value.
        public let value: Value

        /// An argument from its two parts.
        public init(name: Name, value: Value) {
            self.name = name
            self.value = value
        }

        /// The byte at which it begins.
        public var offset: Int { name.offset }
    }

    /// A directive: `@name(arguments)`.
    public struct Directive: Sendable {
        /// Its name, without the `@`.
        public let name: Name
        /// Its arguments.
        public let arguments: [Argument]
        /// The byte of the `@`.
        public let offset: Int

        /// A directive from its parts.
        public init(name: Name, arguments: [Argument], offset: Int) {
            self.name = name
            self.arguments = arguments
            self.offset = offset
        }
    }
}
