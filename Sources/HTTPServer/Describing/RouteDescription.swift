/// What a route takes and answers, for the documents that are made from the routes.
///
/// A router gives each of its routes the description of the same method and path; nothing is looked up in it when
/// requests are served.
public struct RouteDescription: Hashable, Sendable {
    /// The method.
    public let method: HTTPMethod
    /// The pattern of the path, exactly as the route is added.
    public let path: String
    /// A name for programs: unique over all routes, of letters, digits and `_`.
    public let id: String
    /// The group under which documents show the route.
    public let tag: RouteTag
    /// What the route does, in a few words.
    public let summary: String
    /// More about it, in sentences; nil when the summary says all.
    public let text: String?
    /// Who may ask.
    public let access: RouteAccess
    /// What is read from path, query and headers.
    public let parameters: [ParameterDescription]
    /// What is read from the body; nil when none is read.
    public let body: BodyDescription?
    /// The answers by status; several of one status are alternatives.
    public let answers: [AnswerDescription]
    /// The listener that serves the route, where it is another than that of the document; nil for the same.
    public let listener: ListenerDescription?

    /// A description made of its parts.
    public init(
        _ method: HTTPMethod,
        _ path: String,
        id: String,
        tag: RouteTag,
        summary: String,
        text: String? = nil,
        access: RouteAccess = .everyone,
        parameters: [ParameterDescription] = [],
        body: BodyDescription? = nil,
        answers: [AnswerDescription],
        listener: ListenerDescription? = nil
    ) {
        self.listener = listener
        self.method = method
        self.path = path
        self.id = id
        self.tag = tag
        self.summary = summary
        self.text = text
        self.access = access
        self.parameters = parameters
        self.body = body
        self.answers = answers
    }

    /// The same for others to ask; those who need no token are given no answers about one.
    public func served(to access: RouteAccess) -> RouteDescription {
        RouteDescription(
            method,
            path,
            id: id,
            tag: tag,
            summary: summary,
            text: text,
            access: access,
            parameters: parameters,
            body: body,
            answers: access == .everyone ? answers.filter { ![401, 403].contains($0.status) } : answers,
            listener: listener
        )
    }

    /// The names in braces in the path, in order.
    public var pathParameterNames: [String] { RoutePattern(path).parameterNames }
}

/// A listener beside the one that serves the document.
public struct ListenerDescription: Hashable, Sendable {
    /// The name of the variable that stands for its address and port.
    public let variable: String
    /// Where it is unless somebody chose otherwise.
    public let standard: String
    /// What it is for and what says where it is, in one sentence.
    public let summary: String

    /// A listener made of its parts.
    public init(variable: String, standard: String, _ summary: String) {
        self.variable = variable
        self.standard = standard
        self.summary = summary
    }
}

/// A group of routes.
public struct RouteTag: Hashable, Sendable {
    /// The name.
    public let name: String
    /// What the group is about, in one sentence.
    public let summary: String

    /// The group of that name.
    public init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// Who may ask.
public enum RouteAccess: Hashable, Sendable {
    /// Everyone, without a token.
    case everyone
    /// Those who show a bearer token that has these scopes.
    case bearer(scopes: [String])
    /// Those who show a key in this header.
    case key(header: String)
}

/// A parameter in path, query or headers.
public struct ParameterDescription: Hashable, Sendable {
    /// Where a parameter stands.
    public enum Place: String, Hashable, Sendable {
        /// In the path, between slashes; always required.
        case path
        /// Behind the question mark.
        case query
        /// In a header.
        case header
    }

    /// The name.
    public let name: String
    /// Where it stands.
    public let place: Place
    /// The form of the value, as if it were one of JSON.
    public let schema: ValueSchema
    /// Whether the request is refused without it.
    public let isRequired: Bool
    /// The value that counts without it.
    public let standard: LiteralValue?
    /// What it means, in one sentence.
    public let summary: String
    /// A value as it might be given.
    public let example: LiteralValue?

    /// A parameter made of its parts.
    public init(
        _ name: String,
        in place: Place,
        _ schema: ValueSchema,
        isRequired: Bool = false,
        standard: LiteralValue? = nil,
        example: LiteralValue? = nil,
        _ summary: String
    ) {
        self.name = name
        self.place = place
        self.schema = schema
        self.isRequired = isRequired || place == .path
        self.standard = standard
        self.summary = summary
        self.example = example
    }
}

/// What is read from a body.
public struct BodyDescription: Hashable, Sendable {
    /// What the body is, in one sentence.
    public let summary: String
    /// Whether the request is refused without it.
    public let isRequired: Bool
    /// The media types that are understood.
    public let content: [MediaDescription]

    /// A body made of its parts.
    public init(_ summary: String, isRequired: Bool = true, _ content: [MediaDescription]) {
        self.summary = summary
        self.isRequired = isRequired
        self.content = content
    }
}

/// The form of a body in one media type.
public struct MediaDescription: Hashable, Sendable {
    /// The media type, without parameters.
    public let type: String
    /// The form.
    public let schema: ValueSchema
    /// A body as it might be, written in the media type; nil shows none.
    public let example: String?

    /// The form of a body of a media type.
    public init(_ type: String, _ schema: ValueSchema, example: String? = nil) {
        self.type = type
        self.schema = schema
        self.example = example
    }

    /// The form of a body in JSON.
    public static func json(_ schema: ValueSchema, example: String? = nil) -> MediaDescription {
        MediaDescription(HTTPResponse.jsonContentType, schema, example: example)
    }
}

/// An answer of one status.
public struct AnswerDescription: Hashable, Sendable {
    /// The status.
    public let status: Int
    /// When it is given, in one sentence.
    public let summary: String
    /// The forms of its body by media type; none when there is no body.
    public let content: [MediaDescription]
    /// Headers that belong to it.
    public let headers: [HeaderDescription]
    /// The routes that can be asked next with what it brings.
    public let links: [LinkDescription]
    /// The name under which documents show it once for all routes; nil shows it with each.
    public let name: String?

    /// An answer made of its parts.
    public init(
        _ status: Int,
        _ summary: String,
        _ content: [MediaDescription] = [],
        headers: [HeaderDescription] = [],
        links: [LinkDescription] = [],
        name: String? = nil
    ) {
        self.status = status
        self.summary = summary
        self.content = content
        self.headers = headers
        self.links = links
        self.name = name
    }
}

/// A route that can be asked with what an answer brings.
public struct LinkDescription: Hashable, Sendable {
    /// A parameter and where its value comes from.
    public struct Parameter: Hashable, Sendable {
        /// The name of the parameter.
        public let name: String
        /// Where its value is, as OpenAPI writes it: `$response.body#/id`, `$request.query.user_id`.
        public let source: String
    }

    /// The id of the route's description.
    public let id: String
    /// Its parameters.
    public let parameters: [Parameter]

    /// A link to a route; each parameter's value is found at the source beside its name.
    public init(_ id: String, _ parameters: KeyValuePairs<String, String>) {
        self.id = id
        self.parameters = parameters.map { Parameter(name: $0.key, source: $0.value) }
    }
}

/// A header of an answer.
public struct HeaderDescription: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The form of the value, as if it were one of JSON.
    public let schema: ValueSchema
    /// Whether it is always there.
    public let isRequired: Bool
    /// What it means, in one sentence.
    public let summary: String

    /// A header made of its parts.
    public init(_ name: String, _ schema: ValueSchema, isRequired: Bool = true, _ summary: String) {
        self.name = name
        self.schema = schema
        self.isRequired = isRequired
        self.summary = summary
    }
}
