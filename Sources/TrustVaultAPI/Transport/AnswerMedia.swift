import GraphQL
import HTTPServer

/// The media type of an answer, on which its status depends (GraphQL over HTTP, section 6.4).
enum AnswerMedia: Hashable, Sendable {
    /// `application/json`: 200 for every request that can be read, since old clients take others for the network's faults.
    case json
    /// `application/graphql-response+json`: the status tells requests from operations that were carried out.
    case response

    private struct Wish {
        /// 2 for a type by its name, 1 for all of `application`, 0 for all.
        let exactness: Int
        let thousandths: Int
    }

    /// The type that a request prefers; nil when it takes neither.
    ///
    /// Of equal wishes, and where nothing is wished for, JSON.
    init?(accepting request: HTTPRequest) {
        let wishes = request.headers.filter { $0.name == "accept" }.map(\.value)
        guard !wishes.isEmpty else {
            self = .json
            return
        }
        var found: [AnswerMedia: Wish] = [:]
        for wish in wishes.joined(separator: ",").split(separator: ",") {
            let parts = wish.split(separator: ";").map { AnswerMedia.trimmed($0).lowercased() }
            guard let range = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
            for (media, exactness) in AnswerMedia.matches(range) {
                if let known = found[media], known.exactness > exactness { continue }
                found[media] = Wish(
                    exactness: exactness,
                    thousandths: weight.map { AnswerMedia.thousandths($0.dropFirst(2)) } ?? 1000
                )
            }
        }
        let json = found[.json]?.thousandths ?? 0
        let response = found[.response]?.thousandths ?? 0
        guard max(json, response) > 0 else { return nil }
        // Who names the newer type, and the other one by a wildcard alone, means the newer one.
        let isNamed = found[.response]?.exactness == 2 && found[.json]?.exactness != 2
        self = response > json || (response == json && isNamed) ? .response : .json
    }

    /// The types that a range of an `Accept` header stands for, and how exactly.
    private static func matches(_ range: String) -> [(AnswerMedia, Int)] {
        switch range {
        case "application/json": [(.json, 2)]
        case "application/graphql-response+json": [(.response, 2)]
        case "application/*": [(.json, 1), (.response, 1)]
        case "*/*", "*": [(.json, 0), (.response, 0)]
        default: []
        }
    }

    /// A weight of 0 to 1 with at most three decimals, in thousandths; what is no weight counts as 1.
    private static func thousandths(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int(parts[0]), (0...1).contains(whole) else { return 1000 }
        guard parts.count == 2 else { return whole * 1000 }
        let digits = parts[1].prefix(3)
        let padded = digits + String(repeating: "0", count: 3 - digits.count)
        guard let fraction = Int(padded), fraction >= 0 else { return 1000 }
        return min(1000, whole * 1000 + fraction)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }

    /// `Content-Type` of answers.
    var contentType: String {
        switch self {
        case .json: "application/json; charset=utf-8"
        case .response: "application/graphql-response+json; charset=utf-8"
        }
    }

    /// An answer with its status.
    func render(_ answer: GraphQLAnswer) -> HTTPResponse {
        var headers: [HTTPHeader] = []
        let status: Int
        switch answer.kind {
        case .executed: status = 200
        case .badRequest: status = 400
        case .mutationNotAllowed:
            status = 405
            headers.append(HTTPHeader("Allow", "POST"))
        case .invalid, .limited, .persistedQueryNotFound: status = self == .json ? 200 : 422
        }
        return HTTPResponse(status: status, contentType: contentType, headers: headers, body: answer.body)
    }
}
