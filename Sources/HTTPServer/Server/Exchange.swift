import Synchronization

/// One request from its head to its answer.
///
/// Unchecked: `collector` and the fields of the outcome belong to the thread that feeds the request (an event loop);
/// only `state` is shared with the thread that answers.
class Exchange: AnswerTarget, @unchecked Sendable {
    private enum State {
        /// The handler runs, or has not begun.
        case open
        /// The feeding thread has gone; whoever answers must wake the connection.
        case suspended
        case answered(HTTPResponse)
        case done
    }

    let application: HTTPApplication
    let request: HTTPRequest
    private let plan: ExchangePlan
    private let facts: FramingFacts
    private let startedNanoseconds: Int64
    private var collector: BodyCollector?
    private var share: BodyShare
    private let state = Mutex(State.open)

    /// Status and size of what was answered, for the log.
    private(set) var answeredStatus = 0
    private(set) var answeredBytes = 0
    private var principal: String?

    init(_ application: HTTPApplication, _ gated: GatedHead, remoteAddress: String) {
        self.application = application
        let routed = application.plan(gated)
        facts = gated.facts
        startedNanoseconds = SystemClock.monotonicNanoseconds()
        var match: RouteMatch?
        if case .route(let found) = routed { match = found }
        let request = HTTPRequest(
            id: application.ids.make(),
            method: gated.method,
            remoteAddress: remoteAddress,
            arrivedMicroseconds: SystemClock.unixMicroseconds(),
            head: gated.head,
            match: match,
            body: .none
        )
        self.request = request
        var disk = application.spooledBodies
        var plan = routed
        if let match, gated.facts.announcesBody, let admission = match.route.admission {
            switch admission(request) {
            case .admitted: break
            case .unverified: disk = application.unverifiedSpooledBodies
            case .refused(let response): plan = .turnAway(match, response)
            }
        }
        self.plan = plan
        share = BodyShare(memory: application.bufferedBodies, disk: disk)
        if gated.facts.announcesBody { collector = makeCollector() }
    }

    private func makeCollector() -> BodyCollector {
        guard case .route(let match) = plan else {
            return BodyCollector(discardingUpTo: application.limits.unwantedBodyBytes)
        }
        let contentType = request.headerBytes("content-type")
        return BodyCollector(
            rule: match.route.body.resolved(contentType: contentType),
            contentType: contentType,
            contentLength: facts.contentLength,
            limits: application.limits,
            spoolFolder: application.spoolFolder
        )
    }

    /// Whether a body is announced.
    var announcesBody: Bool { facts.announcesBody }

    // MARK: Before the body

    /// An answer that does not wait for the body and closes the connection; nil when the body is to be read.
    ///
    /// Requests without a body are not answered here unless their framing is wrong: an answer before the request was
    /// read to its end costs the connection.
    func earlyAnswer() -> HTTPResponse? {
        switch plan {
        case .refuse(let fault):
            application.metrics.reject(.framing)
            return closing(refusal(fault))
        case .fail(let failure): return isUnwantedBodyUnread ? closing(fail(failure)) : nil
        case .turnAway(_, let response): return isUnwantedBodyUnread ? closing(response) : nil
        case .route(let match):
            guard announcesBody else { return nil }
            let limit = bodyLimit(
                match.route.body.resolved(contentType: request.headerBytes("content-type"))
            )
            let length = facts.contentLength ?? 0
            if length > limit * 2 || (length > limit && facts.expectsContinue) {
                return closing(fail(.bodyTooLarge(limitBytes: limit)))
            }
            guard isBusy, !match.route.isServedWhenBusy else { return nil }
            return closing(fail(overload))
        case .answer: return nil
        }
    }

    /// Whether a body that nobody wants is not read at all, since the client waits for a go-ahead and has not sent it,
    /// or it is long; else it is drained up to a bound.
    private var isUnwantedBodyUnread: Bool {
        let isTooLong = (facts.contentLength ?? 0) > application.limits.unwantedBodyBytes * 2
        return announcesBody && (facts.expectsContinue || isTooLong)
    }

    private func bodyLimit(_ rule: HTTPBodyRule) -> Int {
        switch rule {
        case .none: application.limits.unwantedBodyBytes
        case .collect(let maxBytes), .multipart(let maxBytes, _, _): maxBytes
        }
    }

    private var isBusy: Bool { application.metrics.requestsInFlight >= application.admittedMax }

    private var overload: HTTPFailure {
        .overloaded(retryAfterSeconds: application.limits.retryAfterSeconds)
    }

