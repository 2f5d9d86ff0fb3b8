/// What is to happen with a request, decided from its head alone.
enum ExchangePlan {
    case route(RouteMatch)
    /// The route does not want the body and has answered by the head.
    case turnAway(RouteMatch, HTTPResponse)
    case fail(HTTPFailure)
    case answer(HTTPResponse)
    /// The framing gate refused: 400, `{}`, closed.
    case refuse(FramingFault)
}

/// The copied head with what the gate found.
struct GatedHead {
    let method: HTTPMethod
    let head: RequestHead
    let facts: FramingFacts
    let headBytes: Int
    let targetIsTooLong: Bool
    let hasOverflowed: Bool
}

extension HTTPApplication {
    /// Decides by head: framing first, then sizes, then the route.
    func plan(_ gated: GatedHead) -> ExchangePlan {
        // A target beyond its limit was not kept, so the checks of lines and target do not hold for it.
        if gated.targetIsTooLong { return .fail(.targetTooLong(limitBytes: limits.targetBytes)) }
        if let fault = gated.facts.fault { return .refuse(fault) }
        if gated.headBytes > limits.headBytes || gated.hasOverflowed {
            return .fail(.headTooLarge(limitBytes: limits.headBytes))
        }
        if gated.facts.fieldCount > limits.headers { return .fail(.tooManyHeaders(limit: limits.headers)) }
        switch table.resolve(gated.method, gated.head) {
        case .match(let match):
            if gated.facts.hasContentCoding, gated.facts.announcesBody { return .fail(.contentCodingRefused) }
            return .route(match)
        case .methodNotAllowed(let allowed): return .fail(.methodNotAllowed(allowed: allowed))
        case .options(let allowed):
            return .answer(.empty(204, headers: [HTTPHeader("Allow", allowed.joined(separator: ", "))]))
        case .redirect: return .answer(gated.head.slashRedirect)
        case .notFound: return .fail(.notFound)
        }
    }
}
