import GraphQL
import HTTPServer
import JSON

/// How an operation comes: as JSON in a body, or in a query (GraphQL over HTTP, section 5).
enum OperationForm {
    /// The operation, or the answer to who sent none.
    enum Outcome {
        case operation(GraphQLRequest)
        case refused(HTTPResponse)
    }

    static func read(_ request: HTTPRequest, stringBytesMax: Int) -> Outcome {
        let limits = JSONLimits(stringBytes: stringBytesMax)
        do throws(GraphQLError) {
            guard request.method == .post else {
                return .operation(try inQuery(request.queryItems, limits))
            }
            guard isJSON(request) else { return .refused(TrustVaultErrors.otherMediaType) }
            guard case .bytes(let bytes) = request.body, !bytes.isEmpty else {
                return .refused(TrustVaultErrors.badRequest("The body is empty."))
            }
            return .operation(try GraphQLRequest(body: try json(bytes, "The body", limits)))
        } catch {
            return .refused(TrustVaultErrors.badRequest(error.message))
        }
    }

    /// The names that a query may have; others are passed over.
    private static let names = ["query", "variables", "operationName", "extensions"]

    private static func inQuery(
        _ items: [HTTPFormItem],
        _ limits: JSONLimits
    ) throws(GraphQLError) -> GraphQLRequest {
        var found: [String: String] = [:]
        for item in items where names.contains(item.name) {
            guard found.updateValue(item.value, forKey: item.name) == nil else {
                throw GraphQLError("'\(item.name)' comes twice.")
            }
        }
        func value(_ name: String) throws(GraphQLError) -> JSONValue? {
            guard let text = found[name], !text.isEmpty else { return nil }
            return try json(Array(text.utf8), "'\(name)'", limits)
        }
        return try GraphQLRequest(
            query: found["query"],
            variables: try value("variables"),
            operationName: found["operationName"].flatMap { $0.isEmpty ? nil : $0 },
            extensions: try value("extensions"),
            mayMutate: false
        )
    }

    private static func json(
        _ bytes: [UInt8],
        _ what: String,
        _ limits: JSONLimits
    ) throws(GraphQLError) -> JSONValue {
        do throws(JSONError) {
            return try JSONReader.parse(bytes, limits: limits)
        } catch {
            throw GraphQLError("\(what) is not JSON: \(error)")
        }
    }

    private static func isJSON(_ request: HTTPRequest) -> Bool {
        let type = request.header("content-type").map { text in
            text.prefix { $0 != ";" && $0 != " " && $0 != "\t" }.lowercased()
        }
        return type == "application/json"
    }
}
