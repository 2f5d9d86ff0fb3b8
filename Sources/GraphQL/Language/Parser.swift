/// Reads documents of the whole language, executable and type system alike.
///
/// It calls itself for what is nested, never deeper than its limit, and knows one token ahead at most. What it says of
/// a fault is what the reference implementation says of it, and where.
public struct Parser {
    var lexer: Lexer
    private let nestingMax: Int
    private var nesting = 0

    /// The document that a text is.
    ///
    /// - Throws: `GraphQLError` with the first fault and its place.
    public static func parse(
        _ source: Source,
        limits: DocumentLimits = .standard
    ) throws(GraphQLError) -> AST.Document {
        let definitions = try run(source, limits) { (parser: inout Parser) throws(SyntaxFault) in
            try parser.document()
        }
        return AST.Document(definitions: definitions, source: source)
    }

    /// The value that a text is, such as a default value.
    ///
    /// - Throws: `GraphQLError` with the first fault and its place.
    public static func parseValue(
        _ source: Source,
        limits: DocumentLimits = .standard
    ) throws(GraphQLError) -> AST.Value {
        try run(source, limits) { (parser: inout Parser) throws(SyntaxFault) in
            try parser.lexer.advance()
            let value = try parser.value(isConstant: true)
            try parser.expect(.end)
            return value
        }
    }

    /// The type that a text is, such as `[Int!]`.
    ///
    /// - Throws: `GraphQLError` with the first fault and its place.
    public static func parseType(
        _ source: Source,
        limits: DocumentLimits = .standard
    ) throws(GraphQLError) -> AST.TypeReference {
        try run(source, limits) { (parser: inout Parser) throws(SyntaxFault) in
            try parser.lexer.advance()
            let type = try parser.typeReference()
            try parser.expect(.end)
            return type
        }
    }

    private static func run<Result>(
        _ source: Source,
        _ limits: DocumentLimits,
        _ body: (inout Parser) throws(SyntaxFault) -> Result
    ) throws(GraphQLError) -> Result {
        do {
            _ = try UTF8Span(validating: source.bytes.span)
        } catch {
            let place = source.location(error.byteOffsets.lowerBound)
            throw GraphQLError("Syntax Error: Document is not valid UTF-8.", locations: [place])
        }
        var parser = Parser(
            lexer: Lexer(source.bytes, tokensMax: limits.tokens),
            nestingMax: limits.nesting
        )
        do throws(SyntaxFault) {
            return try body(&parser)
        } catch {
            throw GraphQLError(
                "Syntax Error: \(error.message)",
                locations: [source.location(error.offset)],
                code: error.code
            )
        }
    }

    private init(lexer: Lexer, nestingMax: Int) {
        self.lexer = lexer
        self.nestingMax = nestingMax
    }
}

// MARK: - Tokens

extension Parser {
    var kind: Token.Kind { lexer.token.kind }

    var offset: Int { lexer.token.start }

    mutating func expect(_ kind: Token.Kind) throws(SyntaxFault) {
        guard try take(kind) else {
            throw SyntaxFault("Expected \(kind.words), found \(lexer.description).", at: offset)
        }
    }

    /// Passes a token of this sort; false when the token at hand is another.
    mutating func take(_ kind: Token.Kind) throws(SyntaxFault) -> Bool {
        guard lexer.token.kind == kind else { return false }
        try lexer.advance()
        return true
    }

    mutating func expectWord(_ word: StaticString) throws(SyntaxFault) {
        guard try takeWord(word) else {
            throw SyntaxFault("Expected '\(word)', found \(lexer.description).", at: offset)
        }
    }

    mutating func takeWord(_ word: StaticString) throws(SyntaxFault) -> Bool {
        guard lexer.isWord(word) else { return false }
        try lexer.advance()
        return true
    }

    var unexpected: SyntaxFault { Self.unexpected(lexer) }

    static func unexpected(_ lexer: Lexer) -> SyntaxFault {
        SyntaxFault("Unexpected \(lexer.description).", at: lexer.token.start)
    }

    mutating func enter() throws(SyntaxFault) {
        nesting += 1
        guard nesting <= nestingMax else {
            throw SyntaxFault(
                "Document is nested deeper than \(nestingMax) levels. Parsing aborted.",
                at: offset,
                code: "DEPTH_LIMIT"
            )
        }
    }

    mutating func leave() {
        nesting -= 1
    }

    typealias Part<Node> = (inout Parser) throws(SyntaxFault) -> Node

    /// At least one node between two marks.
    mutating func many<Node>(
        _ open: Token.Kind,
        _ close: Token.Kind,
        _ part: Part<Node>
    ) throws(SyntaxFault) -> [Node] {
        try expect(open)
        var nodes = [try part(&self)]
        while try !take(close) { nodes.append(try part(&self)) }
        return nodes
    }

    /// At least one node between two marks, or neither marks nor nodes.
    mutating func optionalMany<Node>(
        _ open: Token.Kind,
        _ close: Token.Kind,
        _ part: Part<Node>
    ) throws(SyntaxFault) -> [Node] {
        kind == open ? try many(open, close, part) : []
    }

