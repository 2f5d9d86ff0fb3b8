/// An exchange without a socket, for tests of dialects and for calls within the process.
private final class MemoryExchange: Exchange, @unchecked Sendable {
    // Unchecked for the same reason as its superclass; the queue is safe by itself.
    private let answers = BlockingQueue<HTTPResponse>(capacity: 1)

    override func wake() {
        if let response = takeAnswer() { _ = answers.push(response) }
    }

    /// Runs the request and waits for its answer.
    func answer() -> HTTPResponse {
        if let response = run() ?? park({}) { return response }
        // The queue is never closed, so there always is an answer.
        return answers.pop() ?? fail(.internalError)
    }
}

extension HTTPApplication {
    /// Answers a request without a socket, through the same gate, routes and limits as one that came over the wire.
    ///
    /// `Host` and `Content-Length` are added where missing. Waits when the handler answers later.
    public func respond(
        _ method: HTTPMethod,
        _ target: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1"
    ) -> HTTPResponse {
        let gated = gate(method, target, complete(headers, body))
        let exchange = MemoryExchange(self, gated, remoteAddress: remoteAddress)
        defer { exchange.close() }
        var response = exchange.earlyAnswer() ?? answer(exchange, body)
        exchange.note(response)
        response.headers.append(HTTPHeader("X-Request-Id", exchange.request.id.text))
        if method == .head { response.body = [] }
        return response
    }

    private func answer(_ exchange: MemoryExchange, _ body: [UInt8]) -> HTTPResponse {
        let isTaken = unsafe body.withUnsafeBytes { bytes in
            unsafe bytes.isEmpty || exchange.feed(bytes)
        }
        guard isTaken else {
            // On the wire the connection just ends here.
            return exchange.fail(.bodyTooLarge(limitBytes: body.count))
        }
        return exchange.answer()
    }

    private func complete(_ headers: [HTTPHeader], _ body: [UInt8]) -> [HTTPHeader] {
        let names = headers.map { $0.name.lowercased() }
        var complete = headers
        if !names.contains("host") { complete.append(HTTPHeader("Host", "localhost")) }
        if !body.isEmpty, !names.contains("content-length"), !names.contains("transfer-encoding") {
            complete.append(HTTPHeader("Content-Length", String(body.count)))
        }
        return complete
    }

    private func gate(_ method: HTTPMethod, _ target: String, _ headers: [HTTPHeader]) -> GatedHead {
        let fieldBytes = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        let headBytes = method.rawValue.utf8.count + target.utf8.count + 13 + fieldBytes
        var layout: HeadWriter?
        let capacity = HeadWriter.capacity(headBytes: headBytes, targetBytes: target.utf8.count)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
            var writer = unsafe HeadWriter(buffer: buffer)
            var methodText = method.rawValue
            let isMethod = methodText.withUTF8 { unsafe FramingGate.isMethod(UnsafeRawBufferPointer($0)) }
            if !isMethod { writer.note(.method) }
            var targetText = target
            targetText.withUTF8 { unsafe writer.write(target: UnsafeRawBufferPointer($0)) }
            for header in headers {
                var name = header.name
                var value = header.value
                name.withUTF8 { name in
                    value.withUTF8 { value in
                        unsafe writer.write(
                            name: UnsafeRawBufferPointer(name),
                            value: UnsafeRawBufferPointer(value)
                        )
                    }
                }
            }
            writer.finish(endAddress: nil, isVersion11: true)
            filled = writer.count
            layout = writer
        }
        let written = layout
        return GatedHead(
            method: method,
            head: written?.makeHead(bytes: bytes)
                ?? RequestHead(bytes: [], targetEnd: 0, path: 0..<0, query: 0..<0, fieldsStart: 0),
            facts: written?.facts ?? FramingFacts(),
            headBytes: headBytes,
            targetIsTooLong: target.utf8.count > limits.targetBytes,
            hasOverflowed: written?.overflowed ?? false
        )
    }
}
