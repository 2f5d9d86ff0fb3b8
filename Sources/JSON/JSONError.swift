/// Why a text was refused as JSON, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public let code: Code
    /// Where it is wrong; each code says which character it points at.
    public let position: JSONPosition

    /// The sorts of fault, one each, so that a dialect can word them as its originals do.
    public enum Code: Hashable, Sendable, CaseIterable {
        /// No value starts where one must; points there, or at the text's end.
        ///
        /// Also for `NaN`, `Infinity`, a lone minus, a cut literal and an empty text.
        case expectedValue
        /// Neither comma nor closing bracket after an element; points behind the white space after the element.
        case expectedComma
        /// No `"` where an object's key must start; points there.
        case expectedKey
        /// No `:` after a key; points behind the white space after the key.
        case expectedColon
        /// A comma right before `}`; points at the comma.
        case trailingCommaInObject
        /// A comma right before `]`; points at the comma.
        case trailingCommaInArray
        /// Something follows the value; points behind the white space after the value.
        case trailingData
        /// The text ends inside a string; points at its opening quote.
        case unterminatedString
        /// A bare control character inside a string; points at it.
        case controlCharacter
        /// A backslash before a character that makes no escape; points at the backslash.
        case invalidEscape
        /// `\u` before something other than four hexadecimal digits; points at the `u`.
        case invalidUnicodeEscape
        /// The text ends inside or right after the digits of `\u`; points at the first digit's place.
        case truncatedUnicodeEscape
        /// Half of a surrogate pair by escape; points at its backslash.
        case loneSurrogate
        /// A key that the object has already; points at its opening quote.
        case duplicateKey
        /// Bytes that are not UTF-8; points at the first of them.
        case invalidUTF8
        /// The text begins with a byte order mark.
        case byteOrderMark
        /// Containers nested beyond `JSONLimits.depth`; points at the bracket.
        case tooDeep
        /// More elements and members in all than `JSONLimits.elements`; points at the first too many.
        case tooManyElements
        /// A string longer than `JSONLimits.stringBytes`; points at its opening quote.
        case stringTooLong
        /// A number with more digits than `JSONLimits.numberDigits`; points at its start.
        case numberTooLong
    }

    /// An error from its two parts.
    public init(code: Code, position: JSONPosition) {
        self.code = code
        self.position = position
    }
}

/// A place in a JSON text.
public struct JSONPosition: Hashable, Sendable {
    /// Bytes before it.
    public let byteOffset: Int
    /// Unicode scalars before it.
    public let scalarOffset: Int
    /// The line, from 1; lines end with a line feed.
    public let line: Int
    /// The Unicode scalar within the line, from 1.
    public let column: Int

    /// A place from its four figures.
    public init(byteOffset: Int, scalarOffset: Int, line: Int, column: Int) {
        self.byteOffset = byteOffset
        self.scalarOffset = scalarOffset
        self.line = line
        self.column = column
    }

    /// The place of a byte in a text; linear in the bytes before it.
    internal init(byteOffset: Int, in text: Span<UInt8>) {
        var scalars = 0
        var line = 1
        var column = 1
        for index in 0..<min(byteOffset, text.count) {
            let byte = text[index]
            // Continuation bytes are 10xxxxxx and start no scalar.
            guard byte & 0xC0 != 0x80 else { continue }
            scalars += 1
            column += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            }
        }
        self.init(byteOffset: byteOffset, scalarOffset: scalars, line: line, column: column)
    }
}

extension JSONError: CustomStringConvertible {
    /// The fault and its place in words, without any of the text itself.
    public var description: String {
        "\(code.words) at line \(position.line), column \(position.column) (byte \(position.byteOffset))"
    }
}

extension JSONError.Code {
    /// Whether the text may well be JSON and is only larger than what is read.
    public var isLimit: Bool {
        switch self {
        case .tooDeep, .tooManyElements, .stringTooLong, .numberTooLong: true
        default: false
        }
    }

    /// The fault in words.
    public var words: String {
        switch self {
        case .expectedValue: "a value is expected"
        case .expectedComma: "a comma or closing bracket is expected"
        case .expectedKey: "a key in double quotes is expected"
        case .expectedColon: "a colon is expected"
        case .trailingCommaInObject: "a comma stands before the end of the object"
        case .trailingCommaInArray: "a comma stands before the end of the array"
        case .trailingData: "something follows the value"
        case .unterminatedString: "the string is not closed"
        case .controlCharacter: "a control character must be escaped"
        case .invalidEscape: "the escape is unknown"
        case .invalidUnicodeEscape: "\\u needs four hexadecimal digits"
        case .truncatedUnicodeEscape: "\\u is cut off by the end of the text"
        case .loneSurrogate: "half of a surrogate pair stands alone"
        case .duplicateKey: "the key occurs twice in its object"
        case .invalidUTF8: "the bytes are not UTF-8"
        case .byteOrderMark: "the text begins with a byte order mark"
        case .tooDeep: "the nesting is deeper than the limit"
        case .tooManyElements: "there are more elements than the limit"
        case .stringTooLong: "the string is longer than the limit"
        case .numberTooLong: "the number has more digits than the limit"
        }
    }
}
