import Crypto
import HTTPClient
import JSON

/// How patient a reader of a venue is, and what it takes from it.
public struct VenueLimits: Hashable, Sendable {
    /// Requests for one answer, the first included.
    public var attempts = 4
    /// The pause after the first failure, in milliseconds; it doubles with each.
    public var pauseMilliseconds: Int64 = 500
    /// The longest pause between two attempts, in milliseconds; a venue that asks for more is left for later.
    public var pauseMillisecondsMax: Int64 = 20_000
    /// The pause between two requests, in milliseconds.
    public var spacingMilliseconds: Int64 = 100
    /// Rows of a page.
    public var rowsPerPage = 100
    /// Pages of the list of wallets.
    public var walletPagesMax = 30
    /// Bytes of an answer.
    public var answerBytesMax = 4 << 20
    /// Values in an answer.
    public var answerElementsMax = 60_000
    /// Bytes of an id.
    public var idBytesMax = 128
    /// Bytes of a text that is kept.
    public var noteBytesMax = 512

    /// The usual limits.
    public init() {}
}

/// Asks one venue: waits when told to, tries again what may pass, refuses what is too large or no JSON.
///
/// What is tried again: no answer, 429, and 500 to 599. The pause doubles, with a random part of up to a half, and is at
/// least what `Retry-After` says. Redirects are refused: a signed request goes where it was signed for.
struct VenueCaller: Sendable {
    let transport: any HTTPTransport
    let limits: VenueLimits
    /// Waits so many milliseconds.
    let pause: @Sendable (Int64) -> Void

    /// The JSON that answers a request, which is made anew for each attempt, as its signature ends soon.
    func fetch(_ request: () throws(ConnectorError) -> OutgoingRequest) throws(ConnectorError) -> JSONValue {
        var attempt = 1
        while true {
            let failure: ConnectorError
            do throws(ConnectorError) {
                return try read(try send(try request()))
            } catch {
                failure = error
            }
            guard attempt < limits.attempts, let wait = wait(after: failure, attempt: attempt) else {
                throw failure
            }
            pause(wait)
            attempt += 1
        }
    }

    private func send(_ request: OutgoingRequest) throws(ConnectorError) -> IncomingResponse {
        do throws(TransportError) {
            return try transport.send(request)
        } catch {
            throw .transport(error)
        }
    }

    /// How long to wait before the next attempt; nil when another would not help.
    private func wait(after failure: ConnectorError, attempt: Int) -> Int64? {
        let doubled = limits.pauseMilliseconds << Int64(min(attempt - 1, 16))
        let base = min(doubled, limits.pauseMillisecondsMax)
        let jitter = base > 1 ? Int64(SecureRandom.number(below: UInt32(clamping: base / 2 + 1))) : 0
        switch failure {
        case .rateLimited(let seconds):
            guard let seconds else { return base + jitter }
            // The comparison is by seconds, so that a huge number cannot overflow.
            guard seconds <= limits.pauseMillisecondsMax / 1000 else { return nil }
            return max(base, seconds * 1000) + jitter
        case .transport(.unreachable), .transport(.timedOut): return base + jitter
        case .status(let status, _): return status >= 500 ? base + jitter : nil
        default: return nil
        }
    }

    private func read(_ response: IncomingResponse) throws(ConnectorError) -> JSONValue {
        switch response.status {
        case 200...299: break
        case 300...399: throw .malformed("a redirect, which is not followed")
        case 401: throw .notAuthorized("the key, its signature or its time")
        case 403: throw .notAuthorized("the key's permissions")
        case 404: throw .unknown("what was asked for")
        case 429: throw .rateLimited(retryAfterSeconds: VenueCaller.retryAfter(response))
        default: throw .status(response.status, "")
        }
        guard response.body.count <= limits.answerBytesMax else {
            throw .malformed("an answer of more than \(limits.answerBytesMax) bytes")
        }
        do throws(JSONError) {
            return try JSONReader.parse(
                response.body,
                limits: JSONLimits(depth: 16, elements: limits.answerElementsMax, stringBytes: 16_384, numberDigits: 60)
            )
        } catch {
            throw .malformed("no JSON: \(error)")
        }
    }

    /// The seconds of `Retry-After`; nil where there is none or it is a date.
    private static func retryAfter(_ response: IncomingResponse) -> Int64? {
        guard let text = response.header("retry-after"), text.utf8.count <= 9,
            text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 })
        else { return nil }
        return Int64(text)
    }
}