    /// Nodes with a mark between them, and perhaps one before the first.
    mutating func delimited<Node>(
        _ mark: Token.Kind,
        _ part: Part<Node>
    ) throws(SyntaxFault) -> [Node] {
        _ = try take(mark)
        var nodes = [try part(&self)]
        while try take(mark) { nodes.append(try part(&self)) }
        return nodes
    }

    mutating func name() throws(SyntaxFault) -> AST.Name {
        guard kind == .name else {
            throw SyntaxFault("Expected Name, found \(lexer.description).", at: offset)
        }
        let name = AST.Name(lexer.text, at: offset)
        try lexer.advance()
        return name
    }
}

// MARK: - Documents

extension Parser {
    mutating func document() throws(SyntaxFault) -> [AST.Definition] {
        try many(.start, .end) { (parser: inout Parser) throws(SyntaxFault) in try parser.definition() }
    }

    mutating func definition() throws(SyntaxFault) -> AST.Definition {
        if kind == .braceLeft { return .operation(try operation()) }
        let isDescribed = peeksDescription
        let keyword = isDescribed ? try lexer.lookahead() : lexer
        if isDescribed, keyword.token.kind == .braceLeft {
            throw SyntaxFault(
                "Unexpected description, descriptions are not supported on shorthand queries.",
                at: offset
            )
        }
        guard keyword.token.kind == .name else { throw Self.unexpected(keyword) }
        if let definition = try definition(keyword.text) { return definition }
        if isDescribed {
            throw SyntaxFault(
                "Unexpected description, only GraphQL definitions support descriptions.",
                at: offset
            )
        }
        guard keyword.isWord("extend") else { throw Self.unexpected(keyword) }
        return try typeSystemExtension()
    }

    /// The definition that begins with this word; nil when none does.
    mutating func definition(_ keyword: String) throws(SyntaxFault) -> AST.Definition? {
        switch keyword {
        case "query", "mutation", "subscription": .operation(try operation())
        case "fragment": .fragment(try fragmentDefinition())
        case "schema": .schema(try schemaDefinition())
        case "directive": .directive(try directiveDefinition())
        case "scalar", "type", "interface", "union", "enum", "input":
            .type(try typeDefinition(isExtension: false))
        default: nil
        }
    }

    mutating func operation() throws(SyntaxFault) -> AST.OperationDefinition {
        let offset = self.offset
        if kind == .braceLeft {
            return AST.OperationDefinition(
                operation: .query,
                name: nil,
                variables: [],
                directives: [],
                selectionSet: try selectionSet(),
                offset: offset
            )
        }
        let description = try self.description()
        let operation = try operationType()
        let name = kind == .name ? try self.name() : nil
        let variables = try optionalMany(.parenthesisLeft, .parenthesisRight) {
            (parser: inout Parser) throws(SyntaxFault) in try parser.variableDefinition()
        }
        return AST.OperationDefinition(
            description: description,
            operation: operation,
            name: name,
            variables: variables,
            directives: try directives(isConstant: false),
            selectionSet: try selectionSet(),
            offset: offset
        )
    }

    mutating func operationType() throws(SyntaxFault) -> AST.OperationType {
        guard kind == .name else {
            throw SyntaxFault("Expected Name, found \(lexer.description).", at: offset)
        }
        guard let type = AST.OperationType(rawValue: lexer.text) else {
            let fault = unexpected
            // The token behind is read before this one is judged, and may be a fault of its own.
            try lexer.advance()
            throw fault
        }
        try lexer.advance()
        return type
    }

    mutating func variableDefinition() throws(SyntaxFault) -> AST.VariableDefinition {
        let offset = self.offset
        let description = try self.description()
        let variable = try self.variable()
        try expect(.colon)
        let type = try typeReference()
        return AST.VariableDefinition(
            description: description,
            variable: variable,
            type: type,
            defaultValue: try take(.equals) ? try value(isConstant: true) : nil,
            directives: try directives(isConstant: true),
            offset: offset
        )
    }

    mutating func variable() throws(SyntaxFault) -> AST.Variable {
        let offset = self.offset
        try expect(.dollar)
        return AST.Variable(name: try name(), offset: offset)
    }

    mutating func selectionSet() throws(SyntaxFault) -> AST.SelectionSet {
        try enter()
        let offset = self.offset
        try expect(.braceLeft)
        var selections = [try selection()]
        while try !take(.braceRight) { selections.append(try selection()) }
        leave()
        return AST.SelectionSet(selections: selections, offset: offset)
    }

    mutating func selection() throws(SyntaxFault) -> AST.Selection {
        kind == .spread ? try fragment() : .field(try field())
    }

    mutating func field() throws(SyntaxFault) -> AST.Field {
        var name = try self.name()
        var alias: AST.Name?
        if try take(.colon) {
            alias = name
            name = try self.name()
        }
        return AST.Field(
            alias: alias,
            name: name,
            arguments: try arguments(isConstant: false),
            directives: try directives(isConstant: false),
            selectionSet: kind == .braceLeft ? try selectionSet() : nil
        )
    }

