/// One token: its sort and its bytes.
internal struct Token {
    let kind: Kind
    /// The first byte.
    let start: Int
    /// The byte behind the last.
    let end: Int

    /// The sorts of tokens.
    enum Kind: UInt8 {
        case start
        case end
        case bang
        case dollar
        case ampersand
        case parenthesisLeft
        case parenthesisRight
        case spread
        case colon
        case equals
        case at
        case bracketLeft
        case bracketRight
        case braceLeft
        case pipe
        case braceRight
        case name
        case int
        case float
        case string
        case blockString

        /// The sort as error messages call it.
        var words: String {
            switch self {
            case .start: "<SOF>"
            case .end: "<EOF>"
            case .bang: "'!'"
            case .dollar: "'$'"
            case .ampersand: "'&'"
            case .parenthesisLeft: "'('"
            case .parenthesisRight: "')'"
            case .spread: "'...'"
            case .colon: "':'"
            case .equals: "'='"
            case .at: "'@'"
            case .bracketLeft: "'['"
            case .bracketRight: "']'"
            case .braceLeft: "'{'"
            case .pipe: "'|'"
            case .braceRight: "'}'"
            case .name: "Name"
            case .int: "Int"
            case .float: "Float"
            case .string: "String"
            case .blockString: "BlockString"
            }
        }
    }
}

/// Why a text is no document, before line and column are worked out.
internal struct SyntaxFault: Error {
    /// What is wrong, without the words that all such messages begin with.
    let message: String
    /// The byte where it is wrong.
    let offset: Int
    /// The code of a limit.
    let code: String?

    init(_ message: String, at offset: Int, code: String? = nil) {
        self.message = message
        self.offset = offset
        self.code = code
    }
}
