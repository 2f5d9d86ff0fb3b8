import CMicroHTTPD

/// Hands responses to libmicrohttpd.
enum ResponseQueue {
    /// Queues the response of an exchange; false when the connection must be dropped.
    static func send(_ response: HTTPResponse, _ exchange: Exchange, on connection: OpaquePointer) -> Bool {
        var response = response
        if response.status == 204 || response.status == 304 {
            response.body = []
            response.contentType = nil
        }
        if let made = unsafe make(response, exchange.request.id) {
            return unsafe queue(made, response, exchange, connection)
        }
        // A header holds a control byte (our own fault): the answer would be split, so nothing of it is sent.
        let failure = exchange.fail(.internalError)
        guard let made = unsafe make(failure, exchange.request.id) else { return false }
        return unsafe queue(made, failure, exchange, connection)
    }

    private static func queue(
        _ made: OpaquePointer,
        _ response: HTTPResponse,
        _ exchange: Exchange,
        _ connection: OpaquePointer
    ) -> Bool {
        exchange.note(response)
        defer { unsafe MHD_destroy_response(made) }
        return unsafe MHD_queue_response(connection, UInt32(response.status), made) == .YES
    }

    private static func make(_ response: HTTPResponse, _ id: HTTPRequestID) -> OpaquePointer? {
        let made = unsafe response.body.withUnsafeBytes { bytes in
            unsafe coffer_mhd_response(bytes.baseAddress, bytes.count)
        }
        guard let made = unsafe made else { return nil }
        var isSound = unsafe addRequestID(id, made)
        if let type = response.contentType { isSound = unsafe add("Content-Type", type, made) && isSound }
        if let control = response.cacheControl {
            isSound = unsafe add("Cache-Control", control, made) && isSound
        }
        for header in response.headers { isSound = unsafe add(header.name, header.value, made) && isSound }
        if response.closesConnection { isSound = unsafe add("Connection", "close", made) && isSound }
        guard isSound else {
            unsafe MHD_destroy_response(made)
            return nil
        }
        return unsafe made
    }

    private static func add(_ name: String, _ value: String, _ response: OpaquePointer) -> Bool {
        unsafe name.withCString { name in
            unsafe value.withCString { value in
                unsafe MHD_add_response_header(response, name, value) == .YES
            }
        }
    }

    private static func addRequestID(_ id: HTTPRequestID, _ response: OpaquePointer) -> Bool {
        let count = HTTPRequestID.textLength
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { text in
            unsafe id.render(into: UnsafeMutableRawBufferPointer(text))
            unsafe text[count] = 0
            return unsafe MHD_add_response_header(response, "X-Request-Id", text.baseAddress) == .YES
        }
    }
}
