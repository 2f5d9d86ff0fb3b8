public import JSON

/// An error as a GraphQL answer shows it.
public struct GraphQLError: Error, Hashable, Sendable {
    /// What is wrong, for people.
    public let message: String
    /// The places in the document that are to blame; none when it is no place's fault.
    public let locations: [SourceLocation]
    /// The field of the answer whose value failed; nil for errors before execution.
    public let path: [PathElement]?
    /// What is wrong, for programs: `code` of the error's extensions.
    public let code: String?

    /// One step from the root of an answer to a value.
    public enum PathElement: Hashable, Sendable {
        /// The key of an object.
        case key(String)
        /// The index of a list.
        case index(Int)
    }

    /// An error from its parts.
    public init(
        _ message: String,
        locations: [SourceLocation] = [],
        path: [PathElement]? = nil,
        code: String? = nil
    ) {
        self.message = message
        self.locations = locations
        self.path = path
        self.code = code
    }
}

extension GraphQLError {
    /// Writes the error as an object: `message`, then `locations`, `path` and `extensions` where there are any.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("message")
        writer.string(message)
        if !locations.isEmpty {
            writer.key("locations")
            writer.beginArray()
            for location in locations {
                writer.beginObject()
                writer.key("line")
                writer.integer(location.line)
                writer.key("column")
                writer.integer(location.column)
                writer.endObject()
            }
            writer.endArray()
        }
        if let path { write(path: path, to: &writer) }
        if let code {
            writer.key("extensions")
            writer.beginObject()
            writer.key("code")
            writer.string(code)
            writer.endObject()
        }
        writer.endObject()
    }

    private func write(path: [PathElement], to writer: inout JSONWriter) {
        writer.key("path")
        writer.beginArray()
        for element in path {
            switch element {
            case .key(let key): writer.string(key)
            case .index(let index): writer.integer(index)
            }
        }
        writer.endArray()
    }
}
