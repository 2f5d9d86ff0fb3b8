import HTTPClient
import JSON

/// What a reader of a venue takes from it.
public struct VenueLimits: Hashable, Sendable {
    /// Rows of a page.
    public var rowsPerPage = 100
    /// Pages of the list of wallets.
    public var walletPagesMax = 30
    /// Assets of an answer that lists what is held.
    public var walletsMax = 5_000
    /// Bytes of an answer.
    public var answerBytesMax = 4 << 20
    /// Values in an answer.
    public var answerElementsMax = 60_000
    /// Bytes of an id or a cursor.
    public var idBytesMax = 256
    /// Bytes of a text that is kept.
    public var noteBytesMax = 512

    /// The usual limits.
    public init() {}
}

/// Reads the JSON of a venue's answer, or says what else came.
enum VenueAnswer {
    /// The value; a redirect is refused, since a signed request goes where it was signed for.
    ///
    /// - Throws: `ConnectorError.notAuthorized`, `unknown`, `status` or `malformed`.
    static func read(
        _ response: IncomingResponse,
        name: String,
        limits: VenueLimits
    ) throws(ConnectorError) -> JSONValue {
        switch response.status {
        case 200...299: break
        case 300...399: throw .malformed("a redirect, which is not followed")
        case 401, 403: throw .notAuthorized(name)
        case 404: throw .unknown("\(name) does not know what was asked for")
        default: throw .status(response.status, "")
        }
        guard response.body.count <= limits.answerBytesMax else {
            throw .malformed("more than \(limits.answerBytesMax) bytes")
        }
        do throws(JSONError) {
            let bounds = JSONLimits(
                depth: 16,
                elements: limits.answerElementsMax,
                stringBytes: 16_384,
                numberDigits: 60
            )
            return try JSONReader.parse(response.body, limits: bounds)
        } catch {
            throw .malformed("no JSON: \(error)")
        }
    }
}
