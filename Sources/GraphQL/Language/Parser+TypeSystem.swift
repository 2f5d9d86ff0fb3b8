/// Definitions of types and directives, and what extends them.
extension Parser {
    var peeksDescription: Bool { kind == .string || kind == .blockString }

    mutating func description() throws(SyntaxFault) -> AST.StringValue? {
        peeksDescription ? try stringValue() : nil
    }

    mutating func typeSystemExtension() throws(SyntaxFault) -> AST.Definition {
        let keyword = try lexer.lookahead()
        guard keyword.token.kind == .name else { throw Self.unexpected(keyword) }
        switch keyword.text {
        case "schema": return .schemaExtension(try schemaExtension())
        case "scalar", "type", "interface", "union", "enum", "input":
            return .typeExtension(try typeDefinition(isExtension: true))
        default: throw Self.unexpected(keyword)
        }
    }

    mutating func schemaDefinition() throws(SyntaxFault) -> AST.SchemaDefinition {
        let offset = self.offset
        let description = try self.description()
        try expectWord("schema")
        return AST.SchemaDefinition(
            description: description,
            directives: try directives(isConstant: true),
            operationTypes: try many(.braceLeft, .braceRight) {
                (parser: inout Parser) throws(SyntaxFault) in try parser.operationTypeDefinition()
            },
            offset: offset
        )
    }

    private mutating func schemaExtension() throws(SyntaxFault) -> AST.SchemaDefinition {
        let offset = self.offset
        try expectWord("extend")
        try expectWord("schema")
        let directives = try self.directives(isConstant: true)
        let types = try optionalMany(.braceLeft, .braceRight) {
            (parser: inout Parser) throws(SyntaxFault) in try parser.operationTypeDefinition()
        }
        if directives.isEmpty, types.isEmpty { throw unexpected }
        return AST.SchemaDefinition(
            description: nil,
            directives: directives,
            operationTypes: types,
            offset: offset
        )
    }

    private mutating func operationTypeDefinition() throws(SyntaxFault) -> AST.OperationTypeDefinition {
        let offset = self.offset
        let operation = try operationType()
        try expect(.colon)
        return AST.OperationTypeDefinition(operation: operation, type: try namedType(), offset: offset)
    }

    mutating func typeDefinition(isExtension: Bool) throws(SyntaxFault) -> AST.TypeDefinition {
        let offset = self.offset
        let description = isExtension ? nil : try self.description()
        if isExtension { try expectWord("extend") }
        let keyword = lexer.text
        try lexer.advance()
        let name = try self.name()
        let interfaces = keyword == "type" || keyword == "interface" ? try implemented() : []
        let directives = try self.directives(isConstant: true)
        let body: AST.TypeDefinition.Body
        let isEmpty: Bool
        switch keyword {
        case "scalar":
            body = .scalar
            isEmpty = true
        case "union":
            let types = try unionMembers()
            body = .union(types)
            isEmpty = types.isEmpty
        case "enum":
            let values = try enumValues()
            body = .enumeration(values)
            isEmpty = values.isEmpty
        case "input":
            let fields = try inputValues(.braceLeft, .braceRight)
            body = .inputObject(fields)
            isEmpty = fields.isEmpty
        default:
            let fields = try self.fields()
            isEmpty = fields.isEmpty && interfaces.isEmpty
            body =
                keyword == "type"
                ? .object(interfaces: interfaces, fields: fields)
                : .interface(interfaces: interfaces, fields: fields)
        }
        if isExtension, isEmpty, directives.isEmpty { throw unexpected }
        return AST.TypeDefinition(
            description: description,
            name: name,
            directives: directives,
            body: body,
            offset: offset
        )
    }

    private mutating func implemented() throws(SyntaxFault) -> [AST.NamedType] {
        guard try takeWord("implements") else { return [] }
        return try delimited(.ampersand) {
            (parser: inout Parser) throws(SyntaxFault) in try parser.namedType()
        }
    }

    private mutating func unionMembers() throws(SyntaxFault) -> [AST.NamedType] {
        guard try take(.equals) else { return [] }
        return try delimited(.pipe) {
            (parser: inout Parser) throws(SyntaxFault) in try parser.namedType()
        }
    }

    private mutating func enumValues() throws(SyntaxFault) -> [AST.EnumValueDefinition] {
        try optionalMany(.braceLeft, .braceRight) { (parser: inout Parser) throws(SyntaxFault) in
            let offset = parser.offset
            let description = try parser.description()
            if parser.lexer.isWord("true") || parser.lexer.isWord("false") || parser.lexer.isWord("null") {
                throw SyntaxFault(
                    "\(parser.lexer.description) is reserved and cannot be used for an enum value.",
                    at: parser.offset
                )
            }
            return AST.EnumValueDefinition(
                description: description,
                name: try parser.name(),
                directives: try parser.directives(isConstant: true),
                offset: offset
            )
        }
    }

    private mutating func fields() throws(SyntaxFault) -> [AST.FieldDefinition] {
        try optionalMany(.braceLeft, .braceRight) { (parser: inout Parser) throws(SyntaxFault) in
            let offset = parser.offset
            let description = try parser.description()
            let name = try parser.name()
            let arguments = try parser.inputValues(.parenthesisLeft, .parenthesisRight)
            try parser.expect(.colon)
            return AST.FieldDefinition(
                description: description,
                name: name,
                arguments: arguments,
                type: try parser.typeReference(),
                directives: try parser.directives(isConstant: true),
                offset: offset
            )
        }
    }

    private mutating func inputValues(
        _ open: Token.Kind,
        _ close: Token.Kind
    ) throws(SyntaxFault) -> [AST.InputValueDefinition] {
        try optionalMany(open, close) { (parser: inout Parser) throws(SyntaxFault) in
            let offset = parser.offset
            let description = try parser.description()
            let name = try parser.name()
            try parser.expect(.colon)
            let type = try parser.typeReference()
            return AST.InputValueDefinition(
                description: description,
                name: name,
                type: type,
                defaultValue: try parser.take(.equals) ? try parser.value(isConstant: true) : nil,
                directives: try parser.directives(isConstant: true),
                offset: offset
            )
        }
    }

    mutating func directiveDefinition() throws(SyntaxFault) -> AST.DirectiveDefinition {
        let offset = self.offset
        let description = try self.description()
        try expectWord("directive")
        try expect(.at)
        let name = try self.name()
        let arguments = try inputValues(.parenthesisLeft, .parenthesisRight)
        let isRepeatable = try takeWord("repeatable")
        try expectWord("on")
        return AST.DirectiveDefinition(
            description: description,
            name: name,
            arguments: arguments,
            isRepeatable: isRepeatable,
            locations: try delimited(.pipe) {
                (parser: inout Parser) throws(SyntaxFault) in try parser.directiveLocation()
            },
            offset: offset
        )
    }

    private mutating func directiveLocation() throws(SyntaxFault) -> AST.Name {
        let fault = unexpected
        let name = try self.name()
        guard AST.DirectiveDefinition.locationNames.contains(name.text) else { throw fault }
        return name
    }
}

extension AST.DirectiveDefinition {
    /// The places where directives may stand, as the language names them.
    public static let locationNames: Set<String> = [
        "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD",
        "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION",
        "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT",
        "INPUT_FIELD_DEFINITION",
    ]
}
