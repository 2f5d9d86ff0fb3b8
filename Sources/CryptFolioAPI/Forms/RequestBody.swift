import HTTPServer
import JSON

/// What a request brings in its body, as one tree of values however it was sent.
enum RequestBody {
    /// The fields, or why they are not read.
    enum Outcome {
        case fields(JSONValue)
        /// The bytes are not what they are said to be.
        case unreadable(String)
        /// They are said to be something that is not read here.
        case otherType
    }

    static func read(_ request: HTTPRequest) -> Outcome {
        do throws(FormFault) {
            switch request.body {
            case .none: return .fields(.object([]))
            case .multipart(let form): return .fields(try RailsForm.parse(try pairs(of: form)))
            case .bytes(let bytes):
                guard !bytes.isEmpty else { return .fields(.object([])) }
                switch request.header("content-type").map(mediaType) {
                case "application/x-www-form-urlencoded":
                    return .fields(try RailsForm.parse(try FormText.pairs(bytes)))
                case nil where isJSON(bytes): return try json(bytes)
                case nil: return .fields(try RailsForm.parse(try FormText.pairs(bytes)))
                case let type? where type == "application/json" || isStructured(type): return try json(bytes)
                default: return .otherType
                }
            }
        } catch {
            return .unreadable(error.words)
        }
    }

    /// Fields of a query, which has the form of a form's text; what else it says does not matter.
    ///
    /// - Throws: `FormFault`.
    static func query(_ request: HTTPRequest, _ names: Set<String>) throws(FormFault) -> JSONValue {
        let pairs = try FormText.pairs(Array(request.rawQuery.utf8))
        return try RailsForm.parse(pairs.filter { names.contains(String($0.name.prefix { $0 != "[" })) })
    }

    /// The type of a content type, in lower case and without its parameters.
    private static func mediaType(_ text: String) -> String {
        text.prefix { $0 != ";" && $0 != " " && $0 != "\t" }.lowercased()
    }

    private static func isStructured(_ type: String) -> Bool {
        type.hasPrefix("application/") && type.hasSuffix("+json")
    }

    /// Whether bytes that say nothing about themselves begin as JSON does.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private static func json(_ bytes: [UInt8]) throws(FormFault) -> Outcome {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.parse(bytes)
        } catch {
            throw FormFault("the body is \(error.code.isLimit ? "beyond a limit" : "not JSON"): \(error)")
        }
        guard case .object = value else { throw FormFault("the body must be an object, not \(value.sort)") }
        return .fields(value)
    }

    private static func pairs(
        of form: MultipartForm
    ) throws(FormFault) -> [(name: String, value: String?)] {
        var pairs: [(name: String, value: String?)] = []
        for part in form.parts {
            guard part.filename == nil, case .memory(let bytes) = part.contents else {
                throw FormFault("\(RailsForm.shown(part.name)) is a file; fields alone are read")
            }
            pairs.append((part.name, try FormText.text(bytes)))
        }
        return pairs
    }
}
