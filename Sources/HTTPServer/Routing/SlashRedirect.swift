extension RequestHead {
    /// The redirect to the path with or without its last slash, query kept, absolute as Starlette writes it.
    var slashRedirect: HTTPResponse {
        var path = String(decoding: pathBytes, as: UTF8.self)
        if path.hasSuffix("/") { path.removeLast() } else { path += "/" }
        if !queryBytes.isEmpty { path += "?" + String(decoding: queryBytes, as: UTF8.self) }
        // The gate let only host characters pass. Without Host (HTTP/1.0) the location is relative; the path begins
        // with one slash, so it cannot be taken for another host.
        let host = value(of: "host").map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
        let location = host.isEmpty ? path : "http://" + host + path
        return .empty(307, headers: [HTTPHeader("Location", location)])
    }
}

extension HTTPRequest {
    /// The redirect to the same path with or without its last slash, for a route that only sends callers on.
    public var slashRedirect: HTTPResponse { head.slashRedirect }
}
