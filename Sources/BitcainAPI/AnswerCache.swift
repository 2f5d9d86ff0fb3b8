import Services
import Synchronization

/// Rendered answers that hold for one second and one state of the data.
///
/// A body shows the second it was made in; within that second, and while neither the user's history nor the prices
/// change, the same request has the same answer.
final class AnswerCache: Sendable {
    private struct Key: Hashable {
        let user: UserID
        let name: String
    }

    private struct Answer {
        let stamp: DataStamp
        let body: [UInt8]
    }

    /// The most answers kept; all are dropped when one more comes.
    static let answersMax = 4096

    /// The largest body kept, in bytes.
    static let bodyBytesMax = 65_536

    private let answers = Mutex<[Key: Answer]>([:])

    func body(user: UserID, key: String, stamp: DataStamp) -> [UInt8]? {
        answers.withLock { answers in
            guard let answer = answers[Key(user: user, name: key)], answer.stamp == stamp else { return nil }
            return answer.body
        }
    }

    func keep(_ body: [UInt8], user: UserID, key: String, stamp: DataStamp) {
        guard body.count <= AnswerCache.bodyBytesMax else { return }
        answers.withLock { answers in
            if answers.count >= AnswerCache.answersMax { answers.removeAll() }
            answers[Key(user: user, name: key)] = Answer(stamp: stamp, body: body)
        }
    }
}
