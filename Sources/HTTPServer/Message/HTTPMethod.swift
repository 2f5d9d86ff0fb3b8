/// A request method, compared byte for byte.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable {
    /// The method as it stands in the request line.
    public let rawValue: String

    /// The method of that name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// GET: read, no body.
    public static let get = HTTPMethod(rawValue: "GET")
    /// HEAD: as GET, but the answer has no body.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// POST: the general write.
    public static let post = HTTPMethod(rawValue: "POST")
    /// PUT: replace.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// PATCH: change a part.
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// DELETE: remove.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// OPTIONS: which methods a path takes.
    public static let options = HTTPMethod(rawValue: "OPTIONS")

    init(bytes: UnsafeRawBufferPointer) {
        rawValue = unsafe String(decoding: bytes, as: UTF8.self)
    }
}
