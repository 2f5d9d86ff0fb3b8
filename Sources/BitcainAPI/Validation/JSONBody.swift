import HTTPServer
import JSON

/// The JSON body of a request as FastAPI takes it before it is looked at.
enum JSONBody {
    /// What came of reading it.
    enum Outcome {
        case value(JSONValue)
        /// No body at all.
        case missing
        /// A body that is no JSON, or is not said to be: FastAPI hands its text on.
        case text(String)
        case invalid(ValidationItem)
        /// Bytes that no reader takes.
        case unreadable(String)
    }

    /// The words for bytes that cannot be read at all.
    static let unreadable = "There was an error parsing the body"

    static func read(_ request: HTTPRequest) -> Outcome {
        guard case .bytes(let bytes) = request.body, !bytes.isEmpty else { return .missing }
        guard request.header("content-type").map(isJSON) == true else {
            return .text(String(decoding: bytes, as: UTF8.self))
        }
        return read(bytes)
    }

    static func read(_ bytes: [UInt8]) -> Outcome {
        var bytes = bytes
        // Python takes a byte order mark and does not count it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        do throws(JSONError) {
            return .value(try JSONReader.parse(bytes))
        } catch {
            guard let words = pythonWords(error.code) else {
                return .unreadable(
                    error.code == .invalidUTF8 ? unreadable : "The body cannot be read: " + error.code.words
                )
            }
            return .invalid(
                ValidationItem(
                    type: "json_invalid",
                    location: ["body", .index(pythonOffset(error))],
                    message: "JSON decode error",
                    input: .object([]),
                    context: .context("error", .string(words))
                )
            )
        }
    }

    /// Where Python sees a fault: at the `u` of an escape that is cut off, not behind it.
    private static func pythonOffset(_ error: JSONError) -> Int {
        error.position.scalarOffset - (error.code == .truncatedUnicodeEscape ? 1 : 0)
    }

    /// Whether a content type is JSON: `application/json` or `application/…+json`, whatever its parameters.
    static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        let parts = type.split(separator: "/", omittingEmptySubsequences: false).map { trimmed($0) }
        guard parts.count == 2, !type.contains("/ ") else { return false }
        return parts[0] == "application" && (parts[1] == "json" || parts[1].hasSuffix("+json"))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// The words of Python's reader for a fault; nil for what it does not refuse, or not in words.
    private static func pythonWords(_ code: JSONError.Code) -> String? {
        switch code {
        case .expectedValue: "Expecting value"
        case .expectedComma: "Expecting ',' delimiter"
        case .expectedKey: "Expecting property name enclosed in double quotes"
        case .expectedColon: "Expecting ':' delimiter"
        case .trailingCommaInObject: "Illegal trailing comma before end of object"
        case .trailingCommaInArray: "Illegal trailing comma before end of array"
        case .trailingData: "Extra data"
        case .unterminatedString: "Unterminated string starting at"
        case .controlCharacter: "Invalid control character at"
        case .invalidEscape: "Invalid \\escape"
        case .invalidUnicodeEscape, .truncatedUnicodeEscape: "Invalid \\uXXXX escape"
        // Python keeps the last of two equal keys and half of a pair: we do not guess which was meant.
        case .duplicateKey: "Duplicate key"
        case .loneSurrogate: "Lone surrogate"
        case .invalidUTF8, .byteOrderMark, .tooDeep, .tooManyElements, .stringTooLong, .numberTooLong: nil
        }
    }
}
