import HTTPClient
import JSON
import Time

/// Reads Kraken's answers: `error` is a list of texts, `result` is there when it is empty.
///
/// Source: docs.kraken.com, Spot REST, "Errors".
enum KrakenAnswer {
    /// The result of an answer.
    ///
    /// - Throws: `ConnectorError`.
    static func result(
        _ response: IncomingResponse,
        now: Timestamp,
        limits: VenueLimits
    ) throws(ConnectorError) -> JSONValue {
        let answer = try VenueAnswer.read(response, name: "Kraken", limits: limits)
        if let error = try error(in: answer, now: now) { throw error }
        guard let result = answer["result"] else {
            throw .malformed("the answer has neither error nor result")
        }
        return result
    }

    /// Why a request may be sent once more: the venue is busy, or met the nonces of two requests in the wrong order.
    static func again(_ response: IncomingResponse, now: Timestamp, limits: VenueLimits) -> ConnectorError? {
        // An answer that cannot be read is not better the second time; what is wrong with it is said by `result`.
        guard response.status == 200, response.body.count <= 4096,
            let answer = try? VenueAnswer.read(response, name: "Kraken", limits: limits),
            let error = try? error(in: answer, now: now)
        else { return nil }
        switch error {
        case .rateLimited, .status: return error
        case .refused where error == nonce: return error
        default: return nil
        }
    }

    /// What the list of errors says; warnings, which begin with W, say nothing.
    private static func error(
        in answer: JSONValue,
        now: Timestamp
    ) throws(ConnectorError) -> ConnectorError? {
        guard let list = answer["error"]?.array else { throw .malformed("the list of errors is absent") }
        for element in list {
            guard let text = element.string else { throw .malformed("an error is no text") }
            if text.hasPrefix("W") { continue }
            return meaning(of: text, now: now)
        }
        return nil
    }

    private static let nonce = ConnectorError.refused(
        "Kraken refuses the number of the request (nonce): another program uses the same key, or the clock went back; "
            + "make a key for Coffer alone"
    )

    private static func meaning(of text: String, now: Timestamp) -> ConnectorError {
        func begins(_ words: String...) -> Bool { words.contains { text.hasPrefix($0) } }
        if begins("EAPI:Invalid key", "EAPI:Invalid signature") { return .notAuthorized("Kraken") }
        if begins("EGeneral:Permission denied") {
            return .notPermitted(
                "Kraken knows the key, and it may not read this; allow it to query funds and ledger entries"
            )
        }
        if begins("EAPI:Invalid nonce") { return nonce }
        if begins("EAPI:Rate limit exceeded", "EGeneral:Too many requests") {
            return .rateLimited(retryAfterSeconds: nil)
        }
        if begins("EGeneral:Temporary lockout") { return .rateLimited(retryAfterSeconds: 900) }
        if begins("EService:Throttled") {
            let stated = text.split(separator: ":").last.map { $0.drop { $0 == " " } }.flatMap { Int64($0) }
            let wait = stated.map { min(max($0 - now.seconds, 1), 86_400) }
            return .rateLimited(retryAfterSeconds: wait)
        }
        if begins("EService:") { return .status(503, "Kraken is not available") }
        // What else stands there is the venue's and could repeat what was sent.
        return .refused("Kraken refuses the request with an error of the class \(classOf(text))")
    }

    /// The word before the colon where it is a word such as `EQuery`.
    private static func classOf(_ text: String) -> String {
        let word = text.prefix { $0 != ":" }
        let isWord = (1...16).contains(word.utf8.count) && word.utf8.allSatisfy(VenueText.isLetterOrDigit)
        return isWord ? String(word) : "that it does not document"
    }
}
