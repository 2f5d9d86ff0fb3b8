import Synchronization

/// Who takes the answer that a responder gives.
protocol AnswerTarget: AnyObject, Sendable {
    /// Takes the answer; one that comes after another is forgotten.
    func deliver(_ response: HTTPResponse)
    /// Takes note that the answer will never come.
    func abandon()
}

/// The promise of one answer, kept from any thread.
///
/// The first answer counts, further ones are forgotten. A responder that goes away unanswered answers 500, so no
/// client waits for ever.
public final class HTTPResponder: Sendable {
    /// The number of the request that is to be answered.
    public let requestID: HTTPRequestID
    private let target: any AnswerTarget
    private let isSettled = Atomic(false)

    init(_ target: any AnswerTarget, requestID: HTTPRequestID) {
        self.target = target
        self.requestID = requestID
    }

    /// Gives the answer.
    public func answer(_ response: HTTPResponse) {
        guard !isSettled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        target.deliver(response)
    }

    /// Ends the promise because the handler answered by returning; false when it was answered before.
    func withdraw() -> Bool {
        !isSettled.exchange(true, ordering: .acquiringAndReleasing)
    }

    deinit {
        if !isSettled.load(ordering: .acquiring) { target.abandon() }
    }
}