    mutating func arguments(isConstant: Bool) throws(SyntaxFault) -> [AST.Argument] {
        guard kind == .parenthesisLeft else { return [] }
        return try many(.parenthesisLeft, .parenthesisRight) {
            (parser: inout Parser) throws(SyntaxFault) in
            let name = try parser.name()
            try parser.expect(.colon)
            return AST.Argument(name: name, value: try parser.value(isConstant: isConstant))
        }
    }

    mutating func fragment() throws(SyntaxFault) -> AST.Selection {
        let offset = self.offset
        try expect(.spread)
        let hasCondition = try takeWord("on")
        if !hasCondition, kind == .name {
            let name = try self.name()
            return .fragmentSpread(
                AST.FragmentSpread(name: name, directives: try directives(isConstant: false), offset: offset)
            )
        }
        return .inlineFragment(
            AST.InlineFragment(
                typeCondition: hasCondition ? try namedType() : nil,
                directives: try directives(isConstant: false),
                selectionSet: try selectionSet(),
                offset: offset
            )
        )
    }

    mutating func fragmentDefinition() throws(SyntaxFault) -> AST.FragmentDefinition {
        let offset = self.offset
        let description = try self.description()
        try expectWord("fragment")
        if lexer.isWord("on") { throw unexpected }
        let name = try self.name()
        try expectWord("on")
        return AST.FragmentDefinition(
            description: description,
            name: name,
            typeCondition: try namedType(),
            directives: try directives(isConstant: false),
            selectionSet: try selectionSet(),
            offset: offset
        )
    }

    mutating func directives(isConstant: Bool) throws(SyntaxFault) -> [AST.Directive] {
        guard kind == .at else { return [] }
        var directives: [AST.Directive] = []
        while kind == .at {
            let offset = self.offset
            try expect(.at)
            let name = try self.name()
            let arguments = try self.arguments(isConstant: isConstant)
            directives.append(AST.Directive(name: name, arguments: arguments, offset: offset))
        }
        return directives
    }
}

// MARK: - Values and types

extension Parser {
    mutating func value(isConstant: Bool) throws(SyntaxFault) -> AST.Value {
        let offset = self.offset
        switch kind {
        case .bracketLeft: return .list(try list(isConstant: isConstant))
        case .braceLeft: return .object(try object(isConstant: isConstant))
        case .int:
            let text = lexer.text
            try lexer.advance()
            return .int(AST.NumberValue(text, at: offset))
        case .float:
            let text = lexer.text
            try lexer.advance()
            return .float(AST.NumberValue(text, at: offset))
        case .string, .blockString: return .string(try stringValue())
        case .name: return try word()
        case .dollar where isConstant: throw try variableInConstant()
        case .dollar: return .variable(try variable())
        default: throw unexpected
        }
    }

    mutating func word() throws(SyntaxFault) -> AST.Value {
        let name = AST.Name(lexer.text, at: offset)
        try lexer.advance()
        return switch name.text {
        case "true": .boolean(AST.BooleanValue(true, at: name.offset))
        case "false": .boolean(AST.BooleanValue(false, at: name.offset))
        case "null": .null(at: name.offset)
        default: .enumeration(name)
        }
    }

    mutating func variableInConstant() throws(SyntaxFault) -> SyntaxFault {
        let dollar = unexpected
        try expect(.dollar)
        guard kind == .name else { return dollar }
        return SyntaxFault("Unexpected variable '$\(lexer.text)' in constant value.", at: dollar.offset)
    }

    mutating func stringValue() throws(SyntaxFault) -> AST.StringValue {
        let value = AST.StringValue(lexer.value, isBlock: kind == .blockString, at: offset)
        try lexer.advance()
        return value
    }

    mutating func list(isConstant: Bool) throws(SyntaxFault) -> AST.ListValue {
        try enter()
        let offset = self.offset
        try expect(.bracketLeft)
        var values: [AST.Value] = []
        while try !take(.bracketRight) { values.append(try value(isConstant: isConstant)) }
        leave()
        return AST.ListValue(values, at: offset)
    }

    mutating func object(isConstant: Bool) throws(SyntaxFault) -> AST.ObjectValue {
        try enter()
        let offset = self.offset
        try expect(.braceLeft)
        var fields: [AST.ObjectField] = []
        while try !take(.braceRight) {
            let name = try self.name()
            try expect(.colon)
            fields.append(AST.ObjectField(name: name, value: try value(isConstant: isConstant)))
        }
        leave()
        return AST.ObjectValue(fields, at: offset)
    }

    mutating func typeReference() throws(SyntaxFault) -> AST.TypeReference {
        let offset = self.offset
        let type: AST.TypeReference
        if kind == .bracketLeft {
            try enter()
            try expect(.bracketLeft)
            let element = try typeReference()
            leave()
            try expect(.bracketRight)
            type = .list(element, at: offset)
        } else {
            type = .named(try namedType())
        }
        return try take(.bang) ? .nonNull(type) : type
    }

    mutating func namedType() throws(SyntaxFault) -> AST.NamedType {
        AST.NamedType(try name())
    }
}
