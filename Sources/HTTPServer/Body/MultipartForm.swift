/// The parts of a `multipart/form-data` body in the order they came.
public struct MultipartForm: Sendable {
    /// All parts.
    public let parts: [MultipartPart]

    /// The form of these parts.
    public init(parts: [MultipartPart]) {
        self.parts = parts
    }

    /// The part of that name; the last one wins when it is repeated.
    public func part(named name: String) -> MultipartPart? {
        parts.last { $0.name == name }
    }
}

/// One part of a form.
public struct MultipartPart: Sendable {
    /// The field's name.
    public let name: String
    /// The file name as the client states it, never to be used as a path; nil for a plain field.
    public let filename: String?
    /// The part's content type, if stated.
    public let contentType: String?
    /// What the part holds.
    public let contents: MultipartContents

    /// A part made of its pieces.
    public init(name: String, filename: String?, contentType: String?, contents: MultipartContents) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
        self.contents = contents
    }
}

/// Where a part's bytes are.
public enum MultipartContents: Sendable {
    /// In memory.
    case memory([UInt8])
    /// In a temporary file that goes away with the last holder of this value.
    case file(SpooledFile)

    /// The number of bytes.
    public var byteCount: Int {
        switch self {
        case .memory(let bytes): bytes.count
        case .file(let file): file.byteCount
        }
    }

    /// All bytes at once, for parts known to be small.
    ///
    /// - Throws: `SpoolError` when the temporary file cannot be read.
    public func readAll() throws(SpoolError) -> [UInt8] {
        switch self {
        case .memory(let bytes): bytes
        case .file(let file): try file.readAll()
        }
    }
}

/// What is wrong with a multipart body.
public enum MultipartError: Error, Hashable, Sendable {
    /// The content type names no boundary, or one with wrong characters or length.
    case boundaryInvalid
    /// The body does not begin with the boundary.
    case boundaryMissingAtStart
    /// The body ends before the final boundary.
    case finalBoundaryMissing
    /// Something follows the final boundary.
    case trailingBytes
    /// A boundary line holds more than the boundary.
    case boundaryLineInvalid
    /// A part's header breaks the grammar.
    case partHeaderInvalid
    /// A part has no `Content-Disposition: form-data` with a name.
    case dispositionInvalid
    /// A part asks for a transfer encoding such as base64.
    case transferEncodingRefused
    /// More parts than the limit.
    case tooManyParts(limit: Int)
    /// More file parts than the limit.
    case tooManyFiles(limit: Int)
    /// A part's headers are longer than the limit.
    case partHeadTooLarge(limitBytes: Int)
    /// A field without a file name is longer than the limit.
    case fieldTooLarge(limitBytes: Int)

    /// Whether a limit was hit rather than the grammar broken.
    public var isLimit: Bool {
        switch self {
        case .tooManyParts, .tooManyFiles, .partHeadTooLarge, .fieldTooLarge: true
        default: false
        }
    }

    /// A sentence for people.
    public var message: String {
        switch self {
        case .boundaryInvalid: "Multipart boundary is missing or invalid"
        case .boundaryMissingAtStart: "Multipart body does not begin with its boundary"
        case .finalBoundaryMissing: "Multipart body ends before its final boundary"
        case .trailingBytes: "Multipart body goes on after its final boundary"
        case .boundaryLineInvalid: "Multipart boundary line is malformed"
        case .partHeaderInvalid: "Multipart part header is malformed"
        case .dispositionInvalid: "Multipart part has no form-data disposition with a name"
        case .transferEncodingRefused: "Multipart part has a Content-Transfer-Encoding that is not supported"
        case .tooManyParts(let limit): "Multipart body has more than \(limit) parts"
        case .tooManyFiles(let limit): "Multipart body has more than \(limit) file(s)"
        case .partHeadTooLarge(let limit): "Multipart part headers are larger than \(limit) bytes"
        case .fieldTooLarge(let limit): "Multipart field is larger than \(limit) bytes"
        }
    }
}
