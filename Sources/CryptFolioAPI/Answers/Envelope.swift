import JSON
import Time

/// What stands around every answer: whether it went well, when it was given, and the result or what went wrong.
enum Envelope {
    /// A result, which is JSON already.
    static func success(_ result: [UInt8], at time: Timestamp) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(result.count + 64)
        body.append(contentsOf: "{\"success\":true,\"time\":".utf8)
        append(time.seconds, to: &body)
        body.append(contentsOf: ",\"result\":".utf8)
        body.append(contentsOf: result)
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// A failure: its fixed words, what is wrong with the request, and a sentence about what to do.
    static func failure(
        _ message: String,
        invalid: [String] = [],
        detail: String? = nil,
        at time: Timestamp
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.beginObject()
        json.key("success")
        json.bool(false)
        json.key("time")
        json.integer(time.seconds)
        json.key("message")
        json.string(message)
        if !invalid.isEmpty { json.array("invalid", invalid) { json, words in json.string(words) } }
        if let detail {
            json.key("detail")
            json.string(detail)
        }
        json.endObject()
        return json.finish()
    }

    private static func append(_ number: Int64, to body: inout [UInt8]) {
        body.append(contentsOf: String(number).utf8)
    }
}