    private func refusal(_ fault: FramingFault) -> HTTPResponse {
        .json(Array("{}".utf8), status: 400)
    }

    private func closing(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.closesConnection = true
        return response
    }

    // MARK: Body

    /// Takes a piece of the body; false when the connection must end.
    func feed(_ piece: UnsafeRawBufferPointer) -> Bool {
        application.metrics.received(bytes: piece.count)
        // A chunked body of zero announced length may still bring bytes only if it was announced, so this holds.
        guard var running = collector.take() else { return true }
        let isTaken = unsafe running.feed(piece)
        if !share.hold(memoryBytes: running.memoryBytes, diskBytes: running.spooledBytes) {
            application.metrics.reject(.bodyBudget)
            running.fail(overload)
        }
        if let error = running.spoolError { application.onFault?(error, request.id) }
        collector = consume running
        if !isTaken { application.metrics.reject(.bodyTooLarge) }
        return isTaken
    }

    // MARK: Answer

    /// Answers the complete request; nil when the handler will answer later.
    func run() -> HTTPResponse? {
        switch plan {
        case .refuse(let fault): return refusal(fault)
        case .answer(let response): return response
        case .fail(let failure): return fail(failure)
        case .turnAway(_, let response): return response
        case .route(let match): return dispatch(match)
        }
    }

    private func dispatch(_ match: RouteMatch) -> HTTPResponse? {
        var complete = request
        if let collected = collector.take() {
            do {
                let body = try collected.finish()
                if case .none = body {} else { complete = HTTPRequest(request, body: body) }
            } catch {
                return fail(error)
            }
        }
        let limit = match.route.isServedWhenBusy ? Int.max : application.admittedMax
        guard application.metrics.enter(limit: limit) else { return fail(overload) }
        let responder = HTTPResponder(self, requestID: request.id)
        guard let response = match.route.handler(complete, responder) else { return nil }
        guard responder.withdraw() else { return nil }
        application.metrics.leave()
        return response
    }

    /// The page of a failure, counted.
    func fail(_ failure: HTTPFailure) -> HTTPResponse {
        if let reason = failure.rejection { application.metrics.reject(reason) }
        return application.table.pages(for: request.head.pathBytes).render(failure, request)
    }

    /// Parks the exchange until the answer comes; hands it out when it has come already.
    ///
    /// The closure puts the connection to sleep. It runs with the lock held, so that an answer from another thread
    /// cannot wake the connection before it sleeps.
    func park(_ suspend: () -> Void) -> HTTPResponse? {
        state.withLock { state in
            switch state {
            case .answered(let response):
                state = .done
                return response
            case .open:
                state = .suspended
                suspend()
                return nil
            case .suspended, .done: return nil
            }
        }
    }

    /// The answer after the connection was woken.
    func takeAnswer() -> HTTPResponse? {
        state.withLock { state in
            guard case .answered(let response) = state else { return nil }
            state = .done
            return response
        }
    }

    func deliver(_ response: HTTPResponse) {
        let (isFirst, mustWake) = state.withLock { state -> (Bool, Bool) in
            switch state {
            case .open:
                state = .answered(response)
                return (true, false)
            case .suspended:
                state = .answered(response)
                return (true, true)
            case .answered, .done: return (false, false)
            }
        }
        if isFirst { application.metrics.leave() }
        if mustWake { wake() }
    }

    func abandon() {
        deliver(fail(.internalError))
    }

    /// Wakes the feeding thread; called once, from the thread that answers.
    func wake() {}

    // MARK: Outcome

    /// Notes what is being sent.
    func note(_ response: HTTPResponse) {
        answeredStatus = response.status
        answeredBytes = request.method == .head ? 0 : response.body.count
        principal = response.principal
    }

    /// Counts and logs the exchange, once it is over.
    func close() {
        var route: Int?
        var name = "-"
        switch plan {
        case .route(let match), .turnAway(let match, _):
            route = match.index
            name = match.route.name
        case .fail, .answer, .refuse: break
        }
        let microseconds = Int((SystemClock.monotonicNanoseconds() - startedNanoseconds) / 1_000)
        application.metrics.answered(
            route: route,
            status: answeredStatus,
            bytes: answeredBytes,
            microseconds: microseconds
        )
        application.accessLog?(
            AccessRecord(
                timeMicroseconds: request.arrivedMicroseconds,
                requestID: request.id,
                remoteAddress: request.remoteAddress,
                method: request.method.rawValue,
                route: name,
                status: answeredStatus,
                bytesSent: answeredBytes,
                durationMicroseconds: microseconds,
                principal: principal
            )
        )
    }
}
