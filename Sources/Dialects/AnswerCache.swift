public import Services
import Synchronization

/// Rendered answers that hold for one second, histories for one minute, and one state of the data.
///
/// A body may show the second or minute it was made in; within that, and while neither the user's history nor the
/// prices change, the same request has the same answer.
public final class AnswerCache: Sendable {
    private struct Key: Hashable {
        let user: UserID
        let name: String
    }

    private struct Answer {
        let stamp: DataStamp
        let body: [UInt8]
    }

    private struct State {
        var answers: [Key: Answer] = [:]
        var bytes = 0
    }

    /// The most answers kept; all are dropped when one more comes.
    static let answersMax = 4096

    /// The largest body kept, in bytes: a year of days takes 130,000.
    static let bodyBytesMax = 262_144

    /// The longest name of a request whose answer is kept, in bytes: clients choose venues freely.
    static let nameBytesMax = 96

    /// The most bytes of bodies kept; all are dropped when more come.
    static let bytesMax = 16 << 20

    private let state = Mutex(State())

    /// A cache without answers.
    public init() {}

    /// The body that was kept for a user's request, when the data is as it was then.
    public func body(user: UserID, key: String, stamp: DataStamp) -> [UInt8]? {
        state.withLock { state in
            guard let answer = state.answers[Key(user: user, name: key)], answer.stamp == stamp else {
                return nil
            }
            return answer.body
        }
    }

    /// Keeps the body of a user's request for as long as the data stays as it was, unless it is too large.
    public func keep(_ body: [UInt8], user: UserID, key: String, stamp: DataStamp) {
        guard body.count <= AnswerCache.bodyBytesMax, key.utf8.count <= AnswerCache.nameBytesMax else {
            return
        }
        state.withLock { state in
            if state.answers.count >= AnswerCache.answersMax
                || state.bytes + body.count > AnswerCache.bytesMax
            {
                state = State()
            }
            let old = state.answers.updateValue(
                Answer(stamp: stamp, body: body),
                forKey: Key(user: user, name: key)
            )
            state.bytes += body.count - (old?.body.count ?? 0)
        }
    }
}
