/// What came with a request after its head.
public enum HTTPBody: Sendable {
    /// No body, or one that the route does not read.
    case none
    /// The whole body.
    case bytes([UInt8])
    /// The parts of a `multipart/form-data` body.
    case multipart(MultipartForm)
}

/// One request, complete and immutable.
///
/// Header, query and path texts are cut out of one buffer when they are asked for; nothing is decoded before.
public final class HTTPRequest: Sendable {
    /// The number under which this request appears in the log and in `X-Request-Id`.
    public let id: HTTPRequestID
    /// The method as sent.
    public let method: HTTPMethod
    /// The peer's address, or the one a trusted proxy names.
    public let remoteAddress: String
    /// When the head was complete: microseconds since 1970, UTC.
    public let arrivedMicroseconds: Int64
    /// The body as the route's rule collected it.
    public let body: HTTPBody

    let head: RequestHead
    let parameterNames: [String]
    let parameterRanges: [Range<Int>]

    init(
        id: HTTPRequestID,
        method: HTTPMethod,
        remoteAddress: String,
        arrivedMicroseconds: Int64,
        head: RequestHead,
        match: RouteMatch?,
        body: HTTPBody
    ) {
        self.id = id
        self.method = method
        self.remoteAddress = remoteAddress
        self.arrivedMicroseconds = arrivedMicroseconds
        self.head = head
        self.body = body
        parameterNames = match?.route.pattern.parameterNames ?? []
        parameterRanges = match?.parameterRanges ?? []
    }

    /// The same request with its body.
    init(_ other: HTTPRequest, body: HTTPBody) {
        id = other.id
        method = other.method
        remoteAddress = other.remoteAddress
        arrivedMicroseconds = other.arrivedMicroseconds
        head = other.head
        parameterNames = other.parameterNames
        parameterRanges = other.parameterRanges
        self.body = body
    }

    /// The request target exactly as sent.
    public var rawTarget: String { String(decoding: head.bytes[..<head.targetEnd], as: UTF8.self) }

    /// The path, repeated slashes collapsed, percent escapes left alone.
    public var path: String { String(decoding: head.pathBytes, as: UTF8.self) }

    /// The query without its question mark, as sent; empty when there is none.
    public var rawQuery: String { String(decoding: head.queryBytes, as: UTF8.self) }

    /// The decoded path parameters in the order of the pattern.
    public var parameters: [HTTPFormItem] {
        zip(parameterNames, parameterRanges).map { name, range in
            HTTPFormItem(name: name, value: PercentCoding.decode(head.bytes[range], plusIsSpace: false))
        }
    }

    /// The decoded path parameter of that name in the route's pattern.
    public func parameter(_ name: String) -> String? {
        guard let index = parameterNames.firstIndex(of: name), index < parameterRanges.count else {
            return nil
        }
        return PercentCoding.decode(head.bytes[parameterRanges[index]], plusIsSpace: false)
    }

    /// The decoded query in the order of the text.
    public var queryItems: [HTTPFormItem] { HTTPFormItem.parse(head.queryBytes) }

    /// The value of a query parameter; the last one wins when it is repeated.
    public func query(_ name: String) -> String? {
        guard !head.queryBytes.isEmpty else { return nil }
        return queryItems.last { $0.name == name }?.value
    }

    /// The value of a header, whatever the case of its name; the first one when it is repeated.
    public func header(_ name: String) -> String? {
        head.value(of: name).map { String(decoding: head.bytes[$0], as: UTF8.self) }
    }

    /// The bytes of a header's value, for callers that compare without making text.
    public func headerBytes(_ name: String) -> ArraySlice<UInt8>? {
        head.value(of: name).map { head.bytes[$0] }
    }

    /// All headers in the order of the request, names in lower case.
    public var headers: [HTTPFormItem] {
        var items: [HTTPFormItem] = []
        head.forEachField { name, value in
            items.append(
                HTTPFormItem(
                    name: String(decoding: head.bytes[name], as: UTF8.self),
                    value: String(decoding: head.bytes[value], as: UTF8.self)
                )
            )
            return true
        }
        return items
    }
}
